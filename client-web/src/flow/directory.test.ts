import { beforeEach, expect, test, vi } from 'vitest'
import { Unreached } from '../net/http'
import { byPerson } from '../state/colleagues'
import { Search } from '../state/directory.svelte'
import { ordered } from '../state/rooms.svelte'
import type { Colleague, RoomHead } from '../wire/generated'
import { Searching } from './directory'

const answers = vi.hoisted(() => [] as ((query: Record<string, unknown>) => unknown)[])
const asked = vi.hoisted(() => [] as Record<string, unknown>[])
vi.mock('../net/http', async (original) => ({
  ...(await original<typeof import('../net/http')>()),
  ask: (_: unknown, input: { query: Record<string, unknown> }) => {
    asked.push(input.query)
    return Promise.resolve(answers.shift()?.(input.query))
  },
}))

const one = (person: string, post: string, job_type = 4) =>
  ({ person, post, job_type, name: person, reading: '', organization_name: 'ひまわり' }) as Colleague

beforeEach(() => {
  answers.length = 0
  asked.length = 0
})

test('a person with two posts is one entry with both', () => {
  const found = byPerson([one('sato', 'p1'), one('ito', 'p2'), one('sato', 'p3', 6), one('sato', 'p1')])
  expect(found.map((person) => [person.person, person.posts.map((post) => post.post)])).toEqual([
    ['sato', ['p1', 'p3']],
    ['ito', ['p2']],
  ])
})

test('the last words count, whichever answer comes first', async () => {
  let late: (page: unknown) => void = () => undefined
  answers.push(
    () => new Promise((resolve) => (late = resolve)),
    () => ({ colleagues: [one('ito', 'p2')] }),
  )
  const search = new Search()
  const searching = new Searching(search)
  search.words = 'さ'
  const first = searching.begin()
  search.words = 'い'
  await searching.begin()
  late({ colleagues: [one('sato', 'p1')] })
  await first
  expect(search.people.map((person) => person.person)).toEqual(['ito'])
  expect(search.busy).toBe(false)
})

test('a further page is added to the first; a failure is kept for the screen', async () => {
  answers.push(
    () => ({ colleagues: [one('sato', 'p1')], next: 'c1' }),
    () => ({ colleagues: [one('ito', 'p2')], next: null }),
    () => {
      throw new Unreached()
    },
  )
  const search = new Search()
  const searching = new Searching(search)
  await searching.begin()
  await searching.more()
  expect(asked[1]).toEqual({ limit: 50, cursor: 'c1' })
  expect(search.people).toHaveLength(2)
  expect(search.next).toBeUndefined()
  await searching.begin()
  expect(search.cause).toBeInstanceOf(Unreached)
})

test('rooms: urgent first, then unread, then by title; kinds and closed ones apart', () => {
  const room = (title: string, more: Partial<RoomHead> = {}) =>
    ({ room: title, title, kind: 'group', closed: false, unread: false, urgent: false, ...more }) as RoomHead
  const all = [
    room('う'),
    room('あ'),
    room('い', { unread: true }),
    room('え', { urgent: true }),
    room('お', { closed: true }),
    room('か', { kind: 'direct' }),
  ]
  expect(ordered(all, 'group').map((one) => one.title)).toEqual(['え', 'い', 'あ', 'う'])
  expect(ordered(all, 'group', true).map((one) => one.title)).toEqual(['お'])
  expect(ordered(all, 'direct').map((one) => one.title)).toEqual(['か'])
})
