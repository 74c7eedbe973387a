// A second implementation of queued items (server/vault/src/queue.rs), with the same WebCrypto that a browser has.
// `node queue.mjs` prints whether queue.json is as it would write it; `node queue.mjs --write` writes it. The ephemeral
// key is drawn by WebCrypto and cannot be fixed, so --write gives another, equally valid vector: it is frozen. Without
// --write the frozen item is opened again.
import { readFileSync, writeFileSync } from 'node:fs';
import { webcrypto as crypto } from 'node:crypto';

const file = new URL('queue.json', import.meta.url);
const hex = (bytes) => Buffer.from(bytes).toString('hex');
const bytes = (text) => new Uint8Array(Buffer.from(text, 'hex'));
const join = (...parts) => new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part))));
const curve = { name: 'ECDH', namedCurve: 'P-256' };

async function messageKey(secret, ephemeral, server, header) {
  const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
  const info = join(new TextEncoder().encode('tasuki/v1/queue-item'), [0], header);
  const params = { name: 'HKDF', hash: 'SHA-256', salt: join(ephemeral, server), info };
  const bits = new Uint8Array(await crypto.subtle.deriveBits(params, material, 352));
  const key = await crypto.subtle.importKey('raw', bits.slice(0, 32), 'AES-GCM', false, ['encrypt', 'decrypt']);
  return { key, nonce: bits.slice(32) };
}

async function tagOf(lentKey, item) {
  const key = await crypto.subtle.importKey('raw', lentKey, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, item));
}

export async function seal({ server, generation, lentId, lentKey, item, plaintext }) {
  const pair = await crypto.subtle.generateKey(curve, false, ['deriveBits']);
  const ephemeral = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const peer = await crypto.subtle.importKey('raw', server, curve, false, []);
  const secret = await crypto.subtle.deriveBits({ name: 'ECDH', public: peer }, pair.privateKey, 256);
  const number = Buffer.alloc(4);
  number.writeUInt32BE(generation);
  const header = join([1], number, lentId, item, ephemeral);
  const { key, nonce } = await messageKey(secret, ephemeral, server, header);
  const gcm = { name: 'AES-GCM', iv: nonce, additionalData: header };
  const sealed = join(header, new Uint8Array(await crypto.subtle.encrypt(gcm, key, plaintext)));
  return join(sealed, await tagOf(lentKey, sealed));
}

async function hkdf(ikm, label, context, length) {
  const material = await crypto.subtle.importKey('raw', ikm, 'HKDF', false, ['deriveBits']);
  const info = join(new TextEncoder().encode(label), [0], context);
  const params = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info };
  return new Uint8Array(await crypto.subtle.deriveBits(params, material, length * 8));
}

// A private scalar as PKCS #8 without the public key, as RFC 5915 allows.
function pkcs8(scalar) {
  return join(bytes('3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420'), scalar);
}

const root = Uint8Array.from({ length: 32 }, (_, at) => at);
const branch = await hkdf(root, 'tasuki/v1/queue-sealing', [], 32);
const scalar = await hkdf(root, 'tasuki/v1/queue-sealing', [0, 0, 0, 1, 0], 32);
const serverPrivate = await crypto.subtle.importKey('pkcs8', pkcs8(scalar), curve, true, ['deriveBits']);
const jwk = await crypto.subtle.exportKey('jwk', serverPrivate);
const server = join([4], Buffer.from(jwk.x, 'base64url'), Buffer.from(jwk.y, 'base64url'));
const lentId = bytes('6a1f0c52b7e94d3c8a5500112233aabb');
const lentKey = await hkdf(branch, 'tasuki/v1/queue-lent-key', lentId, 32);
const item = bytes('019abcde00007000800000000000002a');
const plaintext = new TextEncoder().encode('{"kind":"text","text":"夜間、体位交換済み"}');

if (process.argv.includes('--write')) {
  const sealed = await seal({ server, generation: 1, lentId, lentKey, item, plaintext });
  const vector = {
    root: hex(root), generation: 1, server_public: hex(server), lent_id: hex(lentId), lent_key: hex(lentKey),
    item: hex(item), plaintext: hex(plaintext), sealed: hex(sealed),
  };
  writeFileSync(file, `${JSON.stringify(vector, null, 1)}\n`);
} else {
  const frozen = JSON.parse(readFileSync(file, 'utf8'));
  const sealed = bytes(frozen.sealed);
  const header = sealed.slice(0, 102);
  const ephemeral = header.slice(37);
  const peer = await crypto.subtle.importKey('raw', ephemeral, curve, false, []);
  const secret = await crypto.subtle.deriveBits({ name: 'ECDH', public: peer }, serverPrivate, 256);
  const { key, nonce } = await messageKey(secret, ephemeral, server, header);
  const gcm = { name: 'AES-GCM', iv: nonce, additionalData: header };
  const opened = new Uint8Array(await crypto.subtle.decrypt(gcm, key, sealed.slice(102, -32)));
  const tag = hex(await tagOf(lentKey, sealed.slice(0, -32)));
  const same = hex(opened) === frozen.plaintext && tag === hex(sealed.slice(-32))
    && frozen.server_public === hex(server) && frozen.lent_key === hex(lentKey);
  process.stdout.write(`queue ${same ? 'same' : 'DIFFERENT'}\n`);
  process.exitCode = same ? 0 : 1;
}
