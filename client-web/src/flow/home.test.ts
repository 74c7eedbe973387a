import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Unreached } from '../net/http'
import { home } from '../state/home.svelte'
import { aMessage, anItem, aPatient } from '../state/messages.fixture'
import { house } from '../state/session.svelte'
import { urgent } from '../state/urgent.svelte'
import type { Home, Session } from '../wire/generated'
import { followHome, readHome, showHome, startHome } from './home'

const world = vi.hoisted(() => ({
  enter: null as unknown as (session: unknown) => void,
  leave: (): void => undefined,
  open: (): void => undefined,
  frames: new Map<string, (frame: unknown) => void>(),
  asked: [] as string[],
  answer: null as unknown as (name: string) => unknown,
  kept: 0,
  lent: [] as unknown[],
}))
vi.mock('./house', () => ({
  onEnter: (heard: typeof world.enter) => ((world.enter = heard), () => undefined),
  onLeave: (heard: () => void) => ((world.leave = heard), () => undefined),
}))
vi.mock('./line', () => ({
  on: (type: string, heard: (frame: unknown) => void) => (
    world.frames.set(type, heard),
    () => world.frames.delete(type)
  ),
  onOpen: (heard: () => void) => ((world.open = heard), () => undefined),
}))
vi.mock('./alone', () => ({ keepFrame: async () => Promise.resolve(world.kept++) }))
vi.mock('./lend', () => ({
  lendRound: async (round: unknown) => Promise.resolve(world.lent.push(round)),
}))
vi.mock('./rest', () => ({ whenSettled: async () => Promise.resolve() }))
vi.mock('../net/http', async (original) => ({
  ...(await original<typeof import('../net/http')>()),
  ask: async (route: { path: string }) => {
    const name = route.path.replace('/api/v1/', '')
    world.asked.push(name)
    return Promise.resolve(world.answer(name))
  },
}))

const reading = (part: Partial<Home> = {}): Home => ({
  urgent: [],
  today: [],
  to_read: [],
  rooms: [],
  patients: [],
  ...part,
})
const inRoom = (room: string, patient: string | null = null, unread = 0) => ({
  room,
  patient,
  unread,
  owed: 0,
  urgent: false,
})
const tell = (type: string, frame: object) => world.frames.get(type)?.({ type, ...frame })
const later = (milliseconds = 0) => vi.advanceTimersByTimeAsync(milliseconds)

let lists: Home
let stop: () => void
beforeEach(() => {
  vi.useFakeTimers()
  vi.setSystemTime(1_000_000)
  lists = reading()
  world.answer = (name) =>
    ({
      home: lists,
      patients: { patients: [aPatient('r1')] },
      rooms: {
        rooms: [
          { room: 'g', title: '夜勤' },
          { room: 'd', other: { name: '佐藤' } },
        ],
      },
    })[name]
  house.session = { session: 's', person: 'hanako', post: 'p' } as Session
  stop = followHome()
  world.leave()
  world.asked.length = world.lent.length = world.kept = 0
})
afterEach(() => {
  stop()
  house.session = undefined
  vi.useRealTimers()
})

it('says why it cannot be read, and tries again while somebody looks', async () => {
  world.answer = () => {
    throw new Unreached()
  }
  const leave = showHome()
  await later()
  expect(home.failure).toBeInstanceOf(Unreached)
  const before = world.asked.length
  await later(5000)
  expect(world.asked.length).toBeGreaterThan(before)
  leave()
})

it('shows nobody what was read for another', async () => {
  let late: (answer: unknown) => void = () => undefined
  world.answer = () => new Promise((resolve) => (late = resolve))
  const underWay = readHome()
  house.session = { session: 'next' } as Session
  world.leave()
  late(reading({ today: [anItem()] }))
  world.answer = () => ({ patients: [] })
  await Promise.race([underWay, later(10)])
  expect(home.lists).toBeUndefined()
  expect(home.failure).toBeUndefined()
})

it('is read with whoever comes in, before there is a screen', async () => {
  const end = startHome()
  world.enter(house.session)
  await later()
  expect(world.asked).toEqual(['home', 'patients'])
  expect(home.round).toHaveLength(1)
  end()
})

it('keeps what it needs without network once the screen rests', async () => {
  await readHome()
  await later()
  expect(world.kept).toBe(1)
  expect(world.lent).toEqual([home.round])
})

it('asks for the round again only for a patient it does not know, and for titles of rooms without one', async () => {
  await readHome()
  lists = reading({ rooms: [inRoom('r1', 'patient-r1')] })
  await readHome()
  expect(world.asked).toEqual(['home', 'patients', 'home'])
  lists = reading({ rooms: [inRoom('r2', 'patient-r2'), inRoom('g'), inRoom('d')] })
  await readHome()
  expect(world.asked.slice(3).sort()).toEqual(['home', 'patients', 'rooms'])
  expect(home.titles).toEqual({ g: '夜勤', d: '佐藤' })
})

it('reads again what the line tells, five seconds apart, and at once what is urgent', async () => {
  const leave = showHome()
  await later()
  world.asked.length = 0
  for (let number = 0; number < 3; number++) tell('head', { room: 'r1', urgency: 'none' })
  await later(4900)
  expect(world.asked).toEqual([])
  await later(100)
  expect(world.asked).toEqual(['home'])
  tell('urgent', { message: 'm', room: 'r1', state: 'ringing_first' })
  expect(urgent.calls.m?.rung).toBe(true)
  await later()
  expect(world.asked).toEqual(['home', 'home'])
  leave()
})

it('counts alone while it is not on the screen', async () => {
  await readHome()
  world.asked.length = 0
  tell('head', { room: 'r1', urgency: 'urgent' })
  tell('head', { room: 'r1', urgency: 'none' })
  await later(10_000)
  expect(world.asked).toEqual([])
  expect(home.lists?.rooms).toMatchObject([{ room: 'r1', unread: 2, urgent: true }])
  tell('opened', { room: 'r1' })
  expect(home.lists?.rooms).toMatchObject([{ unread: 0 }])
})

it('lets a new reading wait under moving hands', async () => {
  const leave = showHome()
  await later()
  dispatchEvent(new Event('pointerdown'))
  lists = reading({ today: [anItem()] })
  await readHome()
  expect(home.lists?.today).toHaveLength(0)
  await later(4100)
  expect(home.lists?.today).toHaveLength(1)
  leave()
})

it('learns a call from an open room, and reads who answered it', async () => {
  const call = { called_at: 1, state: 'ringing_first', answers: [] } as never
  tell('message', { message: aMessage({ message: 'c', call }) })
  expect(urgent.calls.c).toMatchObject({ state: 'ringing_first', rung: false })
  tell('changed', { message: 'c', change: { kind: 'urgent', state: 'answered' } })
  await later()
  expect(world.asked).toContain('home')
})

it('loses a patient whose right ended', async () => {
  await readHome()
  tell('room_closed', { room: 'r1', reason: 'right_ended' })
  expect(home.round).toEqual([])
})
