// view: how the log names who acted and how it ended.
import { jobType } from '../../state/session.svelte'
import { logText } from '../../text/log'
import { either, language } from '../../text/words.svelte'
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

/** What somebody acted as. */
export function jobWord(entry: LogEntry): string {
  const known = jobType(entry.job_type)
  return known ? either(known) : (entry.job_type_ja ?? '')
}

const english: Record<string, string> = {
  '法人・事業所': 'Organization',
  場所: 'Place',
  職員: 'Person',
  所属: 'Post',
  役割: 'Role',
  利用者: 'Patient',
  同意: 'Consent',
  チーム参加: 'Team member',
  端末: 'Device',
  ログイン: 'Sign-in',
  パスキー: 'Passkey',
  ルーム: 'Room',
  投稿: 'Post',
  添付: 'File',
  閲覧: 'Look',
  記録: 'Entry',
  下書き: 'Draft',
}

/** What kind of thing it was done to; the server says it in Japanese. */
export function objectWord(entry: LogEntry): string {
  const word = entry.object_kind_ja
  return language.current === 'ja' ? word : (english[word] ?? word)
}
