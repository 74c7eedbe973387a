import { beforeEach, expect, test, vi } from 'vitest'
import { certificateEnded, endsSoon, noteCertificate } from './certificate'

const DAY = 86_400_000_000
const world = vi.hoisted(() => ({ now: 1_800_000_000_000_000 }))
vi.mock('./server_time', () => ({ serverNow: () => world.now }))

beforeEach(() => {
  localStorage.clear()
  world.now = 1_800_000_000_000_000
})

test('nothing is said of a certificate whose end is not known, or that counts', () => {
  expect(certificateEnded()).toBeUndefined()
  noteCertificate(world.now + 1)
  expect(certificateEnded()).toBeUndefined()
  localStorage.setItem('tasuki.certificate_until', '"soon"')
  expect(certificateEnded()).toBeUndefined()
})

test('its end is remembered until the server says another', () => {
  const until = world.now + DAY
  noteCertificate(until)
  world.now = until
  expect(certificateEnded()).toBe(until)
  noteCertificate(until + 365 * DAY)
  expect(certificateEnded()).toBeUndefined()
})

test('those who work here are told two weeks before', () => {
  expect(endsSoon(world.now + 14 * DAY)).toBe(false)
  expect(endsSoon(world.now + 14 * DAY - 1)).toBe(true)
})
