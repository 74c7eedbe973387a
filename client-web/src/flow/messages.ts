// flow: what is done to one post. Each act is known to the screen at once when the server has it.
import { copyText } from '../net/clipboard'
import { ask } from '../net/http'
import { ownByline } from '../state/session.svelte'
import type { OpenRoom } from '../state/room.svelte'
import { now } from '../text/time'
import {
  getRoomsMessagesVersions,
  postRoomsMessagesAnswer,
  postRoomsMessagesCallAnswers,
  postRoomsMessagesCopies,
  postRoomsMessagesVersions,
  postRoomsMessagesWithdrawal,
  putRoomsMessagesAcknowledgement,
  putRoomsMessagesCallTelephone,
  putRoomsMessagesHandover,
  putRoomsMessagesState,
  type BylineBody,
  type MessageBody,
  type Version,
} from '../wire/generated'
import { takenBy } from './answer'

const at = (post: MessageBody) => ({ room: post.room, message: post.message })

/** 了解 */
export async function acknowledge(room: OpenRoom, post: MessageBody): Promise<void> {
  await ask(putRoomsMessagesAcknowledgement, { path: at(post) })
  const by = ownByline(now())
  if (by) room.changed(post.message, { kind: 'acknowledged', by })
}

/** Somebody else took it first. */
export class TakenAlready extends Error {
  readonly by: BylineBody

  constructor(by: BylineBody) {
    super('taken already')
    this.by = by
  }
}

/** 引き受けた. @throws TakenAlready */
export async function takeOver(room: OpenRoom, post: MessageBody): Promise<void> {
  try {
    await ask(putRoomsMessagesHandover, { path: at(post) })
  } catch (cause) {
    const by = takenBy(cause)
    if (!by) throw cause
    room.changed(post.message, { kind: 'taken', by })
    throw new TakenAlready(by)
  }
  const by = ownByline(now())
  if (by) room.changed(post.message, { kind: 'taken', by })
}

/** A step of a request, or back to open. */
export async function step(
  room: OpenRoom,
  post: MessageBody,
  state: 'accepted' | 'done' | 'declined' | 'open',
): Promise<void> {
  await ask(putRoomsMessagesState, { path: at(post), body: { state } })
  const by = ownByline(now())
  if (by) room.changed(post.message, { kind: 'state', state, by })
}

/** 行きます or 行けません */
export async function answerCall(post: MessageBody, answer: 'coming' | 'unable'): Promise<void> {
  await ask(postRoomsMessagesCallAnswers, { path: at(post), body: { answer } })
}

/** What came of the telephone call. */
export async function telephoned(post: MessageBody, result: string): Promise<void> {
  await ask(putRoomsMessagesCallTelephone, { path: at(post), body: { result } })
}

/** 回答: a post of the question's own class, which closes it. */
export async function answerQuestion(question: MessageBody, id: string, text: string): Promise<void> {
  await ask(postRoomsMessagesAnswer, {
    path: at(question),
    body: {
      client_id: id,
      class: question.class,
      contract: 'read_only',
      intent: 'notice',
      reply_to: question.message,
      text,
      written_at: now(),
    },
  })
}

/** 訂正 */
export async function correct(post: MessageBody, text: string, reason: string): Promise<void> {
  await ask(postRoomsMessagesVersions, { path: at(post), body: { version: post.version, text, reason } })
}

/** 取消 */
export async function withdraw(post: MessageBody, reason: string): Promise<void> {
  await ask(postRoomsMessagesWithdrawal, { path: at(post), body: { reason } })
}

/** Every version, the first one first. */
export async function versions(post: MessageBody): Promise<Version[]> {
  return (await ask(getRoomsMessagesVersions, { path: at(post) })).versions
}

/** The post for the official care record, into the clipboard; the copying is in the access log first. */
export async function copyForRecord(post: MessageBody, told: (post: MessageBody) => string): Promise<string> {
  const text = told(await ask(postRoomsMessagesCopies, { path: at(post) }))
  await copyText(text)
  return text
}
