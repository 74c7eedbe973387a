// What people do on every screen, in their words.

import { expect } from '@playwright/test'
import type { Page } from '@playwright/test'
import type { Credentials } from './template.ts'

/** Waits until somebody's own frame is on the screen and the line is up. */
export async function atWork(page: Page): Promise<void> {
  await expect(page.getByRole('navigation', { name: 'メニュー' })).toBeVisible()
  await expect(page.getByRole('status').filter({ hasText: '接続中' })).toBeVisible()
}

/** Signs in on a shared tablet through its screens; the key is plugged in already. Within a shift it is enough. */
export async function signInOnTablet(page: Page, person: Credentials): Promise<void> {
  const face = page.getByRole('list', { name: '職員' }).getByRole('button', { name: person.name })
  await expect(face).toBeVisible()
  const returns = (await face.innerText()).includes('キーだけで戻れます')
  await face.click()
  if (!returns) await typePassword(page, person)
  await atWork(page)
}

/** Types what the password screen asks for. */
export async function typePassword(page: Page, person: Credentials, password = person.password): Promise<void> {
  const login = page.getByLabel('ログイン名')
  await expect(page.getByLabel(/パスワード$/)).toBeVisible()
  if (await login.isVisible()) await login.fill(person.login)
  await page.getByLabel(/パスワード$/).fill(password)
  await page.getByRole('button', { name: '次へ(キーの確認)' }).click()
}

/** 交代, or the lock on a device of one's own. */
export async function leave(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^(交代|画面ロック)$/ }).click()
}
