// view: how the log names who acted and how it ended.
import { logText } from '../../text/log'
import type { LogEntry } from '../../wire/generated'

/** Who acted: a name, or what else can act. */
export function actorName(entry: LogEntry): string {
  switch (entry.actor_kind) {
    case 1:
      return entry.name ?? '?'
    case 2:
      return entry.device_label ? `${logText.device_actor} ${entry.device_label}` : logText.device_actor
    case 3:
      return logText.operator
    case 5:
      return logText.witness
    default:
      return logText.program
  }
}

/** How it ended. */
export function outcomeWord(outcome: string | null | undefined): string {
  if (outcome === 'done') return logText.done
  if (outcome === 'refused') return logText.refused
  return outcome === 'failed' ? logText.failed : logText.broken
}

/** How it stands with the proof. */
export function stateWord(state: string): string {
  if (state === 'proven') return logText.proven
  return state === 'pending' ? logText.pending : logText.damaged
}
