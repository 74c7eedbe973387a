// flow: opening a room over the line, going on after a break, reading back, marking what was seen.
import { Problem, Unreached, ask } from '../net/http'
import { lostFor } from '../state/connection.svelte'
import { house } from '../state/session.svelte'
import { OpenRoom, TYPING_FOR } from '../state/room.svelte'
import {
  getPatientsCareTeam,
  getPatientsOne,
  getRoomsAudience,
  getRoomsMessages,
  getRoomsMessagesReceipts,
  getRoomsOne,
} from '../wire/generated'
import { now } from '../text/time'
import { onLeave } from './house'
import { lendOpened, showLent } from './lend'
import { keepCursor, on, onOpen, over } from './line'

/** How many posts a page of the past has. */
const PAGE = 100
/** When the line was away for so long, a copy that was lent is shown instead; microseconds. */
const GIVEN_UP = 3_000_000
/** So many pages at most are asked for anew after a break; what is older is asked for when one scrolls there. */
const MOST_RENEWED = 10

/** A room on the screen, and how to leave it. */
export interface Visit {
  room: OpenRoom
  leave: () => void
}

/** Opens a room: the look is recorded first, then posts come and what happens to them follows, until `leave`. */
export function enterRoom(id: string): Visit {
  const room = new OpenRoom(id)
  const here = (frame: { room: string }) => frame.room === id && room.phase !== 'ended'
  const stops = [
    on('opened', (frame) => {
      if (here(frame)) room.present = frame.present
    }),
    on('page', (frame) => {
      if (!here(frame)) return
      room.page(frame.messages, frame.cursor, frame.more, frame.read)
      keepCursor(id, frame.cursor)
    }),
    on('message', ({ message }) => {
      if (here(message)) room.arrived([message])
    }),
    on('changed', (frame) => {
      if (!here(frame)) return
      room.changed(frame.message, frame.change, frame.now)
      // The frame of a call does not say who answered it.
      if (frame.change.kind === 'urgent' && !frame.now) void renewAll(room).catch(() => undefined)
    }),
    on('reached', (frame) => {
      if (!here(frame)) return
      room.cursor = frame.cursor
      keepCursor(id, frame.cursor)
    }),
    on('read', (frame) => {
      if (here(frame)) room.readBy(frame.readers)
    }),
    on('presence', (frame) => {
      if (here(frame)) room.presence(frame.person, frame.present)
    }),
    on('typing', (frame) => {
      if (here(frame)) room.typed(frame.person, Date.now() + TYPING_FOR)
    }),
    on('room', (frame) => {
      if (here(frame)) void loadHead(room)
    }),
    on('room_closed', (frame) => {
      if (here(frame)) room.end(frame.reason)
    }),
    onOpen(() => void open(room)),
    onLeave(() => room.forget()),
  ]
  const sweep = () => {
    room.sweep(Date.now())
    if (room.phase === 'opening' && lostFor(now()) > GIVEN_UP) void showLent(room)
  }
  const sweeping = setInterval(sweep, 1000)
  sweep()
  void loadHead(room).then(() => lendOpened(room))
  const leave = () => {
    clearInterval(sweeping)
    for (const stop of stops) stop()
    if (room.phase !== 'ended') void over({ type: 'close_room', room: id }, 'done').catch(() => undefined)
    room.forget()
  }
  return { room, leave }
}

/** Opens over the line; again after a break, in which the room and its patient's facts may have changed too. */
async function open(room: OpenRoom): Promise<void> {
  if (room.phase === 'ended') return
  const after = room.cursor
  try {
    await over({ type: 'open_room', room: room.id, after: after ?? null }, 'opened')
    if (!after) return
    void loadHead(room)
    await renewAll(room)
  } catch (cause) {
    // Without an answer the line comes back by itself and this is done again.
    if (cause instanceof Problem) room.end({ cause })
  }
}

/** Asks for what stands on the screen as it is now: after a break it may have been corrected, withdrawn or taken. */
async function renewAll(room: OpenRoom): Promise<void> {
  room.renewing()
  let before: string | undefined
  const pages = Math.min(MOST_RENEWED, Math.ceil(room.posts.length / PAGE))
  for (let number = 0; number < pages; number++) {
    const page = await ask(getRoomsMessages, {
      path: { room: room.id },
      query: before ? { before, limit: PAGE } : { limit: PAGE },
    })
    room.renewed(page.messages)
    before = page.before ?? undefined
    if (!page.more || !before) return
  }
}

/** Room, patient and team: what stands at the head. */
async function loadHead(room: OpenRoom): Promise<void> {
  try {
    const head = await ask(getRoomsOne, { path: { room: room.id } })
    if (isOver(room)) return
    room.head = head
    if (head.patient) await loadCard(room, head.patient)
  } catch (cause) {
    if (!(cause instanceof Problem || cause instanceof Unreached)) throw cause
    // The line may have said so already.
    if (cause instanceof Problem && !isOver(room)) room.end({ cause })
  }
}

/** The patient's card. Without it the room stays readable, and the head says that it is missing. */
export async function loadCard(room: OpenRoom, patient: string): Promise<void> {
  try {
    const card = await ask(getPatientsOne, { path: { patient } })
    if (isOver(room)) return
    room.card = card
    room.cardFailed = false
  } catch (cause) {
    if (!(cause instanceof Problem || cause instanceof Unreached)) throw cause
    room.cardFailed = true
  }
}

/** Whether the content has left the screen meanwhile. */
function isOver(room: OpenRoom): boolean {
  return room.phase === 'ended'
}

/** The care team, for the whole card. */
export async function loadTeam(room: OpenRoom): Promise<void> {
  const patient = room.head?.patient
  if (!patient) return
  const { memberships } = await ask(getPatientsCareTeam, { path: { patient } })
  if (!isOver(room)) room.team = memberships
}

const asked = new WeakMap<OpenRoom, Set<number>>()

/** Who may see posts of a class; asked once per class and visit. */
export async function loadAudience(room: OpenRoom, infoClass: number): Promise<void> {
  const known = asked.get(room) ?? new Set()
  asked.set(room, known)
  // Only who may write a class is told who reads it.
  if (known.has(infoClass) || isOver(room) || !house.writable.includes(infoClass)) return
  known.add(infoClass)
  try {
    const { readers } = await ask(getRoomsAudience, { path: { room: room.id }, query: { class: infoClass } })
    if (!isOver(room)) room.showAudience(infoClass, readers)
  } catch {
    // The number of readers is left out; the list by name says why when it is opened.
    known.delete(infoClass)
  }
}

/** Receipts by name. */
export async function loadReceipts(room: OpenRoom, message: string): Promise<void> {
  const path = { room: room.id, message }
  const { receipts } = await ask(getRoomsMessagesReceipts, { path })
  if (!isOver(room)) room.showReceipts(message, receipts)
}

let readingBack: Promise<void> | undefined

/** One more page of older posts. */
export function loadOlder(room: OpenRoom): Promise<void> {
  readingBack ??= olderPage(room).finally(() => (readingBack = undefined))
  return readingBack
}

async function olderPage(room: OpenRoom): Promise<void> {
  // The line's page has no place of its own beginning: what lies before its end is asked for, and what is known skipped.
  const place = room.beforeShown
  const before = place ?? (room.past ? undefined : room.cursor)
  if (!before || !room.olderShown) return
  const page = await ask(getRoomsMessages, { path: { room: room.id }, query: { before, limit: PAGE } })
  // Whoever jumped meanwhile looks at another part.
  if (room.beforeShown === place) room.addOlder(page)
}

/** One more page of newer posts, while one looks at the past. */
export async function loadNewer(room: OpenRoom): Promise<void> {
  const after = room.past?.after
  if (!after) return
  const page = await ask(getRoomsMessages, { path: { room: room.id }, query: { after, limit: PAGE } })
  if (room.past?.after === after) room.addNewer(page)
}

/** Jumps to a civil day; gives its first post, if there is any. */
export async function jumpTo(room: OpenRoom, date: string): Promise<string | undefined> {
  const page = await ask(getRoomsMessages, { path: { room: room.id }, query: { date, limit: PAGE } })
  const [first] = page.messages
  if (first) room.jump(page)
  return first?.message
}

/**
 * Jumps to a post of which only the name is here.
 * @throws Problem `missing` when this person may not see it, or there is none.
 */
export async function jumpToPost(room: OpenRoom, message: string): Promise<void> {
  room.jump(await ask(getRoomsMessages, { path: { room: room.id }, query: { message, limit: PAGE } }))
}

const marked = new WeakMap<OpenRoom, string>()

/** The newest posts are in sight: they count as read. Said once per place. */
export function markSeen(room: OpenRoom): void {
  const cursor = room.cursor
  if (!cursor || room.past || room.phase !== 'open' || !house.session) return
  if (marked.get(room) === cursor) return
  marked.set(room, cursor)
  over({ type: 'mark_read', room: room.id, cursor }, 'done').catch(() => marked.delete(room))
}
