import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Unreached } from '../net/http'
import { handover } from '../state/handover.svelte'
import { aMessage, byline } from '../state/messages.fixture'
import { house } from '../state/session.svelte'
import type { Handover, MessageBody, Session } from '../wire/generated'
import { followHandover, readHandover, showHandover, tookOver } from './handover'

const world = vi.hoisted(() => ({
  leave: (): void => undefined,
  open: (): void => undefined,
  frames: new Map<string, (frame: unknown) => void>(),
  asked: 0,
  answer: (): unknown => undefined,
}))
vi.mock('./house', () => ({ onLeave: (heard: () => void) => ((world.leave = heard), () => undefined) }))
vi.mock('./line', () => ({
  on: (type: string, heard: (frame: unknown) => void) => (
    world.frames.set(type, heard),
    () => world.frames.delete(type)
  ),
  onOpen: (heard: () => void) => ((world.open = heard), () => undefined),
}))
vi.mock('../net/http', async (original) => ({
  ...(await original<typeof import('../net/http')>()),
  ask: async () => {
    world.asked++
    return Promise.resolve(world.answer())
  },
}))

const later = (milliseconds = 0) => vi.advanceTimersByTimeAsync(milliseconds)
const entry = aMessage({ message: 'h', intent: 'handover' })
const aList = (messages: MessageBody[]): Handover => ({ since: 0, rooms: [{ room: 'r', messages }] })
const takers = () => handover.list?.rooms.flatMap((room) => room.messages.map((one) => one.taken?.person))

let stop: () => void
beforeEach(() => {
  vi.useFakeTimers()
  stop = followHandover()
  world.leave()
  house.session = { session: 's', person: 'hanako', post: 'p', job_type: 1 } as Session
  house.self = { person: 'hanako', name: '花子', reading: 'はなこ' }
  world.asked = 0
  world.answer = () => aList([entry])
})
afterEach(() => {
  stop()
  vi.useRealTimers()
})

it('says why it cannot be read, and keeps what was read', async () => {
  await readHandover()
  world.answer = () => {
    throw new Unreached()
  }
  await readHandover()
  expect(handover.failure).toBeInstanceOf(Unreached)
  expect(handover.list).toBeDefined()
})

it('takes no list that comes when the person has left', async () => {
  const underWay = readHandover()
  house.session = undefined
  world.leave()
  await underWay
  expect(handover.list).toBeUndefined()
})

it('is read when it is opened, and again, five seconds apart, for what is new', async () => {
  const leave = showHandover()
  await later()
  expect(world.asked).toBe(1)
  for (let number = 0; number < 3; number++) world.frames.get('head')?.({})
  await later(4999)
  expect(world.asked).toBe(1)
  await later(1)
  expect(world.asked).toBe(2)
  world.open()
  leave()
  await later(10_000)
  expect(world.asked).toBe(2)
})

it('is only marked as old while nobody looks', async () => {
  await readHandover()
  world.frames.get('head')?.({})
  await later(10_000)
  expect(world.asked).toBe(1)
  expect(handover.stale).toBe(true)
})

it('shows who took it: oneself at once, others when the line says so', async () => {
  world.answer = () => aList([entry, { ...entry, message: 'i' }, { ...entry, message: 'j' }])
  await readHandover()
  tookOver('h')
  world.frames.get('changed')?.({ message: 'i', change: { kind: 'taken', by: byline('sato') } })
  expect(takers()).toEqual(['hanako', 'sato', undefined])
})

it('shows a correction where it stands', async () => {
  await readHandover()
  const words = { kind: 'corrected', text: '37.2度です。' } as MessageBody['words']
  world.frames.get('changed')?.({ message: 'h', change: { kind: 'corrected' }, now: { ...entry, words } })
  expect(handover.list?.rooms[0]?.messages[0]?.words).toEqual(words)
})
