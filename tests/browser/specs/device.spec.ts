// A device that is left alone, and one whose certificate is worth nothing.

import { expect, test } from '@playwright/test'
import type { Page } from '@playwright/test'
import { atWork, openRoom, pageKept, signInOnTablet, typePassword, write } from '../harness/doings.ts'
import { useHouse } from '../harness/house.ts'
import { inspect, sizes } from '../harness/screens.ts'

const house = useHouse()
const PATIENT = '山田 ハナエ'
const HALF = '書きかけのまま呼ばれました。'

test.afterEach(async () => house().empty())

/** Writes half a post, and nobody touches the screen for a time; the page's clock is put forward. */
async function leaveAlone(page: Page, minutes: number): Promise<void> {
  await openRoom(page, PATIENT)
  const kept = page.waitForResponse((answer) => answer.url().endsWith('/draft') && answer.request().method() === 'PUT')
  await write(page, HALF)
  await kept
  await page.clock.fastForward((minutes * 60 - 15) * 1000)
  await page.waitForTimeout(1_500)
  await expect(page.getByRole('heading', { level: 1, name: PATIENT }), 'not before its time').toBeVisible()
  await page.clock.fastForward(20_000)
}

test('a shared tablet is blank after five minutes, for the server too, and its person returns by key to the words', async () => {
  const { page, device } = await house().person('takahashi', { signedIn: false })
  await page.clock.install()
  await device.visit('/')
  await signInOnTablet(page, house().credentials('takahashi'))
  await leaveAlone(page, 5)
  await expect(page.getByRole('heading', { level: 1, name: 'だれが使いますか' })).toBeVisible()
  for (const words of [HALF, PATIENT, 'ペニシリン']) await expect(page.getByText(words)).toHaveCount(0)
  await expect.poll(async () => (await device.ask('GET', '/me')).status).toBe(401)

  await signInOnTablet(page, house().credentials('takahashi'))
  await openRoom(page, PATIENT)
  await expect(page.getByRole('textbox', { name: '本文' })).toHaveValue(HALF)
})

test('her own tablet locks after three minutes and waits for her', async () => {
  const { page, device } = await house().person('sato', { signedIn: false })
  await page.clock.install()
  await device.visit('/')
  await typePassword(page, house().credentials('sato'))
  await atWork(page)
  await leaveAlone(page, 3)
  await expect(page.getByRole('heading', { name: '画面をロックしています' })).toBeVisible()
  for (const words of [HALF, PATIENT, 'ペニシリン']) await expect(page.getByText(words)).toHaveCount(0)
  await page.getByRole('button', { name: 'キーで戻る' }).click()
  await atWork(page)
  await openRoom(page, PATIENT)
  await expect(page.getByRole('textbox', { name: '本文' })).toHaveValue(HALF)
})

test('a device whose certificate is worth nothing says so: at once, and when it is opened again', async () => {
  const office = await house().person('ito', { path: '/administration/devices' })
  const { page } = await house().person('yamaguchi', { signedIn: false })
  await expect(page.getByRole('heading', { name: 'ログイン', exact: true })).toBeVisible()
  await pageKept(page)
  const row = office.page.getByRole('listitem').filter({ hasText: 'ひまわり訪問2' })
  await row.getByRole('button', { name: '失効させる' }).click()
  await office.page.getByRole('dialog', { name: '失効させる' }).getByRole('button', { name: '失効させる' }).click()
  await expect(page.getByRole('heading', { name: 'この端末は使えなくなっています' })).toBeVisible()
  await expect(page.getByText('端末の証明書の期限が切れたか、この端末の使用が止められました')).toBeVisible()
  await expect(page.getByText('端末担当、または協議会の事務局に連絡して')).toBeVisible()
  await inspect(page, 'device-refused', { sizes: [sizes[0], sizes[2]], target: 56 })

  // Opened anew it does not even get through the door: the page that it kept must say what may be the matter.
  await page.reload()
  await expect(page.getByRole('heading', { name: 'サーバーにつながりません' })).toBeVisible()
  await expect(page.getByText('端末の証明書の期限が切れていることがあります')).toBeVisible()
  await inspect(page, 'device-unreached', { sizes: [sizes[0], sizes[2]], target: 56 })
})

test('a device tells before its certificate ends, and knows afterwards without a server that it has ended', async () => {
  const { page, device } = await house().person('takahashi', { signedIn: false })
  await expect(page.getByRole('heading', { level: 1, name: 'だれが使いますか' })).toBeVisible()
  await expect(page.getByText('この端末の証明書は')).toHaveCount(0)
  await pageKept(page)

  // As the server would answer a device whose certificate is older.
  let until = Date.now() * 1000 + 10 * 86_400_000_000
  const { body } = await device.ask<object>('GET', '/device')
  const answers = /\/api\/v1\/device(\?|$)/
  await page.route(answers, (route) => route.fulfill({ json: { ...body, certificate_until: until } }))
  await page.reload()
  await expect(page.getByText(/この端末の証明書は.+に期限が切れ、そのあとは使えません。/)).toBeVisible()
  await inspect(page, 'device-ends-soon', { sizes: [sizes[0], sizes[2]], target: 56 })

  until = Date.now() * 1000
  await page.reload()
  await expect(page.getByRole('heading', { level: 1, name: 'だれが使いますか' })).toBeVisible()
  await page.unroute(answers)
  device.wire.cut()
  await page.reload()
  await expect(page.getByRole('heading', { name: '端末の証明書の期限が切れました' })).toBeVisible()
  await expect(page.getByText('端末担当、または協議会の事務局に連絡して')).toBeVisible()
  await inspect(page, 'device-expired', { sizes: [sizes[0], sizes[2]], target: 56 })

  // Renewed meanwhile, it is back by itself.
  device.wire.mend()
  await expect(page.getByRole('heading', { level: 1, name: 'だれが使いますか' })).toBeVisible({ timeout: 40_000 })
})
