// flow: whether this browser can use passkeys, for screens that would otherwise ask in vain.
export { passkeysWork } from '../net/passkey'
