import { beforeEach, describe, expect, it } from 'vitest'
import type { Home } from '../wire/generated'
import {
  arrive,
  count,
  did,
  forgetHome,
  heardHead,
  home,
  settleDown,
  shown,
  waitingIn,
  wasRead,
} from './home.svelte'
import { anItem, aPatient, byline } from './messages.fixture'

const reading = (over: Partial<Home> = {}): Home => ({
  patients: [],
  rooms: [],
  to_read: [],
  today: [],
  urgent: [],
  ...over,
})
const ids = (list: 'urgent' | 'today' | 'to_read') => shown(list, 'me').map((item) => item.message.message)

beforeEach(forgetHome)

describe('the lists of home', () => {
  it('are in order of due time, then of the round, then of age', () => {
    home.round = [aPatient('201'), aPatient('305')]
    const today = [
      anItem({ message: 'no due, group', room: 'g', written_at: 1 }),
      anItem({ message: 'later', room: '201', due: 20 }),
      anItem({ message: 'same time, second in the round', room: '305', due: 10 }),
      anItem({ message: 'same time, first in the round', room: '201', due: 10, written_at: 9 }),
      anItem({ message: 'no due, 305', room: '305', written_at: 5 }),
    ]
    arrive(reading({ today }), true)
    expect(ids('today')).toEqual([
      'same time, first in the round',
      'same time, second in the round',
      'later',
      'no due, 305',
      'no due, group',
    ])
  })
  it('have what is to be read by room of the round, newest first', () => {
    home.round = [aPatient('201'), aPatient('305')]
    const to_read = [
      anItem({ message: 'b1', room: '305', written_at: 9 }),
      anItem({ message: 'a1', room: '201', written_at: 1 }),
      anItem({ message: 'a2', room: '201', written_at: 2 }),
    ]
    arrive(reading({ to_read }), true)
    expect(ids('to_read')).toEqual(['a2', 'a1', 'b1'])
  })
  it('leave out what I said 了解 to', () => {
    arrive(reading({ to_read: [anItem({ acknowledged: [byline('me')] })] }), true)
    expect(ids('to_read')).toEqual([])
    expect(count('to_read', 'me')).toBe(0)
  })
})

describe('a new reading', () => {
  const before = reading({ today: [anItem({ message: 'one' })] })
  it('waits while hands are busy; its counts do not', () => {
    arrive(before, true)
    arrive(reading({ today: [anItem({ message: 'two' }), anItem({ message: 'one' })] }), false)
    expect(ids('today')).toEqual(['one'])
    expect(count('today', 'me')).toBe(2)
    settleDown()
    expect(ids('today')).toEqual(['two', 'one'])
  })
  it('leaves what stands when a reading brings nothing new', () => {
    const same = () => reading({ to_read: [anItem({ message: 'one' })] })
    arrive(same(), true)
    const stands = home.lists
    arrive(same(), false)
    expect(home.next).toBeUndefined()
    arrive(same(), true)
    expect(home.lists).toBe(stands)
  })
  it('never waits with a new すぐ', () => {
    arrive(before, true)
    arrive(reading({ urgent: [anItem({ message: 'now' })] }), false)
    expect(ids('urgent')).toEqual(['now'])
  })
  it('lets what was done go; until then it stays in its place and counts no more', () => {
    arrive(before, true)
    did('one', 'replied')
    expect(ids('today')).toEqual(['one'])
    expect(count('today', 'me')).toBe(0)
    arrive(reading(), true)
    expect(ids('today')).toEqual([])
    expect(home.deeds).toEqual({})
  })
})

describe('what waits in a room', () => {
  it('grows with each head and ends when the room is read', () => {
    home.round = [aPatient('201')]
    arrive(reading({ rooms: [{ room: '201', unread: 2, owed: 1, urgent: false }] }), true)
    heardHead({ room: '201', urgency: 'read_only' })
    heardHead({ room: '305', urgency: 'urgent' })
    expect(waitingIn('201')).toMatchObject({ unread: 3, owed: 1, urgent: false })
    expect(waitingIn('305')).toMatchObject({ unread: 1, owed: 0, urgent: true })
    wasRead('201')
    expect(waitingIn('201')).toMatchObject({ unread: 0, owed: 1 })
    expect(waitingIn('none')).toEqual({ unread: 0, owed: 0, urgent: false })
  })
  it('is unknown before the first reading', () => {
    heardHead({ room: '201', urgency: 'urgent' })
    expect(waitingIn('201').unread).toBe(0)
  })
})
