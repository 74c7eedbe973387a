// flow: keeps the time of the screens.
import { tick } from '../state/tick.svelte'
import { now } from '../text/time'

/** Renews the time now, again and again, and when the screen wakes. Returns how to stop. */
export function keepTime(every = 5000): () => void {
  const renew = () => (tick.now = now())
  renew()
  const timer = setInterval(renew, every)
  document.addEventListener('visibilitychange', renew)
  return () => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', renew)
  }
}
