import { beforeEach, expect, it } from 'vitest'
import { lentUntil, lineBecame, lineIs } from './connection.svelte'

const SECOND = 1_000_000

beforeEach(() => {
  lentUntil(0)
  lineBecame('open', 0)
})

it('is connected, then reconnecting, then connected again', () => {
  expect(lineIs(0)).toBe('connected')
  lineBecame('waiting', 5 * SECOND)
  expect(lineIs(60 * SECOND)).toBe('reconnecting')
  lineBecame('connecting', 6 * SECOND)
  expect(lineIs(60 * SECOND)).toBe('reconnecting')
  lineBecame('open', 61 * SECOND)
  expect(lineIs(61 * SECOND)).toBe('connected')
})

it('reads on without network only from what was lent, and only until then', () => {
  lentUntil(100 * SECOND)
  lineBecame('waiting', 5 * SECOND)
  expect(lineIs(6 * SECOND)).toBe('reconnecting')
  expect(lineIs(50 * SECOND)).toBe('offline')
  expect(lineIs(101 * SECOND)).toBe('reconnecting')
})
