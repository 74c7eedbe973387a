// net: the only caller of navigator.credentials.

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

async function run(ceremony: () => Promise<Credential | null>): Promise<Record<string, unknown>> {
  try {
    const credential = await ceremony()
    if (!credential) throw new PasskeyCancelled()
    return (credential as PublicKeyCredential).toJSON() as Record<string, unknown>
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
export function usePasskey(options: unknown, signal?: AbortSignal): Promise<Record<string, unknown>> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    bare(options) as PublicKeyCredentialRequestOptionsJSON,
  )
  return run(() => navigator.credentials.get({ publicKey, ...(signal && { signal }) }))
}

/**
 * Makes a passkey or registers a security key (WebAuthn `create`).
 * @throws PasskeyCancelled, PasskeyKnown
 */
export function makePasskey(options: unknown): Promise<Record<string, unknown>> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    bare(options) as PublicKeyCredentialCreationOptionsJSON,
  )
  return run(() => navigator.credentials.create({ publicKey }))
}
