import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { allowNotices, clearNotices, notice, noticesAre, sayLater, saidLater, showCount } from './notices'

const kept = vi.hoisted(() => new Map<string, unknown>())
vi.mock('../net/keep', () => ({
  readSetting: (name: string) => kept.get(name),
  writeSetting: (name: string, value: unknown) => kept.set(name, value),
}))

const shown: { title: string; options: NotificationOptions }[] = []
class Shown {
  onclick = null
  static permission: NotificationPermission = 'granted'
  static requestPermission = async () => Promise.resolve('denied' as const)
  constructor(title: string, options: NotificationOptions) {
    shown.push({ title, options })
  }
}
const badge = {
  setAppBadge: vi.fn(async () => Promise.resolve()),
  clearAppBadge: vi.fn(async () => Promise.resolve()),
}
const closed = vi.fn()
let worker: object | undefined

beforeEach(() => {
  kept.clear()
  shown.length = 0
  worker = undefined
  Shown.permission = 'granted'
  vi.clearAllMocks()
  vi.stubGlobal('window', { Notification: Shown })
  vi.stubGlobal('Notification', Shown)
  vi.stubGlobal('document', { title: '', visibilityState: 'hidden' })
  vi.stubGlobal('navigator', {
    ...badge,
    serviceWorker: { getRegistration: async () => Promise.resolve(worker) },
  })
})
afterEach(() => vi.unstubAllGlobals())

it('shows nothing where it was not allowed, where there is no such thing, and to somebody who looks', async () => {
  Shown.permission = 'default'
  await notice('すぐ', 't')
  vi.stubGlobal('window', {})
  expect(noticesAre()).toBe('unable')
  expect(await allowNotices()).toBe('unable')
  await notice('すぐ', 't')
  vi.stubGlobal('window', { Notification: Shown })
  Shown.permission = 'granted'
  vi.stubGlobal('document', { visibilityState: 'visible' })
  await notice('すぐ', 't')
  expect(shown).toEqual([])
})

it('stays until it is answered, and replaces the one before', async () => {
  await notice('すぐの連絡があります', 'call')
  expect(shown).toMatchObject([
    { title: 'すぐの連絡があります', options: { tag: 'call', requireInteraction: true } },
  ])
})

it('goes through the service worker where there is one, and is taken away by its tag', async () => {
  const showNotification = vi.fn()
  const getNotifications = vi.fn(async () => Promise.resolve([{ close: closed }]))
  worker = { active: {}, showNotification, getNotifications }
  await notice('すぐ', 'call')
  expect(showNotification).toHaveBeenCalledOnce()
  expect(shown).toEqual([])
  await clearNotices('call')
  expect(getNotifications).toHaveBeenCalledWith({ tag: 'call' })
  expect(closed).toHaveBeenCalledOnce()
})

it('asks no more on this device once somebody said later', () => {
  expect(saidLater()).toBe(false)
  sayLater()
  expect(saidLater()).toBe(true)
})

it('counts in the title and on the icon', () => {
  showCount('(2) 襷', 2)
  expect(document.title).toBe('(2) 襷')
  expect(badge.setAppBadge).toHaveBeenCalledWith(2)
  showCount('襷', 0)
  expect(badge.clearAppBadge).toHaveBeenCalledOnce()
})
