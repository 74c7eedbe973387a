// net: posts that wait on the device. Each is sealed to the server's public key and tagged with a key that the server
// lent to the author's session: the device itself cannot read it, and nobody else can have written it. The format is
// that of server/vault/src/queue.rs.
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { QueueKeyBody } from '../wire/generated'
import { fromBase64url } from './base64url'

type Bytes = Uint8Array<ArrayBuffer>
const CURVE = { name: 'ECDH', namedCurve: 'P-256' }
const FORMAT = 1

/** What a page needs to seal: the lent key cannot be taken out of it again. */
export interface LentKey {
  id: Bytes
  tags: CryptoKey
  server: Bytes
  generation: number
}

/** Takes up the key that the server lends. */
export async function takeKey(lent: QueueKeyBody): Promise<LentKey> {
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  const tags = await crypto.subtle.importKey('raw', fromBase64url(lent.key), hmac, false, ['sign'])
  return {
    id: uuidBytes(lent.key_id),
    tags,
    server: fromBase64url(lent.public_key),
    generation: lent.generation,
  }
}

/** Seals and tags one item. */
export async function sealItem(lent: LentKey, item: string, plaintext: Bytes): Promise<Bytes> {
  const pair = await crypto.subtle.generateKey(CURVE, false, ['deriveBits'])
  const ephemeral = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))
  const peer = await crypto.subtle.importKey('raw', lent.server, CURVE, false, [])
  const secret = await crypto.subtle.deriveBits({ name: 'ECDH', public: peer }, pair.privateKey, 256)
  const generation = new Uint8Array(4)
  new DataView(generation.buffer).setUint32(0, lent.generation)
  const header = join(Uint8Array.of(FORMAT), generation, lent.id, uuidBytes(item), ephemeral)
  const { key, nonce } = await messageKey(secret, join(ephemeral, lent.server), header)
  const gcm = { name: 'AES-GCM', iv: nonce, additionalData: header }
  const sealed = join(header, new Uint8Array(await crypto.subtle.encrypt(gcm, key, plaintext)))
  return join(sealed, new Uint8Array(await crypto.subtle.sign('HMAC', lent.tags, sealed)))
}

/** Key and nonce of one item; exported for the vectors. */
export async function messageKey(
  secret: ArrayBuffer,
  salt: Bytes,
  header: Bytes,
): Promise<{ key: CryptoKey; nonce: Bytes }> {
  const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
  const info = join(new TextEncoder().encode('tasuki/v1/queue-item'), Uint8Array.of(0), header)
  const bits = await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info }, material, 352)
  const key = await crypto.subtle.importKey('raw', bits.slice(0, 32), 'AES-GCM', false, [
    'encrypt',
    'decrypt',
  ])
  return { key, nonce: new Uint8Array(bits.slice(32)) }
}

/** The sixteen bytes of an id. */
export function uuidBytes(id: string): Bytes {
  const hex = id.replaceAll('-', '')
  return Uint8Array.from({ length: 16 }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16))
}

function join(...parts: Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** An item as it lies on the device. Ids only beside what is sealed: they name nobody. */
export interface KeptItem {
  /** The order in which items were kept. */
  seq?: number
  item: string
  room: string
  author: string
  at: number
  sealed: Bytes
  /** The server will never take it from this device: its author is to be told. */
  lost?: boolean
}

interface Schema extends DBSchema {
  items: { key: number; value: KeptItem; indexes: { item: string } }
}

let opened: Promise<IDBPDatabase<Schema>> | undefined

function database(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>('tasuki-queue', 1, {
    upgrade: (db) => {
      db.createObjectStore('items', { keyPath: 'seq', autoIncrement: true }).createIndex('item', 'item', {
        unique: true,
      })
    },
    terminated: () => (opened = undefined),
  }).catch((cause: unknown) => {
    opened = undefined
    throw cause
  })
  return opened
}

/** Keeps an item; once it is kept, a crash does not lose it. */
export async function keepItem(kept: KeptItem): Promise<void> {
  const transaction = (await database()).transaction('items', 'readwrite', { durability: 'strict' })
  if ((await transaction.store.index('item').getKey(kept.item)) === undefined)
    await transaction.store.add(kept)
  await transaction.done
}

/** Every item that lies here, oldest first. */
export async function keptItems(): Promise<KeptItem[]> {
  return (await database()).getAll('items')
}

/** The item is settled. */
export async function removeItem(item: string): Promise<void> {
  const transaction = (await database()).transaction('items', 'readwrite')
  const key = await transaction.store.index('item').getKey(item)
  if (key !== undefined) await transaction.store.delete(key)
  await transaction.done
}

/** The item cannot be delivered from here; it stays until its author was told. */
export async function loseItem(item: string): Promise<void> {
  const transaction = (await database()).transaction('items', 'readwrite')
  const kept = await transaction.store.index('item').get(item)
  if (kept) await transaction.store.put({ ...kept, lost: true })
  await transaction.done
}

/** Lets one page of the device at a time deliver, so that the order of an author's posts is kept. */
export async function alone(deliver: () => Promise<void>): Promise<void> {
  // Old browsers have no locks; two of their tabs may disturb the order, never the number.
  const locks = (navigator as Partial<Navigator>).locks
  if (locks) await locks.request('tasuki-queue', deliver)
  else await deliver()
}
