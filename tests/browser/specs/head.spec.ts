// The signed head of the access log on the device: a server that shows another log than before is called out.

import { expect, test } from '@playwright/test'
import type { Device } from '../harness/device.ts'
import { atWork } from '../harness/doings.ts'
import { useHouse } from '../harness/house.ts'
import { inspect, sizes } from '../harness/screens.ts'

const house = useHouse()
const TITLE = 'アクセスログに異常があります'
const ACCEPT = '理由がわかったので、いまの記録を正とする'

/** Puts a head on the device as if it had been shown before. Nothing runs meanwhile that would keep a newer one. */
async function plant(device: Device, note: string): Promise<void> {
  await device.visit('/icon.svg')
  await device.page.evaluate((note) => localStorage.setItem('tasuki.log_head', JSON.stringify(note)), note)
  await device.visit('/')
}

test('a device that knows another log says so on every screen, until the system administrator accepts this one', async () => {
  const { page, device } = await house().person('ishii')
  await atWork(page)
  // What was kept is the server's own signed head.
  const kept = await page.evaluate(() => JSON.parse(localStorage.getItem('tasuki.log_head') ?? '""') as string)
  expect(kept.split('\n')[0]).toContain('/tasuki')
  await expect(page.getByText(TITLE)).toHaveCount(0)

  await plant(device, kept.replace(/^[^\n]+/, 'elsewhere.example/tasuki'))
  const alert = page.getByRole('complementary', { name: TITLE })
  await expect(alert).toContainText('別の名前です')
  await inspect(page, 'broken-log', { sizes: [sizes[0], sizes[2]] })
  await page.getByRole('button', { name: /画面ロック|交代/ }).click()
  await expect(alert).toBeVisible()
  await expect(page.getByRole('button', { name: ACCEPT }), 'nobody is signed in').toHaveCount(0)

  await page.getByRole('button', { name: 'キーで戻る' }).click()
  await atWork(page)
  await alert.locator('summary').click()
  await alert.getByRole('button', { name: ACCEPT }).click()
  await expect(alert).toHaveCount(0)
  await page.reload()
  await atWork(page)
  await expect(alert).toHaveCount(0)
})

test('whoever is not the system administrator sees it, and cannot accept it', async () => {
  const { page, device } = await house().person('sato')
  await plant(device, 'elsewhere.example/tasuki\n5\ncm9vdA==\n\n— x y\n')
  const alert = page.getByRole('complementary', { name: TITLE })
  await alert.locator('summary').click()
  await expect(alert.getByRole('button', { name: '証拠をコピー' })).toBeVisible()
  await expect(alert.getByRole('button', { name: ACCEPT })).toHaveCount(0)
  await atWork(page)
})
