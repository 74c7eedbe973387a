// flow: half-written posts wait on the server, sealed under their author, and come back on any device.
import { ask, Unreached } from '../net/http'
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
import { hereFor } from './lend'
import { onOpen } from './line'

const PAUSE = 800
const timers = new Map<string, ReturnType<typeof setTimeout>>()
/** Rooms whose draft the server has or may have; elsewhere there is nothing to take away. */
const onServer = new Set<string>()
/** The last question of each room: the next one waits for its answer, so that the last words are the last to arrive. */
let turns = new Map<string, Promise<void>>()

/** Brings back what this person was writing in a room. */
export async function openDraft(room: string): Promise<void> {
  const writing = writingOf(room)
  if (writing.keeping !== 'unknown') return
  const person = house.session?.person
  const here = await hereFor(room).read()
  if (here && isEmpty(writing) && house.session?.person === person) {
    takeUp(writing, here, attaching.earlier_file)
    draftChanged(room)
    return
  }
  try {
    const { draft } = await ask(getRoomsDraft, { path: { room } })
    if (house.session?.person !== person) return
    if (!draft) {
      if (isEmpty(writing)) writing.keeping = 'saved'
      return
    }
    onServer.add(room)
    // Whoever began to write before the answer came keeps the new words.
    if (isEmpty(writing)) takeUp(writing, draft, attaching.earlier_file)
  } catch {
    // Out of reach, or no right: what is written now is kept as soon as it can be.
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
  const writing = writingOf(room)
  void inTurn(room, () => discard(writing))
}

function inTurn(room: string, act: () => Promise<void>): Promise<void> {
  const mine = turns
  // Whoever left meanwhile has said their last words; these would go out under the next person's name.
  const turn = (mine.get(room) ?? Promise.resolve()).then(() => (mine === turns ? act() : undefined))
  mine.set(room, turn)
  return turn
}

function keep(writing: Writing): Promise<void> {
  return inTurn(writing.room, () => keepNow(writing))
}

async function keepNow(writing: Writing, keepalive = false): Promise<void> {
  clearTimeout(timers.get(writing.room))
  if (isEmpty(writing)) return discard(writing, keepalive)
  const { room } = writing
  const draft = toDraft(writing)
  // The person may leave before the answer is there.
  const here = hereFor(room)
  writing.keeping = 'saving'
  // Without an answer the server may have it all the same.
  onServer.add(room)
  try {
    await ask(putRoomsDraft, { path: { room }, body: draft, keepalive })
    if (stillSaving(writing)) writing.keeping = 'saved'
    await here.remove()
  } catch (cause) {
    if (stillSaving(writing)) writing.keeping = 'failed'
    if (cause instanceof Unreached) await here.keep(draft)
  }
}

// While the answer was on its way the person may have written on.
const stillSaving = (writing: Writing) => writing.keeping === 'saving'

async function discard(writing: Writing, keepalive = false): Promise<void> {
  const { room } = writing
  void hereFor(room).remove()
  if (!onServer.delete(room)) {
    writing.keeping = 'saved'
    return
  }
  const done = await ask(deleteRoomsDraft, { path: { room }, keepalive }).then(
    () => true,
    () => false,
  )
  if (!done) onServer.add(room)
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
      const saving = Promise.all(unsaved.map((writing) => keepNow(writing, true)))
      for (const timer of timers.values()) clearTimeout(timer)
      timers.clear()
      turns = new Map()
      onServer.clear()
      forgetWritings()
      await saving
    }),
  ]
  // A tab that is closed or thrown away by the browser says goodbye here, if anywhere.
  const hidden = () => {
    if (document.visibilityState !== 'hidden') return
    for (const writing of allWritings()) if (writing.keeping === 'changed') void keepNow(writing, true)
  }
  document.addEventListener('visibilitychange', hidden)
  return () => {
    document.removeEventListener('visibilitychange', hidden)
    for (const stop of stops) stop()
  }
}
