import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Unreached } from '../net/http'
import { rooms } from '../state/rooms.svelte'
import { house } from '../state/session.svelte'
import type { Session } from '../wire/generated'
import { changeMembers, closeRoom, followRooms, makeRoom, readRooms, reopenRoom } from './rooms'

const world = vi.hoisted(() => ({
  leave: (): void => undefined,
  open: (): void => undefined,
  frames: new Map<string, () => void>(),
  asked: [] as string[],
  answer: (name: string): unknown => name,
  went: '',
}))
vi.mock('./house', () => ({ onLeave: (heard: () => void) => ((world.leave = heard), () => undefined) }))
vi.mock('./navigate', () => ({ go: (path: string) => (world.went = path) }))
vi.mock('./line', () => ({
  on: (type: string, heard: () => void) => (world.frames.set(type, heard), () => world.frames.delete(type)),
  onOpen: (heard: () => void) => ((world.open = heard), () => undefined),
}))
vi.mock('../net/http', async (original) => ({
  ...(await original<typeof import('../net/http')>()),
  ask: async (
    route: { method: string; path: string },
    input?: { path?: { room?: string }; body?: unknown },
  ) => {
    const name = `${route.method} ${route.path.replace('/api/v1/', '').replace('{room}', input?.path?.room ?? '')}`
    world.asked.push(input?.body ? `${name} ${JSON.stringify(input.body)}` : name)
    return Promise.resolve(world.answer(name))
  },
}))

const LIST = { rooms: [{ room: 'g1' }] }

beforeEach(() => {
  vi.useFakeTimers()
  world.leave()
  world.asked.length = 0
  world.answer = (name) => (name === 'GET rooms' ? LIST : { room: 'g1' })
})
afterEach(() => vi.useRealTimers())

it('is read anew, once, a moment after something new was heard, and when the line is back', async () => {
  const stop = followRooms()
  await vi.advanceTimersByTimeAsync(1000)
  expect(world.asked).toEqual(['GET rooms'])
  for (const type of ['head', 'urgent', 'head']) world.frames.get(type)?.()
  await vi.advanceTimersByTimeAsync(1000)
  expect(world.asked).toHaveLength(2)
  world.open()
  await vi.advanceTimersByTimeAsync(0)
  expect(world.asked).toHaveLength(3)
  world.frames.get('head')?.()
  stop()
  await vi.advanceTimersByTimeAsync(1000)
  expect(world.asked).toHaveLength(3)
  expect(world.frames.size).toBe(0)
})

it('keeps what was read when it cannot be read again, and says why', async () => {
  await readRooms()
  world.answer = () => {
    throw new Unreached()
  }
  await readRooms()
  expect(rooms.all).toEqual(LIST.rooms)
  expect(rooms.cause).toBeInstanceOf(Unreached)
  world.answer = () => LIST
  await readRooms()
  expect(rooms.cause).toBeUndefined()
})

it('is forgotten with the person', async () => {
  await readRooms()
  world.leave()
  expect(rooms).toMatchObject({ all: undefined, cause: undefined })
})

it('takes no answer that comes when the person has left', async () => {
  house.session = { session: 's' } as Session
  const underWay = readRooms()
  house.session = undefined
  world.leave()
  await underWay
  expect(rooms.all).toBeUndefined()
})

it('goes to the group that was made, and nowhere when it was refused', async () => {
  await makeRoom('夜勤', ['sato'])
  expect(world.asked).toEqual(['POST rooms {"title":"夜勤","members":["sato"]}'])
  expect(world.went).toBe('/rooms/g1')
  world.went = ''
  world.answer = () => {
    throw new Unreached()
  }
  await expect(makeRoom('夜勤', [])).rejects.toThrow()
  expect(world.went).toBe('')
})

it('reads again after each change', async () => {
  expect(await changeMembers('g1', ['ito'], ['sato'])).toEqual({ room: 'g1' })
  await closeRoom('g1')
  await reopenRoom('g1')
  expect(world.asked).toEqual([
    'POST rooms/g1/members {"add":["ito"],"remove":["sato"]}',
    'GET rooms/g1',
    'POST rooms/g1/close',
    'GET rooms',
    'POST rooms/g1/reopen',
    'GET rooms',
  ])
})
