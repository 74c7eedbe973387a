// flow: idleness. What the person does on the screen counts as activity; heartbeats do not.
import { remark } from './line'

const SIGNS = ['pointerdown', 'keydown', 'wheel', 'touchmove'] as const
const TELL_EVERY = 30_000

/**
 * Watches for signs of the person, tells the server now and then, and calls `idle` after so many microseconds without
 * one. The server locks by itself as well; this clears the screen at the same moment. Returns how to stop.
 */
export function watchIdleness(idleMicroseconds: number, idle: () => void): () => void {
  let last = Date.now()
  let told = last
  const seen = () => {
    last = Date.now()
    if (last - told < TELL_EVERY) return
    told = last
    remark({ type: 'activity' })
  }
  for (const sign of SIGNS) addEventListener(sign, seen, { passive: true, capture: true })
  // A sleeping tablet runs no timers: the time is compared again when it wakes.
  const check = () => {
    if (Date.now() - last >= idleMicroseconds / 1000) idle()
  }
  const timer = setInterval(check, 1000)
  document.addEventListener('visibilitychange', check)
  return () => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', check)
    for (const sign of SIGNS) removeEventListener(sign, seen, { capture: true })
  }
}
