import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { dice } from '../state/dice.fixture'
import { beginAnew, forgetWritings, isEmpty, writingOf } from '../state/drafts.svelte'
import { house } from '../state/session.svelte'
import type { DraftBody, Session } from '../wire/generated'
import { draftChanged, draftSent, openDraft, startDrafts } from './drafts'

/** A server that keeps drafts, a network that breaks, and a place on the device. */
const world = vi.hoisted(() => ({
  open: (): void => undefined,
  leave: (): unknown => undefined,
  server: new Map<string, unknown>(),
  device: new Map<string, unknown>(),
  /** Milliseconds until an answer; nothing when the network is away. */
  delay: (): number | undefined => 10,
  asked: [] as string[],
  person: '',
}))

vi.mock('./house', () => ({
  onLeave: (heard: () => unknown) => ((world.leave = heard), () => undefined),
}))
vi.mock('./line', () => ({
  onOpen: (heard: () => void) => ((world.open = heard), () => undefined),
}))
vi.mock('./lend', () => ({
  hereFor: (room: string) => {
    const name = `${world.person}/${room}`
    return {
      keep: (draft: unknown) => Promise.resolve(void world.device.set(name, structuredClone(draft))),
      remove: () => Promise.resolve(void world.device.delete(name)),
      read: () => Promise.resolve(world.device.get(name)),
    }
  },
}))
vi.mock('../net/http', async (original) => {
  const http = await original<typeof import('../net/http')>()
  const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
  return {
    ...http,
    ask: async (route: { method: string }, input: { path: { room: string }; body?: unknown }) => {
      const name = `${world.person}/${input.path.room}`
      const body: unknown = input.body && JSON.parse(JSON.stringify(input.body))
      world.asked.push(route.method)
      const [there, back] = [world.delay(), world.delay()]
      if (there === undefined) throw new http.Unreached()
      await wait(there)
      if (route.method === 'PUT') world.server.set(name, body)
      if (route.method === 'DELETE') world.server.delete(name)
      const draft = world.server.get(name)
      // An answer may be lost after the server has done what was asked.
      if (back === undefined) throw new http.Unreached()
      await wait(back)
      return route.method === 'GET' ? { draft } : undefined
    },
  }
})

const kept = (room: string, where = world.server) =>
  (where.get(`${world.person}/${room}`) as DraftBody | undefined)?.text
function signIn(person: string): void {
  world.person = person
  house.session = { person } as Session
}
function type(room: string, text: string): void {
  writingOf(room).text = text
  draftChanged(room)
}
async function goHome(): Promise<void> {
  const lastWords = world.leave()
  house.session = undefined
  await vi.advanceTimersByTimeAsync(10_000)
  await lastWords
}
const rest = () => vi.advanceTimersByTimeAsync(10_000)
const open = (room: string) => Promise.all([openDraft(room), rest()])

let stop: () => void
beforeEach(() => {
  vi.useFakeTimers()
  world.server.clear()
  world.device.clear()
  world.asked.length = 0
  world.delay = () => 10
  house.writable = [2]
  stop = startDrafts()
  signIn('hanako')
})
afterEach(async () => {
  await goHome()
  stop()
  forgetWritings()
  vi.useRealTimers()
})

describe('a half-written post', () => {
  it('is kept a moment after the last key, not at each', async () => {
    await open('r1')
    for (const text of ['朝', '朝食', '朝食8割']) {
      type('r1', text)
      await vi.advanceTimersByTimeAsync(300)
    }
    expect(world.asked).toEqual(['GET'])
    await vi.advanceTimersByTimeAsync(1000)
    expect(world.asked).toEqual(['GET', 'PUT'])
    expect(kept('r1')).toBe('朝食8割')
    expect(writingOf('r1').keeping).toBe('saved')
  })
  it('is there again for its author on another device, and for nobody else', async () => {
    await open('r1')
    type('r1', '途中')
    await goHome()
    signIn('kenta')
    await open('r1')
    expect(isEmpty(writingOf('r1'))).toBe(true)
    await goHome()
    signIn('hanako')
    await open('r1')
    expect(writingOf('r1').text).toBe('途中')
  })
  it('gives way to what is written before it arrives', async () => {
    world.server.set('hanako/r1', { text: '前の文' })
    world.delay = () => 500
    const opening = openDraft('r1')
    type('r1', '今の文')
    await rest()
    await opening
    expect(writingOf('r1').text).toBe('今の文')
    expect(kept('r1')).toBe('今の文')
  })
  it('lies on the device without network, and goes to the server when it is back', async () => {
    await open('r1')
    world.delay = () => undefined
    type('r1', '電波なし')
    await rest()
    expect(writingOf('r1').keeping).toBe('failed')
    expect(kept('r1', world.device)).toBe('電波なし')
    world.delay = () => 10
    world.open()
    await rest()
    expect(kept('r1')).toBe('電波なし')
    expect(world.device.size).toBe(0)
  })
  it('is taken up from the device first: it is newer than what the server has', async () => {
    world.server.set('hanako/r1', { text: 'old' })
    world.device.set('hanako/r1', { text: 'new' })
    await open('r1')
    expect(writingOf('r1').text).toBe('new')
    await rest()
    expect(kept('r1')).toBe('new')
    expect(world.device.size).toBe(0)
  })
  it('goes with the post, also when it was just being kept', async () => {
    await open('r1')
    world.delay = () => 700
    type('r1', '送る文')
    await vi.advanceTimersByTimeAsync(1000)
    expect(world.asked.at(-1)).toBe('PUT')
    beginAnew(writingOf('r1'))
    draftSent('r1')
    await rest()
    expect(kept('r1')).toBeUndefined()
    expect(writingOf('r1').keeping).toBe('saved')
  })
  it('of whoever leaves is never sent under the next person’s name', async () => {
    await open('r1')
    world.delay = () => 1200
    type('r1', 'hanako')
    await vi.advanceTimersByTimeAsync(1000)
    type('r1', 'hanako さいご')
    // Its turn has not come yet: the words before are still on their way.
    await vi.advanceTimersByTimeAsync(900)
    void world.leave()
    signIn('kenta')
    await rest()
    expect(kept('r1')).toBeUndefined()
    signIn('hanako')
    expect(kept('r1')).toBe('hanako さいご')
  })
  it('is kept at once when the page is put away', async () => {
    await open('r1')
    type('r1', '閉じる前')
    const state = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
    document.dispatchEvent(new Event('visibilitychange'))
    await vi.advanceTimersByTimeAsync(30)
    state.mockRestore()
    expect(kept('r1')).toBe('閉じる前')
  })
})

describe('whatever breaks', () => {
  it('the server has the last words of each room once the network is there again', async () => {
    for (let seed = 1; seed <= 60; seed++) await oneShift(seed)
  }, 60_000)
})

/** One shift: words in three rooms, pauses, posts, cuts and slow answers. */
async function oneShift(seed: number): Promise<void> {
  const roll = dice(seed)
  world.server.clear()
  world.device.clear()
  let cuts = 0
  world.delay = () => (roll() < cuts ? undefined : roll() * 900)
  for (const room of ['r1', 'r2', 'r3']) void openDraft(room)
  await rest()
  for (let step = 0; step < 25; step++) {
    const room = `r${String(Math.ceil(roll() * 3))}`
    const chance = roll()
    if (chance < 0.6) type(room, `words ${String(step)}`)
    else if (chance < 0.75) {
      beginAnew(writingOf(room))
      draftSent(room)
    } else if (chance < 0.9) cuts = roll() < 0.5 ? 0.4 : 0
    await vi.advanceTimersByTimeAsync(roll() * 1500)
  }
  cuts = 0
  await rest()
  world.open()
  await rest()
  for (const room of ['r1', 'r2', 'r3']) {
    const { text } = writingOf(room)
    expect(kept(room) ?? '', `seed ${String(seed)}, ${room}`).toBe(text)
  }
  expect(world.device.size, `seed ${String(seed)}: nothing lies on the device`).toBe(0)
  await goHome()
  signIn('hanako')
}
