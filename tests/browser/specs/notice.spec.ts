// What calls somebody who looks elsewhere: the sound of すぐ, the screen that stays awake, the notice of the browser, the tab.

import { expect, test } from '@playwright/test'
import type { Page } from '@playwright/test'
import { atWork, call, openRoom } from '../harness/doings.ts'
import { useHouse } from '../harness/house.ts'
import type { Person } from '../harness/house.ts'

const house = useHouse()
const PATIENT = '山田 ハナエ'
const WORDS = '息が苦しそうです。酸素は88%です。'

test.describe.configure({ mode: 'serial' })

/** What a page asked of the browser, as far as nobody can see or hear it in a test. */
interface Noted {
  tones: { state: string; hertz: number }[]
  locks: number
  badges: number[]
}
declare global {
  interface Window {
    noted: Noted
    look(where: 'visible' | 'hidden'): void
  }
}

/** Runs in the page before its own scripts. */
function note(): void {
  window.noted = { tones: [], locks: 0, badges: [] }
  const start = OscillatorNode.prototype.start
  OscillatorNode.prototype.start = function (when) {
    window.noted.tones.push({ state: this.context.state, hertz: this.frequency.value })
    start.call(this, when)
  }
  const request = navigator.wakeLock.request.bind(navigator.wakeLock)
  navigator.wakeLock.request = (kind) => {
    window.noted.locks += 1
    return request(kind)
  }
  navigator.setAppBadge = (count) => Promise.resolve(void window.noted.badges.push(count ?? 0))
  navigator.clearAppBadge = () => navigator.setAppBadge(0)
  let seen: 'visible' | 'hidden' = 'visible'
  Object.defineProperty(document, 'visibilityState', { get: () => seen })
  window.look = (where) => {
    seen = where
    document.dispatchEvent(new Event('visibilitychange'))
  }
}

const noted = <Key extends keyof Noted>(page: Page, key: Key): Promise<Noted[Key]> =>
  page.evaluate((name) => window.noted[name], key) as Promise<Noted[Key]>
const notices = (page: Page) =>
  page.evaluate(async () => {
    const shown = await (await navigator.serviceWorker.ready).getNotifications()
    return shown.map(({ title, body, tag, data }) => ({ title, body, tag, data: data as unknown }))
  })

async function seat(name: string, key: string): Promise<Person> {
  const device = await house().device(key)
  await device.context.addInitScript(note)
  await device.signIn(house().credentials(name))
  await device.visit('/')
  await atWork(device.page)
  return { credentials: house().credentials(name), device, page: device.page, keys: device.keys }
}

let nurse: Person
let carer: Person
let locked: Page

test('the screen of a shared tablet stays awake, again whenever it comes to the front', async () => {
  ;[nurse, carer] = await Promise.all([house().person('sato'), seat('takahashi', 'aozora-tablet-3')])
  const tablet = await house().device('aozora-tablet-2')
  await tablet.context.addInitScript(note)
  await tablet.visit('/')
  locked = tablet.page
  await expect(locked.getByText('接続中')).toBeVisible()
  for (const page of [carer.page, locked]) {
    await expect.poll(() => noted(page, 'locks')).toBeGreaterThan(0)
    const before = await noted(page, 'locks')
    await page.evaluate(() => window.look('hidden'))
    expect(await noted(page, 'locks')).toBe(before)
    await page.evaluate(() => window.look('visible'))
    await expect.poll(() => noted(page, 'locks')).toBe(before + 1)
  }
})

test('すぐ sounds until it is answered, on a tablet where nobody is signed in too', async () => {
  // The first touch of the day lets the page sound.
  for (const page of [carer.page, locked]) await page.mouse.click(5, 5)
  await carer.page.evaluate(() => window.look('hidden'))
  await openRoom(nurse.page, PATIENT)
  await call(nurse.page, WORDS, '髙橋 健太', '小林 恵子')
  for (const page of [carer.page, locked]) {
    await expect(page.getByRole('alertdialog')).toBeVisible()
    await expect.poll(async () => (await noted(page, 'tones')).length).toBeGreaterThan(0)
    const tones = await noted(page, 'tones')
    expect(new Set(tones.map(({ state }) => state))).toEqual(new Set(['running']))
    expect(tones[0]?.hertz).toBe(660)
    await expect.poll(async () => (await noted(page, 'tones')).length).toBeGreaterThan(tones.length)
    await expect(page.getByText('音が出ていません')).toHaveCount(0)
  }
})

test('the notice of the browser, the tab and the badge say that there is a call, and nothing of whom', async () => {
  const { page } = carer
  await expect.poll(() => notices(page)).toHaveLength(1)
  const [shown] = await notices(page)
  expect(shown).toEqual({ title: 'すぐの呼び出しがあります', body: '', tag: 'tasuki-urgent', data: null })
  for (const one of [page, locked]) {
    await expect(one).toHaveTitle('【すぐ 1】襷 Tasuki')
    expect(await noted(one, 'badges')).toContainEqual(1)
  }
  // The page in front needs no notice of its own.
  expect(await notices(locked)).toEqual([])
})

test('an answer silences it everywhere', async () => {
  await carer.page.evaluate(() => window.look('visible'))
  await carer.page.getByRole('alertdialog').getByRole('button', { name: '行きます' }).click()
  await expect(locked.getByRole('alertdialog')).toBeHidden()
  for (const page of [carer.page, locked]) {
    await expect.poll(() => notices(page)).toEqual([])
    await expect(page).not.toHaveTitle(/すぐ/)
    const before = (await noted(page, 'tones')).length
    await page.waitForTimeout(3_000)
    expect((await noted(page, 'tones')).length).toBe(before)
  }
})
