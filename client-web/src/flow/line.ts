// flow: the one live line of this page, and who listens to it.
import { reloadForLine } from '../net/address'
import { Unreached } from '../net/http'
import { Line, type Remark, type Request } from '../net/line'
import { connection, lineBecame } from '../state/connection.svelte'
import { now } from '../text/time'
import type { ServerFrame } from '../wire/generated'

type Frame<Type extends ServerFrame['type']> = Extract<ServerFrame, { type: Type }>
type Listener = (frame: ServerFrame) => void

const listeners = new Map<string, Set<Listener>>()
const openings = new Set<() => void>()
const cursors = new Map<string, string>()
let line: Line | undefined
let whenEnded: (code: number, reason: string) => void = () => undefined

/** Hears frames of a type, whoever opened the line. Returns how to stop. */
export function on<Type extends ServerFrame['type']>(
  type: Type,
  heard: (frame: Frame<Type>) => void,
): () => void {
  const set = listeners.get(type) ?? new Set()
  listeners.set(type, set)
  set.add(heard as Listener)
  return () => set.delete(heard as Listener)
}

/** Hears each time that the line is up (again): open rooms are opened anew, what waits is sent. */
export function onOpen(heard: () => void): () => void {
  openings.add(heard)
  if (line?.state === 'open') heard()
  return () => openings.delete(heard)
}

/** Notes how far a room was seen, for the next `hello`. */
export function keepCursor(room: string, cursor: string | null | undefined): void {
  if (cursor) cursors.set(room, cursor)
}

/** The last cursor of a room. */
export function cursorOf(room: string): string | undefined {
  return cursors.get(room)
}

/** Opens the line of a person or of the device; another one ends. `ended` hears 4401 and 4409. */
export function openLine(whose: 'person' | 'device', ended: (code: number, reason: string) => void): void {
  closeLine()
  whenEnded = ended
  line = new Line(whose, {
    cursors: () => (whose === 'person' ? [...cursors].map(([room, cursor]) => ({ room, cursor })) : []),
    state: (state) => {
      lineBecame(state, now())
      if (state === 'open') for (const heard of openings) heard()
    },
    frame: (frame) => {
      for (const heard of listeners.get(frame.type) ?? []) heard(frame)
    },
    // A newer server: the page that it has now understands it.
    strange: () => (connection.strange = !reloadForLine()),
    ended: (code, reason) => whenEnded(code, reason),
  })
  line.open()
}

/** Hangs up and forgets the cursors. */
export function closeLine(): void {
  line?.close()
  line = undefined
  connection.strange = false
  cursors.clear()
}

/**
 * Asks over the line.
 * @throws Problem, Unreached
 */
export async function over<Type extends ServerFrame['type']>(
  request: Request,
  answer: Type,
): Promise<Frame<Type>> {
  if (!line) throw new Unreached()
  const frame = await line.request(request)
  if (frame.type !== answer) throw new Error(`${request.type} was answered by ${frame.type}`)
  return frame as Frame<Type>
}

/** Says something that nobody answers. */
export function remark(said: Remark): void {
  line?.remark(said)
}

/** Tries at once: the network came back or the screen woke up. */
export function hurry(): void {
  line?.hurry()
}
