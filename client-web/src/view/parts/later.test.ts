import { expect, it, vi } from 'vitest'
import { insist, later, loadTheRest } from './later'

vi.mock('../../flow/rest', () => ({
  whenIdle: () => Promise.resolve(),
  whenSettled: () => Promise.resolve(),
}))

it('loads a part once, and again after it could not be had', async () => {
  const load = vi.fn<() => Promise<{ default: string }>>()
  load.mockRejectedValueOnce(new Error('no network')).mockResolvedValue({ default: 'part' })
  const part = later(load)
  await expect(part()).rejects.toThrow('no network')
  expect(await Promise.all([part(), part()])).toEqual(['part', 'part'])
  expect(load).toHaveBeenCalledTimes(2)
})

it('loads the rest when the page rests, and what cannot be had hinders nothing', async () => {
  const gone = vi.fn(() => Promise.reject<{ default: string }>(new Error('no network')))
  const there = vi.fn(() => Promise.resolve({ default: 'part' }))
  later(gone)
  later(there)
  await loadTheRest()
  expect([gone, there].map((load) => load.mock.calls.length)).toEqual([1, 1])
})

it('asks for what must come until it is there', async () => {
  vi.useFakeTimers()
  const load = vi.fn<() => Promise<{ default: string }>>().mockRejectedValue(new Error('no network'))
  const insisted = insist(later(load))
  await vi.advanceTimersByTimeAsync(5_000)
  expect(load).toHaveBeenCalledTimes(3)
  load.mockResolvedValue({ default: 'part' })
  await vi.advanceTimersByTimeAsync(2_000)
  await expect(insisted).resolves.toBe('part')
  vi.useRealTimers()
})
