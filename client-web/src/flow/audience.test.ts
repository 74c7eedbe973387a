import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Unreached } from '../net/http'
import { audienceKey, audiences, forgetAudiences, mine } from '../state/audience.svelte'
import { byline } from '../state/messages.fixture'
import { house } from '../state/session.svelte'
import type { Session } from '../wire/generated'
import { askAudience, learnMyPatients, startAudiences } from './audience'

const world = vi.hoisted(() => ({
  open: (): void => undefined,
  leave: (): void => undefined,
  room: null as unknown as (frame: { room: string }) => void,
  asked: 0,
  answer: (): unknown => undefined,
}))
vi.mock('./house', () => ({ onLeave: (heard: () => void) => ((world.leave = heard), () => undefined) }))
vi.mock('./line', () => ({
  onOpen: (heard: () => void) => ((world.open = heard), () => undefined),
  on: (_: string, heard: typeof world.room) => ((world.room = heard), () => undefined),
}))
vi.mock('../net/http', async (original) => ({
  ...(await original<typeof import('../net/http')>()),
  ask: async () => {
    world.asked++
    return Promise.resolve(world.answer())
  },
}))

const known = (room = 'r1', infoClass = 2) => audiences[audienceKey(room, infoClass)]
const readers = (...people: string[]) => ({ readers: people.map((person) => byline(person)) })
const cut = () => {
  throw new Unreached()
}

let stop: () => void
beforeEach(() => {
  vi.useFakeTimers()
  forgetAudiences()
  house.session = { person: 'hanako' } as Session
  world.asked = 0
  world.answer = () => readers('sato')
  stop = startAudiences()
})
afterEach(() => {
  stop()
  vi.useRealTimers()
})

it('asks once a minute for each room and class, however often it is wanted', async () => {
  for (let number = 0; number < 5; number++) await askAudience('r1', 2)
  expect(world.asked).toBe(1)
  await askAudience('r1', 3)
  expect(world.asked).toBe(2)
  vi.advanceTimersByTime(61_000)
  await askAudience('r1', 2)
  expect(world.asked).toBe(3)
})

it('shows what was known while it asks again, and when it cannot ask', async () => {
  await askAudience('r1', 2)
  vi.advanceTimersByTime(61_000)
  world.answer = cut
  const asking = askAudience('r1', 2)
  expect(known()).toMatchObject({ state: 'known', readers: [{ person: 'sato' }] })
  await asking
  expect(known()).toMatchObject({ state: 'known', readers: [{ person: 'sato' }] })
})

it('says that it does not know, and asks again when the line is back', async () => {
  world.answer = cut
  await askAudience('r1', 2)
  expect(known()?.state).toBe('unknown')
  world.answer = () => readers('sato')
  world.open()
  await vi.advanceTimersByTimeAsync(0)
  expect(known()).toMatchObject({ state: 'known', readers: [{ person: 'sato' }] })
})

it('asks again when the server says that somebody came or went', async () => {
  await askAudience('r1', 2)
  await askAudience('r2', 2)
  world.room({ room: 'r1' })
  world.answer = () => readers('sato', 'ito')
  await askAudience('r1', 2)
  await askAudience('r2', 2)
  expect(world.asked).toBe(3)
  expect([known('r1')?.readers.length, known('r2')?.readers.length]).toEqual([2, 1])
})

it('tells the next person nothing of what was asked before', async () => {
  let late: (answer: unknown) => void = () => undefined
  world.answer = () => new Promise((resolve) => (late = resolve))
  const asking = askAudience('r1', 2)
  const learning = learnMyPatients()
  world.leave()
  house.session = { person: 'kenta' } as Session
  late({ ...readers('sato'), patients: [] })
  await Promise.race([Promise.all([asking, learning]), vi.advanceTimersByTimeAsync(10)])
  expect(known()?.state).not.toBe('known')
  expect(mine.patients).toBeUndefined()
})

it('learns my patients once', async () => {
  world.answer = cut
  await learnMyPatients()
  expect(mine.patients).toBeUndefined()
  world.answer = () => ({ patients: [{ patient: 'p' }] })
  await learnMyPatients()
  await learnMyPatients()
  expect(mine.patients).toHaveLength(1)
  expect(world.asked).toBe(2)
})
