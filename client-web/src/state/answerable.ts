// state: what a person can do with a message where it lies, without opening the room.
import type { CallBody, MessageBody, WordsBody } from '../wire/generated'

/** One way to answer. */
export type Way =
  | 'come'
  | 'unable'
  | 'telephone'
  | 'acknowledge'
  | 'take'
  | 'reply'
  | 'accept'
  | 'finish'
  | 'decline'
  | 'reopen'

/** Who asks: their person and the post under which they act. */
export interface Me {
  person: string
  post: string
  /** The classes in which this post may write. */
  writable: readonly number[]
}

/** How far an urgent call has come. */
export type CallState = 'ringing_first' | 'ringing_fallback' | 'telephone' | 'answered' | 'telephoned'

/** After so long the next person is rung too; the telephone is due. Microseconds, as in the server. */
export const FALLBACK_AFTER = 90_000_000
export const TELEPHONE_AFTER = 180_000_000

/** The state of a call at a time, when nobody answers: the server moves it on in the same way. */
export function callAt(call: Pick<CallBody, 'state' | 'called_at'>, now: number): CallState {
  const waited = now - call.called_at
  const rings = call.state === 'ringing_first' || call.state === 'ringing_fallback'
  if (rings && waited >= TELEPHONE_AFTER) return 'telephone'
  if (call.state === 'ringing_first' && waited >= FALLBACK_AFTER) return 'ringing_fallback'
  return call.state as CallState
}

/** The words of a message; none when it was withdrawn. */
export function textOf(words: WordsBody): string | undefined {
  return words.kind === 'withdrawn' ? undefined : words.text
}

/** What I can do with an urgent call now. */
export function waysOfCall(message: MessageBody, me: Me, now: number): Way[] {
  if (!message.call) return []
  const { first, fallback } = message.asking
  const [isFirst, isFallback] = [first === me.post, fallback === me.post]
  const unable = message.call.answers.some(
    (answer) => answer.answer === 'unable' && answer.by.post === me.post,
  )
  switch (callAt(message.call, now)) {
    case 'ringing_first':
      return isFirst ? ['come', 'unable'] : []
    case 'ringing_fallback':
      if (isFallback) return ['come', 'unable']
      return isFirst ? (unable ? ['come'] : ['come', 'unable']) : []
    case 'telephone':
      return isFirst || isFallback ? ['come', 'telephone'] : ['telephone']
    default:
      return []
  }
}

/** What I can do with a message now, the likeliest first. */
export function waysOf(message: MessageBody, me: Me, now: number): Way[] {
  if (message.words.kind === 'withdrawn') return []
  if (message.call && callAt(message.call, now) !== 'answered' && message.call.state !== 'telephoned')
    return waysOfCall(message, me, now)
  const ways: Way[] = []
  const { intent, contract, owner, state } = message.asking
  const own = message.author.person === me.person
  const mayWrite = classOfReply(message, me.writable) !== undefined
  if (intent === 'handover' && !message.taken && !own) ways.push('take')
  if (intent === 'request') ways.push(...waysOfRequest(state, owner === me.person, own))
  const asksMe =
    intent === 'question'
      ? state === 'open'
      : intent === 'request'
        ? owner === me.person
        : contract === 'reply'
  if (mayWrite && !own && asksMe && state !== 'done') ways.push('reply')
  if (!own && !message.acknowledged.some((by) => by.person === me.person)) ways.push('acknowledge')
  return ways
}

function waysOfRequest(state: string, owner: boolean, author: boolean): Way[] {
  if (owner && state === 'open') return ['accept', 'decline']
  if (owner && state === 'accepted') return ['finish', 'decline']
  if (author && state === 'declined') return ['reopen']
  return []
}

/** 一般 and 生活: what everybody in the team may read. */
const COMMON_CLASSES = [2, 3]

/** The class of a reply: that of the message, or one that is common when my post may not write in it. */
export function classOfReply(message: MessageBody, writable: readonly number[]): number | undefined {
  return [message.class, ...COMMON_CLASSES, ...writable].find((one) => writable.includes(one))
}
