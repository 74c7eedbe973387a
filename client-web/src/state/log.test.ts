import { describe, expect, it } from 'vitest'
import { fromCivil } from '../text/time'
import type { LogEntry } from '../wire/generated'
import { NO_QUESTION, byDay, pseudonym, query, settled, standing } from './log.svelte'

const entry = (index: number, at: number, state = 'proven'): LogEntry => ({
  index,
  at,
  action_code: 310,
  category_ja: '閲覧',
  actor_kind: 1,
  object_kind_ja: '',
  state,
})

describe('the question', () => {
  it('sends only what was asked', () => {
    expect(query(NO_QUESTION)).toEqual({})
    expect(query({ ...NO_QUESTION, outcome: 'refused' })).toEqual({ outcome: 'refused' })
  })
  it('includes the whole last day in Tokyo', () => {
    const asked = query({ ...NO_QUESTION, firstDay: '2026-11-01', lastDay: '2026-11-01' })
    expect(Number(asked['until']) - Number(asked['from'])).toBe(86_400_000_000)
  })
  it('when answered leaves what was changed since it was asked', () => {
    const asked = { ...NO_QUESTION, patient: 'p', action: 'lend' }
    const typed = { ...asked, action: 'look', person: { id: 'x', name: 'X' } }
    expect({ ...typed, ...settled(asked, asked, typed) }).toEqual(typed)
    const narrowed = { ...asked, patient: '', action: 'read', outcome: 'done' }
    expect({ ...typed, ...settled(narrowed, asked, typed) }).toEqual({
      ...typed,
      patient: '',
      outcome: 'done',
    })
  })
})

it('gathers entries by day, keeping their order', () => {
  const noon = fromCivil('2026-11-02', '12:00')
  const days = byDay([
    entry(3, noon),
    entry(2, fromCivil('2026-11-02')),
    entry(1, fromCivil('2026-11-01', '23:59')),
  ])
  expect(days.map((day) => [day.date, day.entries.map((one) => one.index)])).toEqual([
    ['2026-11-02', [3, 2]],
    ['2026-11-01', [1]],
  ])
})

it('counts the states of proof', () => {
  expect(standing([entry(1, 0), entry(2, 0, 'pending'), entry(3, 0, 'damaged')])).toEqual({
    proven: 1,
    pending: 1,
    damaged: 1,
  })
})

it('shortens a pseudonym, and has none for nobody', () => {
  expect(pseudonym('01900000-0000-7000-8000-000000000004')).toBe('01900000')
  expect(pseudonym(null)).toBe('')
})
