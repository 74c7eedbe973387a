// flow: opening the page, entering and leaving it. Everything of a person ends here, in one place.
import { reloadOnce, understood } from '../net/address'
import { Problem, Unreached, ask, beginReads, dropReads, hearProblems } from '../net/http'
import { clearPerson } from '../net/keep'
import { parts } from '../state/route.svelte'
import { connection } from '../state/connection.svelte'
import { forgetPerson, house, onSharedDevice } from '../state/session.svelte'
import { now } from '../text/time'
import {
  deleteSessions,
  getDevice,
  getMatrix,
  getMe,
  getOrganizations,
  type Matrices,
  type Session,
  type StartScreen,
} from '../wire/generated'
import { noteCertificate } from './certificate'
import { watchIdleness } from './idle'
import { closeLine, on, onOpen, openLine } from './line'
import { go } from './navigate'
import { oweNothing, settleOwed, tellAgain, tellOrOwe } from './owed'
import { codeOf } from './sentence'
import { applySettings, followSystem, settingsOf } from './settings'

const leavings = new Set<() => unknown>()
const enterings = new Set<(session: Session) => void>()
const ends = new Set<() => void>()
/** How long the last words of a person may take to reach the server before the session is locked or ended. */
const LAST_WORDS = 1500
/** So long the line of a device may be away before it is looked into, in milliseconds. */
const LINE_AWAY = 5_000
let watching: ReturnType<typeof setTimeout> | undefined
let stopWatching: () => void = () => undefined

/**
 * Hears that the person leaves the screen (lock, change of person, sign-out, end): forget everything of theirs. What is
 * still to be sent under their name is sent at once; a promise says when it is.
 */
export function onLeave(heard: () => unknown): () => void {
  leavings.add(heard)
  return () => leavings.delete(heard)
}

/** Hears that a person comes in: by a sign-in, a return, or a reload of the page. What they need is asked for at once. */
export function onEnter(heard: (session: Session) => void): () => void {
  enterings.add(heard)
  return () => enterings.delete(heard)
}

/**
 * Hears that this device keeps nothing for a person any more: sign-out, end of the session, a refused device, and on a
 * shared one every change of person. A lock of one's own device is no end.
 */
export function onEnd(heard: () => void): () => void {
  ends.add(heard)
  return () => ends.delete(heard)
}

/** Begins: which device is this, and is somebody signed in? */
export async function begin(): Promise<void> {
  followSystem()
  hearProblems(({ code }) => {
    if (house.phase !== 'live') return
    if (code === 'session.ended' || code === 'post.ended') void leave(code)
    else if (code === 'session.locked') void leaveLocked()
    else if (code === 'device.refused') refuse()
  })
  on('session', ({ state }) => {
    if (state === 'locked' && house.phase === 'live') void leaveLocked()
  })
  onOpen(() => {
    if (house.phase === 'start' || house.phase === 'locked') void tellAgain()
  })
  await look()
}

/** Looks again, after the network was away or a device was renewed. */
export async function look(): Promise<void> {
  try {
    const { session: known } = await refreshDevice()
    const session = known && (await settleOwed(known))
    if (!session) toStart()
    else if (session.locked) showLocked(session)
    else await enter(session)
    understood()
  } catch (cause) {
    const code = codeOf(cause)
    if (code === 'device.refused') refuse()
    else if (code?.startsWith('session.')) toStart()
    else unreached(cause)
  }
}

/** Without an answer that this page understands: perhaps without network, perhaps older than its server. */
function unreached(cause: unknown): void {
  const strange = !(cause instanceof Unreached || cause instanceof Problem)
  if (!strange || !reloadOnce()) house.phase = 'unreached'
}

/** A session has begun or was returned to: the person's own things are loaded, the line opens. */
export async function enter(session: Session): Promise<void> {
  stopWatching()
  // Whoever has shown a key owes nothing.
  oweNothing()
  house.farewell = undefined
  house.session = session
  beginReads()
  for (const heard of enterings) heard(session)
  const [matrices, organizations, self] = await Promise.all([
    ask(getMatrix),
    ask(getOrganizations),
    whoAmI(session),
  ])
  if (house.session !== session) return
  house.jobTypes = matrices.job_types
  house.infoClasses = matrices.info_classes
  Object.assign(house, rights(matrices, session))
  house.organizations = organizations.organizations
  house.self = self
  settleIn(session)
  openLine('person', (code, reason) => {
    if (code === 4401 && reason === 'device') refuse()
    else if (code === 4401) void leave('session.ended')
  })
}

/** The screen is the person's, as long as their hands move. */
export function settleIn(session: Session): void {
  applySettings(settingsOf(session.person))
  if (parts()[0] === 'first') go('/', true)
  house.phase = 'live'
  stopWatching = watchIdleness(session.idle, () => void lock())
}

async function whoAmI(session: Session): Promise<{ person: string; name: string; reading: string }> {
  const known = house.device?.people.find((person) => person.person === session.person)
  const { person, name, reading } = known ?? (await ask(getMe))
  return { person, name, reading }
}

/** What this job type may read and write: the consortium's matrix, narrowed by the employer's where it has one. */
function rights(matrices: Matrices, session: Session): { readable: number[]; writable: number[] } {
  const inForce = matrices.matrices.filter(
    (one) => one.organization == null || one.organization === session.organization,
  )
  const rows = inForce.map((one) => one.rows.find((row) => row.job_type === session.job_type))
  const all = (list: 'read' | 'write') =>
    matrices.info_classes.map((word) => word.id).filter((id) => rows.every((row) => row?.[list].includes(id)))
  return { readable: all('read'), writable: all('write') }
}

/** 画面ロック・交代: the screen is blank and everything local is gone before the server is even asked. */
export async function lock(): Promise<void> {
  const session = house.session?.session
  await leaveLocked(false)
  // A draft must not meet a locked session; and whoever came meanwhile is not locked out.
  if (!house.self) await tellOrOwe(session, 'lock')
  await refreshDevice().catch(() => undefined)
}

/** ログアウト here. */
export async function signOut(): Promise<void> {
  const session = house.session?.session
  await clear()
  await tellOrOwe(session, 'end')
  toStart()
  house.farewell = 'here'
  await refreshDevice().catch(() => undefined)
}

let everywhere = false

/** ログアウト on every device. The line may tell of the end before the answer does. */
export async function signOutEverywhere(): Promise<void> {
  everywhere = true
  try {
    await ask(deleteSessions)
    if (house.session) await leave('everywhere')
  } finally {
    everywhere = false
  }
}

/** The session ended: elsewhere, by time, with the post, with the device. */
export async function leave(reason: string): Promise<void> {
  const over = house.session && house.session.expires_at <= now()
  void clear()
  toStart()
  house.farewell = everywhere ? 'everywhere' : reason === 'session.ended' && over ? 'session.time' : reason
  await refreshDevice().catch(fellAway)
}

/** What ended may have been the device itself: then no handshake succeeds any more. */
function fellAway(cause: unknown): void {
  if (codeOf(cause) === 'device.refused') refuse()
  else if (cause instanceof Unreached && house.phase === 'start') house.phase = 'unreached'
}

/** While nobody is signed in: a line that stays away is looked into, so that the screen says why. */
function watchDeviceLine(): void {
  clearTimeout(watching)
  watching = setTimeout(() => {
    if (house.phase !== 'start') return
    if (connection.line !== 'open') void refreshDevice().catch(fellAway)
    watchDeviceLine()
  }, LINE_AWAY)
}

/** The session is locked: the screen is left, and on one's own device waits for the person. */
export function leaveLocked(refresh = true): Promise<unknown> {
  const session = house.session
  const lastWords = clear()
  if (session && !onSharedDevice()) showLocked(session)
  else toStart()
  if (refresh) void refreshDevice().catch(() => undefined)
  return lastWords
}

function showLocked(session: Session): void {
  if (onSharedDevice()) return toStart()
  house.session = { ...session, locked: true }
  house.phase = 'locked'
  openLine('device', deviceEnded)
}

/** To the start screen: nobody is here any more. */
export function toStart(): void {
  house.phase = 'start'
  for (const heard of ends) heard()
  if (parts()[0] !== 'first') go('/', true)
  openLine('device', deviceEnded)
  watchDeviceLine()
}

function refuse(): void {
  void clear()
  for (const heard of ends) heard()
  house.phase = 'refused'
}

/** 4401 on a device's line: the device was revoked, or its certificate ended. */
function deviceEnded(code: number): void {
  if (code === 4401) refuse()
}

/** Everything of the person goes: first the screen, then what the page keeps. */
function clear(): Promise<unknown> {
  stopWatching()
  closeLine()
  dropReads()
  house.phase = 'starting'
  const lastWords = Promise.allSettled([...leavings].map((heard) => heard()))
  forgetPerson()
  clearPerson()
  applySettings(settingsOf(undefined))
  return Promise.race([lastWords, new Promise((resolve) => setTimeout(resolve, LAST_WORDS))])
}

async function refreshDevice(): Promise<StartScreen> {
  const device = await ask(getDevice, { query: {} })
  noteCertificate(device.certificate_until)
  house.device = device
  return device
}
