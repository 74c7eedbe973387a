// flow: what the server's clock says. A device's clock may be an hour off; what was lent ends by the server's.
import { readSetting, writeSetting } from '../net/keep'
import { now } from '../text/time'
import { on } from './line'

const NAME = 'clock_ahead'
/** Differences below this are the way of the answer, in microseconds. */
const NOTHING = 2_000_000
let ahead = 0

/** From now on each welcome sets the clock right. Returns how to stop. */
export function followServerTime(): () => void {
  const kept = readSetting(NAME)
  if (typeof kept === 'number') ahead = kept
  return on('welcome', ({ at }) => {
    const difference = at - now()
    if (Math.abs(difference - ahead) < NOTHING) return
    ahead = difference
    writeSetting(NAME, ahead)
  })
}

/** Now by the server's clock, as far as this device knows it; microseconds UTC. */
export function serverNow(): number {
  return now() + ahead
}
