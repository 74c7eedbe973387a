// Every screen of the care floor at every size, by day and by night, with axe; the largest text and English once.

import { expect, test } from '@playwright/test'
import type { Page } from '@playwright/test'
import { atWork, openRoom } from '../harness/doings.ts'
import { useHouse } from '../harness/house.ts'
import { inspect, sizes } from '../harness/screens.ts'

const house = useHouse()

test.afterEach(async () => house().empty())

test('home', async () => {
  test.setTimeout(120_000)
  const { page } = await house().person('kobayashi')
  await atWork(page)
  await expect(page.getByRole('region', { name: /^読むだけ \d/ })).toBeVisible()
  await inspect(page, 'home', { target: 56 })
})

test('a room', async () => {
  test.setTimeout(120_000)
  const { page } = await house().person('takahashi', { device: 'aozora-pc' })
  await atWork(page)
  await openRoom(page, '山田 ハナエ')
  await expect(page.getByRole('article').first()).toBeVisible()
  await inspect(page, 'room', { target: 56 })
})

for (const [path, name, heading] of [
  ['/handover', 'handover', '申し送り'],
  ['/me', 'me', 'マイページ'],
  ['/groups', 'groups', 'ルーム'],
  ['/people', 'people', '職員'],
] as const) {
  test(name, async () => {
    const { page } = await house().person('takahashi', { device: 'aozora-pc', path })
    await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible()
    await inspect(page, name, { sizes: [sizes[0], sizes[2]], target: 56 })
  })
}

test('the largest text, and English', async () => {
  const { page, device } = await house().person('takahashi', { device: 'aozora-pc' })
  await atWork(page)
  const { body } = await device.ask<{ person: string }>('GET', '/session')
  for (const look of [
    { step: 26, language: 'ja' },
    { step: 18, language: 'en' },
  ]) {
    await page.evaluate(([name, look]) => localStorage.setItem(name, look), [
      `tasuki.look.${body.person}`,
      JSON.stringify({ theme: 'night', ...look }),
    ] as const)
    await page.goto(house().server.url)
    await expect(page.locator(`html[data-step="${look.step}"][lang=${look.language}]`)).toBeVisible()
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await inspect(page, `home-${look.step}-${look.language}`, { sizes: [sizes[0], sizes[2]], schemes: ['dark'] })
  }
})

/** Looks at what is open, on a phone with the largest text, where there is least room; then closes it. */
async function narrow(page: Page, name: string): Promise<void> {
  await page.evaluate(() => (document.documentElement.dataset['step'] = '26'))
  await inspect(page, `${name}-26`, { sizes: [sizes[0]], schemes: ['light'] })
  await page.keyboard.press('Escape')
}

test('what opens from a room', async () => {
  const { page } = await house().person('takahashi', { device: 'aozora-pc' })
  await atWork(page)
  await openRoom(page, '山田 ハナエ')
  await expect(page.getByRole('article').first()).toBeVisible()
  // Whoever stands at the end stays there when the tablet is turned.
  const newest = page.getByRole('button', { name: /^(最新の投稿へ|新しい投稿 \d+件)$/ })
  await expect(newest).toHaveCount(0)
  for (const size of [sizes[1], sizes[2], sizes[0]]) {
    await page.setViewportSize(size)
    await page.waitForTimeout(300)
    await expect(newest).toHaveCount(0)
  }
  await narrow(page, 'room')
  for (const [button, name] of [
    ['カード', 'card'],
    ['日付', 'date'],
  ] as const) {
    await page.getByRole('button', { name: button }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await narrow(page, name)
  }
  const post = page.getByRole('article').last()
  await post.getByRole('button', { name: 'その他' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await narrow(page, 'further')
  await post.getByRole('button', { name: /了解 \d/ }).click()
  await expect(page.getByRole('dialog').getByRole('heading', { name: /既読/ }).first()).toBeVisible()
  await narrow(page, 'receipts')
})

test('the composer, whatever is asked', async () => {
  const { page } = await house().person('takahashi', { device: 'aozora-pc' })
  await atWork(page)
  await openRoom(page, '山田 ハナエ')
  const words = page.getByRole('textbox', { name: '本文' })
  await words.fill('中川さんの部屋へ薬を届けました。')
  await expect(page.getByText(/^本文に別の方の名前があります/)).toBeVisible()
  await inspect(page, 'composer-guard', { sizes: [sizes[0]], schemes: ['light'], target: 56 })
  await words.fill('')
  await page.getByRole('radio', { name: 'お願い' }).check({ force: true })
  await page.getByRole('button', { name: /へ送る$/ }).click()
  await expect(page.getByText('本文を書いてください。')).toBeVisible()
  await inspect(page, 'composer-request', { sizes: [sizes[0], sizes[2]], schemes: ['dark'], target: 56 })
  await page.getByRole('radio', { name: '気づき' }).check({ force: true })
  await expect(page.getByText('だれに頼むかを選んでください。'), 'asked no more').toHaveCount(0)
  await page.getByLabel('読む人へ').selectOption({ label: 'すぐ' })
  await inspect(page, 'composer-urgent', { sizes: [sizes[0]], schemes: ['dark'], target: 56 })
  for (const [button, name] of [
    [/^宛て/, 'mentions'],
    [/^見る人/, 'audience'],
  ] as const) {
    await page.getByRole('button', { name: button }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await narrow(page, name)
  }
})

test('answers in place, and what opens from the other screens', async () => {
  const { page } = await house().person('kobayashi')
  await atWork(page)
  await page
    .getByRole('region', { name: /^今日返事/ })
    .getByRole('button', { name: '回答する' })
    .click()
  await inspect(page, 'home-reply', { sizes: [sizes[0]], schemes: ['light'], target: 56 })
  await page.goto(`${house().server.url}/me`)
  for (const [button, name] of [
    ['キーを追加する', 'add-key'],
    ['パスワードを変える', 'new-password'],
    ['すべての端末でログアウト', 'out-everywhere'],
  ] as const) {
    await page.getByRole('button', { name: button }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await narrow(page, name)
  }
  for (const path of ['people', 'groups', 'handover']) {
    await page.goto(`${house().server.url}/${path}`)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await narrow(page, path)
  }
})

test('the first steps of whoever is new, and an address that leads nowhere', async () => {
  const { page, server } = await house().device('aozora-tablet-2')
  await page.goto(`${server.url}/first`)
  await expect(page.getByRole('textbox', { name: 'コード' })).toBeVisible()
  await inspect(page, 'first-code', { sizes: [sizes[0], sizes[2]], schemes: ['light'] })
  await narrow(page, 'first-code')
  const other = await house().person('takahashi', { device: 'aozora-pc', path: '/nowhere' })
  await expect(other.page.getByRole('button', { name: 'ホームへもどる' })).toBeVisible()
  await inspect(other.page, 'nowhere', { sizes: [sizes[0]], schemes: ['light'], target: 56 })
})
