// net: the only caller of navigator.credentials.
import { fromBase64url } from './base64url'

/** The person closed the browser's dialog, or no key was presented in time. */
export class PasskeyCancelled extends Error {
  constructor() {
    super('passkey cancelled')
    this.name = 'PasskeyCancelled'
  }
}

/** This key is registered already (WebAuthn InvalidStateError). */
export class PasskeyKnown extends Error {
  constructor() {
    super('passkey known')
    this.name = 'PasskeyKnown'
  }
}

/** Whether this browser can use passkeys at all. */
export function passkeysWork(): boolean {
  return typeof PublicKeyCredential !== 'undefined' && 'parseRequestOptionsFromJSON' in PublicKeyCredential
}

/** The options as the server sends them: either bare or under `publicKey`. */
function bare(options: unknown): unknown {
  return (options as { publicKey?: unknown }).publicKey ?? options
}

/** For which name the options ask (WebAuthn RP ID). */
export function relyingParty(options: unknown): string {
  return (bare(options) as { rpId?: string }).rpId ?? location.hostname
}

/** What a passkey answered. */
export interface Presented {
  /** For the server. */
  credential: Record<string, unknown>
  /** For this device alone: 32 bytes that only this passkey gives (WebAuthn PRF); not every one can. */
  secret: Uint8Array<ArrayBuffer> | undefined
}

/** One question for every person of this page: each passkey answers it with a secret of its own. */
const QUESTION = new TextEncoder().encode('tasuki/v1/lent')

interface PrfResults {
  prf?: { results?: { first?: BufferSource } }
}

async function run(ceremony: () => Promise<Credential | null>): Promise<Presented> {
  try {
    const credential = (await ceremony()) as PublicKeyCredential | null
    if (!credential) throw new PasskeyCancelled()
    const first = (credential.getClientExtensionResults() as PrfResults).prf?.results?.first
    const secret = first instanceof ArrayBuffer ? new Uint8Array(first) : undefined
    const told = credential.toJSON() as Record<string, unknown>
    // The secret stays here: the server is told nothing of it.
    const results = { ...(told.clientExtensionResults as Record<string, unknown> | undefined) }
    delete results.prf
    return { credential: { ...told, clientExtensionResults: results }, secret }
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'InvalidStateError') throw new PasskeyKnown()
    if (cause instanceof DOMException) throw new PasskeyCancelled()
    throw cause
  }
}

/**
 * Lets the person use a passkey or security key (WebAuthn `get`).
 * @throws PasskeyCancelled when the person cancels, or nothing is presented in time.
 */
export function usePasskey(options: unknown, signal?: AbortSignal): Promise<Presented> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    bare(options) as PublicKeyCredentialRequestOptionsJSON,
  )
  publicKey.extensions = { ...publicKey.extensions, prf: { eval: { first: QUESTION } } }
  return run(() => navigator.credentials.get({ publicKey, ...(signal && { signal }) }))
}

/**
 * Asks a passkey for its secret without any server, with user verification: it opens what was lent to this device.
 * @throws PasskeyCancelled as above.
 */
export async function askSecret(credential: string, rp: string): Promise<Presented['secret']> {
  const publicKey: PublicKeyCredentialRequestOptions = {
    challenge: crypto.getRandomValues(new Uint8Array(32)),
    rpId: rp,
    allowCredentials: [{ type: 'public-key', id: fromBase64url(credential) }],
    userVerification: 'required',
    extensions: { prf: { eval: { first: QUESTION } } },
  }
  return (await run(() => navigator.credentials.get({ publicKey }))).secret
}

/**
 * Makes a passkey or registers a security key (WebAuthn `create`).
 * @throws PasskeyCancelled, PasskeyKnown
 */
export async function makePasskey(options: unknown): Promise<Record<string, unknown>> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    bare(options) as PublicKeyCredentialCreationOptionsJSON,
  )
  // Asked for when it is made: many keys give a secret later only then.
  publicKey.extensions = { ...publicKey.extensions, prf: {} }
  return (await run(() => navigator.credentials.create({ publicKey }))).credential
}
