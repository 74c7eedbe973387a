// What people do on every screen, in their words.

import { expect } from '@playwright/test'
import type { Locator, Page } from '@playwright/test'
import type { Credentials } from './template.ts'

/** Waits until somebody's own frame is on the screen and the line is up. */
export async function atWork(page: Page): Promise<void> {
  await expect(page.getByRole('navigation', { name: 'メニュー' })).toBeVisible()
  await expect(page.getByRole('status').filter({ hasText: '接続中' })).toBeVisible()
}

/** Waits until the page itself lies on the device, for a reload without network. */
export async function pageKept(page: Page): Promise<void> {
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
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

/** Opens a patient's room from the list beside the home screen, or from a phone's home. */
export async function openRoom(page: Page, patient: string): Promise<void> {
  await page.getByRole('navigation', { name: '私の担当' }).getByRole('link', { name: patient }).click()
  await expect(page.getByRole('heading', { level: 1, name: patient })).toBeVisible()
  await expect(page.getByRole('form', { name: '投稿を書く' })).toBeVisible()
  await expect(page.getByRole('article').or(page.getByText('まだ投稿はありません')).first()).toBeVisible()
  // A room with unread posts opens where they begin; whoever wants to talk goes to its end.
  const newest = page.getByRole('button', { name: /^(最新の投稿へ|新しい投稿 \d+件)$/ })
  await newest.click({ timeout: 1000 }).catch(() => undefined)
}

/** Types into the composer without sending; the guard against the wrong room is answered where it asks. */
export async function write(page: Page, words: string): Promise<void> {
  await page.getByRole('textbox', { name: '本文' }).fill(words)
  const guard = page.getByRole('button', { name: /様について書きました\s*確かめました$/ })
  const asked = await guard.waitFor({ timeout: 500 }).then(
    () => true,
    () => false,
  )
  if (asked && (await guard.getAttribute('aria-pressed')) !== 'true') await guard.click()
}

/** Writes and sends a post. */
export async function say(page: Page, words: string): Promise<void> {
  await write(page, words)
  await page.getByRole('button', { name: /へ送る$/ }).click()
}

/** すぐ: writes a post that rings two people, one after the other, and sends it. */
export async function call(page: Page, words: string, first: string, next: string): Promise<void> {
  await write(page, words)
  await page.getByLabel('読む人へ').selectOption({ label: 'すぐ' })
  for (const [label, name] of [
    ['最初に呼ぶ人', first],
    ['返事がないとき呼ぶ人', next],
  ] as const) {
    const field = page.getByLabel(label)
    await field.selectOption((await field.getByRole('option', { name }).getAttribute('value')) ?? '')
  }
  await page.getByRole('button', { name: /へ送る$/ }).click()
}

/** The card of the post with these words. */
export function card(page: Page, words: string): Locator {
  return page.getByRole('article').filter({ hasText: words })
}

/** Does one of the further acts on a post. */
export async function act(page: Page, post: Locator, what: string): Promise<void> {
  await post.getByRole('button', { name: 'その他' }).click()
  await page.getByRole('dialog').getByRole('button', { name: what }).click()
}
