// flow: until when this device's certificate counts. Afterwards no handshake succeeds, so that the server cannot say why:
// the device remembers.
import { readSetting, writeSetting } from '../net/keep'
import { serverNow } from './server_time'

const NAME = 'certificate_until'
/** So long before the end those who work here are told, in microseconds: 14 days. */
const SOON = 14 * 86_400_000_000

/** The server said until when it counts, microseconds UTC. */
export function noteCertificate(until: number): void {
  writeSetting(NAME, until)
}

/** When it ended, microseconds UTC; nothing while it counts, or while its end is not known. */
export function certificateEnded(): number | undefined {
  const until = readSetting(NAME)
  return typeof until === 'number' && until <= serverNow() ? until : undefined
}

/** Whether the end is so near that somebody should be told. */
export function endsSoon(until: number): boolean {
  return until - serverNow() < SOON
}
