// state: what a person is writing, room by room. It outlives going from room to room, and ends with the person.
import { clock, fromCivil, civilDate } from '../text/time'
import type { DraftBody, MessageBody, PostBody } from '../wire/generated'
import { house } from './session.svelte'

export type Intent = 'notice' | 'request' | 'question' | 'handover'
export type Contract = 'read_only' | 'reply' | 'urgent'
export const INTENTS: Intent[] = ['notice', 'request', 'question', 'handover']
export const CONTRACTS: Contract[] = ['read_only', 'reply', 'urgent']

/** The longest post, in characters as the server counts them. */
export const LONGEST = 4000
/** The longest draft: more than a post, so that nothing is lost before it is made shorter. */
export const LONGEST_DRAFT = 20_000
/** The most files of one post. */
export const MOST_FILES = 10
/** The most people and job types that one post names. */
export const MOST_MENTIONS = 20

/** A file of a post that is being written. */
export interface WaitingFile {
  key: string
  name: string
  bytes: number
  picture: boolean
  state: 'preparing' | 'sending' | 'kept' | 'refused'
  /** How much of it the server has, 0 to 1. */
  progress: number
  /** The server's id, once it is kept. */
  attachment: string | undefined
  /** Why it was refused. */
  sentence: string | undefined
  /** A picture of it, for the eye; an object URL of this page. */
  preview: string | undefined
}

/** A post that is being written. */
export interface Writing {
  room: string
  text: string
  intent: Intent
  class: number | undefined
  contract: Contract
  due: number | undefined
  /** A person. */
  owner: string | undefined
  /** Posts of people. */
  first: string | undefined
  fallback: string | undefined
  people: string[]
  jobTypes: number[]
  files: WaitingFile[]
  replyTo: string | undefined
  /** The person looked twice that this is the right patient; for these words. */
  checked: boolean
  /** `saved` is what the server has; nothing to do then. */
  keeping: 'unknown' | 'saved' | 'changed' | 'saving' | 'failed'
}

// Each writing is reactive itself; that one is there at all is nothing to look at.
// eslint-disable-next-line svelte/prefer-svelte-reactivity
const writings = new Map<string, Writing>()
/** The class that this person used last, so that the next post begins with it. */
let lastClass: number | undefined

/** What is being written in a room. */
export function writingOf(room: string): Writing {
  const known = writings.get(room)
  if (known) return known
  const fresh = $state<Writing>(empty(room))
  writings.set(room, fresh)
  return fresh
}

/** Everything that is being written. */
export function allWritings(): Writing[] {
  return [...writings.values()]
}

/** Forgets all words: the person leaves. */
export function forgetWritings(): void {
  writings.clear()
  lastClass = undefined
}

function empty(room: string): Writing {
  return {
    room,
    text: '',
    intent: 'notice',
    class: firstClass(),
    contract: 'read_only',
    due: undefined,
    owner: undefined,
    first: undefined,
    fallback: undefined,
    people: [],
    jobTypes: [],
    files: [],
    replyTo: undefined,
    checked: false,
    keeping: 'unknown',
  }
}

function firstClass(): number | undefined {
  const general = 2
  const wanted = [lastClass, general, ...house.writable]
  return wanted.find((one) => one !== undefined && house.writable.includes(one))
}

/** After sending: the sheet is white again. */
export function beginAnew(writing: Writing): void {
  lastClass = writing.class
  Object.assign(writing, empty(writing.room), { keeping: 'saved' })
}

/** A reply begins where the message stands: in its class, if one may write that. */
export function replyTo(writing: Writing, message: MessageBody | undefined): void {
  if (writing.replyTo === message?.message) return
  writing.replyTo = message?.message
  if (message && writing.files.length === 0 && house.writable.includes(message.class))
    writing.class = message.class
}

/** Characters as the server counts them. */
export function lengthOf(text: string): number {
  return Array.from(text.replaceAll('\r', '').trim().normalize('NFC')).length
}

// What the server takes for invisible: direction marks, zero-width spaces, controls. Joiners of emoji are no such thing.
const INVISIBLE =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/gu

/** Whether the words hold characters that nobody sees and the server refuses. */
export function hasInvisible(text: string): boolean {
  return text.search(INVISIBLE) >= 0
}

/** The words without them. */
export function withoutInvisible(text: string): string {
  return text.replace(INVISIBLE, '')
}

/** What keeps a post from being sent; the screen has a sentence for each. */
export type Lack =
  | 'text'
  | 'long'
  | 'invisible'
  | 'class'
  | 'due'
  | 'past'
  | 'owner'
  | 'first'
  | 'fallback'
  | 'same'
  | 'files'
  | 'refused'

/** Everything that is still missing, in the order of the screen. */
export function lacks(writing: Writing, now: number): Lack[] {
  const found: Lack[] = []
  const length = lengthOf(writing.text)
  if (length === 0) found.push('text')
  if (length > LONGEST) found.push('long')
  if (hasInvisible(writing.text)) found.push('invisible')
  if (writing.class === undefined || !house.writable.includes(writing.class)) found.push('class')
  if (writing.intent === 'request' && !writing.owner) found.push('owner')
  if (needsDue(writing)) {
    if (writing.due === undefined) found.push('due')
    else if (writing.due <= now) found.push('past')
  }
  if (writing.contract === 'urgent') {
    if (!writing.first) found.push('first')
    if (!writing.fallback) found.push('fallback')
    else if (writing.first === writing.fallback) found.push('same')
  }
  if (writing.files.some((file) => file.state === 'preparing' || file.state === 'sending'))
    found.push('files')
  if (writing.files.some((file) => file.state === 'refused')) found.push('refused')
  return found
}

/** A reply that is wished for and a request have a time by which. */
export function needsDue(writing: Pick<Writing, 'intent' | 'contract'>): boolean {
  return writing.contract === 'reply' || writing.intent === 'request'
}

/** The post as it is sent. */
export function toPost(writing: Writing, clientId: string, now: number): PostBody {
  return {
    client_id: clientId,
    class: writing.class ?? 0,
    text: writing.text.trim(),
    intent: writing.intent,
    contract: writing.contract,
    written_at: now,
    attachments: kept(writing),
    mentions: { people: [...writing.people], job_types: [...writing.jobTypes] },
    ...(needsDue(writing) && { due: writing.due }),
    ...(writing.intent === 'request' && { owner: writing.owner }),
    ...(writing.contract === 'urgent' && { first: writing.first, fallback: writing.fallback }),
    ...(writing.replyTo !== undefined && { reply_to: writing.replyTo }),
  }
}

const kept = (writing: Writing) =>
  writing.files.flatMap((file) => (file.attachment && file.state === 'kept' ? [file.attachment] : []))

/** Whether there is anything worth keeping. */
export function isEmpty(writing: Writing): boolean {
  return writing.text.trim() === '' && writing.files.length === 0
}

/**
 * The draft as the server keeps it: without the characters that it refuses, so that the words outlive this screen all the
 * same. Words beyond the longest post stay on this screen only.
 */
export function toDraft(writing: Writing): DraftBody {
  return {
    text: Array.from(withoutInvisible(writing.text).trim()).slice(0, LONGEST_DRAFT).join(''),
    class: writing.class,
    intent: writing.intent,
    contract: writing.contract,
    due: writing.due,
    owner: writing.owner,
    first: writing.first,
    fallback: writing.fallback,
    reply_to: writing.replyTo,
    people: [...writing.people],
    job_types: [...writing.jobTypes],
    attachments: kept(writing),
  }
}

/** Takes up a draft from the server; `fileName` names the files, of which it keeps only the ids. */
export function takeUp(writing: Writing, draft: DraftBody, fileName: (index: number) => string): void {
  const one = <Value extends string>(all: Value[], value: string | null | undefined) =>
    all.find((known) => known === value) ?? all[0]
  Object.assign(writing, {
    text: draft.text ?? '',
    class: draft.class ?? writing.class,
    intent: one(INTENTS, draft.intent),
    contract: one(CONTRACTS, draft.contract),
    due: draft.due ?? undefined,
    owner: draft.owner ?? undefined,
    first: draft.first ?? undefined,
    fallback: draft.fallback ?? undefined,
    replyTo: draft.reply_to ?? undefined,
    people: draft.people ?? [],
    jobTypes: draft.job_types ?? [],
    files: keptFiles(draft.attachments ?? [], fileName),
    keeping: 'saved',
  } satisfies Partial<Writing>)
}

/** Files of which the server has the bodies and this page only the ids. */
function keptFiles(ids: readonly string[], fileName: (index: number) => string): WaitingFile[] {
  return ids.map((attachment, index) => ({
    key: attachment,
    name: fileName(index + 1),
    bytes: 0,
    picture: false,
    state: 'kept',
    progress: 1,
    attachment,
    sentence: undefined,
    preview: undefined,
  }))
}

/** Puts a post that was refused back on the sheet, with its files, before what was begun since. */
export function writeAgain(writing: Writing, post: PostBody, fileName: (index: number) => string): void {
  Object.assign(writing, {
    text: writing.text.trim() ? `${post.text}\n${writing.text}` : post.text,
    class: post.class,
    intent: INTENTS.find((known) => known === post.intent) ?? 'notice',
    contract: CONTRACTS.find((known) => known === post.contract) ?? 'read_only',
    due: post.due ?? undefined,
    owner: post.owner ?? undefined,
    first: post.first ?? undefined,
    fallback: post.fallback ?? undefined,
    people: post.mentions?.people ?? [],
    jobTypes: post.mentions?.job_types ?? [],
    files: [...keptFiles(post.attachments ?? [], fileName), ...writing.files],
    replyTo: post.reply_to ?? undefined,
    keeping: 'changed',
  } satisfies Partial<Writing>)
}

/** Times that a thumb can pick. `shiftEnd` is when this session ends at the latest. */
export function dueChoices(
  now: number,
  shiftEnd: number | undefined,
): { key: 'afternoon' | 'shift' | 'tomorrow'; at: number; clock: string }[] {
  const today = civilDate(now)
  const tomorrow = civilDate(fromCivil(today) + 36 * 3_600_000_000)
  const choices = [
    { key: 'afternoon' as const, at: fromCivil(today, '15:00') },
    ...(shiftEnd === undefined ? [] : [{ key: 'shift' as const, at: shiftEnd }]),
    { key: 'tomorrow' as const, at: fromCivil(tomorrow, '09:00') },
  ]
  return choices.filter(({ at }) => at > now).map((choice) => ({ ...choice, clock: clock(choice.at) }))
}
