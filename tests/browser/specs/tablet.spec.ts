// A shared tablet changes hands: nothing of the first person is left on it, and what was half written waits for its author.

import { expect, test } from '@playwright/test'
import { atWork, card, leave, openRoom, say, signInOnTablet, write } from '../harness/doings.ts'
import { useHouse } from '../harness/house.ts'
import { search } from '../harness/search.ts'

const house = useHouse()
const PATIENT = '山田 ハナエ'
const SENT = 'ふしぎな送り言葉の目印です'
const HALF = 'ふしぎな書きかけの目印です'

test('after a change of person the profile holds no word of the first', async () => {
  const { page, keys, device } = await house().person('takahashi', { signedIn: false })
  await signInOnTablet(page, house().credentials('takahashi'))
  await openRoom(page, PATIENT)
  await say(page, SENT)
  await expect(card(page, SENT)).toBeVisible()
  await write(page, HALF)
  await page.waitForTimeout(2_500)
  await leave(page)
  await expect(page.getByRole('heading', { level: 1, name: 'だれが使いますか' })).toBeVisible()
  for (const words of [SENT, HALF, PATIENT, 'アムロジピン']) await expect(page.getByText(words)).toHaveCount(0)

  await keys.unplug()
  await keys.plug(house().credentials('sasaki'))
  await signInOnTablet(page, house().credentials('sasaki'))
  await expect(page.getByText('佐々木 由美さん')).toBeVisible()
  await openRoom(page, PATIENT)
  await expect(page.getByRole('textbox', { name: '本文' })).toHaveValue('')
  await leave(page)
  await device.context.close()
  expect(search(device.home, [house().server.url]), 'the search finds what does lie there').not.toEqual([])
  expect(search(device.home, [SENT, HALF, PATIENT, '体重が1週間で1.1kg増え'])).toEqual([])
})

test('the half-written post waits for its author, on another device', async () => {
  const { page } = await house().person('takahashi', { device: 'aozora-pc' })
  await atWork(page)
  await openRoom(page, PATIENT)
  await expect(page.getByRole('textbox', { name: '本文' })).toHaveValue(HALF)
})

test('a change of person without network holds when the network is back: nobody comes in by reloading', async () => {
  const { page, device } = await house().person('sasaki')
  await atWork(page)
  device.wire.cut()
  await leave(page)
  await expect(page.getByRole('heading', { level: 1, name: 'だれが使いますか' })).toBeVisible()
  device.wire.mend()
  await page.goto(house().server.url)
  await expect(page.getByRole('heading', { level: 1, name: 'だれが使いますか' })).toBeVisible()
  await expect(page.getByText('佐々木 由美さん')).toHaveCount(0)
  expect((await device.ask('GET', '/me')).status, 'the server knows that it is locked').toBe(401)
})

test('a sign-out without network holds too', async () => {
  const { page, device } = await house().person('lan')
  await atWork(page)
  await page.goto(`${house().server.url}/me`)
  await expect(page.getByRole('button', { name: 'この端末でログアウト' })).toBeVisible()
  device.wire.cut()
  await page.getByRole('button', { name: 'この端末でログアウト' }).click()
  await expect(page.getByRole('navigation', { name: 'メニュー' })).toHaveCount(0)
  device.wire.mend()
  await page.goto(house().server.url)
  await expect(page.getByRole('heading', { level: 1, name: 'だれが使いますか' })).toBeVisible()
  expect((await device.ask('GET', '/me')).status).toBe(401)
})
