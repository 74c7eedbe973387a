// state: home. What I must do now, what I owe today, what there is to read, and what waits in each of my rooms.
import type { Home, HomeItem, HomeRoom, PatientLine, PatientSummary, ServerHead } from '../wire/generated'

/** What the person did with an item here; it stays in its place until the lists settle down. */
export type Deed =
  | 'coming'
  | 'unable'
  | 'acknowledged'
  | 'taken'
  | 'replied'
  | 'queued'
  | 'accepted'
  | 'done'
  | 'declined'
  | 'reopened'
  | 'telephoned'

export type ListName = 'urgent' | 'today' | 'to_read'

/** A heading for a message: whose room it lies in. */
export type Heading = Pick<
  PatientLine,
  'patient' | 'name' | 'reading' | 'room_number' | 'area' | 'colour' | 'room'
>

/** What waits in a room. */
export interface Waiting {
  unread: number
  owed: number
  urgent: boolean
}

/** Readings are replaced, never changed in place: hundreds of messages that nobody edits need no watching inside. */
class HomeState {
  lists = $state.raw<Home | undefined>()
  /** A newer reading that waits until the person's hands rest. */
  next = $state.raw<Home | undefined>()
  /** My patients in the order of the round. */
  round = $state.raw<readonly PatientSummary[] | undefined>()
  /** Titles of rooms without a patient. */
  titles = $state<Record<string, string>>({})
  deeds = $state<Record<string, Deed>>({})
  /** The message to which a reply is being written: nothing moves meanwhile. */
  writing = $state<string | undefined>()
  failure = $state.raw<unknown>()
}

export const home = new HomeState()

const NONE: Waiting = { unread: 0, owed: 0, urgent: false }

/** A new reading has come; without `quiet` hands it waits, so that nothing moves under a finger. */
export function arrive(reading: Home, quiet: boolean): void {
  home.failure = undefined
  // Most readings bring nothing new: what stands is not drawn again.
  if (Object.keys(home.deeds).length === 0 && isSame(reading, quiet ? home.lists : newest())) {
    if (quiet) home.next = undefined
    return
  }
  if (home.lists && !quiet && sameUrgent(home.lists, reading)) {
    home.next = reading
    return
  }
  home.lists = reading
  home.next = undefined
  home.deeds = {}
}

function isSame(one: Home, other: Home | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** The person's hands rest: what waited is shown. */
export function settleDown(): void {
  if (home.next) arrive(home.next, true)
}

/** すぐ never waits. */
function sameUrgent(one: Home, other: Home): boolean {
  const ids = (reading: Home) => reading.urgent.map((item) => item.message.message)
  const known = ids(one)
  return ids(other).every((id) => known.includes(id))
}

/** The newest reading, shown or waiting: what counts are made from. */
function newest(): Home | undefined {
  return home.next ?? home.lists
}

/** The place of each room in the round; rooms without a patient come last. */
export function roundOf(patients: readonly PatientSummary[] | undefined): (room: string) => number {
  const places: Partial<Record<string, number>> = Object.fromEntries(
    (patients ?? []).map((patient, index) => [patient.room, index]),
  )
  return (room) => places[room] ?? Number.MAX_SAFE_INTEGER
}

/** Items in order of due time, then of the round, then of their age (to read: newest first). */
export function inOrder(
  list: ListName,
  items: readonly HomeItem[],
  round: (room: string) => number,
): HomeItem[] {
  const due = (item: HomeItem) =>
    (list === 'urgent' ? item.message.call?.called_at : item.message.asking.due) ?? Number.MAX_SAFE_INTEGER
  const age = (one: HomeItem, other: HomeItem) => one.message.written_at - other.message.written_at
  return [...items].sort(
    (one, other) =>
      (list === 'to_read' ? 0 : due(one) - due(other)) ||
      round(one.message.room) - round(other.message.room) ||
      (list === 'to_read' ? -age(one, other) : age(one, other)),
  )
}

/** Whether I said 了解 to it: then it asks nothing more of me. */
function acknowledged(item: HomeItem, person: string | undefined): boolean {
  return item.message.acknowledged.some((by) => by.person === person)
}

/** A list as it is shown. */
export function shown(list: ListName, person: string | undefined): HomeItem[] {
  const items = home.lists?.[list] ?? []
  const open =
    list === 'to_read'
      ? items.filter((item) => home.deeds[item.message.message] !== undefined || !acknowledged(item, person))
      : items
  return inOrder(list, open, roundOf(home.round))
}

/** How many of a list still wait: what was dealt with here no longer counts. */
export function count(list: ListName, person: string | undefined): number {
  const items = newest()?.[list] ?? []
  return items.filter(
    (item) =>
      home.deeds[item.message.message] === undefined && !(list === 'to_read' && acknowledged(item, person)),
  ).length
}

/** The server lists so many of a kind at most. */
const MOST_LISTED = 30

/** Whether more of a kind wait than the list has. */
export function isCut(list: ListName): boolean {
  return (newest()?.[list].length ?? 0) >= MOST_LISTED
}

/** What waits in a room. */
export function waitingIn(room: string): Waiting {
  return newest()?.rooms.find((one) => one.room === room) ?? NONE
}

/** Whose room it is: from the reading, or from the round. */
export function headingOf(room: string): Heading | undefined {
  const known = (patients: readonly Heading[] | undefined) => patients?.find((one) => one.room === room)
  return known(newest()?.patients) ?? known(home.lists?.patients) ?? known(home.round)
}

/** Notes what the person did here. */
export function did(message: string, deed: Deed): void {
  home.deeds[message] = deed
}

/** It did not happen after all. */
export function undid(message: string): void {
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a record of deeds, not an object of a shape
  delete home.deeds[message]
}

/** Changes what is known of the rooms, in the newest reading. */
function revise(rooms: (known: readonly HomeRoom[]) => HomeRoom[]): void {
  const which = home.next ? 'next' : 'lists'
  const reading = home[which]
  if (reading) home[which] = { ...reading, rooms: rooms(reading.rooms) }
}

/** A room that is not open has something new: counted here, without asking for a reading. */
export function heardHead({ room, urgency }: Pick<ServerHead, 'room' | 'urgency'>): void {
  const urgent = urgency === 'urgent'
  const more = (one: HomeRoom): HomeRoom =>
    one.room === room ? { ...one, unread: one.unread + 1, urgent: one.urgent || urgent } : one
  const patient = home.round?.find((one) => one.room === room)?.patient ?? null
  revise((known) =>
    known.some((one) => one.room === room)
      ? known.map(more)
      : [...known, { room, unread: 1, owed: 0, urgent, patient }],
  )
}

/** Somebody has the room before their eyes: nothing in it is unread any more. */
export function wasRead(room: string): void {
  revise((known) => known.map((one) => (one.room === room ? { ...one, unread: 0 } : one)))
}

/** Forgets everything of the person. */
export function forgetHome(): void {
  Object.assign(home, {
    lists: undefined,
    next: undefined,
    round: undefined,
    titles: {},
    deeds: {},
    writing: undefined,
    failure: undefined,
  })
}
