import { describe, expect, it } from 'vitest'
import { aMessage, byline } from './messages.fixture'
import { FALLBACK_AFTER, TELEPHONE_AFTER, callAt, classOfReply, waysOf } from './answerable'

const me = { person: 'me', post: 'my-post', writable: [3] }
const ways = (over: Parameters<typeof aMessage>[0], now = 0) => waysOf(aMessage(over), me, now)

describe('a call', () => {
  it('moves on by itself when nobody answers', () => {
    const call = { state: 'ringing_first', called_at: 1000 }
    expect(callAt(call, 1000)).toBe('ringing_first')
    expect(callAt(call, 1000 + FALLBACK_AFTER)).toBe('ringing_fallback')
    expect(callAt(call, 1000 + TELEPHONE_AFTER)).toBe('telephone')
    expect(callAt({ ...call, state: 'answered' }, 1000 + TELEPHONE_AFTER)).toBe('answered')
  })
  it('is answered by whom it rings, and by nobody else', () => {
    const call = { state: 'ringing_first', called_at: 0, answers: [] }
    expect(ways({ call, first: 'my-post', fallback: 'other' })).toEqual(['come', 'unable'])
    expect(ways({ call, first: 'other', fallback: 'my-post' })).toEqual([])
    expect(ways({ call, first: 'other', fallback: 'my-post' }, FALLBACK_AFTER)).toEqual(['come', 'unable'])
  })
  it('lets the first still come after they said that they cannot', () => {
    const answers = [{ answer: 'unable', by: byline('me', 'my-post') }]
    const call = { state: 'ringing_fallback', called_at: 0, answers }
    expect(ways({ call, first: 'my-post', fallback: 'other' })).toEqual(['come'])
  })
  it('ends at the telephone, for its author too', () => {
    const call = { state: 'ringing_first', called_at: 0, answers: [] }
    expect(ways({ call, first: 'a', fallback: 'b', author: 'me' }, TELEPHONE_AFTER)).toEqual(['telephone'])
  })
})

describe('a message', () => {
  it('to read is acknowledged once', () => {
    expect(ways({})).toEqual(['acknowledge'])
    expect(ways({ acknowledged: [byline('me')] })).toEqual([])
    expect(ways({ author: 'me' })).toEqual([])
  })
  it('that asks for a reply is replied to in its class, or in a common one', () => {
    expect(ways({ contract: 'reply' })).toEqual(['reply', 'acknowledge'])
    expect(waysOf(aMessage({ contract: 'reply' }), { ...me, writable: [] }, 0)).toEqual(['acknowledge'])
    expect(classOfReply(aMessage({ class: 5 }), [3, 5])).toBe(5)
    expect(classOfReply(aMessage({ class: 5 }), [3, 4])).toBe(3)
    expect(classOfReply(aMessage({ class: 5 }), [])).toBeUndefined()
  })
  it('that is a request is moved on by its owner, and by its author when it was declined', () => {
    const request = { intent: 'request', contract: 'reply', owner: 'me' }
    expect(ways({ ...request, state: 'open' })).toEqual(['accept', 'decline', 'reply', 'acknowledge'])
    expect(ways({ ...request, state: 'accepted' })).toEqual(['finish', 'decline', 'reply', 'acknowledge'])
    expect(ways({ ...request, state: 'done' })).toEqual(['acknowledge'])
    expect(ways({ ...request, owner: 'x', state: 'open' })).toEqual(['acknowledge'])
    expect(ways({ ...request, owner: 'x', author: 'me', state: 'declined' })).toEqual(['reopen'])
  })
  it('that is handed over is taken by one', () => {
    expect(ways({ intent: 'handover' })).toEqual(['take', 'acknowledge'])
    expect(ways({ intent: 'handover', taken: byline('x') })).toEqual(['acknowledge'])
  })
  it('that was withdrawn asks nothing', () => {
    expect(ways({ words: { kind: 'withdrawn', by: byline('x'), reason: '誤り' } })).toEqual([])
  })
})
