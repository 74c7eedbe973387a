// flow: half-written posts wait on the server, sealed under their author, and come back on any device.
import { ask, Problem } from '../net/http'
import {
  allWritings,
  forgetWritings,
  isEmpty,
  takeUp,
  toDraft,
  writingOf,
  type Writing,
} from '../state/drafts.svelte'
import { house } from '../state/session.svelte'
import { attaching } from '../text/attaching'
import { deleteRoomsDraft, getRoomsDraft, putRoomsDraft } from '../wire/generated'
import { onLeave } from './house'
import { onOpen } from './line'

const PAUSE = 800
const timers = new Map<string, ReturnType<typeof setTimeout>>()
/** Rooms whose draft the server has; elsewhere there is nothing to take away. */
const onServer = new Set<string>()

/** Brings back what this person was writing in a room. */
export async function openDraft(room: string): Promise<void> {
  const writing = writingOf(room)
  if (writing.keeping !== 'unknown') return
  const person = house.session?.person
  try {
    const { draft } = await ask(getRoomsDraft, { path: { room } })
    if (house.session?.person !== person) return
    onServer.add(room)
    // Whoever began to write before the answer came keeps the new words.
    if (isEmpty(writing)) takeUp(writing, draft, attaching.earlier_file)
  } catch (cause) {
    if (cause instanceof Problem && cause.code === 'missing' && isEmpty(writing)) writing.keeping = 'saved'
  }
}

/** The person wrote: kept a moment later. */
export function draftChanged(room: string): void {
  writingOf(room).keeping = 'changed'
  clearTimeout(timers.get(room))
  timers.set(
    room,
    setTimeout(() => void keep(writingOf(room)), PAUSE),
  )
}

/** The post was sent: the draft goes. */
export function draftSent(room: string): void {
  clearTimeout(timers.get(room))
  void discard(writingOf(room))
}

async function keep(writing: Writing, keepalive = false): Promise<void> {
  clearTimeout(timers.get(writing.room))
  if (isEmpty(writing)) return discard(writing, keepalive)
  const path = { room: writing.room }
  writing.keeping = 'saving'
  try {
    await ask(putRoomsDraft, { path, body: toDraft(writing), keepalive })
    onServer.add(writing.room)
    if (stillSaving(writing)) writing.keeping = 'saved'
  } catch {
    if (stillSaving(writing)) writing.keeping = 'failed'
  }
}

// While the answer was on its way the person may have written on.
const stillSaving = (writing: Writing) => writing.keeping === 'saving'

async function discard(writing: Writing, keepalive = false): Promise<void> {
  if (!onServer.delete(writing.room)) {
    writing.keeping = 'saved'
    return
  }
  const done = await ask(deleteRoomsDraft, { path: { room: writing.room }, keepalive }).then(
    () => true,
    () => false,
  )
  if (!done) onServer.add(writing.room)
  if (isEmpty(writing)) writing.keeping = done ? 'saved' : 'failed'
}

/** Begins to keep drafts: again when the line is back, and at once when the person leaves. */
export function startDrafts(): () => void {
  const stops = [
    onOpen(() => {
      for (const writing of allWritings()) if (writing.keeping === 'failed') void keep(writing)
    }),
    onLeave(async () => {
      const unsaved = allWritings().filter(({ keeping }) => keeping !== 'saved' && keeping !== 'unknown')
      const saving = Promise.all(unsaved.map((writing) => keep(writing, true)))
      for (const timer of timers.values()) clearTimeout(timer)
      timers.clear()
      onServer.clear()
      forgetWritings()
      await saving
    }),
  ]
  // A tab that is closed or thrown away by the browser says goodbye here, if anywhere.
  const hidden = () => {
    if (document.visibilityState !== 'hidden') return
    for (const writing of allWritings()) if (writing.keeping === 'changed') void keep(writing, true)
  }
  document.addEventListener('visibilitychange', hidden)
  return () => {
    document.removeEventListener('visibilitychange', hidden)
    for (const stop of stops) stop()
  }
}
