// flow: today's rooms are lent to the device, so that they can be read when the network is gone. Each lend is in the
// access log before it arrives; each look at a copy is told as soon as the network is back.
import { Problem, Unreached, ask } from '../net/http'
import {
  beginCopies,
  eraseCopies,
  keptLease,
  looksOf,
  lookTold,
  noteLook,
  openCopies,
  pageCopies,
  type Copies,
} from '../net/lent'
import type { Presented } from '../net/passkey'
import { lends } from '../state/lends.svelte'
import { house, onSharedDevice } from '../state/session.svelte'
import type { OpenRoom } from '../state/room.svelte'
import {
  getPatientsOne,
  getRoomsOne,
  postRoomsLends,
  postRoomsOfflineLooks,
  type DraftBody,
  type MessageBody,
  type PatientCard,
  type PatientSummary,
  type Room,
  type Session,
} from '../wire/generated'
import { onEnd, onEnter, onLeave } from './house'
import { on, onOpen } from './line'
import { serverNow } from './server_time'

const HOUR = 3_600_000_000
/** How long a copy may be read: on one's own device a day's round, on a shared one the break of a network. */
const OWN_TERM = 8 * HOUR
const SHARED_TERM = HOUR
/** A copy younger than this is not asked for again. */
const FRESH = HOUR / 6
/** So long before its end a copy of the round is asked for again. */
const LAST = HOUR
/** So many rooms of the round at most. */
const MOST = 30
/** How often a look that goes on is written down, in milliseconds. */
const NOTED_EVERY = 15_000

interface RoomCopy {
  at: number
  until: number
  head: Room
  card: PatientCard | undefined
  messages: MessageBody[]
}

/** The passkey of the sign-in under way. */
export interface Pass {
  secret: Presented['secret']
  credential: string
  rp: string
}

let pass: Pass | undefined
let copies: Copies | undefined
let beginning: Promise<void> = Promise.resolve()
const lent = new Map<string, { at: number; until: number }>()
/** Looks that go on: they are told when they have ended. */
const looking = new Set<number>()

/** A passkey was presented to sign in; what it gives opens the copies. */
export function passkeyGave(given: Pass): void {
  pass = given
}

/** Copies that were opened without a server. */
export function useCopies(opened: Copies): void {
  copies = opened
  Object.assign(lends, { until: opened.lease.until, lasting: opened.lasting })
}

/** The copies of whoever is signed in, as soon as there are any. */
export async function openedCopies(): Promise<Copies | undefined> {
  await beginning
  return copies
}

/** Begins to lend; before the house opens. Returns how to stop. */
export function startLending(): () => void {
  const stops = [
    onEnter((session) => {
      beginning = begun(session)
    }),
    onLeave(() => {
      pass = undefined
      copies = undefined
      lent.clear()
      Object.assign(lends, { until: 0, lasting: false, rooms: 0 })
    }),
    onEnd(() => void eraseCopies().catch(() => undefined)),
    onOpen(() => void tellLooks()),
    on('head', ({ room }) => {
      if (lent.has(room)) void lendRoom(room)
    }),
    on('room_closed', ({ room, reason }) => {
      if (reason === 'right_ended') void takeBack(room)
    }),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

/** Opens or begins the copies of a session. A device that keeps nothing lends for the page's life. */
async function begun(session: Session): Promise<void> {
  const given = pass
  pass = undefined
  if (copies?.lease.session === session.session) return
  const { person, session: id } = session
  const lease = { person, session: id, until: 0, credential: given?.credential ?? '', rp: given?.rp ?? '' }
  const opened = await ofDevice(lease, given?.secret).catch(() => undefined)
  if (house.session?.session !== id) return
  useCopies(opened ?? pageCopies(lease))
}

async function ofDevice(lease: Copies['lease'], secret: Presented['secret']): Promise<Copies | undefined> {
  const kept = await keptLease(serverNow())
  const same = kept?.person === lease.person && kept.session === lease.session
  if (kept && !same) await eraseCopies()
  if (!secret) return undefined
  return (same ? await openCopies(secret) : undefined) ?? beginCopies(lease, secret, serverNow())
}

/** My patients in the order of the round: on one's own device their rooms are lent, one after the other. */
export async function lendRound(round: readonly PatientSummary[]): Promise<void> {
  if (onSharedDevice()) return
  const ends = house.session?.expires_at ?? 0
  for (const { room } of round.slice(0, MOST)) {
    const until = lent.get(room)?.until ?? 0
    if (until < ends && until - serverNow() < LAST) await lendRoom(room)
  }
}

/** A room that was opened is lent on every device. */
export async function lendOpened(room: OpenRoom): Promise<void> {
  if (room.head) await lendRoom(room.id, { head: room.head, card: room.card })
}

async function lendRoom(room: string, known?: Pick<RoomCopy, 'head' | 'card'>): Promise<void> {
  const [mine, session] = [copies, house.session]
  const at = serverNow()
  if (!mine || !session || at - (lent.get(room)?.at ?? 0) < FRESH) return
  const until = Math.min(session.expires_at, at + (onSharedDevice() ? SHARED_TERM : OWN_TERM))
  const before = lent.get(room)
  lent.set(room, { at, until })
  try {
    const { messages } = await ask(postRoomsLends, { path: { room }, body: { until } })
    const copy: RoomCopy = { at, until, messages, ...(known ?? (await headOf(room))) }
    await mine.put(room, copy)
    await mine.extend(Math.max(mine.lease.until, until), serverNow())
    if (copies === mine) Object.assign(lends, { until: mine.lease.until, rooms: lent.size })
  } catch {
    // Refused, out of reach, or no place to keep it: what there was before is all that can be read without network.
    if (before) lent.set(room, before)
    else lent.delete(room)
  }
}

async function headOf(room: string): Promise<Pick<RoomCopy, 'head' | 'card'>> {
  const head = await ask(getRoomsOne, { path: { room } })
  const card = head.patient ? await ask(getPatientsOne, { path: { patient: head.patient } }) : undefined
  return { head, card }
}

/** The right to a room ended: its copy goes. */
async function takeBack(room: string): Promise<void> {
  lent.delete(room)
  await copies?.remove(room).catch(() => undefined)
}

const finding = new WeakSet<OpenRoom>()

/** Shows the copy of a room that cannot be opened now, if there is one. */
export async function showLent(room: OpenRoom): Promise<void> {
  if (finding.has(room)) return
  finding.add(room)
  await findLent(room).finally(() => finding.delete(room))
}

/** The look is written down before anything is shown. */
async function findLent(room: OpenRoom): Promise<void> {
  const person = house.session?.person
  const copy = (await copies?.get(room.id).catch(() => undefined)) as RoomCopy | undefined
  const from = serverNow()
  if (!copy || !person || copy.until <= from || room.phase !== 'opening') return
  const look = { person, room: room.id, from, until: from }
  const id = await noteLook(look).catch(() => undefined)
  // What cannot be told later is not shown now.
  if (id === undefined || isOver(room)) return
  looking.add(id)
  room.lend(copy)
  const follow = setInterval(() => {
    const until = Math.min(serverNow(), copy.until)
    void noteLook({ ...look, id, until }).catch(() => undefined)
    if (room.lent && until >= copy.until) room.end('lent_over')
    if (room.lent) return
    clearInterval(follow)
    looking.delete(id)
    void tellLooks()
  }, NOTED_EVERY)
}

function isOver(room: OpenRoom): boolean {
  return room.phase !== 'opening'
}

/**
 * The place beside the copies for a draft that cannot reach the server: its author's passkey opens it again. Where the
 * passkey gives nothing there is no such place.
 */
export function hereFor(room: string): {
  keep(draft: DraftBody): Promise<void>
  remove(): Promise<void>
  read(): Promise<DraftBody | undefined>
} {
  const [mine, name] = [copies?.lasting ? copies : undefined, `draft/${room}`]
  return {
    keep: async (draft) => mine?.put(name, draft).catch(() => undefined),
    remove: async () => mine?.remove(name).catch(() => undefined),
    read: async () => (await mine?.get(name).catch(() => undefined)) as DraftBody | undefined,
  }
}

/** Tells the looks at copies of whoever is signed in, as far as they have ended. */
async function tellLooks(): Promise<void> {
  const person = house.phase === 'live' ? house.session?.person : undefined
  if (!person) return
  for (const { id, room, from, until } of await looksOf(person).catch(() => [])) {
    if (id === undefined || looking.has(id)) continue
    try {
      await ask(postRoomsOfflineLooks, { path: { room }, body: { from, until } })
    } catch (cause) {
      if (cause instanceof Unreached) return
      // The server's own trouble passes; what it refuses is in its log as refused, and is not told again.
      if (!(cause instanceof Problem) || cause.document.status >= 500 || cause.document.status === 429) return
    }
    await lookTold(id).catch(() => undefined)
  }
}
