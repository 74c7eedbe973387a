// The network goes in the middle of things: what was sent arrives once and in order, what was read comes back.

import { expect, test } from '@playwright/test'
import { atWork, card, openRoom, say } from '../harness/doings.ts'
import { useHouse } from '../harness/house.ts'
import type { Person } from '../harness/house.ts'

const house = useHouse()
const PATIENT = '中川 実'
let nurse: Person
let carer: Person

test.describe.configure({ mode: 'serial' })

async function once(person: Person, words: string): Promise<void> {
  await expect(card(person.page, words)).toHaveCount(1)
}

test('posts written without network wait in sight, and go out once and in order', async () => {
  ;[nurse, carer] = await Promise.all([house().person('sato'), house().person('takahashi')])
  for (const { page } of [nurse, carer]) {
    await atWork(page)
    await openRoom(page, PATIENT)
  }
  nurse.device.wire.cut()
  await say(nurse.page, '圏外の一つ目です。')
  await say(nurse.page, '圏外の二つ目です。')
  await expect(nurse.page.getByText('送信待ち 2件')).toBeVisible()
  await expect(nurse.page.getByText(/再接続しています|オフライン/).first()).toBeVisible()
  nurse.device.wire.mend()
  await once(carer, '圏外の一つ目です。')
  await once(carer, '圏外の二つ目です。')
  const order = await carer.page
    .getByRole('article')
    .filter({ hasText: /^.*圏外の..目です/ })
    .allInnerTexts()
  expect(order.map((text) => /圏外の(..)目/.exec(text)?.[1])).toEqual(['一つ', '二つ'])
  await expect(nurse.page.getByText(/送信待ち \d/)).toHaveCount(0)
  await once(nurse, '圏外の一つ目です。')
})

test('what others wrote meanwhile comes when the network is back', async () => {
  nurse.device.wire.silence()
  await say(carer.page, '留守の間に書きました。')
  await once(carer, '留守の間に書きました。')
  await expect(card(nurse.page, '留守の間に書きました。')).toHaveCount(0)
  nurse.device.wire.mend()
  await once(nurse, '留守の間に書きました。')
})

test('a post that waits outlives a reload without network', async () => {
  nurse.device.wire.cut()
  await say(nurse.page, '読み直しても残ります。')
  await expect(nurse.page.getByText('送信待ち 1件')).toBeVisible()
  await nurse.page.reload().catch(() => {})
  await nurse.page.waitForTimeout(1_000)
  nurse.device.wire.mend()
  await nurse.page.goto(house().server.url)
  await once(carer, '読み直しても残ります。')
})

test('the server restarts, even hard, between two posts, and nothing is lost or doubled', async () => {
  await atWork(nurse.page)
  await openRoom(nurse.page, PATIENT)
  for (const [signal, words] of [
    ['SIGTERM', '静かな再起動の前です。'],
    ['SIGKILL', '突然の再起動の前です。'],
  ] as const) {
    await say(nurse.page, words)
    await house().server.restart(signal)
    await once(carer, words)
    await once(nurse, words)
  }
  await say(carer.page, '再起動の後です。')
  await once(nurse, '再起動の後です。')
})
