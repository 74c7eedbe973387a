import { beforeEach, describe, expect, it } from 'vitest'
import { Problem, Unreached } from '../net/http'
import type { KeptItem } from '../net/sealed_queue'
import { dice } from '../state/dice.fixture'
import { outbox } from '../state/outbox.svelte'
import { pending } from '../text/composer'
import type { PostBody, QueueOutcome } from '../wire/generated'
import { lateWords, Queue, type Ways } from './queue'

const problem = (code: string, status: number, retry_after?: number) =>
  new Problem({ type: '', code, status, title: code, title_ja: code, retry_after }, {})

/** A server, a device and a network that breaks as the dice want it. */
class World implements Ways {
  room: { item: string; author: string }[] = []
  storage: KeptItem[] = []
  refusing = new Set<string>()
  cookie: string | undefined
  line = true
  cuts = 0
  holdsKey = true
  laters: (() => void)[] = []
  #seq = 0

  constructor(readonly roll: () => number = () => 1) {}

  seal(item: string, room: string, post: PostBody): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (!this.holdsKey) return Promise.resolve(undefined)
    const text = JSON.stringify({ item, room, post, author: this.cookie })
    return Promise.resolve(new TextEncoder().encode(text))
  }
  kept(): Promise<KeptItem[]> {
    return Promise.resolve(this.storage.map((item) => ({ ...item })))
  }
  keep(item: KeptItem): Promise<void> {
    if (!this.storage.some((one) => one.item === item.item)) this.storage.push({ ...item, seq: ++this.#seq })
    return Promise.resolve()
  }
  remove(item: string): Promise<void> {
    this.storage = this.storage.filter((one) => one.item !== item)
    return Promise.resolve()
  }
  lose(item: string): Promise<void> {
    for (const one of this.storage) if (one.item === item) one.lost = true
    return Promise.resolve()
  }
  #cut(): void {
    if (!this.line || this.roll() < this.cuts) throw new Unreached()
  }
  #take(item: string, author: string): QueueOutcome {
    if (this.refusing.has(item)) return { kind: 'refused', reason: 'right' }
    if (!this.room.some((one) => one.item === item)) this.room.push({ item, author })
    return { kind: 'posted', message: item }
  }
  async post(_room: string, post: PostBody, still: () => boolean): Promise<void> {
    this.#cut()
    await Promise.resolve()
    if (!still()) throw new Unreached()
    if (!this.cookie) throw problem('session.ended', 401)
    const outcome = this.#take(post.client_id, this.cookie)
    // The answer may be lost after the post is durable.
    this.#cut()
    if (outcome.kind === 'refused') throw problem('missing', 404)
  }
  async deliver(sealed: Uint8Array<ArrayBuffer>): Promise<QueueOutcome> {
    this.#cut()
    await Promise.resolve()
    const { item, author } = JSON.parse(new TextDecoder().decode(sealed)) as { item: string; author: string }
    if (item.startsWith('strange')) throw problem('missing', 404)
    const outcome = this.#take(item, author)
    this.#cut()
    return outcome
  }
  alone(deliver: () => Promise<void>): Promise<void> {
    return deliver()
  }
  later(_seconds: number, again: () => void): void {
    this.laters.push(again)
  }
}

const post = (item: string, at: number): PostBody => ({
  client_id: item,
  class: 2,
  text: `words of ${item}`,
  written_at: at,
})

beforeEach(() => {
  outbox.forget()
  outbox.lying = []
})

describe('the queue', () => {
  it('loses nothing, doubles nothing and keeps each author’s order, whatever breaks', async () => {
    for (let seed = 1; seed <= 150; seed++) await oneLife(seed)
  }, 60_000)

  it('tells why a post was refused, keeps its words, and sends it when the person tries again', async () => {
    const world = new World()
    world.cookie = 'hanako'
    const queue = new Queue(world)
    await queue.enter('hanako')
    world.refusing.add('one')
    await queue.send('hanako', 'room', post('one', 1))
    await queue.send('hanako', 'room', post('two', 2))
    expect(outbox.find('one')).toMatchObject({
      state: 'refused',
      sentence: pending.no_right,
      post: { text: 'words of one' },
    })
    expect(outbox.find('two')?.state).toBe('sent')
    expect(world.storage).toEqual([])
    expect(outbox.waiting).toBe(0)
    world.refusing.clear()
    await queue.again('one')
    expect(world.room.map(({ item }) => item)).toEqual(['two', 'one'])
  })

  it('goes on without a lent key, in memory only', async () => {
    const world = new World()
    Object.assign(world, { cookie: 'hanako', holdsKey: false, line: false })
    const queue = new Queue(world)
    await queue.enter('hanako')
    await queue.send('hanako', 'room', post('one', 1))
    expect(outbox.find('one')).toMatchObject({ state: 'waiting', sealed: false })
    expect(world.storage).toEqual([])
    world.line = true
    await queue.drain()
    expect(world.room).toHaveLength(1)
  })

  it('never sends one person’s words under another’s name', async () => {
    const world = new World()
    Object.assign(world, { cookie: 'hanako', line: false })
    const queue = new Queue(world)
    await queue.enter('hanako')
    await queue.send('hanako', 'room', post('one', 1))
    expect([outbox.waiting, outbox.waitingHere]).toEqual([1, 1])
    outbox.forget()
    Object.assign(world, { cookie: 'kenta', line: true })
    await queue.enter('kenta')
    expect(world.room).toEqual([{ item: 'one', author: 'hanako' }])
    expect(outbox.entries).toEqual([])
  })

  it('delivers a device’s items with nobody signed in', async () => {
    const world = new World()
    Object.assign(world, { cookie: 'hanako', line: false })
    const queue = new Queue(world)
    await queue.enter('hanako')
    await queue.send('hanako', 'room', post('one', 1))
    outbox.forget()
    Object.assign(world, { cookie: undefined, line: true })
    await queue.look()
    expect([outbox.waiting, outbox.waitingHere]).toEqual([0, 1])
    await queue.drain()
    expect(world.room).toEqual([{ item: 'one', author: 'hanako' }])
    expect(outbox.waitingHere).toBe(0)
  })

  it('tells the author of an item that the device can never deliver, once, and goes on with the next', async () => {
    const world = new World()
    Object.assign(world, { cookie: 'hanako', line: false })
    const queue = new Queue(world)
    await queue.enter('hanako')
    await queue.send('hanako', 'room', post('strange', 1))
    await queue.send('hanako', 'room', post('two', 2))
    outbox.forget()
    world.line = true
    await queue.drain()
    expect(world.room.map(({ item }) => item)).toEqual(['two'])
    await queue.enter('hanako')
    expect(outbox.find('strange')).toMatchObject({ state: 'refused', sentence: pending.lost })
    expect(world.storage).toEqual([])
  })

  it('says why an item was refused when it arrived, in a sentence of its own for each reason', async () => {
    const reasons = 'right closed owner called mentions due attachments reply_to written_at other'.split(' ')
    expect(new Set(reasons.map(lateWords)).size).toBe(reasons.length)
    expect(lateWords('of a newer server')).toBe(pending.too_late)
    const world = new World()
    Object.assign(world, { cookie: 'hanako', line: false })
    const queue = new Queue(world)
    await queue.enter('hanako')
    await queue.send('hanako', 'room', post('one', 1))
    world.refusing.add('one')
    // The page is loaded anew: the words are sealed.
    outbox.forget()
    const again = new Queue(world)
    await again.enter('hanako')
    world.line = true
    await again.drain()
    expect(outbox.find('one')).toMatchObject({ state: 'refused', sentence: pending.late_right })
  })

  it('waits for the virus scanner without holding up other people', async () => {
    const world = new World()
    Object.assign(world, { cookie: 'hanako', line: false })
    const queue = new Queue(world)
    await queue.enter('hanako')
    await queue.send('hanako', 'room', post('held', 1))
    world.line = true
    let held = true
    const really = world.post.bind(world)
    world.post = (...given) => (held ? Promise.reject(problem('attachment.held', 409)) : really(...given))
    await queue.drain()
    expect(outbox.find('held')).toMatchObject({ state: 'waiting', sentence: pending.checking })
    held = false
    for (const again of world.laters) again()
    await queue.drain()
    expect(outbox.find('held')?.state).toBe('sent')
  })

  it('tries again when the server is busy, and says nothing is lost when the session ended', async () => {
    const world = new World()
    world.cookie = 'hanako'
    const queue = new Queue(world)
    await queue.enter('hanako')
    world.post = () => Promise.reject(problem('busy', 503, 2))
    await queue.send('hanako', 'room', post('one', 1))
    expect([outbox.waiting, world.laters.length]).toEqual([1, 1])
    world.post = () => Promise.reject(problem('session.ended', 401))
    await queue.drain()
    expect([outbox.waiting, world.storage.length]).toEqual([1, 1])
  })
})

/** One random shift on a shared tablet: people come and go, write, lose the network, load the page anew. */
async function oneLife(seed: number): Promise<void> {
  const roll = dice(seed)
  const world = new World(roll)
  outbox.forget()
  outbox.lying = []
  let queue = new Queue(world)
  const written: Record<string, string[]> = { hanako: [], kenta: [] }
  let clock = 0
  for (let step = 0; step < 40; step++) {
    world.cuts = roll() < 0.5 ? 0 : 0.5
    world.line = roll() < 0.8
    const chance = roll()
    if (chance < 0.5 && world.cookie) {
      const item = `${world.cookie}-${String(++clock)}`
      written[world.cookie]?.push(item)
      if (roll() < 0.15) world.refusing.add(item)
      await queue.send(world.cookie, 'room', post(item, clock))
    } else if (chance < 0.65) {
      // The page is loaded anew: memory is gone, the session stays.
      outbox.forget()
      outbox.lying = []
      queue = new Queue(world)
      if (world.cookie) await queue.enter(world.cookie)
    } else if (chance < 0.85) {
      outbox.forget()
      world.cookie = [undefined, 'hanako', 'kenta'][Math.floor(roll() * 3)]
      if (world.cookie) await queue.enter(world.cookie)
      else await queue.look()
    } else {
      // Two tabs of one page: both deliver at once.
      await Promise.all([queue.drain(), new Queue(world).drain()])
    }
  }
  Object.assign(world, { line: true, cuts: 0 })
  await queue.drain()
  for (const [author, items] of Object.entries(written)) {
    const arrived = world.room.filter((one) => one.author === author).map(({ item }) => item)
    expect(new Set(arrived).size, `seed ${String(seed)}: nothing twice`).toBe(arrived.length)
    expect(arrived, `seed ${String(seed)}: everything of ${author}, in order, under that name`).toEqual(
      items.filter((item) => !world.refusing.has(item)),
    )
  }
  expect(world.storage, `seed ${String(seed)}: nothing lies here any more`).toEqual([])
}
