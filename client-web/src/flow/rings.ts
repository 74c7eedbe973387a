// flow: a locked or unsigned device hears that somebody is rung at its place, and nothing else.
import { on } from './line'
import { forgetRings, heardRing } from '../state/urgent.svelte'

/** Follows the line's rings. Returns how to stop. */
export function followRings(): () => void {
  // Each line numbers its calls anew and says at its beginning which of them ring.
  const stops = [on('ring', heardRing), on('welcome', forgetRings)]
  return () => {
    for (const stop of stops) stop()
  }
}
