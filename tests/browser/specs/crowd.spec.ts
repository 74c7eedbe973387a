// A slow tablet in a busy room: whoever sends sees what was sent, whatever comes at the same time.

import { expect, test } from '@playwright/test'
import type { Page } from '@playwright/test'
import { atWork, card, openRoom, say } from '../harness/doings.ts'
import { useHouse } from '../harness/house.ts'
import { clientId } from '../harness/ids.ts'

const house = useHouse()
const PATIENT = '中川 実'
const LONG = '夕食は主食5割、副食8割、水分200ml。むせは1回ありましたが、姿勢を直すと落ち着きました。\n'.repeat(6)

/** How much of a post lies within the timeline's window, in pixels; 0 while it is not drawn. */
async function inSight(page: Page, words: string): Promise<number> {
  const frame = await page.getByRole('region', { name: '投稿' }).boundingBox()
  const box = await card(page, words)
    .last()
    .boundingBox({ timeout: 1_000 })
    .catch(() => null)
  if (frame === null || box === null) return 0
  return Math.min(frame.y + frame.height, box.y + box.height) - Math.max(frame.y, box.y)
}

test('own posts come into sight on a tablet six times slower, from wherever one has scrolled to', async () => {
  test.slow()
  const [carer, nurse] = await Promise.all([house().person('takahashi'), house().person('sato')])
  for (const { page } of [carer, nurse]) {
    await atWork(page)
    await openRoom(page, PATIENT)
  }
  const room = new URL(nurse.page.url()).pathname
  let number = 0
  const post = async () => {
    number += 1
    const text = `${LONG}ほかの人の記録 ${number}`
    const body = { client_id: clientId(number), class: 2, text, written_at: Date.now() * 1000 }
    const answer = await nurse.device.ask('POST', `${room}/messages`, body)
    expect(answer.status).toBe(201)
  }
  for (let count = 0; count < 25; count++) await post()

  const { page } = carer
  const slow = await page.context().newCDPSession(page)
  await slow.send('Emulation.setCPUThrottlingRate', { rate: 6 })
  const timeline = page.getByRole('region', { name: '投稿' })
  for (let round = 1; round <= 4; round++) {
    // Back in the conversation, at heights that were never drawn, while others write on.
    await timeline.evaluate((element, part) => element.scrollTo(0, (element.scrollHeight * part) / 5), round)
    const words = `遅い端末から ${round}。${'次の訪問で確認をお願いします。'.repeat(round * 4)}`
    await Promise.all([say(page, words), post(), post()])
    await expect.poll(() => inSight(page, words), { message: words, timeout: 20_000 }).toBeGreaterThan(40)
    await expect(page.getByText(/送信待ち \d/)).toHaveCount(0)
    // It stays there when it has become a post, and what others write is followed from there on.
    await post()
    await expect.poll(() => inSight(page, `ほかの人の記録 ${number}`), { timeout: 20_000 }).toBeGreaterThan(40)
  }
  await slow.send('Emulation.setCPUThrottlingRate', { rate: 1 })
})
