// state: 申し送り. What was marked since the end of my previous shift, and everything that nobody took over.
import { house } from './session.svelte'
import { roundOf } from './home.svelte'
import type { BylineBody, Handover, MessageBody, PatientSummary, RoomHandover } from '../wire/generated'

class HandoverState {
  /** Replaced, never changed in place. */
  list = $state.raw<Handover | undefined>()
  failure = $state.raw<unknown>()
  /** Whether the line has told of something newer than the list. */
  stale = $state(false)
}

export const handover = new HandoverState()

/** A new reading has come. */
export function handoverArrived(list: Handover): void {
  Object.assign(handover, { list, failure: undefined, stale: false })
}

/** Whether nobody has taken it over. */
export function isOpen(message: MessageBody): boolean {
  return !message.taken && message.words.kind !== 'withdrawn'
}

/** How many nobody has taken over, as far as they were read. */
export function untaken(): number {
  return (handover.list?.rooms ?? []).flatMap((room) => room.messages).filter(isOpen).length
}

/** How many of them wait for me: what I handed over is for others to take. */
export function untakenForMe(): number {
  const person = house.session?.person
  return (handover.list?.rooms ?? [])
    .flatMap((room) => room.messages)
    .filter((message) => isOpen(message) && message.author.person !== person).length
}

/** Whether nobody took it by the start of the shift: what was written before I came and is still open is overdue. */
export function overdue(message: MessageBody, signedInAt: number): boolean {
  return isOpen(message) && message.written_at < signedInAt
}

/** Rooms in the order of the round, those with something open first. */
export function inRound(list: Handover, round: readonly PatientSummary[] | undefined): RoomHandover[] {
  const place = roundOf(round)
  const open = (room: RoomHandover) => room.messages.some(isOpen)
  return [...list.rooms].sort(
    (one, other) => Number(open(other)) - Number(open(one)) || place(one.room) - place(other.room),
  )
}

function revise(change: (message: MessageBody) => MessageBody): void {
  const { list } = handover
  if (!list) return
  const rooms = list.rooms.map((room) => ({ ...room, messages: room.messages.map(change) }))
  handover.list = { ...list, rooms }
}

/** Somebody took it over, whoever it was. */
export function wasTaken(message: string, by: BylineBody): void {
  revise((one) => (one.message === message ? { ...one, taken: one.taken ?? by } : one))
}

/** The message is otherwise now: corrected, withdrawn, taken. */
export function handoverChanged(now: MessageBody): void {
  revise((one) => (one.message === now.message ? now : one))
}

/** Forgets everything of the person. */
export function forgetHandover(): void {
  Object.assign(handover, { list: undefined, failure: undefined, stale: false })
}
