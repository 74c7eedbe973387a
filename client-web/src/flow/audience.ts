// flow: asking who would see a post before it is sent, and which patients are mine.
import { ask } from '../net/http'
import { audienceKey, audiences, forgetAudiences, mine } from '../state/audience.svelte'
import { home } from '../state/home.svelte'
import { house } from '../state/session.svelte'
import { now } from '../text/time'
import { getHome, getRoomsAudience } from '../wire/generated'
import { onLeave } from './house'
import { on, onOpen } from './line'

/** After so long an audience is asked for again, microseconds. */
const FRESH = 60_000_000

/** Asks who would see a post of a class in a room, when that is not known already. */
export async function askAudience(room: string, infoClass: number): Promise<void> {
  const key = audienceKey(room, infoClass)
  const known = audiences[key]
  if (known && known.state !== 'unknown' && now() - known.at < FRESH) return
  audiences[key] = {
    state: known?.state === 'known' ? 'known' : 'asking',
    readers: known?.readers ?? [],
    at: now(),
  }
  const person = house.session?.person
  try {
    const { readers } = await ask(getRoomsAudience, { path: { room }, query: { class: infoClass } })
    if (house.session?.person === person) audiences[key] = { state: 'known', readers, at: now() }
  } catch {
    // What was known a minute ago is still the best that can be said; nothing was: say so.
    if (known?.state !== 'known') audiences[key] = { state: 'unknown', readers: [], at: now() }
  }
}

/** Learns which patients are mine, once for a person: from the reading of home that is there, or from one of its own. */
export async function learnMyPatients(): Promise<void> {
  if (mine.patients) return
  const person = house.session?.person
  const read = home.lists ?? (await ask(getHome).catch(() => undefined))
  if (read && house.session?.person === person) mine.patients = read.patients
}

/** Begins: forgets with the person; who is in a room may have changed when the server says so. */
export function startAudiences(): () => void {
  const stops = [
    onLeave(forgetAudiences),
    on('room', ({ room }) => stale(room)),
    onOpen(() => {
      for (const [key, known] of Object.entries(audiences))
        if (known?.state === 'unknown') {
          const [room, infoClass] = key.split('/')
          if (room) void askAudience(room, Number(infoClass))
        }
    }),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

function stale(room: string): void {
  for (const [key, known] of Object.entries(audiences))
    if (known && key.startsWith(`${room}/`)) audiences[key] = { ...known, at: 0 }
}
