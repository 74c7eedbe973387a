// Whoever tries the demonstration: registered, confirmed by a second person, never signed in. Code, password, a security
// key of their own, and what goes wrong on the way.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import type { Page } from '@playwright/test'
import { atWork, card, leave, openRoom, say } from '../harness/doings.ts'
import { useHouse } from '../harness/house.ts'
import { inspect, sizes } from '../harness/screens.ts'

const house = useHouse()
const PASSWORD = 'しおかぜ-たけうま-さんご'

test.afterEach(async () => house().empty())

/** The one-time code of a newcomer, as the demonstration prints it. */
function codeOf(login: string): string {
  const text = readFileSync(join(house().server.folder, 'credentials.json'), 'utf8')
  const { newcomers } = JSON.parse(text) as { newcomers: { login: string; code: string }[] }
  return newcomers.find((one) => one.login === login)?.code ?? ''
}

/** From the start screen to where the key is registered. */
async function toTheKey(page: Page, login: string, code: string): Promise<void> {
  await page.getByRole('link', { name: '初めての方' }).click()
  await page.getByLabel('ログイン名').fill(login)
  await page.getByRole('textbox', { name: 'コード' }).fill(code)
  await page.getByRole('button', { name: '次へ' }).click()
  await page.getByLabel('新しいパスワード', { exact: true }).fill(PASSWORD)
  await page.getByLabel('新しいパスワード(もう一度)').fill(PASSWORD)
  await page.getByRole('button', { name: '次へ' }).click()
  await expect(page.getByRole('heading', { name: 'キーを登録してください' })).toBeVisible()
  await page.getByRole('radio', { name: 'セキュリティキー' }).check({ force: true })
}

test('a nurse comes in with a security key, writes, locks and returns with it', async () => {
  const { page, keys, server } = await house().device('aozora-pc')
  await page.goto(server.url)
  await page.getByRole('link', { name: '初めての方' }).click()
  await page.getByLabel('ログイン名').fill('yui.shimizu')
  await page.getByRole('textbox', { name: 'コード' }).fill(codeOf('nozomi.hasegawa'))
  await page.getByRole('button', { name: '次へ' }).click()
  await expect(page.getByRole('alert')).toContainText('コードを確認できませんでした')
  await expect(page.getByLabel('ログイン名')).toHaveValue('yui.shimizu')
  await page.goto(server.url)

  await toTheKey(page, 'yui.shimizu', codeOf('yui.shimizu'))
  await page.getByLabel('キーの呼び名').fill('青いキー')
  await inspect(page, 'first-key', { sizes: [sizes[0], sizes[3]], target: 44 })
  await keys.verify(false)
  await page.getByRole('button', { name: '登録する' }).click()
  await expect(page.getByRole('alert')).toContainText('登録が終わりませんでした')
  await expect(page.getByLabel('キーの呼び名')).toHaveValue('青いキー')
  await keys.verify(true)
  await page.getByRole('button', { name: '登録する' }).click()
  await expect(page.getByText('登録できました')).toBeVisible()
  expect(await keys.held()).toHaveLength(1)
  await page.getByRole('button', { name: 'キーを使ってログインする' }).click()
  await atWork(page)
  await expect(page.getByText('清水 結衣さん')).toBeVisible()
  await openRoom(page, '山田 ハナエ')
  await say(page, 'はじめまして。今日から入ります。')
  await expect(card(page, 'はじめまして。今日から入ります。')).toContainText('清水 結衣')

  await leave(page)
  await page.getByRole('button', { name: 'キーで戻る' }).click()
  await atWork(page)
  await page.getByRole('navigation', { name: 'メニュー' }).getByRole('link', { name: 'マイページ' }).click()
  await expect(page.getByText('青いキー')).toBeVisible()
})

test('an administrator comes in with a security key; the code is good once', async () => {
  const code = codeOf('nozomi.hasegawa')
  const { page, server } = await house().device('aozora-pc')
  await page.goto(server.url)
  await toTheKey(page, 'nozomi.hasegawa', code)
  await page.getByRole('button', { name: '登録する' }).click()
  await page.getByRole('button', { name: 'キーを使ってログインする' }).click()
  await atWork(page)
  await expect(
    page.getByRole('navigation', { name: 'メニュー' }).getByRole('link', { name: '管理' }),
  ).toBeVisible()

  const other = await house().device('aozora-pc')
  await other.page.goto(server.url)
  await other.page.getByRole('link', { name: '初めての方' }).click()
  await other.page.getByLabel('ログイン名').fill('nozomi.hasegawa')
  await other.page.getByRole('textbox', { name: 'コード' }).fill(code)
  await other.page.getByRole('button', { name: '次へ' }).click()
  await expect(other.page.getByRole('alert')).toContainText('すでに使った')
})
