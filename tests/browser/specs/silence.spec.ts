// すぐ and nobody answers. The times are the product's promise and no setting, so this waits for them: after a minute and a
// half the second person is rung too, and within three minutes the telephone is on every screen that the call concerns.

import { expect, test } from '@playwright/test'
import type { Page } from '@playwright/test'
import { atWork, call, card, openRoom } from '../harness/doings.ts'
import { useHouse } from '../harness/house.ts'

const house = useHouse({ 'sign_in.idle_minutes_phone': 30 })
const PATIENT = '山田 ハナエ'
const WORDS = '呼んでも目を開けません。'

const alert = (page: Page) => page.getByRole('alertdialog', { name: 'すぐの呼び出し' })

test('a call that nobody answers rings the next person, and then says to telephone', async () => {
  test.setTimeout(270_000)
  const [caller, first, next] = await Promise.all([
    house().person('sato'),
    house().person('takahashi', { device: 'aozora-tablet-3' }),
    house().person('kobayashi'),
  ])
  for (const { page } of [caller, first, next]) await atWork(page)
  await openRoom(caller.page, PATIENT)
  await call(caller.page, WORDS, '髙橋 健太', '小林 恵子')
  const from = Date.now()
  const order = (page: Page, name: string) =>
    alert(page).getByRole('list', { name: '呼び出しの順' }).getByRole('listitem').filter({ hasText: name })
  await expect(order(first.page, '髙橋 健太')).toContainText('呼び出し中')
  await expect(order(first.page, '小林 恵子')).toContainText('待機')
  await expect(alert(next.page)).toHaveCount(0)

  await expect(alert(next.page)).toContainText(WORDS, { timeout: 100_000 })
  expect(Date.now() - from, 'not before its time').toBeGreaterThan(80_000)
  await expect(order(next.page, '髙橋 健太')).toContainText('応答なし')
  await expect(order(first.page, '小林 恵子')).toContainText('呼び出し中')
  await expect(alert(caller.page)).toHaveCount(0)

  await expect(alert(caller.page)).toContainText('行ける人が見つかりません。電話してください。', { timeout: 100_000 })
  expect(Date.now() - from, 'within three minutes').toBeLessThan(185_000)
  for (const { page } of [first, next]) await expect(alert(page)).toContainText('電話してください。')
  await expect(card(caller.page, WORDS)).toContainText('応答なし。電話してください')

  // Who was called may still come.
  await alert(next.page).getByRole('button', { name: '行きます' }).click()
  await expect(card(caller.page, WORDS)).toContainText('小林 恵子さんが行きます')
  await expect(alert(caller.page)).toBeHidden()
  // Whoever was called too learns of it on the screen that said to telephone.
  await expect(alert(first.page)).toContainText('ほかの職員が「行きます」と答えました。')
  await alert(first.page).getByRole('button', { name: '分かりました' }).click()
  await expect(alert(first.page)).toBeHidden()
})
