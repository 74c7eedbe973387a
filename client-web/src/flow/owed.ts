// flow: a lock or a sign-out that the server could not be told. Until it is, the cookie of this browser still opens the
// session: nobody goes on here before it was told.
import { Problem, ask } from '../net/http'
import { readSetting, writeSetting } from '../net/keep'
import { deleteSession, postSessionLock, type Session } from '../wire/generated'

type Act = 'lock' | 'end'

const NAME = 'owed'

/** Tells the server; when it cannot be told it stays owed, over a reload too. */
export async function tellOrOwe(session: string | undefined, act: Act): Promise<void> {
  if (!session) return
  writeSetting(NAME, { session, act })
  await settle(act).catch(() => undefined)
}

/**
 * Tells what is owed of the session that the server still knows, before anybody goes on with it; gives what is left of
 * it.
 * @throws Unreached, or Problem when the server is in trouble: then nobody goes on.
 */
export async function settleOwed(session: Session): Promise<Session | undefined> {
  const act = owed(session.session)
  if (!act) return session
  await settle(act)
  return act === 'lock' ? { ...session, locked: true } : undefined
}

/** Tells again, now that the server is there. */
export async function tellAgain(): Promise<void> {
  await tellFirst().catch(() => undefined)
}

/**
 * Tells before a key is presented: told afterwards, it would end what the key has just opened.
 * @throws Unreached, or Problem when the server is in trouble.
 */
export async function tellFirst(): Promise<void> {
  const act = owed(undefined)
  if (telling) await telling
  else if (act) await settle(act)
}

/** Whoever has shown a key since then owes nothing. */
export function oweNothing(): void {
  writeSetting(NAME, null)
}

let telling: Promise<void> | undefined

function settle(act: Act): Promise<void> {
  telling ??= tell(act).finally(() => (telling = undefined))
  return telling
}

async function tell(act: Act): Promise<void> {
  try {
    await ask(act === 'lock' ? postSessionLock : deleteSession)
  } catch (cause) {
    // A session that the server does not know any more, or holds locked already, is what was wanted.
    if (!(cause instanceof Problem && cause.code.startsWith('session.'))) throw cause
  }
  oweNothing()
}

/** What is owed; of one session, or of whichever it is. */
function owed(session: string | undefined): Act | undefined {
  const kept = readSetting(NAME) as { session?: unknown; act?: unknown } | null | undefined
  if (!kept || (session !== undefined && kept.session !== session)) return undefined
  return kept.act === 'lock' || kept.act === 'end' ? kept.act : undefined
}
