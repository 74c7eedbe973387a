// flow: 申し送り is read when it is opened, again when a returning line may have missed something, and by hand.
import { ask } from '../net/http'
import {
  forgetHandover,
  handover,
  handoverArrived,
  handoverChanged,
  wasTaken,
} from '../state/handover.svelte'
import { house } from '../state/session.svelte'

import { getHandover, type BylineBody } from '../wire/generated'
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
  const { self, session } = house
  if (!self || !session) return
  const by: BylineBody = {
    at: Date.now() * 1000,
    name: self.name,
    person: self.person,
    post: session.post,
    job_type: session.job_type,
    organization: session.organization,
    organization_name: house.organizations.find((one) => one.organization === session.organization)?.name,
    organization_version: 0,
    person_version: 0,
  }
  wasTaken(message, by)
}

/** From sign-in to its end. Returns how to stop. */
export function followHandover(): () => void {
  const stops = [
    onLeave(() => {
      clearTimeout(timer)
      forgetHandover()
    }),
    on('changed', ({ message, change, now }) => {
      if (now) handoverChanged(now)
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
