// Rooms among staff: a group that one makes and both use, its door, and a conversation between two.

import { expect, test } from '@playwright/test'
import type { Page } from '@playwright/test'
import { atWork, card, say, write } from '../harness/doings.ts'
import { useHouse } from '../harness/house.ts'
import type { Person } from '../harness/house.ts'
import { inspect, sizes } from '../harness/screens.ts'

const house = useHouse()
const TITLE = '2階 夜勤の連絡'
let carer: Person
let nurse: Person
let room: string

test.describe.configure({ mode: 'serial' })

async function toRooms(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'メニュー' }).getByRole('link', { name: 'ルーム' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'ルーム' })).toBeVisible()
}

test('a group is made by one, found by the other, and used by both', async () => {
  ;[carer, nurse] = await Promise.all([house().person('takahashi'), house().person('sato')])
  for (const { page } of [carer, nurse]) await atWork(page)
  await toRooms(carer.page)
  await toRooms(nurse.page)
  await expect(nurse.page.getByText('グループのルームはまだありません')).toBeVisible()

  await carer.page.getByRole('button', { name: '新しいルーム' }).click()
  const form = carer.page.getByRole('dialog', { name: '新しいルーム' })
  await form.getByLabel('ルームの名前').fill(TITLE)
  await form.getByLabel('メンバーをさがして加える').fill('さとう')
  await form.getByRole('button', { name: '佐藤 花子: 加える' }).click()
  await expect(form.getByRole('group', { name: '加える人' })).toContainText('1名')
  await inspect(carer.page, 'new-room', { sizes: [sizes[0], sizes[2]], target: 44 })
  await form.getByRole('button', { name: 'このルームを作る' }).click()
  await expect(carer.page.getByRole('heading', { level: 1, name: TITLE })).toBeVisible()
  room = carer.page.url()
  await say(carer.page, '今夜の見回りは2時と4時です。')

  const row = nurse.page.getByRole('link', { name: TITLE })
  await expect(row).toContainText('未読あり')
  await row.click()
  await expect(card(nurse.page, '今夜の見回りは2時と4時です。')).toContainText('髙橋 健太')
  await say(nurse.page, '4時は私が回ります。')
  await expect(card(carer.page, '4時は私が回ります。')).toContainText('佐藤 花子')
  await inspect(nurse.page, 'group-room', { sizes: [sizes[0], sizes[2]], target: 56 })
})

test('who is not in it finds neither the room nor its words', async () => {
  const { page, device } = await house().person('kobayashi')
  await atWork(page)
  await toRooms(page)
  await expect(page.getByText('グループのルームはまだありません')).toBeVisible()
  await page.goto(room)
  await expect(page.getByRole('heading', { name: 'このルームは表示できません' })).toBeVisible()
  await expect(page.getByText('見回り')).toHaveCount(0)
  await expect(page.getByText(TITLE)).toHaveCount(0)
  await device.close()
})

test('who is taken out while writing sees the room go and keeps the words', async () => {
  await write(nurse.page, '4時の見回りで気づいたことです。')
  await toRooms(carer.page)
  await carer.page.getByRole('button', { name: `${TITLE}のメンバー` }).click()
  const members = carer.page.getByRole('dialog', { name: `${TITLE}のメンバー` })
  await members.getByRole('button', { name: '佐藤 花子さんを外す' }).click()
  await expect(members).toContainText('佐藤 花子さんを外しました')
  await expect(nurse.page.getByText('このルームを見る権利が終わりました')).toBeVisible()
  await expect(nurse.page.getByRole('article')).toHaveCount(0)
  await expect(nurse.page.getByRole('textbox', { name: '送っていない文' })).toHaveValue(
    '4時の見回りで気づいたことです。',
  )
  await members.getByRole('button', { name: '元にもどす' }).click()
  await expect(members.getByRole('button', { name: '佐藤 花子さんを外す' })).toBeVisible()
  await members.getByRole('button', { name: '閉じる', exact: true }).click()
  await nurse.page.getByRole('button', { name: 'もう一度開く' }).click()
  await expect(nurse.page.getByRole('textbox', { name: '本文' })).toHaveValue('4時の見回りで気づいたことです。')
})

test('two talk to each other, from the directory', async () => {
  const { page } = nurse
  await page.getByRole('navigation', { name: 'メニュー' }).getByRole('link', { name: '職員' }).click()
  await page.getByLabel('名前・職種・法人でさがす').fill('たかはし')
  const found = page.getByRole('list', { name: '見つかった職員' }).getByRole('listitem').filter({ hasText: '髙橋 健太' })
  await expect(found).toContainText('いま勤務中')
  await page.getByRole('button', { name: '髙橋 健太さんと個別に話す' }).click()
  await expect(page.getByRole('heading', { level: 1, name: '髙橋 健太' })).toBeVisible()
  await write(page, '明日の面談、10時でよいですか。')
  await page.getByRole('button', { name: '髙橋 健太さんへ送る' }).click()

  await toRooms(carer.page)
  const row = carer.page.getByRole('listitem').filter({ hasText: '佐藤 花子' }).getByRole('link')
  await expect(row).toContainText('未読あり')
  await row.click()
  await expect(card(carer.page, '明日の面談、10時でよいですか。')).toBeVisible()
  await say(carer.page, '10時に伺います。')
  await expect(card(page, '10時に伺います。')).toContainText('髙橋 健太')
  await inspect(page, 'conversation', { sizes: [sizes[0], sizes[2]], target: 56 })

  // Going there from the directory once more leads into the same conversation.
  const here = page.url()
  await page.getByRole('navigation', { name: 'メニュー' }).getByRole('link', { name: '職員' }).click()
  await page.getByLabel('名前・職種・法人でさがす').fill('たかはし')
  await page.getByRole('button', { name: '髙橋 健太さんと個別に話す' }).click()
  await expect(card(page, '10時に伺います。')).toBeVisible()
  expect(page.url()).toBe(here)
})
