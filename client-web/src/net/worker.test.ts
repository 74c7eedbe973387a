import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { keepPage } from './worker'

class Worker extends EventTarget {
  state = 'installing'
  become(state: string): void {
    this.state = state
    this.dispatchEvent(new Event('statechange'))
  }
}
const register = vi.fn()
const update = vi.fn(() => Promise.resolve())
const found = (installing: Worker | null, active: Worker | null = null) => ({
  installing,
  waiting: null,
  active,
  update,
})

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('navigator', {
    serviceWorker: { register, ready: Promise.resolve({ update }) },
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.resetAllMocks()
})

it('tries again until everything is kept: without network, and when the network goes meanwhile', async () => {
  const [first, second] = [new Worker(), new Worker()]
  register
    .mockRejectedValueOnce(new TypeError('no network'))
    .mockResolvedValueOnce(found(first))
    .mockResolvedValueOnce(found(second))
  void keepPage()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(register).toHaveBeenCalledTimes(2)
  first.become('redundant')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(register).toHaveBeenCalledTimes(3)
  second.become('installed')
  await vi.advanceTimersByTimeAsync(600_000)
  expect(register).toHaveBeenCalledTimes(3)
})

it('gives up where it is refused', async () => {
  register.mockRejectedValue(new TypeError('403'))
  void keepPage()
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect(register).toHaveBeenCalledTimes(10)
})

it('looks every hour whether a newer page was put up', async () => {
  register.mockResolvedValue(found(null, new Worker()))
  void keepPage()
  await vi.advanceTimersByTimeAsync(3_600_000 * 2)
  expect(update).toHaveBeenCalledTimes(2)
})
