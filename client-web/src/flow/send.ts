// flow: the queue of this page in the real world: the live line, HTTP when only the line is down, and the device's
// storage.
import { ask, Problem, Unreached } from '../net/http'
import { readSetting, writeSetting } from '../net/keep'
import {
  alone,
  keepItem,
  keptItems,
  loseItem,
  removeItem,
  sealItem,
  takeKey,
  type LentKey,
} from '../net/sealed_queue'
import { toBase64url } from '../net/base64url'
import { uuid7 } from '../net/uuid'
import { beginAnew, toPost, writeAgain, writingOf, type Writing } from '../state/drafts.svelte'
import { outbox, type Entry } from '../state/outbox.svelte'
import { house } from '../state/session.svelte'
import { attaching } from '../text/attaching'
import { now } from '../text/time'
import {
  getSession,
  postQueueKey,
  postRoomsMessages,
  type PostBody,
  type QueueKeyBody,
  type QueueOutcome,
} from '../wire/generated'
import { classChanged, forgetFiles } from './attach'
import { draftSent, draftChanged } from './drafts'
import { onLeave } from './house'
import { on, onOpen, over } from './line'
import { lateWords, Queue } from './queue'

let key: LentKey | undefined
let body: QueueKeyBody | undefined
let timer: ReturnType<typeof setTimeout> | undefined

const queue = new Queue({
  seal: async (item, room, post) => {
    const plain = new TextEncoder().encode(JSON.stringify({ room, post }))
    return key && sealItem(key, item, plain)
  },
  kept: keptItems,
  keep: keepItem,
  remove: removeItem,
  lose: loseItem,
  post,
  deliver: async (sealed) => {
    const answer = await over({ type: 'deliver_queued', item: toBase64url(sealed) }, 'delivered')
    return answer.outcome
  },
  alone,
  later: (seconds, again) => {
    clearTimeout(timer)
    timer = setTimeout(again, seconds * 1000)
  },
})

/** Over the line; by HTTP when only the line is down. */
async function post(room: string, body: PostBody, still: () => boolean): Promise<void> {
  try {
    await over({ type: 'post_message', room, post: body }, 'ack')
    return
  } catch (cause) {
    if (!(cause instanceof Unreached)) throw cause
  }
  // Another page of this browser may have changed the person: HTTP speaks for whoever is signed in.
  const mine = house.session?.session
  const session = await ask(getSession)
  if (session.session !== mine || session.locked || !still()) throw new Unreached()
  await ask(postRoomsMessages, { path: { room }, body })
}

/** Begins: what lies on the device goes out whenever the line is up, whoever is signed in. */
export function startSending(): () => void {
  const stops = [
    onOpen(() => void lineUp()),
    on('delivered', ({ item, outcome }) => void told(item, outcome)),
    on('message', ({ message }) => outbox.drop(message.client_id)),
    on('page', ({ messages }) => {
      for (const message of messages) outbox.drop(message.client_id)
    }),
    onLeave(() => {
      key = body = undefined
      outbox.forget()
    }),
  ]
  return () => {
    clearTimeout(timer)
    for (const stop of stops) stop()
  }
}

async function lineUp(): Promise<void> {
  const person = house.phase === 'live' ? house.session?.person : undefined
  if (!person) {
    await queue.look()
    return queue.drain()
  }
  if (outbox.self === person) await queue.drain()
  else await queue.enter(person)
  if (!key) await borrowKey(person)
}

/** The key that seals posts of this session; without it a post waits in the page's memory only. */
async function borrowKey(person: string): Promise<void> {
  try {
    const borrowed = await ask(postQueueKey)
    const taken = await takeKey(borrowed)
    if (house.session?.person !== person || house.phase !== 'live') return
    key = taken
    body = borrowed
    for (const heard of borrowings) heard()
  } catch (cause) {
    if (!(cause instanceof Problem || cause instanceof Unreached)) throw cause
  }
}

const borrowings = new Set<() => void>()

/** Hears that the session was lent a key. */
export function onQueueKey(heard: () => void): () => void {
  borrowings.add(heard)
  return () => borrowings.delete(heard)
}

/** The key that this session was lent, to be kept with what else the page needs without a server. */
export function queueKey(): QueueKeyBody | undefined {
  return body
}

/** Without a server: what the person writes is sealed with the key that was lent before. */
export async function resumeSending(person: string, lent: QueueKeyBody | undefined): Promise<void> {
  if (lent) {
    key = await takeKey(lent)
    body = lent
  }
  await queue.enter(person)
}

const TOLD = 'told'
const REMEMBERED = 100

/** The server tells for seven days what became of items; a refusal stays in sight until its author has dealt with it. */
async function told(item: string, outcome: QueueOutcome): Promise<void> {
  if (dealtWith().includes(item)) return
  const known = await queue.settled(item, outcome)
  if (outcome.kind === 'refused' && !known) outbox.late(item, lateWords(outcome.reason))
}

const dealtWith = () => (readSetting(TOLD) as string[] | undefined) ?? []

function dealWith(item: string): void {
  writeSetting(TOLD, [...dealtWith().filter((one) => one !== item), item].slice(-REMEMBERED))
}

/** 分かりました: the author has read why a post was refused. */
export function understood(item: string): void {
  dealWith(item)
  outbox.understood(item)
}

/** Sends what was written in a room; the sheet is white at once. */
export async function send(writing: Writing): Promise<void> {
  const author = house.session?.person
  if (!author) return
  outbox.self ??= author
  const body = toPost(writing, uuid7(), now())
  const { room } = writing
  forgetFiles(writing.files)
  beginAnew(writing)
  draftSent(room)
  await queue.send(author, room, body)
}

/** A post that was written elsewhere than in a room's composer takes its place in the queue. */
export async function queuePost(room: string, body: PostBody): Promise<void> {
  const author = house.session?.person
  if (!author) return
  outbox.self ??= author
  await queue.send(author, room, body)
}

/** やり直す */
export function sendAgain(entry: Entry): Promise<void> {
  dealWith(entry.item)
  return queue.again(entry.item)
}

/** 書き直す: the words come back to the composer. */
export async function rewrite(entry: Entry): Promise<void> {
  if (!entry.post) return
  const writing = writingOf(entry.room)
  if (writing.class !== entry.post.class) {
    writing.class = entry.post.class
    classChanged(writing)
  }
  writeAgain(writing, entry.post, attaching.earlier_file)
  draftChanged(entry.room)
  await giveUp(entry)
}

/** The person gives a post up. */
export function giveUp(entry: Entry): Promise<void> {
  dealWith(entry.item)
  return queue.giveUp(entry.item)
}

/** What was sent and is no longer looked at. */
export function dropSent(room: string): void {
  for (const entry of outbox.of(room)) if (entry.state === 'sent') outbox.drop(entry.item)
}
