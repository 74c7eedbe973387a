// The six pictures of the README. They lie in target/browser/readme after each run; with TASUKI_README=1 they go into
// docs/pictures, where the README shows them.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import type { Page } from '@playwright/test'
import { atWork, openRoom, write } from '../harness/doings.ts'
import { useHouse } from '../harness/house.ts'
import { leftovers, top } from '../harness/places.ts'
import { settle, sizes } from '../harness/screens.ts'

const house = useHouse()
const folder = process.env['TASUKI_README'] === undefined ? join(leftovers, 'readme') : join(top, 'docs/pictures')

test.afterEach(async () => house().empty())

async function take(page: Page, name: string): Promise<void> {
  await settle(page)
  // The browser's own caret blinks; a picture must not depend on that.
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' })
}

test('the shared tablet before anybody is signed in', async () => {
  const { page } = await house().device('aozora-tablet-2')
  await page.goto(house().server.url)
  await expect(page.getByRole('list', { name: '職員' })).toBeVisible()
  await expect(page.getByText('接続中')).toBeVisible()
  await take(page, 'start')
})

test('home, and a room', async () => {
  const { page } = await house().person('kobayashi')
  await atWork(page)
  await expect(page.getByRole('region', { name: /^読むだけ \d/ })).toBeVisible()
  await take(page, 'home')
  await openRoom(page, '山田 ハナエ')
  await expect(page.getByRole('article').first()).toBeVisible()
  await page.setViewportSize(sizes[3])
  await take(page, 'room')
})

test('a room by night, on a phone', async () => {
  const { page } = await house().person('yamaguchi', { window: { size: sizes[0], scheme: 'dark' } })
  await atWork(page)
  const room = await page.getByRole('link', { name: /様/ }).first().getAttribute('href')
  await page.goto(new URL(room ?? '/', house().server.url).href)
  await expect(page.getByRole('article').first()).toBeVisible()
  await take(page, 'night')
})

test('an urgent call on a phone', async () => {
  const [nurse, called] = await Promise.all([
    house().person('takahashi'),
    house().person('sato', { window: { size: sizes[0] } }),
  ])
  await atWork(nurse.page)
  await atWork(called.page)
  await openRoom(nurse.page, '山田 ハナエ')
  await write(nurse.page, '38.9度、呼びかけに反応が弱いです。SpO2 91%、酸素2Lを始めました。')
  await nurse.page.getByLabel('読む人へ').selectOption({ label: 'すぐ' })
  for (const [label, name] of [
    ['最初に呼ぶ人', '佐藤 花子'],
    ['返事がないとき呼ぶ人', '小林 恵子'],
  ] as const) {
    const field = nurse.page.getByLabel(label)
    await field.selectOption((await field.getByRole('option', { name }).getAttribute('value')) ?? '')
  }
  await nurse.page.getByRole('button', { name: /へ送る$/ }).click()
  await expect(called.page.getByRole('alertdialog')).toContainText('38.9度')
  await take(called.page, 'urgent')
})

test('the access log as its auditor reads it', async () => {
  const { page } = await house().person('okada', { path: '/log', window: { size: sizes[3] } })
  await page.getByRole('button', { name: 'すべて', exact: true }).click()
  await expect(page.getByText('改ざんはありません')).toBeVisible()
  await take(page, 'log')
})
