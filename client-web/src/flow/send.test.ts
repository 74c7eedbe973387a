import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Problem, Unreached } from '../net/http'
import { forgetWritings, isEmpty, writingOf } from '../state/drafts.svelte'
import { aMessage } from '../state/messages.fixture'
import { outbox, type Entry } from '../state/outbox.svelte'
import { house } from '../state/session.svelte'
import { pending } from '../text/composer'
import type { PostBody, QueueOutcome, Session } from '../wire/generated'
import { dropSent, giveUp, rewrite, send, sendAgain, startSending, understood } from './send'

interface Delivered {
  item: string
  outcome: QueueOutcome
}
/** The line, the way of HTTP beside it, and what either refuses. */
const world = vi.hoisted(() => ({
  heard: new Map<string, (frame: never) => void>(),
  open: (): void => undefined,
  leave: (): void => undefined,
  line: (): unknown => ({}),
  session: (): unknown => ({}),
  posted: [] as string[],
  drafts: [] as string[],
  resent: 0,
}))
vi.mock('./house', () => ({ onLeave: (heard: () => void) => ((world.leave = heard), () => undefined) }))
vi.mock('./line', () => ({
  on: (type: string, heard: (frame: never) => void) => (world.heard.set(type, heard), () => undefined),
  onOpen: (heard: () => void) => ((world.open = heard), () => undefined),
  over: async (request: { type: string; post?: { client_id: string } }) => {
    const answer = await Promise.resolve(world.line())
    if (request.post) world.posted.push(`line ${request.post.client_id}`)
    return answer
  },
}))
vi.mock('./drafts', () => ({
  draftSent: (room: string) => world.drafts.push(`sent ${room}`),
  draftChanged: (room: string) => world.drafts.push(`changed ${room}`),
}))
vi.mock('./attach', () => ({ forgetFiles: () => undefined, classChanged: () => world.resent++ }))
vi.mock('../net/sealed_queue', () => ({
  alone: (deliver: () => Promise<void>) => deliver(),
  keepItem: () => Promise.resolve(),
  keptItems: () => Promise.resolve([]),
  loseItem: () => Promise.resolve(),
  removeItem: () => Promise.resolve(),
  sealItem: () => Promise.resolve(undefined),
  takeKey: () => Promise.resolve({}),
}))
vi.mock('../net/http', async (original) => ({
  ...(await original<typeof import('../net/http')>()),
  ask: async (route: { method: string; path: string }, input?: { body?: { client_id: string } }) => {
    if (route.path.endsWith('/session')) return Promise.resolve(world.session())
    if (route.path.endsWith('/messages')) world.posted.push(`http ${input?.body?.client_id ?? ''}`)
    return Promise.resolve({})
  },
}))

const ITEM = '0199e1b6-5c00-7000-8000-000000000000'
const LINE_CUT = () => {
  throw new Unreached()
}
const refused = (code: string, field?: string) => () => {
  throw new Problem({ type: '', code, status: 404, title: code, title_ja: code, field }, {})
}
const deliver = (frame: Delivered) => world.heard.get('delivered')?.(frame as never)
const settle = () => new Promise((resolve) => setTimeout(resolve))
const write = (text: string) => Object.assign(writingOf('r1'), { text })
const entry = () => outbox.entries[0] as Entry

let stop: () => void
beforeEach(() => {
  localStorage.clear()
  world.posted.length = world.drafts.length = world.resent = 0
  world.line = () => ({})
  world.session = () => ({ session: 's1', locked: false })
  house.writable = [2, 3]
  house.session = { session: 's1', person: 'hanako' } as Session
  house.phase = 'live'
  stop = startSending()
})
afterEach(() => {
  world.leave()
  stop()
  forgetWritings()
})

describe('sending', () => {
  it('leaves a white sheet at once, and the post in sight until the room shows it', async () => {
    const sending = send(write('朝食8割。'))
    expect(isEmpty(writingOf('r1'))).toBe(true)
    expect(world.drafts).toEqual(['sent r1'])
    expect(outbox.of('r1')).toMatchObject([{ state: 'waiting', post: { text: '朝食8割。' } }])
    await sending
    const { item } = entry()
    expect([entry().state, world.posted]).toEqual(['sent', [`line ${item}`]])
    world.heard.get('message')?.({ message: { ...aMessage(), client_id: item } } as never)
    expect(outbox.entries).toEqual([])
  })
  it('forgets what was sent when the room leaves the screen, and nothing that waits', async () => {
    await send(write('一'))
    world.line = LINE_CUT
    world.session = LINE_CUT
    await send(write('二'))
    dropSent('r1')
    expect(outbox.entries.map(({ post }) => post?.text)).toEqual(['二'])
  })
  it('goes by HTTP when only the line is down, for whoever is still signed in here', async () => {
    world.line = LINE_CUT
    await send(write('一'))
    expect([entry().state, world.posted]).toEqual(['sent', [`http ${entry().item}`]])
  })
  it.each([
    ['another person', { session: 's2', locked: false }],
    ['nobody before a locked screen', { session: 's1', locked: true }],
  ])('does not go by HTTP for %s', async (_, session) => {
    world.line = LINE_CUT
    world.session = () => session
    await send(write('一'))
    expect([entry().state, world.posted]).toEqual(['waiting', []])
  })
})

describe('a post that was refused', () => {
  beforeEach(async () => {
    world.line = refused('field.choice', 'owner')
    writingOf('r1').class = 3
    await send(write('お願いします'))
  })
  it('says why, and goes again when the person wants it', async () => {
    expect(entry()).toMatchObject({ state: 'refused', sentence: pending.field_owner })
    world.line = () => ({})
    await sendAgain(entry())
    expect(entry().state).toBe('sent')
  })
  it('comes back to the sheet, in its class, before what was begun since', async () => {
    write('次の文').class = 2
    await rewrite(entry())
    expect(writingOf('r1')).toMatchObject({ text: 'お願いします\n次の文', class: 3 })
    expect(world.resent).toBe(1)
    expect(world.drafts.at(-1)).toBe('changed r1')
    expect(outbox.entries).toEqual([])
  })
  it('goes when it is given up', async () => {
    await giveUp(entry())
    expect(outbox.entries).toEqual([])
  })
})

describe('what the device delivered after its author left', () => {
  const outcome: QueueOutcome = { kind: 'refused', reason: 'due' }

  it('is told with its reason at each sign-in, until its author has read it', async () => {
    for (let signIn = 1; signIn <= 2; signIn++) {
      deliver({ item: ITEM, outcome })
      await settle()
      expect(outbox.refusals).toMatchObject([{ item: ITEM, sentence: pending.late_due }])
      // Called away before reading it.
      world.leave()
      expect(outbox.refusals).toEqual([])
    }
    deliver({ item: ITEM, outcome })
    await settle()
    understood(ITEM)
    deliver({ item: ITEM, outcome })
    await settle()
    expect(outbox.refusals).toEqual([])
  })
  it('is no news when it was posted, or when it waits in sight here', async () => {
    deliver({ item: ITEM, outcome: { kind: 'posted', message: 'm' } })
    const post: PostBody = { client_id: 'here', class: 2, text: '一', written_at: 1 }
    const lying = { item: 'here', room: 'r1', author: 'hanako', at: 1 }
    outbox.add({ ...lying, post, sealed: true, state: 'waiting', sentence: undefined })
    deliver({ item: 'here', outcome })
    await settle()
    expect(outbox.refusals).toEqual([])
    expect(outbox.find('here')).toMatchObject({ state: 'refused', sentence: pending.late_due })
    // Sent again, or given up, it is not told once more.
    await sendAgain(outbox.find('here') as Entry)
    outbox.drop('here')
    deliver({ item: 'here', outcome })
    await settle()
    expect(outbox.refusals).toEqual([])
  })
})
