import { beforeEach, expect, test, vi } from 'vitest'
import { Problem, Unreached } from '../net/http'
import type { Session } from '../wire/generated'
import { oweNothing, settleOwed, tellAgain, tellFirst, tellOrOwe } from './owed'

const world = vi.hoisted(() => ({ asked: [] as string[], fail: [] as Error[], answer: Promise.resolve() }))

vi.mock('../net/http', async (original) => ({
  ...(await original<typeof import('../net/http')>()),
  ask: ({ method, path }: { method: string; path: string }) => {
    world.asked.push(`${method} ${path}`)
    const failure = world.fail.shift()
    return failure ? Promise.reject(failure) : world.answer
  },
}))

const LOCK = 'POST /api/v1/session/lock'
const END = 'DELETE /api/v1/session'
const session = { session: 's1', locked: false } as Session
const problem = (code: string, status: number) =>
  new Problem({ code, status, title: '', title_ja: '', type: 'about:blank' }, undefined)

beforeEach(() => {
  oweNothing()
  world.asked.length = world.fail.length = 0
})

test('a lock that could not be told is told before anybody goes on, and until then nobody does', async () => {
  world.fail.push(new Unreached(), new Unreached())
  await tellOrOwe('s1', 'lock')
  await expect(settleOwed(session)).rejects.toBeInstanceOf(Unreached)
  expect(await settleOwed(session)).toMatchObject({ locked: true })
  expect(world.asked).toEqual([LOCK, LOCK, LOCK])
  expect(await settleOwed(session)).toBe(session)
})

test('a sign-out that could not be told leaves nothing of the session', async () => {
  world.fail.push(new Unreached())
  await tellOrOwe('s1', 'end')
  expect(await settleOwed(session)).toBeUndefined()
  expect(world.asked).toEqual([END, END])
})

test('a server in trouble has not been told', async () => {
  world.fail.push(problem('unavailable', 503))
  await tellOrOwe('s1', 'end')
  await tellAgain()
  await tellAgain()
  expect(world.asked).toEqual([END, END])
})

test('a session that is gone is what was wanted, and another one owes nothing', async () => {
  world.fail.push(problem('session.ended', 401))
  await tellOrOwe('s1', 'lock')
  expect(await settleOwed(session)).toBe(session)
  world.fail.push(new Unreached())
  await tellOrOwe('s1', 'lock')
  const other = { ...session, session: 's2' }
  expect(await settleOwed(other)).toBe(other)
})

test('whoever came back with a key owes nothing', async () => {
  world.fail.push(new Unreached())
  await tellOrOwe('s1', 'lock')
  oweNothing()
  expect(await settleOwed(session)).toBe(session)
})

test('a key waits until what is owed was told, also when that is under way', async () => {
  world.fail.push(new Unreached(), new Unreached())
  await tellOrOwe('s1', 'lock')
  await expect(tellFirst()).rejects.toBeInstanceOf(Unreached)
  let answer: () => void = () => undefined
  world.answer = new Promise((resolve) => (answer = resolve))
  const again = tellAgain()
  let free = false
  const first = tellFirst().then(() => (free = true))
  await new Promise((resolve) => setTimeout(resolve))
  expect(free).toBe(false)
  answer()
  await Promise.all([again, first])
  expect(world.asked).toEqual([LOCK, LOCK, LOCK])
  await tellFirst()
  expect(world.asked).toHaveLength(3)
})
