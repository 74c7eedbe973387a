// すぐ: the first person is called on the whole screen, hands it on, the next comes; a locked tablet rings without words.

import { expect, test } from '@playwright/test'
import type { Page } from '@playwright/test'
import { atWork, call, card, openRoom } from '../harness/doings.ts'
import { useHouse } from '../harness/house.ts'
import { inspect, sizes } from '../harness/screens.ts'

const house = useHouse()
const PATIENT = '山田 ハナエ'
const WORDS = '38.9度、呼びかけに反応が弱いです。'

test.afterEach(async () => house().empty())

const alert = (page: Page) => page.getByRole('alertdialog', { name: 'すぐの呼び出し' })

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
  await call(nurse.page, WORDS, '髙橋 健太', '小林 恵子')

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

test('when neither can come the telephone is next: numbers, and what came of it for everybody', async () => {
  const words = '右手が上がらず、ろれつが回りません。'
  const [caller, first, next] = await Promise.all([
    house().person('sato'),
    house().person('takahashi', { device: 'aozora-tablet-3' }),
    house().person('kobayashi'),
  ])
  for (const { page } of [caller, first, next]) await atWork(page)
  await openRoom(caller.page, PATIENT)
  await call(caller.page, words, '髙橋 健太', '小林 恵子')
  await alert(first.page)
    .getByRole('button', { name: /行けません → 小林 恵子さんへ/ })
    .click()
  await alert(next.page).getByRole('button', { name: '行けません → 電話の段へ' }).click()

  const step = alert(caller.page)
  await expect(step).toContainText('行ける人が見つかりません。電話してください。')
  await expect(step).toContainText(words)
  const numbers = step.getByRole('list', { name: '電話番号' }).getByRole('listitem')
  await expect(numbers.filter({ hasText: '髙橋 健太' }).getByRole('link')).toHaveAttribute('href', 'tel:0555-00-1000')
  await expect(numbers.filter({ hasText: '小林 恵子' })).toBeVisible()
  const record = step.getByRole('button', { name: '結果を書き残す' })
  await expect(record).toBeDisabled()
  await inspect(caller.page, 'telephone', { target: 56 })

  // Without network the sentence says so, and what came of the call stays on the sheet.
  const result = '119番に電話しました。救急車が10分で着きます。'
  await step.getByLabel('電話の結果').fill(result)
  caller.device.wire.cut()
  await record.click()
  await expect(step).toContainText('サーバーにつながりません')
  await expect(step.getByLabel('電話の結果')).toHaveValue(result)
  caller.device.wire.mend()
  await record.click()
  await expect(step).toBeHidden()
  await expect(card(caller.page, words)).toContainText(`電話の結果(佐藤 花子さん): ${result}`)
  for (const { page } of [first, next]) {
    await page.reload()
    await atWork(page)
    await expect(alert(page)).toBeHidden()
  }
})
