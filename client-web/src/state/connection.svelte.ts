// state: how the line to the server is, in a form that words can be found for.

export const connection = $state<{
  line: 'connecting' | 'open' | 'waiting' | 'closed'
  /** When the line was lost, microseconds UTC; 0 while it is up. */
  since: number
}>({ line: 'closed', since: 0 })

/** Notes what the line became. */
export function lineBecame(line: typeof connection.line, now: number): void {
  if (line === 'open') connection.since = 0
  else if (connection.line === 'open') connection.since = now
  connection.line = line
}
