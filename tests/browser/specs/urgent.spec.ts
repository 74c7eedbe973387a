// すぐ: the first person is called on the whole screen, hands it on, the next comes; a locked tablet rings without words.

import { expect, test } from '@playwright/test'
import { atWork, card, openRoom, write } from '../harness/doings.ts'
import { useHouse } from '../harness/house.ts'
import { inspect, sizes } from '../harness/screens.ts'

const house = useHouse()
const PATIENT = '山田 ハナエ'
const WORDS = '38.9度、呼びかけに反応が弱いです。'

test('a call goes to the first person, from there to the next, and its sender sees who comes', async () => {
  const [nurse, first, next] = await Promise.all([
    house().person('sato'),
    house().person('takahashi', { device: 'aozora-tablet-3' }),
    house().person('kobayashi'),
  ])
  for (const { page } of [nurse, first, next]) await atWork(page)
  const locked = await house().device('aozora-tablet-2')
  await locked.visit('/')
  await expect(locked.page.getByText('接続中')).toBeVisible()

  await openRoom(nurse.page, PATIENT)
  await write(nurse.page, WORDS)
  await nurse.page.getByLabel('読む人へ').selectOption({ label: 'すぐ' })
  const option = async (label: string, name: string): Promise<void> => {
    const field = nurse.page.getByLabel(label)
    await field.selectOption((await field.getByRole('option', { name }).getAttribute('value')) ?? '')
  }
  await option('最初に呼ぶ人', '髙橋 健太')
  await option('返事がないとき呼ぶ人', '小林 恵子')
  await nurse.page.getByRole('button', { name: /へ送る$/ }).click()

  const called = first.page.getByRole('alertdialog', { name: 'すぐの呼び出し' })
  await expect(called).toContainText(WORDS)
  await inspect(first.page, 'urgent', { target: 56 })
  const ring = locked.page.getByRole('alertdialog')
  await expect(ring).toContainText('すぐの呼び出しがあります')
  await expect(locked.page.getByText(WORDS)).toHaveCount(0)
  await expect(locked.page.getByText(PATIENT)).toHaveCount(0)
  await inspect(locked.page, 'ring', { sizes: [sizes[1], sizes[2]], target: 56 })

  await called.getByRole('button', { name: /行けません → 小林 恵子さんへ/ }).click()
  await expect(called).toBeHidden()
  const handed = next.page.getByRole('alertdialog', { name: 'すぐの呼び出し' })
  await expect(handed).toContainText(WORDS)
  await handed.getByRole('button', { name: '行きます' }).click()
  await expect(card(nurse.page, WORDS)).toContainText('小林 恵子さんが行きます')
  await expect(card(nurse.page, WORDS)).toContainText('髙橋 健太さんは行けません')
  await expect(ring).toBeHidden()
})
