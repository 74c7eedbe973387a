// Figures of the page: its weight, when a slow device can be used, how long a change of person takes, how a room of
// thousands of posts opens and scrolls. Each stands beside what an empty page takes on the same machine at that moment.

import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import type { CDPSession, Page } from '@playwright/test'
import { Device } from './device.ts'
import { atWork, leave, openRoom, signInOnTablet } from './doings.ts'
import { House } from './house.ts'
import { clientId } from './ids.ts'
import { pageFolder, top } from './places.ts'
import { sizes } from './screens.ts'
import type { Credentials } from './template.ts'

/** How much slower than this machine the device is whose screens are timed. */
const SLOWER = 4
/** The posts of the long room. */
const POSTS = 5_000
const TURNS = 5

/** Who is shown which screen. */
const screens: [name: string, person: string, path: string][] = [
  ['home', 'takahashi', '/'],
  ['patient room', 'takahashi', 'room'],
  ['handover', 'takahashi', '/handover'],
  ['groups', 'takahashi', '/groups'],
  ['people', 'takahashi', '/people'],
  ['my page', 'takahashi', '/me'],
  ['administration', 'yoshida', '/administration'],
  ['access log', 'okada', '/log'],
  ['system', 'ishii', '/system'],
]

/** Sessions that do not lock meanwhile, and nobody who is told to write more slowly. */
const patient = {
  'sign_in.idle_minutes_shared': 30,
  'sign_in.idle_minutes_phone': 30,
  'sign_in.idle_minutes_pc': 60,
  'limits.rate.device_per_second': 100_000,
  'limits.rate.person_per_second': 100_000,
  'limits.rate.organization_per_second': 100_000,
}

const parts = { screens: screensOf, change: changeOfPerson, room: longRoom }

/** Measures everything, or the parts that are named, and prints it. */
export async function figures(names: string[]): Promise<void> {
  weight()
  const house = await House.open(patient)
  try {
    for (const [name, measure] of Object.entries(parts)) {
      if (names.length === 0 || names.includes(name)) await measure(house)
    }
  } finally {
    await house.close()
  }
}

/** Script and style that the first screen asks for, as they travel. */
function weight(): void {
  const folder = pageFolder() ?? join(top, 'client-web/dist')
  const page = readFileSync(join(folder, 'index.html'), 'utf8')
  const asked = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)].map(([, path]) => path ?? '')
  const bytes = asked.reduce(
    (sum, path) => sum + statSync(join(folder, `${path}.gz`), { throwIfNoEntry: true }).size,
    0,
  )
  print('first load, script and style named by the page', `${(bytes / 1_000).toFixed(1)} kB gzip`)
}

/** When each screen can be used, opened anew with everything cached, on a slow device. */
async function screensOf(house: House): Promise<void> {
  console.log(`\nopened anew at 1/${SLOWER} of this machine's speed, median of ${TURNS} (ms)`)
  console.log(`${''.padEnd(16)}${['interactive', 'first paint', 'script'].map((head) => head.padStart(13)).join('')}`)
  const open = new Map<string, Device>()
  for (const [name, person, path] of [['empty page', 'takahashi', '/icon.svg'] as const, ...screens]) {
    let device = open.get(person)
    if (device === undefined) {
      device = (await house.person(person, { window: { size: sizes[2] } })).device
      open.set(person, device)
      await atWork(device.page)
    }
    const target = path === 'room' ? await roomOf(device.page) : path
    await device.visit(target)
    await device.page.waitForTimeout(2_000)
    const turns: Turn[] = []
    for (let turn = 0; turn < TURNS; turn += 1) turns.push(await opened(device, target))
    const line = (['interactive', 'painted', 'script'] as const).map((what) => median(turns.map((turn) => turn[what])))
    console.log(`${name.padEnd(16)}${line.map((figure) => figure.toFixed(0).padStart(13)).join('')}`)
  }
  await house.empty()
}

async function roomOf(page: Page): Promise<string> {
  await openRoom(page, '山田 ハナエ')
  return new URL(page.url()).pathname
}

interface Turn {
  /** Milliseconds from the start of the navigation to the end of its last long task, before five quiet seconds. */
  interactive: number
  painted: number
  /** Milliseconds of script on the main thread of the slow device, all that came by the end of those seconds. */
  script: number
}

/** Opens a path on a device made slow, and waits until nothing long has happened for five seconds. */
async function opened(device: Device, path: string): Promise<Turn> {
  const { page } = device
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const before = await scripted(session)
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
  const seen = await page.addInitScript(() => {
    const long: number[] = []
    Object.assign(globalThis, { long })
    new PerformanceObserver((list) =>
      list.getEntries().forEach((entry) => long.push(entry.startTime + entry.duration)),
    ).observe({
      entryTypes: ['longtask'],
    })
  })
  await device.visit(path)
  const told = await page.evaluate(async () => {
    const { long } = globalThis as unknown as { long: number[] }
    for (let quiet = performance.now(); performance.now() - Math.max(quiet, long.at(-1) ?? 0) < 5_000;)
      await new Promise((resolve) => setTimeout(resolve, 250))
    const painted = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0
    return { interactive: Math.max(painted, long.at(-1) ?? 0), painted }
  })
  await session.send('Emulation.setCPUThrottlingRate', { rate: 1 })
  const script = (await scripted(session)) - before
  await session.detach()
  await seen.dispose()
  return { ...told, script }
}

/** Milliseconds of script on this page's main thread so far. */
async function scripted(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics')
  return (metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? 0) * 1_000
}

/** 交代 on a shared tablet, after each has signed in once: to the blank start screen, and on to the next person's list. */
async function changeOfPerson(house: House): Promise<void> {
  const { page, keys } = await house.person('takahashi', { signedIn: false })
  const people = ['takahashi', 'sasaki'].map((name) => house.credentials(name))
  const comes = async (person: Credentials): Promise<number> => {
    await keys.unplug()
    await keys.plug(person)
    const began = performance.now()
    await signInOnTablet(page, person)
    await page.getByRole('navigation', { name: '私の担当' }).getByRole('link').first().waitFor()
    return performance.now() - began
  }
  const goes = async (): Promise<number> => {
    const began = performance.now()
    await leave(page)
    await page.getByRole('list', { name: '職員' }).getByRole('button').first().waitFor()
    return performance.now() - began
  }
  const blank: number[] = []
  const whole: number[] = []
  for (const person of people) {
    await comes(person)
    await goes()
  }
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const person of people) {
      const came = await comes(person)
      const gone = await goes()
      blank.push(gone)
      whole.push(gone + came)
    }
  }
  console.log('')
  print('change of person, to the start screen', `${median(blank).toFixed(0)} ms`)
  print('change of person, to the next list (key touched at once)', `${median(whole).toFixed(0)} ms`)
  await house.empty()
}

/** A room of thousands of posts: how it opens, and the frames of a long scroll. */
async function longRoom(house: House): Promise<void> {
  const { page, device } = await house.person('takahashi', { window: { size: sizes[2] } })
  await atWork(page)
  const room = await roomOf(page)
  await fill(page, room, POSTS)
  await device.visit('/')
  await atWork(page)
  const took: number[] = []
  for (let turn = 0; turn < TURNS; turn += 1) {
    await page.getByRole('link', { name: 'ホーム' }).first().click()
    await page.getByRole('heading', { level: 1, name: '山田 ハナエ' }).waitFor({ state: 'detached' })
    const link = page.getByRole('navigation', { name: '私の担当' }).getByRole('link', { name: '山田 ハナエ' })
    await link.waitFor()
    const began = performance.now()
    await link.click()
    await page.getByRole('article').first().waitFor()
    took.push(performance.now() - began)
  }
  console.log('')
  print(`a room of ${POSTS} posts opens, to its first post`, `${median(took).toFixed(0)} ms`)
  await expect(page.getByRole('form', { name: '投稿を書く' })).toBeVisible()
  for (const rate of [1, SLOWER]) {
    const frames = await scrolled(page, rate)
    const late = (frames.filter((frame) => frame > 34).length / frames.length) * 100
    const worst = Math.max(...frames)
    print(
      `scrolled back for ten seconds at 1/${rate}: frames`,
      `${frames.length}, median ${median(frames).toFixed(1)} ms, over two frames ${late.toFixed(1)} %, longest ${worst.toFixed(0)} ms`,
    )
  }
  await house.empty()
}

/** Writes posts into a room through the API, a few at once. */
async function fill(page: Page, room: string, count: number): Promise<void> {
  const words = '体温36.8度、血圧128/74。昼食は主食8割、副食7割。水分は150ml。歩行は見守りで食堂まで。'
  const posts = Array.from({ length: count }, (_, number) => ({
    client_id: clientId(number + 1),
    class: 2,
    text: `${words.repeat(1 + (number % 3))}(${number + 1})`,
  }))
  const refused = await page.evaluate(
    async ([path, posts]) => {
      let refused = 0
      const writer = async (): Promise<void> => {
        for (let post = posts.shift(); post !== undefined; post = posts.shift()) {
          const body = JSON.stringify({ ...post, written_at: Date.now() * 1000 })
          const headers = { 'content-type': 'application/json' }
          if (!(await fetch(path, { method: 'POST', headers, body })).ok) refused += 1
        }
      }
      await Promise.all(Array.from({ length: 16 }, writer))
      return refused
    },
    [`/api/v1${room}/messages`, posts] as const,
  )
  if (refused > 0) throw new Error(`${refused} posts were refused`)
}

/** Scrolls back through a room by wheel and gives the milliseconds between its frames. */
async function scrolled(page: Page, rate: number): Promise<number[]> {
  const session = await page.context().newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate })
  const timeline = page.getByRole('region', { name: '投稿' })
  await timeline.hover()
  const frames = page.evaluate(
    () =>
      new Promise<number[]>((resolve) => {
        const gaps: number[] = []
        const began = performance.now()
        let last = began
        const each = (now: number): void => {
          gaps.push(now - last)
          last = now
          if (now - began > 10_000) resolve(gaps)
          else requestAnimationFrame(each)
        }
        requestAnimationFrame(each)
      }),
  )
  for (let step = 0; step < 200; step += 1) {
    await page.mouse.wheel(0, -240)
    await page.waitForTimeout(40)
  }
  const told = (await frames).slice(1)
  await session.send('Emulation.setCPUThrottlingRate', { rate: 1 })
  await session.detach()
  return told
}

function median(values: number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

function print(what: string, figure: string): void {
  console.log(`${what.padEnd(60)} ${figure}`)
}
