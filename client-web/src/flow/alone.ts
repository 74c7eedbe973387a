// flow: the page without any server. The passkey opens what was lent, and the person reads and writes on; as soon as
// the server answers again, the session goes on as it stands there.
import { ask } from '../net/http'
import { keptLease, openCopies, type Copies } from '../net/lent'
import { PasskeyCancelled, askSecret } from '../net/passkey'
import { cutOff } from '../state/connection.svelte'
import { home } from '../state/home.svelte'
import { lends } from '../state/lends.svelte'
import { house, type Self } from '../state/session.svelte'
import { now } from '../text/time'
import {
  getSession,
  type Organization,
  type PatientSummary,
  type QueueKeyBody,
  type Session,
  type StartScreen,
  type Word,
} from '../wire/generated'
import { closeLine } from './line'
import { enter, leave, leaveLocked, onLeave, settleIn } from './house'
import { openedCopies, useCopies } from './lend'
import { onQueueKey, queueKey, resumeSending } from './send'
import { serverNow } from './server_time'

/** How often the server is asked whether it is there again, in milliseconds. */
const ASKED_EVERY = 10_000
const FRAME = 'frame'

/** What a page needs besides rooms. */
interface Frame {
  device: StartScreen
  session: Session
  self: Self
  jobTypes: readonly Word[]
  infoClasses: readonly Word[]
  writable: number[]
  readable: number[]
  organizations: readonly Organization[]
  round: readonly PatientSummary[]
  queueKey: QueueKeyBody | undefined
}

/** Keeps, beside the copies, what the page needs to show them; again when it changed. */
export async function keepFrame(): Promise<void> {
  const copies = await openedCopies()
  const { device, session, self, jobTypes, infoClasses, writable, readable, organizations } = house
  if (!copies || lends.alone || !device || !session || !self) return
  const frame: Frame = {
    device: { ...device, people: [] },
    session,
    self,
    jobTypes,
    infoClasses,
    writable,
    readable,
    organizations,
    round: home.round ?? [],
    queueKey: queueKey(),
  }
  await copies.put(FRAME, frame).catch(() => undefined)
}

/** Until when something lies on this device that a passkey opens, microseconds UTC; nothing when nothing does. */
export async function openableUntil(): Promise<number | undefined> {
  const lease = await keptLease(serverNow()).catch(() => undefined)
  return lease && lease.until > serverNow() ? lease.until : undefined
}

/**
 * Opens what was lent, with the passkey.
 * @throws PasskeyCancelled when it is not presented, or is not the one.
 */
export async function openAlone(): Promise<void> {
  const lease = await keptLease(serverNow())
  const secret = lease && (await askSecret(lease.credential, lease.rp))
  const opened = secret && (await openCopies(secret))
  const frame = (await opened?.get(FRAME)) as Frame | undefined
  if (!opened || !frame) throw new PasskeyCancelled()
  // The server may have answered while the key was looked for.
  if (house.phase !== 'unreached' && house.phase !== 'locked') return
  useCopies(opened)
  await enterAlone(opened, frame)
}

async function enterAlone(opened: Copies, frame: Frame): Promise<void> {
  const { round, queueKey: key, ...rest } = frame
  Object.assign(house, rest)
  home.round = round
  lends.alone = true
  // The device's own line must not speak for the person.
  closeLine()
  cutOff(now())
  settleIn(frame.session)
  waitForServer(opened)
  await resumeSending(frame.session.person, key)
}

function waitForServer(opened: Copies): void {
  let asking = false
  const again = async () => {
    if (serverNow() >= opened.lease.until) return leave('lent.over')
    if (asking) return
    asking = true
    await goOn().finally(() => (asking = false))
  }
  const timer = setInterval(() => void again(), ASKED_EVERY)
  const back = () => void again()
  addEventListener('online', back)
  const stop = () => {
    clearInterval(timer)
    removeEventListener('online', back)
    lends.alone = false
    stops.delete(stop)
  }
  stops.add(stop)
}

const stops = new Set<() => void>()

/** The server answers: the session goes on, or the person returns with the passkey. Refusals end it elsewhere. */
async function goOn(): Promise<void> {
  const session = await ask(getSession).catch(() => undefined)
  if (!session || !lends.alone) return
  for (const stop of stops) stop()
  if (session.locked) await leaveLocked()
  else await enter(session)
}

/** Begins; before the house opens. Returns how to stop. */
export function startAlone(): () => void {
  const hearings = [
    onQueueKey(() => void keepFrame()),
    onLeave(() => {
      for (const stop of stops) stop()
    }),
  ]
  return () => {
    for (const hearing of hearings) hearing()
  }
}
