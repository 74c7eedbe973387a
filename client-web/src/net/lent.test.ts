import 'fake-indexeddb/auto'
import { beforeEach, expect, test } from 'vitest'
import { openDB } from 'idb'
import {
  beginCopies,
  eraseCopies,
  keptLease,
  looksOf,
  lookTold,
  noteLook,
  openCopies,
  pageCopies,
  type Lease,
} from './lent'

const HOUR = 3_600_000_000
const NOW = 1_000 * HOUR
const lease: Lease = { person: 'p', session: 's', until: NOW + HOUR, credential: 'c', rp: 'care.test' }
const secret = (fill: number) => new Uint8Array(32).fill(fill)

async function store() {
  return openDB('tasuki-lent', 1)
}

beforeEach(eraseCopies)

test('another passkey opens nothing', async () => {
  const copies = await beginCopies(lease, secret(1), NOW)
  await copies.put('room', { text: '秘密です' })
  expect(await openCopies(secret(2))).toBeUndefined()
})

test('without a passkey that gives a secret nothing lies on the device', async () => {
  const copies = pageCopies(lease)
  await copies.put('room', { text: '秘密です' })
  expect(await copies.get('room')).toEqual({ text: '秘密です' })
  expect(copies.lasting).toBe(false)
  expect(await keptLease(NOW)).toBeUndefined()
  expect(await openCopies(secret(1))).toBeUndefined()
})

test('a lease that was lengthened by hand opens nothing', async () => {
  await beginCopies(lease, secret(1), NOW)
  const db = await store()
  const kept = (await db.get('lease', 'lease')) as Lease
  await db.put('lease', { ...kept, until: kept.until + HOUR }, 'lease')
  db.close()
  expect(await openCopies(secret(1))).toBeUndefined()
})

test('a copy under another name is not opened', async () => {
  const copies = await beginCopies(lease, secret(1), NOW)
  await copies.put('one', 'text')
  const db = await store()
  await db.put('copies', await db.get('copies', 'one'), 'other')
  db.close()
  expect(await copies.get('other')).toBeUndefined()
  expect(await copies.get('one')).toBe('text')
})

test('when the lease is over everything is gone, and a clock that was set back ends it too', async () => {
  const copies = await beginCopies(lease, secret(1), NOW)
  await copies.put('room', 'text')
  expect(await keptLease(NOW + HOUR)).toBeUndefined()
  expect(await copies.get('room')).toBeUndefined()
  await beginCopies(lease, secret(1), NOW)
  expect(await keptLease(NOW - HOUR / 60)).toMatchObject({ person: 'p' })
  expect(await keptLease(NOW - HOUR)).toBeUndefined()
})

test('the same passkey opens the copies again, after a lease that went on too', async () => {
  const copies = await beginCopies(lease, secret(1), NOW)
  await copies.put('room', { text: '写し' })
  await copies.extend(NOW + 2 * HOUR, NOW)
  const again = await openCopies(secret(1))
  expect(again?.lease.until).toBe(NOW + 2 * HOUR)
  expect(await again?.get('room')).toEqual({ text: '写し' })
})

test('what lies on the device does not show what was written', async () => {
  const copies = await beginCopies(lease, secret(1), NOW)
  await copies.put('room', { text: 'a sentence of somebody' })
  const db = await store()
  const bytes = (await db.get('copies', 'room')) as Uint8Array
  db.close()
  expect(new TextDecoder('latin1').decode(bytes)).not.toContain('sentence')
})

test('looks wait for their own person, over the end of the copies', async () => {
  const id = await noteLook({ person: 'p', room: 'r', from: 1, until: 1 })
  await noteLook({ id, person: 'p', room: 'r', from: 1, until: 5 })
  await noteLook({ person: 'q', room: 'r', from: 2, until: 3 })
  await eraseCopies()
  expect(await looksOf('p')).toEqual([{ id, person: 'p', room: 'r', from: 1, until: 5 }])
  await lookTold(id)
  expect(await looksOf('p')).toEqual([])
})

test('what was under way when everything was erased does not come back', async () => {
  const copies = await beginCopies(lease, secret(1), NOW)
  const late = Promise.allSettled([copies.put('room', 'text'), copies.extend(NOW + 2 * HOUR, NOW)])
  await eraseCopies()
  await late
  await expect(copies.put('room', 'text')).rejects.toThrow('erased')
  expect(await keptLease(NOW)).toBeUndefined()
  const db = await store()
  expect(await db.getAllKeys('copies')).toEqual([])
  db.close()
})
