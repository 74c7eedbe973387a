// Reading without network: what was lent to the device stays readable for its own person and for a stated time, each look
// is told afterwards, and nobody else can open it.

import { expect, test } from '@playwright/test'
import { atWork, card, leave, openRoom, pageKept, say, typePassword, write } from '../harness/doings.ts'
import { useHouse } from '../harness/house.ts'
import type { Person } from '../harness/house.ts'
import { search } from '../harness/search.ts'
import { inspect, sizes } from '../harness/screens.ts'

// Keys made in this browser carry no maker's attestation.
const house = useHouse({ 'sign_in.attestation_ca_file': null })
const PATIENT = '山田 ハナエ'
const WORDS = 'アムロジピン'
const SHOWN = /の写しを表示しています/
let nurse: Person

test.describe.configure({ mode: 'serial' })

test('with a key that gives no secret the rooms are read as long as the page stays open, and the page says so', async () => {
  nurse = await house().person('sato', { signedIn: false })
  const { page } = nurse
  await typePassword(page, house().credentials('sato'))
  await atWork(page)
  await page.getByRole('link', { name: 'マイページ' }).click()
  await expect(page.getByText(/オフラインのための写し \d+室/)).toBeVisible()
  await expect(page.getByText('読み込み直したあとはオフラインで読めません')).toBeVisible()
  await pageKept(page)

  nurse.device.wire.cut()
  await page.getByRole('link', { name: 'ホーム' }).click()
  await page.getByRole('navigation', { name: '私の担当' }).getByRole('link', { name: PATIENT }).click()
  await expect(page.getByText(SHOWN)).toBeVisible()
  await expect(card(page, WORDS).first()).toBeVisible()
  await expect(page.getByText(/オフラインで読んでいます\(.+まで\)/)).toBeVisible()
  await inspect(page, 'offline-room', { target: 56 })
  await say(page, '圏外のルームで書きました。')
  await expect(page.getByText('送信待ち 1件')).toBeVisible()

  nurse.device.wire.mend()
  await expect(page.getByText(SHOWN)).toHaveCount(0)
  await expect(card(page, '圏外のルームで書きました。')).toHaveCount(1)
  await expect(page.getByText(/送信待ち \d/)).toHaveCount(0)
})

test('with a key of her own that gives a secret, the nurse opens the copies after a reload without network', async () => {
  const { page, keys, device } = nurse
  await page.getByRole('link', { name: 'マイページ' }).click()
  await page.getByRole('button', { name: 'キーを試す' }).click()
  await expect(page.getByText('キーは正しく使えます。')).toBeVisible()
  await keys.unplug()
  await page.getByRole('button', { name: 'キーを追加する' }).click()
  const adding = page.getByRole('dialog', { name: 'キーを追加する' })
  await adding.getByText('セキュリティキー', { exact: true }).click()
  await adding.getByRole('button', { name: '登録する' }).click()
  await expect(page.getByText('キーを追加しました。')).toBeVisible()
  await page.reload()
  await page.getByRole('button', { name: 'この端末でログアウト' }).click()
  await typePassword(page, house().credentials('sato'))
  await atWork(page)
  await page.getByRole('link', { name: 'マイページ' }).click()
  await expect(page.getByText('読み込み直したあとも、あなたのキーで開けます。')).toBeVisible()

  device.wire.cut()
  await page.goto(house().server.url)
  await expect(page.getByRole('heading', { name: 'サーバーにつながりません' })).toBeVisible()
  await expect(page.getByText(PATIENT)).toHaveCount(0)
  await inspect(page, 'unreached-lent', { sizes: [sizes[0], sizes[2]], target: 56 })

  await page.getByRole('button', { name: 'オフラインで開く(キーで確認)' }).click()
  await expect(page.getByText(/^オフラインです。/)).toBeVisible()
  await inspect(page, 'offline-home', { sizes: [sizes[0], sizes[2]], target: 56 })
  await page.getByRole('navigation', { name: '私の担当' }).getByRole('link', { name: PATIENT }).click()
  await expect(page.getByText(SHOWN)).toBeVisible()
  await expect(card(page, WORDS).first()).toBeVisible()
  await say(page, '読み込み直したあと、圏外で書きました。')
  await expect(page.getByText('送信待ち 1件')).toBeVisible()

  // The screen locks without network, and opens again; what was half written waits.
  await write(page, '圏外の書きかけです。')
  await page.waitForTimeout(1_500)
  await leave(page)
  await expect(page.getByText(PATIENT)).toHaveCount(0)
  await page.getByRole('button', { name: 'キーで戻る' }).click()
  await page.getByRole('button', { name: 'オフラインで開く(キーで確認)' }).click()
  await expect(page.getByText(SHOWN)).toBeVisible()
  await expect(page.getByRole('textbox', { name: '本文' })).toHaveValue('圏外の書きかけです。')

  // Whoever has the device but not the PIN reads nothing.
  await leave(page)
  await keys.verify(false)
  await page.getByRole('button', { name: 'キーで戻る' }).click()
  await page.getByRole('button', { name: 'オフラインで開く(キーで確認)' }).click()
  await expect(page.getByText('キーの確認が中止されました。')).toBeVisible()
  await expect(page.getByText(PATIENT)).toHaveCount(0)

  device.wire.mend()
  await keys.verify(true)
  await page.getByRole('button', { name: 'キーで戻る' }).click()
  await atWork(page)
  await openRoom(page, PATIENT)
  await expect(card(page, '読み込み直したあと、圏外で書きました。')).toHaveCount(1)
})

test('the auditor sees the lends and the looks at copies', async () => {
  const { page } = await house().person('okada', { path: '/log' })
  for (const action of ['端末への貸出し', 'オフライン閲覧']) {
    await page.getByLabel('操作', { exact: true }).selectOption({ label: action })
    await page.getByRole('button', { name: '表示する' }).click()
    await expect(page.getByRole('row').filter({ hasText: action }).filter({ hasText: '佐藤 花子' }).first()).toBeVisible()
  }
})

test('after sign-out nothing can be opened any more, and no word lies on the disk', async () => {
  const { page, device } = nurse
  await page.getByRole('link', { name: 'マイページ' }).click()
  await page.getByRole('button', { name: 'この端末でログアウト' }).click()
  await expect(page.getByText('ログアウトしました。')).toBeVisible()
  device.wire.cut()
  await page.goto(house().server.url)
  await expect(page.getByRole('heading', { name: 'サーバーにつながりません' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'オフラインで開く(キーで確認)' })).toHaveCount(0)
  await device.context.close()
  expect(search(device.home, [PATIENT, WORDS, '圏外で書きました'])).toEqual([])
})
