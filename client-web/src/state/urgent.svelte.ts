// state: すぐ. The calls that concern the person, and what a device without a person knows: that it rings.
import type {
  BylineBody,
  CallAnswerBody,
  HomeItem,
  MessageBody,
  ServerRing,
  ServerUrgent,
} from '../wire/generated'
import { callAt, type CallState } from './answerable'

/** A call that rings this person, or that this person made. */
export interface Call {
  message: string
  room: string
  state: CallState
  /** When it was called; before its words are here, when it was heard of. */
  since: number
  /** Whether the line said that it rings this person's post. */
  rung: boolean
  item: HomeItem | undefined
}

export const urgent = $state<{
  calls: Record<string, Call>
  /** States of a call that the person has dealt with: it comes back when it moves on. */
  aside: Record<string, CallState[]>
  /** People by post, once they were asked for. */
  people: Record<string, BylineBody>
  /** Calls at the place of a locked or unsigned device, by their number on this line. */
  rings: number[]
  /** Until when the locked device is silent, because somebody is signing in. */
  silentUntil: number
}>({ calls: {}, aside: {}, people: {}, rings: [], silentUntil: 0 })

const settled = (state: CallState) => state === 'answered' || state === 'telephoned'

/** The line says how far a call of this person's has come. */
export function heardUrgent({ message, room, state }: Omit<ServerUrgent, 'type'>, now: number): void {
  const known = urgent.calls[message]
  const next = state as CallState
  if (settled(next) && (!known || !facesIt(known, now))) return drop(message)
  urgent.calls[message] = {
    message,
    room,
    since: known?.since ?? now,
    item: known?.item && inState(known.item, next),
    state: next,
    rung: true,
  }
}

/**
 * An open room says how far a call has come: whoever made it follows it as those whom it rings do by `heardUrgent`. Says
 * whether the call is one of this person's.
 */
export function callMoved(message: string, state: string): boolean {
  const known = urgent.calls[message]
  if (!known || known.rung) return known !== undefined
  const next = state as CallState
  if (settled(next)) drop(message)
  else urgent.calls[message] = { ...known, item: known.item && inState(known.item, next), state: next }
  return true
}

/** The words stay; how far the call has come is what the line said. */
function inState(item: HomeItem, state: CallState, answer?: CallAnswerBody): HomeItem {
  const { call } = item.message
  if (!call) return item
  const answers = answer ? [...call.answers, answer] : call.answers
  return { ...item, message: { ...item.message, call: { ...call, state, answers } } }
}

/** Notes what the person answered: the order of the call shows it before the next reading. */
export function noteAnswer(message: string, answer: CallAnswerBody): void {
  const known = urgent.calls[message]
  if (known?.item) known.item = inState(known.item, known.state, answer)
}

/** The words of a call are here: from home, from an open room. */
export function learn(item: HomeItem): void {
  const { message, room, call } = item.message
  if (!call) return
  const known = urgent.calls[message]
  if (!known && settled(call.state as CallState)) return
  urgent.calls[message] = {
    message,
    room,
    item,
    state: call.state as CallState,
    since: call.called_at,
    rung: known?.rung ?? false,
  }
}

/** A reading of home: what is not in it was settled while nobody listened. */
export function learnAll(items: readonly HomeItem[]): void {
  const open = items.map((item) => item.message.message)
  for (const call of Object.values(urgent.calls))
    if (!open.includes(call.message) && !settled(call.state)) drop(call.message)
  for (const item of items) learn(item)
}

function drop(message: string): void {
  urgent.calls = Object.fromEntries(Object.entries(urgent.calls).filter(([id]) => id !== message))
}

/** The state of a call now: it moves on by itself while nobody answers. */
export function stateOf(call: Call, now: number): CallState {
  return callAt({ state: call.state, called_at: call.since }, now)
}

let me: { person: string; post: string } | undefined

/** Whose calls they are. */
export function callsOf(person: string, post: string): void {
  me = { person, post }
}

/** Whether a call belongs on this person's whole screen. */
function facesIt(call: Call, now: number): boolean {
  const state = stateOf(call, now)
  if (urgent.aside[call.message]?.includes(state)) return false
  const asking: MessageBody['asking'] | undefined = call.item?.message.asking
  const first = asking ? asking.first === me?.post : call.rung
  const fallback = asking ? asking.fallback === me?.post : call.rung
  switch (state) {
    case 'ringing_first':
      return first
    case 'ringing_fallback':
      return first || fallback
    case 'telephone':
      return first || fallback || call.item?.message.author.person === me?.person
    case 'answered':
      return call.rung
    case 'telephoned':
      return false
  }
}

/** The calls that fill the screen now, oldest first; what still rings before what was answered. */
export function faced(now: number): Call[] {
  const calls = Object.values(urgent.calls).filter((call) => facesIt(call, now))
  const over = (call: Call) => Number(settled(call.state))
  return calls.sort((one, other) => over(one) - over(other) || one.since - other.since)
}

/** Whether a call is to be heard now. */
export function sounds(now: number): boolean {
  return faced(now).some((call) => ['ringing_first', 'ringing_fallback'].includes(stateOf(call, now)))
}

/** The person has answered or put it away; `all` silences it until the telephone step, too. */
export function putAside(message: string, states: readonly CallState[]): void {
  urgent.aside[message] = [...(urgent.aside[message] ?? []), ...states]
}

/** The person goes, or has seen that somebody else goes: the call leaves the screen. */
export function leaveCall(message: string): void {
  putAside(message, ['ringing_first', 'ringing_fallback', 'telephone', 'answered', 'telephoned'])
}

/** The person cannot go: silence, until nobody else can either. */
export function unableTo(message: string): void {
  putAside(message, ['ringing_first', 'ringing_fallback', 'answered'])
}

/** An answer did not arrive after all: the call is in front again. */
export function takeBack(message: string): void {
  urgent.aside[message] = []
}

/** A locked or unsigned device rings, or no more. */
export function heardRing({ call, rings }: Pick<ServerRing, 'call' | 'rings'>): void {
  const others = urgent.rings.filter((one) => one !== call)
  if (rings && !urgent.rings.includes(call)) urgent.silentUntil = 0
  urgent.rings = rings ? [...others, call] : others
}

/** The line is new: its calls are numbered anew and said again. */
export function forgetRings(): void {
  urgent.rings = []
}

/** Somebody is signing in to answer: this device falls silent for a while. */
export function silence(until: number): void {
  urgent.silentUntil = until
}

/** Whether the locked device calls out now. */
export function deviceRings(now: number): boolean {
  return urgent.rings.length > 0 && now >= urgent.silentUntil
}

/** Forgets everything of the person. */
export function forgetCalls(): void {
  me = undefined
  urgent.calls = {}
  urgent.aside = {}
  urgent.people = {}
}
