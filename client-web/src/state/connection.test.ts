import { beforeEach, expect, it } from 'vitest'
import { cutOff, lineBecame, lineIs, lostFor } from './connection.svelte'

const SECOND = 1_000_000

beforeEach(() => {
  lineBecame('open', 0)
})

it('is connected, then reconnecting, then connected again', () => {
  expect(lineIs(0, 0)).toBe('connected')
  lineBecame('waiting', 5 * SECOND)
  expect(lineIs(60 * SECOND, 0)).toBe('reconnecting')
  lineBecame('connecting', 6 * SECOND)
  expect(lineIs(60 * SECOND, 0)).toBe('reconnecting')
  lineBecame('open', 61 * SECOND)
  expect(lineIs(61 * SECOND, 0)).toBe('connected')
})

it('reads on without network only from what was lent, and only until then', () => {
  lineBecame('waiting', 5 * SECOND)
  expect(lineIs(6 * SECOND, 100 * SECOND)).toBe('reconnecting')
  expect(lineIs(50 * SECOND, 100 * SECOND)).toBe('offline')
  expect(lineIs(101 * SECOND, 100 * SECOND)).toBe('reconnecting')
})

it('knows for how long the line has been away', () => {
  expect(lostFor(5 * SECOND)).toBe(0)
  lineBecame('waiting', 5 * SECOND)
  lineBecame('connecting', 6 * SECOND)
  expect(lostFor(9 * SECOND)).toBe(4 * SECOND)
})

it('a page that was opened without a server reads from what was lent at once', () => {
  lineBecame('closed', 0)
  cutOff(50 * SECOND)
  expect(lineIs(50 * SECOND, 100 * SECOND)).toBe('offline')
})
