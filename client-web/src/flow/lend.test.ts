import 'fake-indexeddb/auto'
import { beforeEach, expect, test, vi } from 'vitest'
import { Problem, Unreached } from '../net/http'
import { eraseCopies, keptLease, looksOf, lookTold } from '../net/lent'
import { lends } from '../state/lends.svelte'
import { OpenRoom } from '../state/room.svelte'
import { house } from '../state/session.svelte'
import type { PatientSummary, Session, StartScreen } from '../wire/generated'
import { lendOpened, lendRound, openedCopies, passkeyGave, showLent, startLending } from './lend'

const HOUR = 3_600_000_000
/** What the page heard from the house and the line, and what the server was asked. */
interface World {
  enter: (session: unknown) => void
  leave: () => void
  end: () => void
  open: () => void
  asked: { path: string; room: string; body: unknown }[]
  refuse: Error | undefined
}
const world = vi.hoisted((): World => {
  const nothing = () => undefined
  return { enter: nothing, leave: nothing, end: nothing, open: nothing, asked: [], refuse: undefined }
})

vi.mock('./house', () => ({
  onEnter: (heard: (session: unknown) => void) => ((world.enter = heard), () => undefined),
  onLeave: (heard: () => void) => ((world.leave = heard), () => undefined),
  onEnd: (heard: () => void) => ((world.end = heard), () => undefined),
}))
vi.mock('./line', () => ({
  on: () => () => undefined,
  onOpen: (heard: () => void) => ((world.open = heard), () => undefined),
}))
vi.mock('../net/http', async (original) => ({
  ...(await original<typeof import('../net/http')>()),
  ask: (route: { path: string }, input?: { path?: { room?: string }; body?: unknown }) => {
    world.asked.push({ path: route.path, room: input?.path?.room ?? '', body: input?.body })
    if (world.refuse) return Promise.reject(world.refuse)
    if (route.path.endsWith('/lends')) return Promise.resolve({ messages: [], until: 0 })
    return Promise.resolve({ room: input?.path?.room, members: [] })
  },
}))

const session = (id: string) =>
  ({ session: id, person: 'sato', expires_at: Date.now() * 1000 + 12 * HOUR }) as Session
const round = ['r1', 'r2'].map((room) => ({ room }) as PatientSummary)
const secret = new Uint8Array(32).fill(7)
const lentRooms = () => world.asked.filter(({ path }) => path.endsWith('/lends')).map(({ room }) => room)

async function enter(id: string, given?: Uint8Array<ArrayBuffer>): Promise<void> {
  house.session = session(id)
  house.phase = 'live'
  passkeyGave({ secret: given, credential: 'c', rp: 'care.test' })
  world.enter(house.session)
  expect(await openedCopies()).toBeDefined()
}

beforeEach(async () => {
  startLending()
  world.leave()
  await eraseCopies()
  for (const { id } of await looksOf('sato')) await lookTold(id ?? 0)
  world.asked.length = 0
  world.refuse = undefined
  house.device = { kind: 'personal' } as StartScreen
})

test('on a shared device the round is not lent, and what was opened ends with the hour', async () => {
  house.device = { kind: 'shared' } as StartScreen
  await enter('s1', secret)
  await lendRound(round)
  expect(lentRooms()).toEqual([])
  const room = new OpenRoom('r1')
  room.head = { room: 'r1' } as never
  await lendOpened(room)
  expect(lentRooms()).toEqual(['r1'])
  expect(lends.until - Date.now() * 1000).toBeLessThanOrEqual(HOUR)
})

test('a room that was refused is not there without network', async () => {
  await enter('s1', secret)
  world.refuse = new Problem(
    { code: 'missing', status: 404, title: '', title_ja: '', type: 'about:blank' },
    undefined,
  )
  await lendRound(round)
  const room = new OpenRoom('r1')
  await showLent(room)
  expect(room.phase).toBe('opening')
  expect(lends.rooms).toBe(0)
})

test('the round is lent once, and nothing is asked for again while it is fresh', async () => {
  await enter('s1', secret)
  await lendRound(round)
  await lendRound(round)
  expect(lentRooms()).toEqual(['r1', 'r2'])
  expect(lends).toMatchObject({ rooms: 2, lasting: true })
})

test('a lock keeps what lies on the device, the end of the session does not', async () => {
  await enter('s1', secret)
  await lendRound(round)
  world.leave()
  expect(await openedCopies()).toBeUndefined()
  expect((await keptLease(Date.now() * 1000))?.session).toBe('s1')
  world.end()
  await vi.waitFor(async () => expect(await keptLease(Date.now() * 1000)).toBeUndefined())
})

test('another session finds nothing of the one before', async () => {
  await enter('s1', secret)
  await lendRound(round)
  world.leave()
  await enter('s2')
  expect(await keptLease(Date.now() * 1000)).toBeUndefined()
  expect(lends.lasting).toBe(false)
})

test('a copy is shown only after the look at it was written down, and the look is told when it has ended', async () => {
  await enter('s1', secret)
  await lendRound(round)
  const room = new OpenRoom('r1')
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  await showLent(room)
  expect(room.lent).toBeDefined()
  expect(await looksOf('sato')).toMatchObject([{ room: 'r1' }])

  // Still before somebody's eyes: nothing is told yet.
  world.asked.length = 0
  world.open()
  await looksOf('sato')
  expect(world.asked).toEqual([])

  room.forget()
  vi.advanceTimersByTime(20_000)
  vi.useRealTimers()
  await vi.waitFor(async () => expect(await looksOf('sato')).toEqual([]))
  expect(world.asked).toMatchObject([{ path: '/api/v1/rooms/{room}/offline_looks', room: 'r1' }])
})

test('a look that could not be told waits for the network', async () => {
  await enter('s1', secret)
  await lendRound(round)
  const room = new OpenRoom('r1')
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  await showLent(room)
  room.forget()
  world.refuse = new Unreached()
  vi.advanceTimersByTime(20_000)
  vi.useRealTimers()
  await vi.waitFor(() => expect(world.asked.at(-1)?.path).toContain('offline_looks'))
  expect(await looksOf('sato')).toHaveLength(1)
  world.refuse = undefined
  world.open()
  await vi.waitFor(async () => expect(await looksOf('sato')).toEqual([]))
})
