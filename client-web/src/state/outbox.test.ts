import { beforeEach, describe, expect, it } from 'vitest'
import type { PostBody } from '../wire/generated'
import { dice, oneOf } from './dice.fixture'
import { outbox, type Entry, type Lying } from './outbox.svelte'

const lying = (item: string, author: string, at: number): Lying => ({ item, room: 'r1', author, at })
const words = (item: string, at: number): PostBody => ({
  client_id: item,
  class: 2,
  text: item,
  written_at: at,
})
const written = (item: string, author: string, at: number): Entry => ({
  ...lying(item, author, at),
  post: words(item, at),
  sealed: false,
  state: 'waiting',
  sentence: undefined,
})
const items = () => outbox.entries.map(({ item }) => item)

beforeEach(() => {
  outbox.forget()
  outbox.lying = []
  outbox.self = 'hanako'
})

describe('what waits', () => {
  it('is counted for the person and for the device', () => {
    outbox.add(written('one', 'hanako', 1))
    outbox.lies([lying('one', 'hanako', 1), lying('two', 'kenta', 2)])
    expect([outbox.waiting, outbox.waitingHere]).toEqual([1, 2])
    outbox.forget()
    expect([outbox.waiting, outbox.waitingHere]).toEqual([0, 2])
  })
  it('is shown in the order of writing, with words only as long as this page has them', () => {
    outbox.lies([lying('late', 'hanako', 9)])
    outbox.add(written('early', 'hanako', 3))
    outbox.lies([lying('first', 'hanako', 1), lying('late', 'hanako', 9)])
    expect(items()).toEqual(['first', 'early', 'late'])
    expect(outbox.find('late')?.post).toBeUndefined()
    expect(outbox.find('early')?.post?.text).toBe('early')
  })
  it('keeps its words when the same item is heard of again', () => {
    const first = outbox.add(written('one', 'hanako', 1))
    expect(outbox.add({ ...written('one', 'hanako', 1), post: undefined })).toBe(first)
    outbox.lies([lying('one', 'hanako', 1)])
    expect(items()).toEqual(['one'])
    expect(outbox.find('one')?.post?.text).toBe('one')
  })
})

describe('what becomes of a post', () => {
  it('stays as sent until the room shows it, unless there is nothing to show', () => {
    outbox.add(written('one', 'hanako', 1))
    outbox.lies([lying('one', 'hanako', 1), lying('sealed', 'hanako', 2)])
    outbox.posted('one')
    outbox.posted('sealed')
    expect(items()).toEqual(['one'])
    expect(outbox.find('one')).toMatchObject({ state: 'sent', sealed: false })
    expect(outbox.lying).toEqual([])
    outbox.drop('one')
    expect(items()).toEqual([])
  })
  it('waits again only where there are words to send', () => {
    outbox.add(written('one', 'hanako', 1))
    outbox.lies([lying('sealed', 'hanako', 2)])
    for (const item of ['one', 'sealed']) {
      outbox.refused(item, 'no right')
      outbox.again(item)
    }
    expect(outbox.find('one')).toMatchObject({ state: 'waiting', sentence: undefined })
    expect(outbox.find('sealed')).toMatchObject({ state: 'refused', sentence: 'no right' })
  })
  it('is told late once, with the time of writing', () => {
    const item = '0199e1b6-5c00-7000-8000-000000000000'
    outbox.late(item, 'no right')
    outbox.late(item, 'no right')
    expect(outbox.refusals).toEqual([{ item, at: 0x0199e1b65c00 * 1000, sentence: 'no right' }])
    outbox.understood(item)
    expect(outbox.refusals).toEqual([])
  })
})

/** The same, as plainly as it can be said. */
class Model {
  mine = new Map<string, Entry['state']>()
  here = new Map<string, string>()
  worded = new Set<string>()
}

describe('whatever happens', () => {
  it('shows each item once, never another person’s, and counts right', () => {
    for (let seed = 1; seed <= 60; seed++) oneShift(seed)
  }, 60_000)
})

/** People write, items lie down, are posted and refused, in any order. */
function oneShift(seed: number): void {
  const roll = dice(seed)
  const model = new Model()
  let self: 'hanako' | 'kenta' = 'hanako'
  outbox.forget()
  outbox.lying = []
  outbox.self = self
  for (let step = 1; step <= 40; step++) {
    const item = `item ${String(Math.ceil(roll() * 12))}`
    const author = Number(item.slice(5)) % 2 ? 'hanako' : 'kenta'
    switch (oneOf(roll, ['write', 'lie', 'posted', 'refused', 'again', 'change'])) {
      case 'write':
        if (author !== self || model.mine.has(item)) break
        outbox.add(written(item, self, step))
        model.mine.set(item, 'waiting')
        model.worded.add(item)
        break
      case 'lie':
        model.here.set(item, author)
        outbox.lies([...model.here].map(([one, by]) => lying(one, by, step)))
        for (const [one, by] of model.here)
          if (by === self && !model.mine.has(one)) model.mine.set(one, 'waiting')
        break
      case 'posted':
        outbox.posted(item)
        model.here.delete(item)
        if (!model.mine.has(item)) break
        if (model.worded.has(item)) model.mine.set(item, 'sent')
        else model.mine.delete(item)
        break
      case 'refused':
        outbox.refused(item, 'no')
        model.here.delete(item)
        if (model.mine.has(item)) model.mine.set(item, 'refused')
        break
      case 'again':
        outbox.again(item)
        if (model.mine.has(item) && model.worded.has(item)) model.mine.set(item, 'waiting')
        break
      case 'change':
        self = self === 'hanako' ? 'kenta' : 'hanako'
        outbox.forget()
        outbox.self = self
        model.mine.clear()
        model.worded.clear()
    }
    const told = `seed ${String(seed)}, step ${String(step)}`
    expect(Object.fromEntries(outbox.entries.map((one) => [one.item, one.state])), told).toEqual(
      Object.fromEntries(model.mine),
    )
    expect(
      outbox.entries.every((one) => one.author === self),
      told,
    ).toBe(true)
    const waiting = [...model.mine.values()].filter((state) => state === 'waiting').length
    const others = [...model.here.values()].filter((by) => by !== self).length
    expect([outbox.waiting, outbox.waitingHere], told).toEqual([waiting, waiting + others])
  }
}
