import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Problem, Unreached } from '../net/http'
import { PasskeyCancelled } from '../net/passkey'
import { connection } from '../state/connection.svelte'
import { home } from '../state/home.svelte'
import { lends } from '../state/lends.svelte'
import { house } from '../state/session.svelte'
import type { PatientSummary, Session, StartScreen } from '../wire/generated'
import { keepFrame, openableUntil, openAlone, startAlone } from './alone'

const HOUR = 3_600_000_000

/** A place on the device that the right passkey opens, and a server that may be away. */
const world = vi.hoisted(() => ({
  leave: (): void => undefined,
  borrowed: (): void => undefined,
  lease: undefined as { until: number; credential: string; rp: string } | undefined,
  store: new Map<string, unknown>(),
  secret: undefined as string | undefined,
  session: (): unknown => undefined,
  asked: 0,
  did: [] as string[],
}))

vi.mock('./house', () => ({
  enter: (session: { session: string }) => Promise.resolve(world.did.push(`enter ${session.session}`)),
  leave: (reason: string) => {
    world.leave()
    return Promise.resolve(world.did.push(`leave ${reason}`))
  },
  leaveLocked: () => Promise.resolve(world.did.push('locked')),
  settleIn: () => (house.phase = 'live'),
  onLeave: (heard: () => void) => ((world.leave = heard), () => undefined),
}))
vi.mock('./line', () => ({ closeLine: () => world.did.push('line closed') }))
vi.mock('./server_time', () => ({ serverNow: () => Date.now() * 1000 }))
const copies = () => ({
  lease: world.lease,
  put: (name: string, value: unknown) =>
    Promise.resolve(world.store.set(name, JSON.parse(JSON.stringify(value)) as unknown)),
  get: (name: string) => Promise.resolve(world.store.get(name)),
})
vi.mock('./lend', () => ({
  openedCopies: () => Promise.resolve(world.lease && copies()),
  useCopies: () => world.did.push('copies opened'),
}))
vi.mock('./send', () => ({
  onQueueKey: (heard: () => void) => ((world.borrowed = heard), () => undefined),
  queueKey: () => ({ key_id: 'lent' }),
  resumeSending: (person: string, key: { key_id: string }) =>
    Promise.resolve(world.did.push(`sending for ${person} with ${key.key_id}`)),
}))
vi.mock('../net/lent', () => ({
  keptLease: () => Promise.resolve(world.lease),
  openCopies: (secret: string) => Promise.resolve(secret === 'right' ? copies() : undefined),
}))
vi.mock('../net/passkey', async (original) => ({
  ...(await original<typeof import('../net/passkey')>()),
  askSecret: () => Promise.resolve(world.secret),
}))
vi.mock('../net/http', async (original) => ({
  ...(await original<typeof import('../net/http')>()),
  ask: async () => {
    world.asked++
    return Promise.resolve(world.session())
  },
}))

const away = () => {
  throw new Unreached()
}
const ask = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000)

/** A page that a person used, then loaded anew without network. */
async function reloaded(): Promise<void> {
  const device = { kind: 'personal', people: [{ person: 'kenta' }] } as unknown as StartScreen
  const session = { session: 's1', person: 'hanako' } as Session
  const self = { person: 'hanako', name: '佐藤 花子', reading: 'さとう はなこ' }
  Object.assign(house, { device, session, self, readable: [2, 3], writable: [2], phase: 'live' })
  home.round = [{ room: 'r1' } as PatientSummary]
  await keepFrame()
  Object.assign(house, { device: undefined, session: undefined, self: undefined, readable: [], writable: [] })
  house.phase = 'unreached'
  home.round = undefined
}

let stop: () => void
beforeEach(() => {
  vi.useFakeTimers()
  stop = startAlone()
  world.lease = { until: Date.now() * 1000 + HOUR, credential: 'c', rp: 'care.test' }
  world.store.clear()
  world.did.length = 0
  world.asked = 0
  world.secret = 'right'
  world.session = away
  lends.alone = false
})
afterEach(() => {
  world.leave()
  stop()
  vi.useRealTimers()
})

describe('a page without a server', () => {
  it('goes on as the person whose passkey opens it, with what was theirs, and asks for no faces', async () => {
    await reloaded()
    await openAlone()
    expect(house).toMatchObject({
      phase: 'live',
      session: { session: 's1' },
      self: { name: '佐藤 花子' },
      readable: [2, 3],
      writable: [2],
      device: { people: [] },
    })
    expect(home.round).toEqual([{ room: 'r1' }])
    expect(lends.alone).toBe(true)
    expect(connection.line).toBe('waiting')
    expect(world.did).toEqual(['copies opened', 'line closed', 'sending for hanako with lent'])
  })
  it('stays closed for another key, without a key, and where nothing was kept', async () => {
    await reloaded()
    for (const secret of ['wrong', undefined]) {
      world.secret = secret
      await expect(openAlone()).rejects.toBeInstanceOf(PasskeyCancelled)
    }
    world.secret = 'right'
    world.store.clear()
    await expect(openAlone()).rejects.toBeInstanceOf(PasskeyCancelled)
    world.lease = undefined
    await expect(openAlone()).rejects.toBeInstanceOf(PasskeyCancelled)
    expect(house.phase).toBe('unreached')
    expect(lends.alone).toBe(false)
  })
  it('gives way to the server that answered while the key was looked for', async () => {
    await reloaded()
    house.phase = 'start'
    await openAlone()
    expect(world.did).toEqual([])
    expect(lends.alone).toBe(false)
  })
  it('says until when something may be opened', async () => {
    const until = world.lease?.until
    expect(await openableUntil()).toBe(until)
    await ask(3601)
    expect(await openableUntil()).toBeUndefined()
    world.lease = undefined
    expect(await openableUntil()).toBeUndefined()
  })
})

describe('as soon as the server is there again', () => {
  beforeEach(async () => {
    await reloaded()
    await openAlone()
    world.did.length = 0
  })
  it('the session goes on, and nobody asks any more', async () => {
    await ask(25)
    expect(world.asked).toBe(2)
    world.session = () => ({ session: 's1', locked: false })
    await ask(10)
    expect(world.did).toEqual(['enter s1'])
    expect(lends.alone).toBe(false)
    await ask(60)
    expect(world.asked).toBe(3)
  })
  it('it is asked at once when the browser says that the network is back', async () => {
    world.session = () => ({ session: 's1', locked: false })
    dispatchEvent(new Event('online'))
    await ask(0)
    expect(world.did).toEqual(['enter s1'])
  })
  it('a session that was locked waits for its passkey', async () => {
    world.session = () => ({ session: 's1', locked: true })
    await ask(10)
    expect(world.did).toEqual(['locked'])
  })
  it('a refusal lets nobody in', async () => {
    world.session = () => {
      throw new Problem({ type: '', code: 'session.ended', status: 401, title: '', title_ja: '' }, {})
    }
    await ask(30)
    expect(world.did).toEqual([])
  })
  it('one slow answer is waited for before the next question', async () => {
    world.session = () => new Promise(() => undefined)
    await ask(60)
    expect(world.asked).toBe(1)
  })
  it('whoever left meanwhile does not come back by themselves', async () => {
    world.leave()
    world.session = () => ({ session: 's1', locked: false })
    await ask(60)
    expect(world.did).toEqual([])
    expect(lends.alone).toBe(false)
  })
  it('and at the end of the lease everything goes', async () => {
    await ask(3600)
    expect(world.did).toContain('leave lent.over')
  })
})

describe('what a page needs', () => {
  it('is kept again when a key was lent, and not while it is itself a copy', async () => {
    await reloaded()
    await openAlone()
    world.store.clear()
    world.borrowed()
    await ask(0)
    expect(world.store.size).toBe(0)
    lends.alone = false
    world.borrowed()
    await ask(0)
    expect(world.store.get('frame')).toMatchObject({ queueKey: { key_id: 'lent' }, round: [{ room: 'r1' }] })
  })
})
