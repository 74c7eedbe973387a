// flow: a locked or unsigned device hears that somebody is rung at its place, and nothing else.
import { connection } from '../state/connection.svelte'
import { forgetRings, heardRing } from '../state/urgent.svelte'
import { on } from './line'

/** Follows the line's rings. Returns how to stop. */
export function followRings(): () => void {
  return on('ring', heardRing)
}

/** Each line numbers its calls anew and says them again, before its welcome too: a new line begins without any. */
export function ringsOfLine(): void {
  if (connection.line === 'connecting') forgetRings()
}
