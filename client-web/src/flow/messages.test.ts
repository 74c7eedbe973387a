import { beforeEach, expect, it, vi } from 'vitest'
import { Problem, Unreached } from '../net/http'
import { aMessage, byline } from '../state/messages.fixture'
import { house } from '../state/session.svelte'
import type { OpenRoom } from '../state/room.svelte'
import type { Session } from '../wire/generated'
import {
  TakenAlready,
  acknowledge,
  answerQuestion,
  copyForRecord,
  correct,
  step,
  takeOver,
  withdraw,
} from './messages'

const world = vi.hoisted(() => ({
  asked: [] as [string, unknown][],
  answer: (): unknown => undefined,
  copied: [] as string[],
}))
vi.mock('./send', () => ({}))
vi.mock('../net/clipboard', () => ({
  copyText: async (text: string) => Promise.resolve(void world.copied.push(text)),
}))
vi.mock('../net/http', async (original) => ({
  ...(await original<typeof import('../net/http')>()),
  ask: async (
    route: { method: string; path: string },
    input: { path: Record<string, string>; body?: unknown },
  ) => {
    const path = route.path
      .replace('/api/v1/', '')
      .replace(/\{(\w+)\}/g, (_, name: string) => input.path[name] ?? '')
    world.asked.push([`${route.method} ${path}`, input.body])
    return Promise.resolve(world.answer())
  },
}))

const changes: [string, { kind: string }][] = []
const room = { changed: (...change: (typeof changes)[number]) => changes.push(change) } as unknown as OpenRoom
const post = aMessage({ message: 'm', room: 'r', class: 3 })
const unreached = () => {
  throw new Unreached()
}

beforeEach(() => {
  house.session = { person: 'hanako', post: 'p', job_type: 1, organization: 'o' } as Session
  house.self = { person: 'hanako', name: '花子', reading: 'はなこ' }
  world.asked.length = world.copied.length = changes.length = 0
  world.answer = () => undefined
})

it('shows nothing as done that did not arrive', async () => {
  world.answer = unreached
  for (const act of [acknowledge(room, post), takeOver(room, post), step(room, post, 'done')])
    await expect(act).rejects.toThrow(Unreached)
  expect(changes).toEqual([])
})

it('shows who took it first when somebody else did', async () => {
  const document = {
    type: 'urn:x',
    code: 'handover.taken',
    status: 409,
    title: 'taken',
    title_ja: '引き受け済み',
  }
  world.answer = () => {
    throw new Problem(document, { ...document, taken_by: byline('sato') })
  }
  const cause = await takeOver(room, post).catch((thrown: unknown) => thrown)
  expect(cause).toBeInstanceOf(TakenAlready)
  expect((cause as TakenAlready).by.person).toBe('sato')
  expect(changes).toMatchObject([['m', { kind: 'taken', by: { person: 'sato' } }]])
})

it('copies nothing when the copying could not be written into the access log', async () => {
  world.answer = unreached
  await expect(copyForRecord(post, () => 'copy')).rejects.toThrow(Unreached)
  expect(world.copied).toEqual([])
})

it('copies what the server gave, not what the screen had', async () => {
  world.answer = () => aMessage({ words: { kind: 'corrected', text: '37.2度' } as never })
  const told = (given: typeof post) => (given.words.kind === 'withdrawn' ? '' : given.words.text)
  expect(await copyForRecord(post, told)).toBe('37.2度')
  expect(world.copied).toEqual(['37.2度'])
})

it('shows at once what was done, under the own name', async () => {
  await acknowledge(room, post)
  await takeOver(room, post)
  await step(room, post, 'accepted')
  expect(changes.map(([, { kind }]) => kind)).toEqual(['acknowledged', 'taken', 'state'])
  expect(changes[0]?.[1]).toMatchObject({ by: { person: 'hanako', name: '花子' } })
})

it('answers in the class of the question, and corrects the version that was seen', async () => {
  await answerQuestion(post, 'id', '食べました')
  await correct(post, '37.2度', '書き間違い')
  await withdraw(post, '別の方')
  expect(world.asked).toMatchObject([
    ['POST rooms/r/messages/m/answer', { class: 3, client_id: 'id', reply_to: 'm', text: '食べました' }],
    ['POST rooms/r/messages/m/versions', { version: 1, text: '37.2度', reason: '書き間違い' }],
    ['POST rooms/r/messages/m/withdrawal', { reason: '別の方' }],
  ])
})
