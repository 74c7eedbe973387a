// What was allowed ends in the middle of the work: a place in the care team, a resident's stay, a sign-in. The screen says
// so at once, what may no longer be read is gone, and the words that were being written are not lost.

import { expect, test } from '@playwright/test'
import type { Locator, Page } from '@playwright/test'
import { atWork, card, openRoom, say, typePassword, write } from '../harness/doings.ts'
import { useHouse } from '../harness/house.ts'
import type { Person } from '../harness/house.ts'
import { inspect, sizes } from '../harness/screens.ts'

const house = useHouse()
const WORDS = '夕方から右足の痛みが強くなっています。'
let nurse: Person
let office: Page

test.describe.configure({ mode: 'serial' })

const box = (page: Page): Locator => page.getByRole('textbox', { name: '本文' })
const unsent = (page: Page): Locator => page.getByRole('textbox', { name: '送っていない文' })

/** Opens a resident's card in the administration of the home. */
async function register(page: Page, patient: string): Promise<Locator> {
  await page.goto(`${house().server.url}/administration`)
  await page.getByRole('navigation', { name: '管理の画面' }).getByRole('link', { name: '利用者', exact: true }).click()
  await expect(page.getByRole('heading', { level: 2, name: '利用者' })).toBeVisible()
  // Whoever administers one employer alone has nothing to choose.
  const employer = page.getByLabel('法人・事業所', { exact: true })
  if (await employer.isVisible()) await employer.selectOption({ label: '特別養護老人ホームあおぞら' })
  await page.getByRole('button', { name: `開く ${patient}` }).click()
  return page.getByRole('dialog', { name: patient })
}

/** Presses a button whose consequences are explained first. */
async function surely(page: Page, button: Locator, name: string): Promise<void> {
  await button.click()
  const sure = page.getByRole('dialog', { name })
  await sure.getByRole('button', { name, exact: true }).click()
  await expect(sure).toBeHidden()
}

/** Types, and waits until the server has the draft. */
async function writeDraft(page: Page, words: string): Promise<void> {
  const kept = page.waitForResponse((answer) => answer.url().endsWith('/draft') && answer.request().method() === 'PUT')
  await write(page, words)
  expect((await kept).status()).toBe(200)
}

test('who is taken out of the care team while writing sees the room go, and keeps the words', async () => {
  // Four browsers, one after the other.
  test.slow()
  const patient = '山田 ハナエ'
  nurse = await house().person('sato')
  office = (await house().person('watanabe', { path: '/administration' })).page
  const { page } = nurse
  await atWork(page)
  await openRoom(page, patient)
  await writeDraft(page, WORDS)
  const room = page.url()
  // At home on another screen, where the room is not open.
  const elsewhere = await house().person('sato', { device: 'himawari-pc' })
  const mine = elsewhere.page.getByRole('navigation', { name: '私の担当' }).getByRole('link', { name: patient })
  await expect(mine).toBeVisible()

  const resident = await register(office, patient)
  const row = resident.getByRole('listitem').filter({ hasText: '佐藤 花子' })
  await surely(office, row.getByRole('button', { name: '参加を終える' }), '参加を終える')
  await expect(page.getByText('このルームを見る権利が終わりました')).toBeVisible()
  await expect(mine).toHaveCount(0)
  await expect(elsewhere.page.getByText(patient)).toHaveCount(0)
  await elsewhere.device.close()
  await expect(page.getByRole('article')).toHaveCount(0)
  await expect(page.getByRole('heading', { name: patient })).toHaveCount(0)
  await expect(page.getByText('ペニシリン')).toHaveCount(0)
  await expect(unsent(page)).toHaveValue(WORDS)
  await inspect(page, 'right-ended', { sizes: [sizes[0], sizes[2]], target: 56 })
  await page.getByRole('button', { name: 'もう一度開く' }).click()
  await expect(page.getByRole('article')).toHaveCount(0)
  await expect(unsent(page)).toHaveValue(WORDS)
  await expect(page.getByRole('navigation', { name: '私の担当' }).getByRole('link', { name: patient })).toHaveCount(0)

  // Back in the team, which takes two people, she goes on writing where she was.
  await resident.getByRole('button', { name: 'チームに加える(申請)' }).click()
  const member = office.getByRole('dialog', { name: 'チームに加える(申請)' })
  await member.getByRole('radio', { name: '職員を選ぶ' }).check({ force: true })
  await member
    .getByLabel('職員', { exact: true })
    .selectOption({ label: '佐藤 花子 (看護師・訪問看護ステーションひまわり)' })
  await member.getByRole('button', { name: '申請する' }).click()
  await expect(row.filter({ hasText: '確認待ち' })).toBeVisible()
  const second = await house().person('yoshida', { path: '/administration' })
  const seen = await register(second.page, patient)
  await seen.getByRole('listitem').filter({ hasText: '佐藤 花子' }).getByRole('button', { name: '確認する' }).click()
  await expect(seen.getByRole('button', { name: '確認する' })).toHaveCount(0)
  await page.goto(room)
  await expect(box(page)).toHaveValue(WORDS)
})

test('a resident leaves while one reads and another is out of reach: the room can be read, and what was written stays', async () => {
  const patient = '中川 実'
  const reader = await house().person('takahashi')
  for (const { page } of [nurse, reader]) {
    await atWork(page)
    await openRoom(page, patient)
  }
  await say(reader.page, '退所の荷物をまとめました。')
  await expect(card(nurse.page, '退所の荷物をまとめました。')).toBeVisible()
  nurse.device.wire.cut()
  await say(nurse.page, '圏外で送った文です。')
  await expect(nurse.page.getByText('送信待ち 1件')).toBeVisible()
  await write(nurse.page, WORDS)

  const resident = await register(office, patient)
  await surely(office, resident.getByRole('button', { name: '退所・利用終了' }), '退所・利用終了')
  // Whoever reads sees it at once; whoever is out of reach as soon as the line is back.
  await expect(reader.page.getByText('このルームは閉じています')).toBeVisible()
  nurse.device.wire.mend()
  for (const { page } of [nurse, reader]) {
    await expect(page.getByText('このルームは閉じています')).toBeVisible()
    await expect(card(page, '退所の荷物をまとめました。')).toBeVisible()
    await expect(box(page)).toHaveCount(0)
  }
  await expect(unsent(nurse.page)).toHaveValue(WORDS)
  await expect(unsent(reader.page)).toHaveCount(0)
  const late = nurse.page.getByRole('list', { name: '送信待ちの投稿' }).getByRole('listitem')
  await expect(late).toContainText('送れませんでした')
  await expect(late).toContainText('圏外で送った文です。')
  await inspect(nurse.page, 'room-closed', { sizes: [sizes[0], sizes[2]], target: 56 })

  // The stay was ended by mistake: she goes on where she was.
  await (await register(office, patient)).getByRole('button', { name: '利用を再開する' }).click()
  await expect(box(reader.page)).toBeVisible()
  // The composer that comes back takes room from the posts; whoever read the newest still does.
  await expect(reader.page.getByRole('button', { name: /^(最新の投稿へ|新しい投稿 \d+件)$/ })).toHaveCount(0)
  await late.getByRole('button', { name: 'やり直す' }).click()
  await expect(card(reader.page, '圏外で送った文です。')).toBeVisible()
  await nurse.page.reload()
  await expect(box(nurse.page)).toHaveValue(WORDS)
})

test('signed out everywhere from another device while writing: a sentence, and the words after signing in again', async () => {
  const { page } = nurse
  await writeDraft(page, `${WORDS}続きです。`)
  const other = await house().person('sato', { device: 'himawari-pc', path: '/me' })
  await surely(
    other.page,
    other.page.getByRole('button', { name: 'すべての端末でログアウト' }),
    'すべての端末でログアウト',
  )
  await expect(other.page.getByText('すべての端末でログアウトしました。')).toBeVisible()
  await expect(page.getByText('ログインが終わりました。もう一度ログインしてください。')).toBeVisible()
  await expect(page.getByRole('article')).toHaveCount(0)
  await expect(page.getByText(WORDS)).toHaveCount(0)
  await inspect(page, 'signed-out-elsewhere', { sizes: [sizes[0], sizes[2]], target: 56 })

  // The one key that she has is put from there into here.
  await nurse.keys.unplug()
  await nurse.keys.plug(house().credentials('sato'))
  await typePassword(page, house().credentials('sato'))
  await atWork(page)
  await openRoom(page, '中川 実')
  await expect(box(page)).toHaveValue(`${WORDS}続きです。`)
})
