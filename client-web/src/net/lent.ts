// net: copies that the server lent to this device for reading without network. They are kept sealed, and their key only
// wrapped: by what the person's passkey gives (WebAuthn PRF) and by the lease, whose every word goes into the wrapping.
// Where a passkey gives nothing they stay in the page's memory, and a page that is loaded anew has none.
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'

type Bytes = Uint8Array<ArrayBuffer>
const GCM = 'AES-GCM'
const INFO = 'tasuki/v1/lent'

/** Whose copies these are, of which session, and until when they may be shown (microseconds UTC). */
export interface Lease {
  person: string
  session: string
  until: number
  /** The passkey that opens them again, and for which name it was made (WebAuthn RP ID). */
  credential: string
  rp: string
}

interface KeptLease extends Lease {
  /** The newest time of the device's clock: a clock that was set back does not lengthen a lease. */
  seen: number
  wrapped: Bytes
}

/** A look at a copy, to be told to the server; microseconds UTC. */
export interface LentLook {
  id?: number
  person: string
  room: string
  from: number
  until: number
}

interface Schema extends DBSchema {
  lease: { key: string; value: KeptLease }
  copies: { key: string; value: Bytes }
  looks: { key: number; value: LentLook }
}

let opened: Promise<IDBPDatabase<Schema>> | undefined

function database(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>('tasuki-lent', 1, {
    upgrade: (db) => {
      db.createObjectStore('lease')
      db.createObjectStore('copies')
      db.createObjectStore('looks', { keyPath: 'id', autoIncrement: true })
    },
    terminated: () => (opened = undefined),
  }).catch((cause: unknown) => {
    opened = undefined
    throw cause
  })
  return opened
}

/** Open copies. Whoever holds this reads them; it is dropped when the person leaves the screen. */
export interface Copies {
  readonly lease: Lease
  /** Whether they can be opened again after the page was loaded anew. */
  readonly lasting: boolean
  /** The lease goes on until another time. */
  extend(until: number, now: number): Promise<void>
  /** Keeps a copy under a name; one of the same name is replaced. */
  put(name: string, copy: unknown): Promise<void>
  /** The copy of a name; nothing when there is none, or when it is not what was kept. */
  get(name: string): Promise<unknown>
  /** One copy goes. */
  remove(name: string): Promise<void>
}

/** How often everything was erased: what was under way then must not come back. */
let erased = 0

class SealedCopies implements Copies {
  readonly lasting = true
  lease: Lease
  readonly #raw: Bytes
  readonly #key: CryptoKey
  readonly #secret: CryptoKey
  readonly #age = erased

  constructor(lease: Lease, raw: Bytes, key: CryptoKey, secret: CryptoKey) {
    this.lease = lease
    this.#raw = raw
    this.#key = key
    this.#secret = secret
  }

  async extend(until: number, now: number): Promise<void> {
    const lease = { ...this.lease, until }
    const wrapped = await seal(await wrappingKey(this.#secret, lease), INFO, this.#raw)
    const db = await this.#database()
    await db.put('lease', { ...lease, seen: now, wrapped }, 'lease')
    this.lease = lease
  }

  async put(name: string, copy: unknown): Promise<void> {
    const plain = new TextEncoder().encode(JSON.stringify(copy))
    const sealed = await seal(this.#key, name, plain)
    const db = await this.#database()
    await db.put('copies', sealed, name)
  }

  async get(name: string): Promise<unknown> {
    const sealed = await (await database()).get('copies', name)
    const plain = sealed && (await open(this.#key, name, sealed))
    return plain && (JSON.parse(new TextDecoder().decode(plain)) as unknown)
  }

  async remove(name: string): Promise<void> {
    await (await database()).delete('copies', name)
  }

  /** The place to write to, for as long as nothing was erased. @throws Erased */
  async #database(): Promise<IDBPDatabase<Schema>> {
    const db = await database()
    if (this.#age !== erased) throw new Erased()
    return db
  }
}

/** These copies are gone: the person signed out, or the device changed hands. */
class Erased extends Error {
  constructor() {
    super('erased')
    this.name = 'Erased'
  }
}

class PageCopies implements Copies {
  readonly lasting = false
  lease: Lease
  readonly #copies = new Map<string, unknown>()

  constructor(lease: Lease) {
    this.lease = lease
  }

  extend(until: number): Promise<void> {
    this.lease = { ...this.lease, until }
    return Promise.resolve()
  }

  put(name: string, copy: unknown): Promise<void> {
    this.#copies.set(name, copy)
    return Promise.resolve()
  }

  get(name: string): Promise<unknown> {
    return Promise.resolve(this.#copies.get(name))
  }

  remove(name: string): Promise<void> {
    this.#copies.delete(name)
    return Promise.resolve()
  }
}

/** Copies that live as long as the page; what lies on the device stays as it is. */
export function pageCopies(lease: Lease): Copies {
  return new PageCopies(lease)
}

/** Begins to keep sealed copies on the device; whatever lay there is gone. `secret` is the passkey's. */
export async function beginCopies(lease: Lease, secret: Bytes, now: number): Promise<Copies> {
  await eraseCopies()
  const raw = crypto.getRandomValues(new Uint8Array(32))
  const copies = new SealedCopies(lease, raw, await copyKey(raw), await secretKey(secret))
  await copies.extend(lease.until, now)
  return copies
}

/** What lies on the device and may still be shown. */
export async function keptLease(now: number): Promise<Lease | undefined> {
  const kept = await (await database()).get('lease', 'lease')
  if (!kept) return undefined
  if (now < kept.until && now >= kept.seen - CLOCK_SLACK) return leaseOf(kept)
  await eraseCopies()
  return undefined
}

/** So far back a device's clock may be set without ending the lease, in microseconds. */
const CLOCK_SLACK = 300_000_000

/** Opens what lies on the device; nothing when this secret is not the one, or the lease was altered. */
export async function openCopies(secret: Bytes): Promise<Copies | undefined> {
  const kept = await (await database()).get('lease', 'lease')
  if (!kept) return undefined
  const lease = leaseOf(kept)
  const key = await secretKey(secret)
  const raw = await open(await wrappingKey(key, lease), INFO, kept.wrapped)
  return raw && new SealedCopies(lease, raw, await copyKey(raw), key)
}

function leaseOf({ person, session, until, credential, rp }: KeptLease): Lease {
  return { person, session, until, credential, rp }
}

/** Every copy goes, and with the lease the key. Looks that are still to be told stay: they say nothing of content. */
export async function eraseCopies(): Promise<void> {
  erased++
  const transaction = (await database()).transaction(['lease', 'copies'], 'readwrite')
  await Promise.all([transaction.objectStore('lease').clear(), transaction.objectStore('copies').clear()])
  await transaction.done
}

/** Notes a look at a copy; the same look again is replaced. Gives its number. */
export async function noteLook(look: LentLook): Promise<number> {
  return (await database()).put('looks', look)
}

/** The looks of a person that are still to be told. */
export async function looksOf(person: string): Promise<LentLook[]> {
  return (await (await database()).getAll('looks')).filter((look) => look.person === person)
}

/** A look was told. */
export async function lookTold(id: number): Promise<void> {
  await (await database()).delete('looks', id)
}

function copyKey(raw: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', raw, GCM, false, ['encrypt', 'decrypt'])
}

function secretKey(secret: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey'])
}

/** HKDF-SHA256; the lease stands in `info`, so that another lease gives another key. */
function wrappingKey(secret: CryptoKey, lease: Lease): Promise<CryptoKey> {
  const { person, session, until, credential, rp } = lease
  const info = new TextEncoder().encode(JSON.stringify([INFO, person, session, until, credential, rp]))
  const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
  return crypto.subtle.deriveKey(hkdf, secret, { name: GCM, length: 256 }, false, ['encrypt', 'decrypt'])
}

async function seal(key: CryptoKey, name: string, plain: Bytes): Promise<Bytes> {
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const gcm = { name: GCM, iv, additionalData: new TextEncoder().encode(name) }
  const sealed = new Uint8Array(await crypto.subtle.encrypt(gcm, key, plain))
  const whole = new Uint8Array(iv.length + sealed.length)
  whole.set(iv)
  whole.set(sealed, iv.length)
  return whole
}

async function open(key: CryptoKey, name: string, whole: Bytes): Promise<Bytes | undefined> {
  const gcm = { name: GCM, iv: whole.slice(0, 12), additionalData: new TextEncoder().encode(name) }
  const plain = await crypto.subtle.decrypt(gcm, key, whole.slice(12)).catch(() => undefined)
  return plain && new Uint8Array(plain)
}
