// flow: 申し送り is read when it is opened, again when a returning line may have missed something, and by hand.
import { ask } from '../net/http'
import {
  forgetHandover,
  handover,
  handoverArrived,
  handoverChanged,
  wasTaken,
} from '../state/handover.svelte'
import { house, ownByline } from '../state/session.svelte'
import { now } from '../text/time'

import { getHandover } from '../wire/generated'
import { onLeave } from './house'
import { on, onOpen } from './line'

const APART = 5_000

let last = 0
let onScreen = false
let timer: ReturnType<typeof setTimeout> | undefined

/** The list is on the screen; returns how to say that it left. */
export function showHandover(): () => void {
  onScreen = true
  void readHandover()
  return () => {
    onScreen = false
    clearTimeout(timer)
  }
}

/** Reads the list: a recorded look. */
export async function readHandover(): Promise<void> {
  const session = house.session?.session
  last = Date.now()
  try {
    const list = await ask(getHandover)
    if (house.session?.session === session) handoverArrived(list)
  } catch (cause) {
    if (house.session?.session === session) handover.failure = cause
  }
}

function refresh(): void {
  if (!onScreen) {
    handover.stale = true
    return
  }
  clearTimeout(timer)
  timer = setTimeout(() => void readHandover(), Math.max(0, last + APART - Date.now()))
}

/** I took it over. */
export function tookOver(message: string): void {
  const by = ownByline(now())
  if (by) wasTaken(message, by)
}

/** From sign-in to its end. Returns how to stop. */
export function followHandover(): () => void {
  const stops = [
    onLeave(() => {
      clearTimeout(timer)
      forgetHandover()
    }),
    on('changed', ({ message, change, now: present }) => {
      if (present) handoverChanged(present)
      if (change.kind === 'taken') wasTaken(message, change.by)
    }),
    on('head', refresh),
    onOpen(() => {
      if (handover.list) refresh()
    }),
  ]
  return () => {
    clearTimeout(timer)
    for (const stop of stops) stop()
  }
}
