// flow: the signed head of the access log is kept on the device across changes of person, and a server that shows less
// than it showed before is called out.
import { copyText } from '../net/clipboard'
import { readSetting, writeSetting } from '../net/keep'
import { logHead, readNote, type Head } from '../state/head.svelte'
import type { FrameLogHead } from '../wire/generated'
import { on } from './line'

const NAME = 'log_head'
const SWEEP = 5_000

/** From now on each head that the server shows is compared with the newest one before. Returns how to stop. */
export function watchHead(): () => void {
  const kept = readSetting(NAME)
  if (typeof kept === 'string') logHead.kept = readNote(kept)
  const stops = [on('welcome', ({ log }) => shown(log)), on('checkpoint', ({ log }) => shown(log))]
  const sweeping = setInterval(() => logHead.sweep(Date.now()), SWEEP)
  return () => {
    clearInterval(sweeping)
    for (const stop of stops) stop()
  }
}

/** The log that the server shows is accepted in place of the kept one. */
export function acceptHead(): void {
  const head = logHead.accept()
  if (head) writeSetting(NAME, head.note)
}

/** The signed note of a head goes to the clipboard: what the command-line check is given. */
export function copyEvidence(head: Head): Promise<void> {
  return copyText(head.note)
}

/** Only what was signed binds anybody; entries after it follow within a second. */
function shown(log: FrameLogHead): void {
  const head = log.checkpoint ? readNote(log.checkpoint) : undefined
  if (head && logHead.shown(head, Date.now())) writeSetting(NAME, head.note)
}
