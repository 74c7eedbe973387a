import { beforeEach, describe, expect, it } from 'vitest'
import { FALLBACK_AFTER, TELEPHONE_AFTER } from './answerable'
import { anItem, byline } from './messages.fixture'
import {
  callMoved,
  callsOf,
  deviceRings,
  faced,
  forgetCalls,
  forgetRings,
  heardRing,
  heardUrgent,
  learn,
  learnAll,
  noteAnswer,
  leaveCall,
  silence,
  sounds,
  takeBack,
  unableTo,
  urgent,
} from './urgent.svelte'

const call = (state = 'ringing_first') => ({ state, called_at: 0, answers: [] })
const rung = (over: object = {}) => anItem({ call: call(), first: 'my-post', fallback: 'other', ...over })
const seen = (now = 0) => faced(now).map((one) => one.message)

beforeEach(() => {
  forgetCalls()
  forgetRings()
  silence(0)
  callsOf('me', 'my-post')
})

describe('a call on the screen of whom it rings', () => {
  it('fills the screen at once, before its words are here', () => {
    heardUrgent({ message: 'm', room: 'r', state: 'ringing_first' }, 5)
    expect(seen(5)).toEqual(['m'])
    expect(sounds(5)).toBe(true)
    learn(rung())
    expect(urgent.calls.m).toMatchObject({ since: 0, rung: true })
  })
  it('comes to the next person when time passes, without a word of the line', () => {
    learnAll([rung({ first: 'other', fallback: 'my-post' })])
    expect(seen(0)).toEqual([])
    expect(seen(FALLBACK_AFTER)).toEqual(['m'])
  })
  it('comes to its author at the telephone step, as the open room says', () => {
    const own = rung({ first: 'other', fallback: 'another' })
    own.message.author.person = 'me'
    learn(own)
    expect(callMoved('m', 'ringing_fallback')).toBe(true)
    expect(seen(1)).toEqual([])
    expect(callMoved('m', 'telephone')).toBe(true)
    expect(seen(2)).toEqual(['m'])
    expect(callMoved('m', 'answered')).toBe(true)
    expect(seen(3)).toEqual([])
    expect(callMoved('unknown', 'telephone')).toBe(false)
  })
  it('is silent after 行けません, and back at the telephone step', () => {
    learnAll([rung()])
    unableTo('m')
    heardUrgent({ message: 'm', room: 'r', state: 'ringing_fallback' }, 1)
    expect(sounds(1)).toBe(false)
    heardUrgent({ message: 'm', room: 'r', state: 'telephone' }, 2)
    expect(seen(2)).toEqual(['m'])
    expect(sounds(2)).toBe(false)
  })
  it('shows how far it has come before anything is read again', () => {
    learnAll([rung({ first: 'other', fallback: 'my-post' })])
    heardUrgent({ message: 'm', room: 'r', state: 'ringing_fallback' }, 1)
    noteAnswer('m', { answer: 'unable', by: byline('me', 'my-post') })
    heardUrgent({ message: 'm', room: 'r', state: 'telephone' }, 2)
    const call = urgent.calls.m?.item?.message.call
    expect(call).toMatchObject({ state: 'telephone', answers: [{ answer: 'unable' }] })
  })
  it('leaves after 行きます, and is back when that did not arrive', () => {
    learnAll([rung()])
    leaveCall('m')
    expect(seen()).toEqual([])
    takeBack('m')
    expect(seen()).toEqual(['m'])
  })
  it('says that somebody else goes, until that was seen', () => {
    heardUrgent({ message: 'm', room: 'r', state: 'ringing_fallback' }, 0)
    heardUrgent({ message: 'm', room: 'r', state: 'answered' }, 1)
    expect(seen(1)).toEqual(['m'])
    expect(sounds(1)).toBe(false)
    leaveCall('m')
    expect(seen(1)).toEqual([])
  })
  it('is not heard of at all when it was answered by oneself', () => {
    learnAll([rung()])
    leaveCall('m')
    heardUrgent({ message: 'm', room: 'r', state: 'answered' }, 1)
    expect(urgent.calls.m).toBeUndefined()
  })
})

describe('a call of one’s own', () => {
  it('comes back to its author at the telephone step only', () => {
    learnAll([rung({ first: 'a', fallback: 'b', author: 'me' })])
    expect(seen(FALLBACK_AFTER)).toEqual([])
    expect(seen(TELEPHONE_AFTER)).toEqual(['m'])
  })
})

describe('calls after a break', () => {
  it('are those of the reading; what was settled meanwhile goes', () => {
    heardUrgent({ message: 'old', room: 'r', state: 'ringing_first' }, 0)
    learnAll([rung({ message: 'new' })])
    expect(seen()).toEqual(['new'])
  })
  it('are shown oldest first', () => {
    learnAll([
      rung({ message: 'younger', call: { ...call(), called_at: 9 } }),
      rung({ message: 'older', call: { ...call(), called_at: 3 } }),
    ])
    expect(seen(10)).toEqual(['older', 'younger'])
  })
})

describe('a locked device', () => {
  it('rings until told otherwise', () => {
    heardRing({ call: 0, rings: true })
    heardRing({ call: 1, rings: true })
    heardRing({ call: 0, rings: false })
    expect(deviceRings(0)).toBe(true)
    heardRing({ call: 1, rings: false })
    expect(deviceRings(0)).toBe(false)
  })
  it('is silent while somebody signs in, and rings again for a new call', () => {
    heardRing({ call: 0, rings: true })
    silence(100)
    heardRing({ call: 0, rings: true })
    expect(deviceRings(50)).toBe(false)
    heardRing({ call: 1, rings: true })
    expect(deviceRings(50)).toBe(true)
  })
  it('rings again when nobody signed in', () => {
    heardRing({ call: 0, rings: true })
    silence(100)
    expect(deviceRings(100)).toBe(true)
  })
})
