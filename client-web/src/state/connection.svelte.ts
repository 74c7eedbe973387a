// state: how the line to the server is, in a form that words can be found for.

export const connection = $state<{
  line: 'connecting' | 'open' | 'waiting' | 'closed'
  /** When the line was lost, microseconds UTC; 0 while it is up. */
  since: number
  /** What the server says is not understood here: something may be missing on the screen. */
  strange: boolean
}>({ line: 'closed', since: 0, strange: false })

/** Notes what the line became. */
export function lineBecame(line: typeof connection.line, now: number): void {
  if (line === 'open') connection.since = 0
  else if (connection.line === 'open') connection.since = now
  connection.line = line
}

/** There is no line: the page was opened without a server. */
export function cutOff(now: number): void {
  connection.line = 'waiting'
  connection.since = now - LOST_AFTER - 1
}

/** For how long the line has been away, microseconds; 0 while it is up or was never up. */
export function lostFor(now: number): number {
  return connection.line === 'open' || connection.since === 0 ? 0 : now - connection.since
}

/** How the line is called: lost for a while, reading goes on from what was lent until a stated time. */
export function lineIs(
  now: number,
  lentUntil: number,
): 'connected' | 'connecting' | 'reconnecting' | 'offline' {
  if (connection.line === 'open') return 'connected'
  if (connection.since === 0) return 'connecting'
  return lostFor(now) > LOST_AFTER && lentUntil > now ? 'offline' : 'reconnecting'
}

/** A break shorter than this is only a break. Microseconds. */
const LOST_AFTER = 10_000_000
