// state: how the line to the server is, in a form that words can be found for.

export const connection = $state<{
  line: 'connecting' | 'open' | 'waiting' | 'closed'
  /** When the line was lost, microseconds UTC; 0 while it is up. */
  since: number
  /** Until when what was lent to this device may be read without network, microseconds UTC; 0 when nothing may. */
  lentUntil: number
}>({ line: 'closed', since: 0, lentUntil: 0 })

/** Notes what the line became. */
export function lineBecame(line: typeof connection.line, now: number): void {
  if (line === 'open') connection.since = 0
  else if (connection.line === 'open') connection.since = now
  connection.line = line
}

/** Notes until when lent rooms may be read without network. */
export function lentUntil(until: number): void {
  connection.lentUntil = until
}

/** How the line is called: lost for a while, reading goes on from what was lent. */
export function lineIs(now: number): 'connected' | 'connecting' | 'reconnecting' | 'offline' {
  if (connection.line === 'open') return 'connected'
  if (connection.since === 0) return 'connecting'
  const lost = now - connection.since > LOST_AFTER
  return lost && connection.lentUntil > now ? 'offline' : 'reconnecting'
}

/** A break shorter than this is only a break. Microseconds. */
const LOST_AFTER = 10_000_000
