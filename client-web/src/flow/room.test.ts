import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Problem, Unreached } from '../net/http'
import { aMessage } from '../state/messages.fixture'
import { house } from '../state/session.svelte'
import type { MessageBody, MessagePage, Session } from '../wire/generated'
import {
  enterRoom,
  jumpTo,
  jumpToPost,
  loadAudience,
  loadNewer,
  loadOlder,
  markSeen,
  type Visit,
} from './room'

/** The line and what HTTP answers. */
const world = vi.hoisted(() => ({
  heard: new Map<string, (frame: never) => void>(),
  open: (): void => undefined,
  leave: (): void => undefined,
  said: [] as { type: string; after?: string | null; cursor?: string }[],
  line: (): unknown => ({}),
  asked: [] as Record<string, unknown>[],
  page: (query: Record<string, unknown>): unknown => query,
  card: (): unknown => ({}),
}))
vi.mock('./house', () => ({ onLeave: (heard: () => void) => ((world.leave = heard), () => undefined) }))
vi.mock('./lend', () => ({ lendOpened: () => Promise.resolve(), showLent: () => Promise.resolve() }))
vi.mock('./line', () => ({
  on: (type: string, heard: (frame: never) => void) => (world.heard.set(type, heard), () => undefined),
  onOpen: (heard: () => void) => ((world.open = heard), () => undefined),
  keepCursor: () => undefined,
  over: async (request: (typeof world.said)[number]) => {
    world.said.push(request)
    return Promise.resolve(world.line())
  },
}))
vi.mock('../net/http', async (original) => ({
  ...(await original<typeof import('../net/http')>()),
  ask: async (route: { path: string }, input: { query?: Record<string, unknown> }) => {
    if (route.path.endsWith('/messages')) {
      world.asked.push(input.query ?? {})
      return Promise.resolve(world.page(input.query ?? {}))
    }
    if (route.path.includes('/patients/')) return Promise.resolve(world.card())
    if (route.path.endsWith('/audience')) return Promise.resolve({ readers: [] })
    return Promise.resolve({ room: 'r1', members: [], patient: 'p1' })
  },
}))

const posts = (...ids: number[]): MessageBody[] =>
  ids.map((id) => aMessage({ room: 'r1', message: String(id) }))
const pageOf = (ids: number[], more = true): MessagePage => ({
  messages: posts(...ids),
  before: `before ${String(ids[0])}`,
  after: `after ${String(ids.at(-1))}`,
  more,
})
const say = (type: string, frame: object) => world.heard.get(type)?.({ room: 'r1', ...frame } as never)
const shown = (visit: Visit) => visit.room.shown.map(({ message }) => message).join(' ')
const settle = () => new Promise((resolve) => setTimeout(resolve))
const problem = (code: string) => new Problem({ type: '', code, status: 404, title: '', title_ja: '' }, {})

let visit: Visit
beforeEach(() => {
  world.said.length = world.asked.length = 0
  world.line = () => ({})
  world.card = () => ({})
  house.session = { session: 's1' } as Session
  house.writable = [2]
  visit = enterRoom('r1')
  world.open()
  say('page', { messages: posts(7, 8, 9), cursor: 'c9', more: false })
})
afterEach(() => visit.leave())

describe('an opened room', () => {
  it('shows its newest posts and what happens to them', () => {
    say('message', { message: posts(10)[0] })
    say('changed', { message: '10', change: { kind: 'state', state: 'done', by: posts(1)[0]?.author } })
    expect(shown(visit)).toBe('7 8 9 10')
    expect(visit.room.posts.at(-1)?.asking.state).toBe('done')
    say('message', { message: aMessage({ room: 'other', message: '11' }) })
    expect(shown(visit)).toBe('7 8 9 10')
  })
  it('goes on from its place after a break, and asks anew for what may have changed', async () => {
    world.page = () => ({
      ...pageOf([7, 8, 9], false),
      messages: posts(7, 8, 9).map((one) => ({ ...one, version: 5 })),
    })
    world.open()
    await settle()
    expect(world.said.filter(({ type }) => type === 'open_room')).toMatchObject([
      { after: null },
      { after: 'c9' },
    ])
    expect(visit.room.posts.map(({ version }) => version)).toEqual([5, 5, 5])
  })
  it('leaves the screen when the right to it ends, and is not closed twice', () => {
    say('room_closed', { reason: 'right_ended' })
    expect(visit.room).toMatchObject({ phase: 'ended', ending: 'right_ended' })
    expect(shown(visit)).toBe('')
    visit.leave()
    expect(world.said.some(({ type }) => type === 'close_room')).toBe(false)
  })
  it('ends with what the server refuses, and waits when it only does not answer', async () => {
    world.line = () => {
      throw new Unreached()
    }
    world.open()
    await settle()
    expect(visit.room.phase).toBe('open')
    world.line = () => {
      throw problem('missing')
    }
    world.open()
    await settle()
    expect(visit.room.phase).toBe('ended')
  })
  it('says that the card is missing rather than that there are no allergies', async () => {
    world.card = () => {
      throw new Unreached()
    }
    say('room', {})
    await settle()
    expect(visit.room).toMatchObject({ cardFailed: true, phase: 'open' })
  })
  it('counts as read once for each place, and not while one looks back', async () => {
    markSeen(visit.room)
    markSeen(visit.room)
    say('reached', { cursor: 'c10' })
    markSeen(visit.room)
    world.page = () => pageOf([1, 2])
    await jumpToPost(visit.room, '1')
    say('reached', { cursor: 'c11' })
    markSeen(visit.room)
    expect(world.said.filter(({ type }) => type === 'mark_read')).toMatchObject([
      { cursor: 'c9' },
      { cursor: 'c10' },
    ])
  })
})

describe('the past', () => {
  it('is read page by page, from the place before what is shown', async () => {
    world.page = () => pageOf([4, 5, 6])
    await Promise.all([loadOlder(visit.room), loadOlder(visit.room)])
    world.page = () => pageOf([1, 2, 3], false)
    await loadOlder(visit.room)
    await loadOlder(visit.room)
    expect(world.asked.map(({ before }) => before)).toEqual(['c9', 'before 4'])
    expect(shown(visit)).toBe('1 2 3 4 5 6 7 8 9')
  })
  it('is jumped to by a post or a day, and joins the newest posts when it reaches them', async () => {
    world.page = () => pageOf([2, 3])
    await jumpToPost(visit.room, '2')
    expect(world.asked.at(-1)).toMatchObject({ message: '2' })
    expect(shown(visit)).toBe('2 3')
    world.page = () => pageOf([4, 5, 6, 7])
    await loadNewer(visit.room)
    expect(world.asked.at(-1)).toMatchObject({ after: 'after 3' })
    expect(visit.room.past).toBeUndefined()
    expect(shown(visit)).toBe('2 3 4 5 6 7 8 9')
    world.page = () => ({ messages: [], more: false })
    expect(await jumpTo(visit.room, '2026-11-22')).toBeUndefined()
    world.page = () => pageOf([1])
    expect(await jumpTo(visit.room, '2026-11-21')).toBe('1')
  })
  it('that was asked for before another jump is left alone', async () => {
    let late: (page: MessagePage) => void = () => undefined
    world.page = () => new Promise((resolve) => (late = resolve))
    const older = loadOlder(visit.room)
    world.page = () => pageOf([1, 2])
    await jumpToPost(visit.room, '1')
    late(pageOf([4, 5, 6]))
    await older
    expect(shown(visit)).toBe('1 2')
    visit.room.toNewest()
    expect(shown(visit)).toBe('7 8 9')
  })
  it('of a post that may not be seen is refused, and the room stays as it is', async () => {
    world.page = () => {
      throw problem('missing')
    }
    await expect(jumpToPost(visit.room, '0')).rejects.toMatchObject({ code: 'missing' })
    expect(shown(visit)).toBe('7 8 9')
  })
})

it('asks who reads a class only where one may write it, once', async () => {
  await loadAudience(visit.room, 2)
  await loadAudience(visit.room, 2)
  await loadAudience(visit.room, 5)
  expect([...visit.room.audiences.keys()]).toEqual([2])
})
