import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { watchHand } from './hand'

const list = document.createElement('div')
const button = list.appendChild(document.createElement('button'))
let hand: ReturnType<typeof watchHand>

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
  hand = watchHand(list)
})
afterEach(() => {
  hand.stop()
  vi.useRealTimers()
})

it('takes a touch of a button, and keys that move nothing, for no moving', () => {
  button.dispatchEvent(new Event('pointerdown', { bubbles: true }))
  button.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
  expect(hand.moves()).toBe(false)
})

it.each([
  ['a wheel', new Event('wheel')],
  ['a finger', new Event('touchmove')],
  ['the scroll bar', new Event('pointerdown')],
  ['a key', new KeyboardEvent('keydown', { key: 'PageUp' })],
])('%s moves it for a second', (_, event) => {
  list.dispatchEvent(event)
  expect(hand.moves()).toBe(true)
  vi.advanceTimersByTime(1_100)
  expect(hand.moves()).toBe(false)
})

it('watches no longer than it is wanted', () => {
  hand.stop()
  list.dispatchEvent(new Event('wheel'))
  expect(hand.moves()).toBe(false)
})
