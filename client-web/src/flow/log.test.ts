import { beforeEach, expect, it, vi } from 'vitest'
import { log, NO_QUESTION } from '../state/log.svelte'
import type { LogPage } from '../wire/generated'
import { askLog, turn } from './log'

interface Answer {
  query: Record<string, unknown>
  give: (page: LogPage) => void
  fail: (cause: Error) => void
}
const world = vi.hoisted(() => ({ leave: (): void => undefined, asked: [] as Answer[] }))
vi.mock('./house', () => ({ onLeave: (heard: () => void) => ((world.leave = heard), () => undefined) }))
vi.mock('./step_up', () => ({ steppedUp: (act: () => unknown) => act() }))
vi.mock('../net/http', () => ({
  ask: (_: unknown, { query }: { query: Answer['query'] }) =>
    new Promise((give, fail) => world.asked.push({ query, give, fail })),
}))

const page = (next?: string) => ({ entries: [], next }) as unknown as LogPage
const refused = { ...NO_QUESTION, outcome: 'refused' }
const done = { ...NO_QUESTION, outcome: 'done' }

beforeEach(() => {
  world.leave()
  world.asked.length = 0
})

it('takes no answer that comes when the auditor has left', async () => {
  const underWay = askLog(refused)
  world.leave()
  world.asked[0]?.give(page())
  await underWay
  expect([log.page, log.question]).toEqual([undefined, NO_QUESTION])
})

it('answers the newest question only, whichever answer comes last, and tells only its failure', async () => {
  const [older, newer] = [askLog(refused), askLog(done)]
  world.asked[1]?.give(page('next'))
  await newer
  world.asked[0]?.fail(new Error('too late'))
  await older
  expect([log.question, log.page?.next]).toEqual([done, 'next'])
  const failing = askLog(refused)
  world.asked[2]?.fail(new Error('refused'))
  await expect(failing).rejects.toThrow('refused')
  expect(log.question).toEqual(done)
})

it('turns to older pages and back by their cursors', async () => {
  const ways: ['first' | 'older' | 'newer', string | undefined][] = [
    ['first', 'a'],
    ['older', 'b'],
    ['newer', 'a'],
  ]
  for (const [way, next] of ways) {
    const turning = way === 'first' ? askLog(done) : turn(way)
    world.asked.at(-1)?.give(page(next))
    await turning
  }
  expect(world.asked.map(({ query }) => query['cursor'])).toEqual([undefined, 'a', undefined])
})
