import { beforeEach, expect, it, vi } from 'vitest'
import { Problem, Unreached } from '../net/http'
import { forgetHome, home } from '../state/home.svelte'
import { aMessage, anItem, byline } from '../state/messages.fixture'
import { house } from '../state/session.svelte'
import { callsOf, faced, forgetCalls, learn, urgent } from '../state/urgent.svelte'
import type { CallBody, Session } from '../wire/generated'
import { act, learnPeople, newReply, reply, takenBy } from './answer'

const world = vi.hoisted(() => ({
  asked: [] as [string, unknown][],
  answer: (): unknown => undefined,
  queued: [] as unknown[][],
}))
vi.mock('./send', () => ({
  queuePost: async (...post: unknown[]) => Promise.resolve(void world.queued.push(post)),
}))
vi.mock('../net/http', async (original) => ({
  ...(await original<typeof import('../net/http')>()),
  ask: async (
    route: { method: string; path: string },
    input: { path: Record<string, string>; body?: unknown; query?: unknown },
  ) => {
    const path = route.path
      .replace('/api/v1/', '')
      .replace(/\{(\w+)\}/g, (_, name: string) => input.path[name] ?? '')
    world.asked.push([`${route.method} ${path}`, input.body ?? input.query])
    return Promise.resolve(world.answer())
  },
}))

const where = { room: 'r', message: 'm' }
const unreached = () => {
  throw new Unreached()
}
const refusal = (code: string, more: object = {}) => {
  const document = { type: 'urn:x', code, status: 409, title: code, title_ja: code }
  return new Problem(document, { ...document, ...more })
}
const ringing = () =>
  learn(anItem({ message: 'm', room: 'r', first: 'p', call: aCall('ringing_first'), intent: 'request' }))
const aCall = (state: string) => ({ called_at: 0, state, answers: [] }) as unknown as CallBody

beforeEach(() => {
  forgetHome()
  forgetCalls()
  house.session = { person: 'hanako', post: 'p', job_type: 1, organization: 'o' } as Session
  house.self = { person: 'hanako', name: '花子', reading: 'はなこ' }
  house.writable = [2, 3]
  world.asked.length = world.queued.length = 0
  world.answer = () => undefined
  callsOf('hanako', 'p')
})

it.each(['acknowledge', 'take', 'accept', 'finish', 'decline', 'reopen'] as const)(
  'takes %s back when it did not arrive',
  async (way) => {
    world.answer = unreached
    await expect(act(way, where)).rejects.toThrow(Unreached)
    expect(home.deeds).toEqual({})
  },
)

it('brings a call back to the front when the answer did not arrive', async () => {
  ringing()
  world.answer = () => {
    expect(faced(1)).toHaveLength(0)
    return unreached()
  }
  await expect(act('come', where)).rejects.toThrow(Unreached)
  expect(faced(1)).toHaveLength(1)
  expect(home.deeds).toEqual({})
})

it('leaves the call to others, and names the answer in its order', async () => {
  ringing()
  await act('unable', where)
  expect(world.asked).toEqual([['POST rooms/r/messages/m/call/answers', { answer: 'unable' }]])
  expect(faced(1)).toHaveLength(0)
  expect(urgent.calls.m?.item?.message.call?.answers).toMatchObject([
    { answer: 'unable', by: { person: 'hanako', name: '花子' } },
  ])
})

it('writes down what came of the telephone call', async () => {
  await act('telephone', where, '家族に伝えた')
  expect(world.asked).toEqual([['PUT rooms/r/messages/m/call/telephone', { result: '家族に伝えた' }]])
  expect(home.deeds.m).toBe('telephoned')
})

it.each([
  ['accept', 'accepted', 'accepted'],
  ['finish', 'done', 'done'],
  ['decline', 'declined', 'declined'],
  ['reopen', 'open', 'reopened'],
] as const)('%s is a step of the request', async (way, state, deed) => {
  await act(way, where, '理由')
  expect(world.asked).toEqual([['PUT rooms/r/messages/m/state', { state, note: '理由' }]])
  expect(home.deeds.m).toBe(deed)
})

it('keeps no mark of a reply that was refused', async () => {
  world.answer = () => {
    throw refusal('room.closed')
  }
  await expect(reply(aMessage(), 'はい', newReply())).rejects.toMatchObject({ code: 'room.closed' })
  expect(home.deeds).toEqual({})
  expect(world.queued).toEqual([])
})

it('queues a reply without network under the same id, so that it is posted once', async () => {
  world.answer = unreached
  const id = newReply()
  await reply(aMessage(), 'はい', id)
  expect(home.deeds.m).toBe('queued')
  expect(world.queued).toMatchObject([['r', { client_id: id, text: 'はい', reply_to: 'm' }]])
})

it('answers an open question in its own class, and only replies where the class is not ours', async () => {
  const question = aMessage({ intent: 'question', state: 'open', class: 3 })
  await reply(question, '食べました', 'id-1')
  expect(world.asked[0]?.[0]).toBe('POST rooms/r/messages/m/answer')
  expect(home.deeds.m).toBe('replied')
  house.writable = [2]
  await reply({ ...question, message: 'n' }, '食べました', 'id-2')
  expect(world.asked[1]?.[0]).toBe('POST rooms/r/messages')
})

it('never queues the answer to a question: it is said that it did not arrive', async () => {
  world.answer = unreached
  const question = aMessage({ intent: 'question', state: 'open' })
  await expect(reply(question, '食べました', newReply())).rejects.toThrow(Unreached)
  expect(world.queued).toEqual([])
})

it('knows who was first to take a handover, when a refusal says so', () => {
  expect(takenBy(new Unreached())).toBeUndefined()
  expect(takenBy(refusal('handover.taken'))).toBeUndefined()
  const taken_by = byline('sato')
  expect(takenBy(refusal('handover.taken', { taken_by }))).toEqual(taken_by)
})

it('learns who is behind the posts of a call', async () => {
  world.answer = () => ({ readers: [byline('sato', 'p1')] })
  await learnPeople('r', 2)
  expect(urgent.people.p1).toMatchObject({ person: 'sato' })
})
