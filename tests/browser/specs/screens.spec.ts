// Every screen of the care floor at every size, by day and by night, with axe; the largest text and English once.

import { expect, test } from '@playwright/test'
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
  await inspect(page, 'home')
})

test('a room', async () => {
  test.setTimeout(120_000)
  const { page } = await house().person('takahashi', { device: 'aozora-pc' })
  await atWork(page)
  await openRoom(page, '山田 ハナエ')
  await expect(page.getByRole('article').first()).toBeVisible()
  await inspect(page, 'room')
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
    await inspect(page, name, { sizes: [sizes[0], sizes[2]] })
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
