// flow: home is read when somebody looks at it, and again when the line says that something changed; each reading is a
// recorded look, so they keep apart. While home is not on the screen the line alone moves the counts.
import { ask, Unreached } from '../net/http'
import { keepFrame } from './alone'
import { onEnter, onLeave } from './house'
import { lendRound } from './lend'
import { on, onOpen } from './line'
import { whenSettled } from './rest'
import { arrive, forgetHome, heardHead, home, settleDown, wasRead } from '../state/home.svelte'
import { house } from '../state/session.svelte'
import { callMoved, callsOf, forgetCalls, heardUrgent, learn, learnAll, urgent } from '../state/urgent.svelte'
import { now } from '../text/time'
import { getHome, getPatients, getRooms, type Home, type MessageBody } from '../wire/generated'

/** Readings are at least so many milliseconds apart. */
const APART = 5_000
/** Hands that did nothing for so long rest. */
const REST = 3_000
const SIGNS = ['pointerdown', 'keydown', 'wheel', 'touchmove'] as const

let last = 0
let touched = 0
let onScreen = 0
let timer: ReturnType<typeof setTimeout> | undefined
let reading: Promise<void> | undefined

/** The first reading begins with whoever comes in, before there is a screen to show it. Returns how to stop. */
export function startHome(): () => void {
  return onEnter((session) => {
    callsOf(session.person, session.post)
    void readHome()
  })
}

/** Home is on the screen from now on; returns how to say that it left. */
export function showHome(): () => void {
  onScreen += 1
  refreshHome()
  return () => {
    onScreen -= 1
    home.writing = undefined
  }
}

/** Reads home soon: at once for a すぐ, otherwise not before its time. */
export function refreshHome(atOnce = false): void {
  clearTimeout(timer)
  timer = setTimeout(() => void readHome(), atOnce ? 0 : Math.max(0, last + APART - Date.now()))
}

/** Reads home now. */
export function readHome(): Promise<void> {
  if (reading) return reading
  const mine = read().finally(() => {
    if (reading === mine) reading = undefined
  })
  reading = mine
  return mine
}

async function read(): Promise<void> {
  const session = house.session?.session
  last = Date.now()
  try {
    const [lists] = await Promise.all([ask(getHome), firstRound()])
    if (house.session?.session !== session) return
    learnAll(lists.urgent)
    arrive(lists, rests())
    await Promise.all([readRound(lists), readTitles(lists)])
    void keepForBreaks(session)
  } catch (cause) {
    if (house.session?.session !== session) return
    home.failure = cause
    if (cause instanceof Unreached && onScreen) refreshHome()
  }
}

/** What is kept for a time without network, once the person has their screen. */
async function keepForBreaks(session: string | undefined): Promise<void> {
  await whenSettled()
  if (house.session?.session !== session) return
  await keepFrame()
  await lendRound(home.round ?? [])
}

/** The first time my patients are asked for beside the lists. */
async function firstRound(): Promise<void> {
  if (home.round) return
  const session = house.session?.session
  const { patients } = await ask(getPatients)
  if (house.session?.session === session) home.round = patients
}

/** My patients change seldom: they are read again only when a room of an unknown patient has something. */
async function readRound(lists: Home): Promise<void> {
  const known = new Set(home.round?.map((patient) => patient.patient))
  if (lists.rooms.every((room) => !room.patient || known.has(room.patient))) return
  home.round = (await ask(getPatients)).patients
}

/** Rooms without a patient are called by their titles. */
async function readTitles(lists: Home): Promise<void> {
  const nameless = lists.rooms.filter((room) => !room.patient && home.titles[room.room] === undefined)
  if (nameless.length === 0) return
  const { rooms } = await ask(getRooms)
  for (const room of rooms) home.titles[room.room] = room.title ?? room.other?.name ?? ''
}

function rests(): boolean {
  return !onScreen || (Date.now() - touched > REST && home.writing === undefined)
}

function heardMessage(message: MessageBody): void {
  if (message.call) learn({ cut: false, message })
}

/** From sign-in to its end: home and すぐ follow the line. Returns how to stop. */
export function followHome(): () => void {
  const touch = () => (touched = Date.now())
  for (const sign of SIGNS) addEventListener(sign, touch, { passive: true, capture: true })
  const settling = setInterval(() => {
    if (home.next && rests()) settleDown()
  }, 1000)
  const stops = [
    onLeave(forget),
    on('head', (frame) => {
      if (onScreen) refreshHome()
      else heardHead(frame)
    }),
    on('urgent', (frame) => {
      heardUrgent(frame, now())
      const call = urgent.calls[frame.message]
      if (call && !call.item) refreshHome(true)
      else if (onScreen) refreshHome()
    }),
    on('message', ({ message }) => heardMessage(message)),
    on('changed', ({ message: id, change, now: message }) => {
      if (message) heardMessage(message)
      // The frame of a call does not say who answered it: home knows.
      if (change.kind === 'urgent' && callMoved(id, change.state)) refreshHome(true)
      else if (onScreen) refreshHome()
    }),
    on('opened', ({ room }) => wasRead(room)),
    on('room_closed', ({ room, reason }) => {
      if (reason !== 'right_ended') return
      home.round = home.round?.filter((patient) => patient.room !== room)
      refreshHome(true)
    }),
    onOpen(() => refreshHome()),
  ]
  return () => {
    clearInterval(settling)
    clearTimeout(timer)
    for (const sign of SIGNS) removeEventListener(sign, touch, { capture: true })
    for (const stop of stops) stop()
  }
}

function forget(): void {
  clearTimeout(timer)
  last = 0
  reading = undefined
  forgetHome()
  forgetCalls()
}
