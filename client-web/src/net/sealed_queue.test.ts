// @vitest-environment node
import 'fake-indexeddb/auto'
import { readFileSync } from 'node:fs'
import { beforeEach, expect, it } from 'vitest'
import { fromBase64url, toBase64url } from './base64url'
import { keepItem, keptItems, loseItem, messageKey, removeItem, sealItem, takeKey } from './sealed_queue'

interface Vector {
  root: string
  generation: number
  server_public: string
  lent_id: string
  lent_key: string
  item: string
  plaintext: string
  sealed: string
}
const vector = JSON.parse(
  readFileSync(new URL('../../../tests/vectors/vault/queue.json', import.meta.url), 'utf8'),
) as Vector
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))
const uuid = (hex: string) =>
  [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
const text = (hex: string) => toBase64url(bytes(hex))

/** The server's private key, as server/vault derives it from the vector's root. */
async function serverPrivate(): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', bytes(vector.root), 'HKDF', false, ['deriveBits'])
  const info = Buffer.concat([Buffer.from('tasuki/v1/queue-sealing'), Buffer.from([0, 0, 0, 0, 1, 0])])
  const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info }
  const scalar = new Uint8Array(await crypto.subtle.deriveBits(hkdf, material, 256))
  const head = bytes('3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420')
  const pkcs8 = new Uint8Array([...head, ...scalar])
  return crypto.subtle.importKey('pkcs8', pkcs8, { name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveBits'])
}

/** Opens an item as the server does. */
async function open(sealed: Uint8Array<ArrayBuffer>): Promise<string> {
  const header = sealed.slice(0, 102)
  const ephemeral = header.slice(37)
  const peer = await crypto.subtle.importKey(
    'raw',
    ephemeral,
    { name: 'ECDH', namedCurve: 'P-256' },
    false,
    [],
  )
  const own = await serverPrivate()
  const secret = await crypto.subtle.deriveBits({ name: 'ECDH', public: peer }, own, 256)
  const salt = new Uint8Array([...ephemeral, ...bytes(vector.server_public)])
  const { key, nonce } = await messageKey(secret, salt, header)
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  const tags = await crypto.subtle.importKey('raw', bytes(vector.lent_key), hmac, false, ['verify'])
  const right = await crypto.subtle.verify('HMAC', tags, sealed.slice(-32), sealed.slice(0, -32))
  if (!right) throw new Error('not tagged')
  const gcm = { name: 'AES-GCM', iv: nonce, additionalData: header }
  return Buffer.from(await crypto.subtle.decrypt(gcm, key, sealed.slice(102, -32))).toString('hex')
}

const lent = () =>
  takeKey({
    key_id: uuid(vector.lent_id),
    key: text(vector.lent_key),
    public_key: text(vector.server_public),
    generation: vector.generation,
  })

beforeEach(async () => {
  for (const { item } of await keptItems()) await removeItem(item)
})

it('opens the frozen item with the same derivation', async () => {
  expect(await open(bytes(vector.sealed))).toBe(vector.plaintext)
})

it('seals what the server opens, never twice alike, and names item and key in the header', async () => {
  const key = await lent()
  const one = await sealItem(key, uuid(vector.item), bytes(vector.plaintext))
  const other = await sealItem(key, uuid(vector.item), bytes(vector.plaintext))
  expect(await open(one)).toBe(vector.plaintext)
  expect(await open(other)).toBe(vector.plaintext)
  expect(Buffer.from(one).equals(Buffer.from(other))).toBe(false)
  const frozen = vector.sealed.slice(0, 2 * 37)
  expect(Buffer.from(one.slice(0, 37)).toString('hex')).toBe(frozen)
})

it('is not opened when a single bit was turned', async () => {
  const sealed = await sealItem(await lent(), uuid(vector.item), bytes(vector.plaintext))
  for (const at of [3, 40, 110, sealed.length - 1]) {
    const bent = sealed.slice()
    bent[at] = (bent[at] ?? 0) ^ 1
    await expect(open(bent)).rejects.toThrow()
  }
})

it('keeps items in their order, each once, until they are settled', async () => {
  const item = (id: string) => ({ item: id, room: 'r', author: 'a', at: 1, sealed: Uint8Array.of(1) })
  for (const id of ['b', 'a', 'b', 'c']) await keepItem(item(id))
  expect((await keptItems()).map((kept) => kept.item)).toEqual(['b', 'a', 'c'])
  await removeItem('a')
  await removeItem('never there')
  await loseItem('c')
  expect((await keptItems()).map((kept) => [kept.item, kept.lost])).toEqual([
    ['b', undefined],
    ['c', true],
  ])
})

it('writes base64url as the wire does', () => {
  const odd = Uint8Array.of(251, 255, 0, 62, 63)
  expect(toBase64url(odd)).toBe(Buffer.from(odd).toString('base64url'))
  expect([...fromBase64url(toBase64url(odd))]).toEqual([...odd])
})
