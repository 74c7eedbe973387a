// flow: answering a message where it lies. What was done shows at once; what did not arrive is taken back and said.
import * as v from 'valibot'
import { Problem, Unreached, ask } from '../net/http'
import { uuid7 } from '../net/uuid'
import { classOfReply, type Way } from '../state/answerable'
import { house, ownByline } from '../state/session.svelte'
import { did, undid, type Deed } from '../state/home.svelte'
import { leaveCall, noteAnswer, takeBack, unableTo, urgent } from '../state/urgent.svelte'
import { now } from '../text/time'
import {
  HandoverTakenSchema,
  getRoomsAudience,
  postRoomsMessages,
  postRoomsMessagesAnswer,
  postRoomsMessagesCallAnswers,
  putRoomsMessagesAcknowledgement,
  putRoomsMessagesCallTelephone,
  putRoomsMessagesHandover,
  putRoomsMessagesState,
  type BylineBody,
  type MessageBody,
  type PostBody,
} from '../wire/generated'
import { queuePost } from './send'

const DEEDS: Record<Way, Deed> = {
  come: 'coming',
  unable: 'unable',
  telephone: 'telephoned',
  acknowledge: 'acknowledged',
  take: 'taken',
  reply: 'replied',
  accept: 'accepted',
  finish: 'done',
  decline: 'declined',
  reopen: 'reopened',
}

/** Where a message is. */
export type Where = Pick<MessageBody, 'room' | 'message'>

/** Does something with a message that needs no words, or only a note. @throws Problem, Unreached */
export async function act(way: Exclude<Way, 'reply'>, where: Where, note = ''): Promise<void> {
  did(where.message, DEEDS[way])
  try {
    await send(way, { room: where.room, message: where.message }, note)
  } catch (cause) {
    undid(where.message)
    throw cause
  }
}

function send(way: Exclude<Way, 'reply'>, path: Where, note: string): Promise<unknown> {
  switch (way) {
    case 'come':
    case 'unable':
      return answerCall(way, path)
    case 'telephone':
      return ask(putRoomsMessagesCallTelephone, { path, body: { result: note } }).then(() =>
        leaveCall(path.message),
      )
    case 'acknowledge':
      return ask(putRoomsMessagesAcknowledgement, { path })
    case 'take':
      return ask(putRoomsMessagesHandover, { path })
    case 'accept':
    case 'finish':
    case 'decline':
    case 'reopen': {
      const state = { accept: 'accepted', finish: 'done', decline: 'declined', reopen: 'open' }[way]
      return ask(putRoomsMessagesState, { path, body: { state, note } })
    }
  }
}

/** 行きます or 行けません: the call leaves the screen at once, and comes back when the answer did not arrive. */
async function answerCall(way: 'come' | 'unable', path: Where): Promise<void> {
  if (way === 'come') leaveCall(path.message)
  else unableTo(path.message)
  try {
    const answer = way === 'come' ? 'coming' : 'unable'
    await ask(postRoomsMessagesCallAnswers, { path, body: { answer } })
    const by = ownByline(now())
    if (by) noteAnswer(path.message, { answer, by })
  } catch (cause) {
    takeBack(path.message)
    throw cause
  }
}

/** A new id for a reply: the same for each try, so that a retry is harmless. */
export function newReply(): string {
  return uuid7()
}

/**
 * Replies with words; a question is answered by it, when this post may write in the question's class.
 * @throws Problem, Unreached
 */
export async function reply(to: MessageBody, text: string, client_id: string): Promise<void> {
  const kind = classOfReply(to, house.writable) ?? to.class
  const body = { class: kind, client_id, text, written_at: now(), reply_to: to.message }
  if (to.asking.intent === 'question' && to.asking.state === 'open' && kind === to.class)
    await ask(postRoomsMessagesAnswer, { path: { room: to.room, message: to.message }, body })
  else if (!(await postNow(to.room, body))) {
    // The same id: should the post have arrived after all, the queue's copy is known to the server.
    did(to.message, 'queued')
    return queuePost(to.room, body)
  }
  did(to.message, 'replied')
}

/** Whether the post is in the room; without network it is not known. @throws Problem */
async function postNow(room: string, body: PostBody): Promise<boolean> {
  try {
    await ask(postRoomsMessages, { path: { room }, body })
    return true
  } catch (cause) {
    if (cause instanceof Unreached) return false
    throw cause
  }
}

/** Who was first to take a handover, when a refusal says so. */
export function takenBy(cause: unknown): BylineBody | undefined {
  if (!(cause instanceof Problem)) return undefined
  const parsed = v.safeParse(HandoverTakenSchema, cause.body)
  return parsed.success ? parsed.output.taken_by : undefined
}

/** Learns who is behind the posts that a call rings. */
export async function learnPeople(room: string, infoClass: number): Promise<void> {
  const { readers } = await ask(getRoomsAudience, { path: { room }, query: { class: infoClass } })
  for (const reader of readers) urgent.people[reader.post] = reader
}
