// At a desk without a mouse: what waits is answered with the keys alone, and the focus stays where the work is.

import { expect, test } from '@playwright/test'
import type { Page } from '@playwright/test'
import { atWork } from '../harness/doings.ts'
import { useHouse } from '../harness/house.ts'

const house = useHouse()

test.afterEach(async () => house().empty())

/** Presses Tab until what has the focus bears this name. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab')
    if ((await page.evaluate(() => document.activeElement?.textContent ?? '')).trim() === name) return
  }
  throw new Error(`Tab does not come to ${name}`)
}

test('a nurse answers a question on the home screen, and acknowledges the next post', async () => {
  const { page } = await house().person('kobayashi')
  await atWork(page)
  const today = page.getByRole('region', { name: /^今日返事/ })
  await expect(today).toBeVisible()
  await tabTo(page, '本文へ進む')
  await page.keyboard.press('Enter')
  await tabTo(page, '回答する')
  await page.keyboard.press('Enter')
  await expect(today.getByRole('textbox')).toBeFocused()
  await page.keyboard.type('夜中のトイレは1回、息苦しさはありません。')
  await page.keyboard.press('Control+Enter')
  await expect(today.getByText('返信しました')).toBeFocused()

  await tabTo(page, '了解')
  await page.keyboard.press('Enter')
  await expect(page.getByText('「了解」と伝えました')).toBeFocused()
})
