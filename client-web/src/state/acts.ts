// state: what this person may do with a post, most wanted first. The server decides; this is what buttons are for.
import type { MessageBody } from '../wire/generated'

/** An act on a post. */
export type Act =
  | 'coming'
  | 'unable'
  | 'telephoned'
  | 'take'
  | 'accept'
  | 'finish'
  | 'decline'
  | 'answer'
  | 'acknowledge'
  | 'reply'
  | 'reopen'
  | 'correct'
  | 'withdraw'
  | 'history'
  | 'receipts'
  | 'copy'

/** Who asks. */
export interface Doer {
  person: string
  post: string
  /** A closed room is for reading; 了解 and 引き受けた still go. */
  closed: boolean
}

const RINGS = ['ringing_first', 'ringing_fallback', 'telephone']

/** The acts that a post is waiting for from this person: they stand on the card. */
export function wanted(post: MessageBody, doer: Doer): Act[] {
  if (post.words.kind === 'withdrawn') return []
  const own = post.author.person === doer.person
  const acts = [...called(post, doer), ...asked(post, doer)]
  if (!own && !post.acknowledged.some((by) => by.person === doer.person)) acts.push('acknowledge')
  return acts
}

function called({ call, asking }: MessageBody, doer: Doer): Act[] {
  if (!call || !RINGS.includes(call.state)) return []
  const first = asking.first === doer.post
  const fallback = asking.fallback === doer.post
  const rung = call.state === 'ringing_first' ? first : first || fallback
  const acts: Act[] = rung ? ['coming', 'unable'] : []
  if (call.state === 'telephone') acts.push('telephoned')
  // Who said already that they cannot come need not say it again.
  const refused = call.answers.some((one) => one.by.person === doer.person && one.answer === 'unable')
  return refused ? acts.filter((act) => act !== 'unable') : acts
}

function asked({ asking, author, taken }: MessageBody, doer: Doer): Act[] {
  const own = author.person === doer.person
  if (asking.intent === 'handover') return taken || own ? [] : ['take']
  if (asking.intent === 'question') return asking.state === 'open' && !own && !doer.closed ? ['answer'] : []
  if (asking.intent !== 'request' || asking.owner !== doer.person) return []
  if (asking.state === 'open') return ['accept', 'finish', 'decline']
  if (asking.state === 'accepted') return ['finish', 'decline']
  return asking.state === 'declined' ? ['accept'] : []
}

/** Everything else, behind one button. */
export function further(post: MessageBody, doer: Doer): Act[] {
  if (post.words.kind === 'withdrawn') return ['history', 'receipts']
  const own = post.author.person === doer.person
  const acts: Act[] = ['receipts', 'copy']
  if (post.words.kind === 'corrected') acts.push('history')
  const settled = ['done', 'declined', 'accepted'].includes(post.asking.state)
  const canReopen =
    own &&
    ((post.asking.intent === 'request' && settled) ||
      (post.asking.intent === 'question' && post.asking.state === 'done'))
  if (canReopen) acts.push('reopen')
  if (own && !doer.closed) acts.push('correct', 'withdraw')
  return acts
}
