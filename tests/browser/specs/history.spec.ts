// What lies far back: a quote whose original is not loaded, and links to old posts, lead there.

import { expect, test } from '@playwright/test'
import type { Locator, Page } from '@playwright/test'
import { atWork, card, openRoom } from '../harness/doings.ts'
import { useHouse } from '../harness/house.ts'
import type { Person } from '../harness/house.ts'
import { clientId } from '../harness/ids.ts'

const house = useHouse()
const PATIENT = '中川 実'
const ORIGINAL = '便が3日出ていません。下剤を増やしてよいですか。'
const REPLY = '今夜から1錠増やしてください。'
let nurse: Person
let carer: Person
let room = ''
let original = ''

test.describe.configure({ mode: 'serial' })

async function post(person: Person, at: number, text: string, more: object = {}): Promise<string> {
  const written_at = Date.now() * 1000
  const body = { client_id: clientId(at), class: 2, text, written_at, ...more }
  const answer = await person.device.ask<{ message: string }>('POST', `/rooms/${room}/messages`, body)
  expect(answer.status, text).toBe(201)
  return answer.body.message
}

const inSight = (page: Page, post: Locator) =>
  expect
    .poll(async () => {
      const [frame, box] = [await page.getByRole('region', { name: '投稿' }).boundingBox(), await post.boundingBox()]
      return frame !== null && box !== null && box.y >= frame.y - 1 && box.y < frame.y + frame.height
    })
    .toBe(true)

test('a long conversation, whose beginning is asked about at its end', async () => {
  ;[nurse, carer] = await Promise.all([house().person('sato'), house().person('takahashi')])
  await atWork(nurse.page)
  await openRoom(nurse.page, PATIENT)
  room = new URL(nurse.page.url()).pathname.split('/').at(-1) ?? ''
  const due = Date.now() * 1000 + 6 * 3_600_000_000
  original = await post(nurse, 1, ORIGINAL, { intent: 'question', contract: 'reply', due })
  for (let number = 2; number <= 130; number++) await post(nurse, number, `その間の記録 ${number}`)
  await post(carer, 200, REPLY, { reply_to: original })
  await expect(card(nurse.page, REPLY)).toBeVisible()
})

test('the quote of a post that is not loaded leads there, and the way back is one tap', async () => {
  await atWork(carer.page)
  await openRoom(carer.page, PATIENT)
  await expect(card(carer.page, ORIGINAL)).toHaveCount(0)
  await card(carer.page, REPLY).getByRole('button', { name: '前の投稿への返信' }).click()
  const found = card(carer.page, ORIGINAL)
  await expect(found).toHaveClass(/pointed/)
  await inSight(carer.page, found)
  // What stood before it comes by itself, and it stays where it is.
  await expect(carer.page.getByText('前の投稿を読み込んでいます…')).toHaveCount(0)
  await inSight(carer.page, found)
  await carer.page.getByRole('button', { name: '最新の投稿へ' }).click()
  await inSight(carer.page, card(carer.page, REPLY))
})

test('an item of home leads to its post, however old', async () => {
  await carer.device.visit('/')
  await atWork(carer.page)
  const item = card(carer.page, ORIGINAL)
  await item.getByRole('link').first().click()
  const found = card(carer.page, ORIGINAL)
  await expect(found).toHaveClass(/pointed/)
  await inSight(carer.page, found)
})

test('a link in the open room is followed too, and one to a post that is not there says so', async () => {
  await carer.device.visit(`/rooms/${room}`)
  await expect(card(carer.page, REPLY)).toBeVisible()
  const follow = (message: string) =>
    carer.page.evaluate((path) => {
      history.pushState(null, '', path)
      dispatchEvent(new PopStateEvent('popstate'))
    }, `/rooms/${room}?message=${message}`)
  await follow(original)
  await inSight(carer.page, card(carer.page, ORIGINAL))
  await follow('00000000-0000-4000-8000-000000000000')
  await expect(carer.page.getByText('この投稿は、いまは見られません。')).toBeVisible()
  await carer.page.getByRole('button', { name: '閉じる' }).click()
  await expect(card(carer.page, REPLY)).toBeVisible()
})
