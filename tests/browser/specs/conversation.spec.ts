// Two people of two employers talk about one person: posts, receipts by name, 了解, correction, withdrawal, a photo.

import { expect, test } from '@playwright/test'
import type { Page } from '@playwright/test'
import { act, atWork, card, openRoom, say } from '../harness/doings.ts'
import { useHouse } from '../harness/house.ts'
import type { Person } from '../harness/house.ts'

const house = useHouse()
const PATIENT = '山田 ハナエ'
let nurse: Person
let carer: Person

test.describe.configure({ mode: 'serial' })

test('both open the room at once', async () => {
  ;[nurse, carer] = await Promise.all([house().person('sato'), house().person('takahashi')])
  for (const { page } of [nurse, carer]) {
    await atWork(page)
    await openRoom(page, PATIENT)
  }
})

test('a post is durable, seen by the other, acknowledged and counted by name', async () => {
  const words = '昼食は5割でした。むせはありません。'
  await say(carer.page, words)
  await expect(card(carer.page, words)).toBeVisible()
  const seen = card(nurse.page, words)
  await expect(seen).toContainText('髙橋 健太')
  await seen.getByRole('button', { name: '了解', exact: true }).click()
  await expect(card(carer.page, words).getByRole('button', { name: /^了解 1\/\d/ })).toBeVisible()
  await card(carer.page, words)
    .getByRole('button', { name: /^了解 1\/\d/ })
    .click()
  const receipts = carer.page.getByRole('dialog', { name: '既読・了解' })
  await expect(receipts.getByRole('listitem').filter({ hasText: '佐藤 花子' })).toBeVisible()
  await expect(receipts.getByRole('heading', { name: /了解 1名/ })).toBeVisible()
  await receipts.getByRole('button', { name: '閉じる' }).click()
})

test('a reply stands under what it answers', async () => {
  const words = '夕方に訪問して嚥下の様子をみます。'
  await card(nurse.page, '昼食は5割でした').getByRole('button', { name: '返信', exact: true }).click()
  await expect(nurse.page.getByText('髙橋 健太さんへの返信').last()).toBeVisible()
  await say(nurse.page, words)
  await expect(card(carer.page, words).filter({ hasText: '佐藤 花子さんへの返信' })).toHaveCount(0)
  await expect(carer.page.getByRole('article', { name: /佐藤 花子/ }).filter({ hasText: words })).toBeVisible()
  await expect(card(carer.page, '昼食は5割でした').filter({ hasText: '返信 1件' }).first()).toBeVisible()
})

test('a correction shows at once, says who and why, and keeps what stood before', async () => {
  const [before, after] = ['体温37.6度、脈拍は90です。', '体温36.7度、脈拍は90です。']
  await say(carer.page, before)
  await expect(card(nurse.page, before)).toBeVisible()
  await act(carer.page, card(carer.page, before), '訂正する')
  const form = carer.page.getByRole('dialog', { name: '投稿を訂正する' })
  await form.getByLabel('訂正後の文').fill(after)
  await form.getByLabel('訂正の理由').fill('読み違い')
  await form.getByRole('button', { name: '訂正して知らせる' }).click()
  await expect(card(nurse.page, after)).toContainText(/髙橋 健太が.*に訂正/)
  await expect(card(nurse.page, before)).toHaveCount(0)
  await act(nurse.page, card(nurse.page, after), '履歴を見る')
  const history = nurse.page.getByRole('dialog', { name: '投稿の履歴' })
  await expect(history).toContainText(before)
  await expect(history).toContainText('読み違い')
  await history.getByRole('button', { name: '閉じる' }).click()
})

test('a withdrawal takes the words from every screen and says so', async () => {
  const words = '入浴は中止しました。'
  await say(carer.page, words)
  await expect(card(nurse.page, words)).toBeVisible()
  await act(carer.page, card(carer.page, words), '取り消す')
  const form = carer.page.getByRole('dialog', { name: '投稿を取り消す' })
  await form.getByLabel('取り消しの理由').fill('別の方のことでした')
  await form.getByRole('button', { name: '全員の画面から取り消す' }).click()
  for (const { page } of [carer, nurse]) {
    await expect(card(page, '別の方のことでした')).toContainText(/髙橋 健太が.*に取り消しました/)
    await expect(page.getByText(words)).toHaveCount(0)
  }
})

test('a photo goes along and opens large', async () => {
  const words = '右足のむくみです。'
  await carer.page
    .locator('input[type=file]')
    .first()
    .setInputFiles({
      name: 'mukumi.png',
      mimeType: 'image/png',
      buffer: await picture(carer.page),
    })
  await expect(carer.page.getByRole('list', { name: '付ける写真・ファイル' })).toContainText('付きました')
  await say(carer.page, words)
  const seen = card(nurse.page, words)
  const photo = seen.getByRole('button', { name: /開く|写真/ }).first()
  await photo.click()
  const viewer = nurse.page.getByRole('dialog')
  await expect(viewer.getByRole('img')).toBeVisible()
  const width = await viewer.getByRole('img').evaluate((image: HTMLImageElement) => image.naturalWidth)
  expect(width).toBe(640)
})

test('words that nobody can see and far too many words are refused with a sentence; what was typed stays', async () => {
  const box = nurse.page.getByRole('textbox', { name: '本文' })
  await nurse.page.keyboard.press('Escape')
  await box.fill('あ'.repeat(5_000))
  await expect(nurse.page.getByRole('alert').filter({ hasText: '1,000文字多い' })).toBeVisible()
  await nurse.page.getByRole('button', { name: /へ送る$/ }).click()
  await expect(box).toHaveValue('あ'.repeat(5_000))
  await box.fill('右から\u202e左へ')
  await expect(nurse.page.getByRole('alert').filter({ hasText: '画面に見えない文字' })).toBeVisible()
  await nurse.page.getByRole('button', { name: '見えない文字を取りのぞく' }).click()
  await expect(box).toHaveValue('右から左へ')
  await box.fill('')
})

/** A picture as a camera might have taken it. */
async function picture(page: Page): Promise<Buffer> {
  const text = await page.evaluate(() => {
    const canvas = document.createElement('canvas')
    ;[canvas.width, canvas.height] = [640, 480]
    const context = canvas.getContext('2d')
    if (context === null) throw new Error('no canvas')
    context.fillStyle = '#d9b38c'
    context.fillRect(0, 0, 640, 480)
    context.fillStyle = '#8c5a3c'
    context.fillRect(200, 150, 200, 120)
    return canvas.toDataURL('image/png')
  })
  return Buffer.from(text.slice(text.indexOf(',') + 1), 'base64')
}
