import { beforeEach, describe, expect, it } from 'vitest'
import type { Handover, MessageBody } from '../wire/generated'
import {
  forgetHandover,
  handover,
  handoverArrived,
  handoverChanged,
  inRound,
  overdue,
  untaken,
  untakenForMe,
  wasTaken,
} from './handover.svelte'
import { aMessage, aPatient, byline } from './messages.fixture'
import { house } from './session.svelte'

const list = (...rooms: [string, MessageBody[]][]): Handover => ({
  since: 0,
  rooms: rooms.map(([room, messages]) => ({ room, messages })),
})
const open = (message: string, author = 'other') => aMessage({ message, author, intent: 'handover' })
const taken = (message: string) => aMessage({ message, intent: 'handover', taken: byline('x') })

beforeEach(() => {
  forgetHandover()
  house.session = { person: 'me' } as typeof house.session
})

describe('handovers', () => {
  it('stand in the order of the round, rooms with something open first', () => {
    const round = [aPatient('201'), aPatient('202'), aPatient('203')]
    const given = list(['203', [open('a')]], ['201', [taken('b')]], ['202', [taken('c'), open('d')]])
    expect(inRound(given, round).map((room) => room.room)).toEqual(['202', '203', '201'])
  })
  it('are overdue when they were open before the shift began', () => {
    const given = aMessage({ intent: 'handover', written_at: 10 })
    expect(overdue(given, 20)).toBe(true)
    expect(overdue(given, 5)).toBe(false)
    expect(overdue({ ...given, taken: byline('x') }, 20)).toBe(false)
  })
  it('count while nobody took them; my own are for others', () => {
    handoverArrived(list(['201', [open('a'), taken('b'), open('c', 'me')]]))
    expect([untaken(), untakenForMe()]).toEqual([2, 1])
    wasTaken('a', byline('y'))
    expect([untaken(), untakenForMe()]).toEqual([1, 0])
  })
  it('keep who was first', () => {
    handoverArrived(list(['201', [open('a')]]))
    wasTaken('a', byline('first'))
    wasTaken('a', byline('second'))
    expect(handover.list?.rooms[0]?.messages[0]?.taken?.person).toBe('first')
  })
  it('show a correction that the line tells of', () => {
    handoverArrived(list(['201', [open('a')]]))
    handoverChanged({ ...open('a'), words: { kind: 'corrected', by: byline('x'), reason: '', text: '正' } })
    expect(handover.list?.rooms[0]?.messages[0]?.words.kind).toBe('corrected')
  })
})
