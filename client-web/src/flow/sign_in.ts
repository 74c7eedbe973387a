// flow: signing in. A full sign-in takes password and passkey; within the shift a return takes the passkey alone.
import { Problem, ask } from '../net/http'
import { relyingParty, usePasskey } from '../net/passkey'
import { entry, forgetEntry } from '../state/entry.svelte'
import { house } from '../state/session.svelte'
import {
  ChoosePostSchema,
  getDevice,
  postReturn,
  postReturnOptions,
  postSignInPasskey,
  postSignInPassword,
  type PasskeyAsked,
  type Session,
  type StartPerson,
} from '../wire/generated'
import * as v from 'valibot'
import { enter, toStart } from './house'
import { passkeyGave } from './lend'
import { tellFirst } from './owed'

/** Asked for and not yet answered; the server lets it count once, for five minutes. */
let asked: PasskeyAsked | undefined
let presenting: AbortController | undefined

/** A face was tapped: whoever signed in this shift needs the passkey alone. */
export async function choose(person: StartPerson): Promise<void> {
  cancel()
  entry.person = person
  if (person.returns && house.device?.return_by_passkey) await comeBack()
  else entry.step = 'password'
}

/** The full sign-in, for whose face was tapped or for a typed login name. */
export function chooseFull(person: StartPerson | undefined = entry.person): void {
  cancel()
  entry.person = person
  entry.step = 'password'
}

/** Back to the faces. */
export function startOver(): void {
  cancel()
  const { everyone } = entry
  forgetEntry()
  entry.everyone = everyone
}

/** Return within the shift. Without a face it is the person of this browser's locked session. */
export async function comeBack(): Promise<void> {
  const person = entry.person?.person ?? house.session?.person
  entry.step = 'key'
  entry.returning = true
  await attempt(async (signal) => {
    asked = await ask(postReturnOptions, { body: { person: person ?? null } })
    await come(await present(postReturn, signal))
  })
}

/** The password step, then the passkey. */
export async function signIn(login: string, password: string): Promise<void> {
  await attempt(async (signal) => {
    const who = entry.person ? { person: entry.person.person } : { login }
    asked = await ask(postSignInPassword, { body: { ...who, password } })
    entry.step = 'key'
    await come(await present(postSignInPasskey, signal))
  })
}

/** Presents the passkey once more, after it was cancelled or did not fit. */
export async function again(): Promise<void> {
  if (entry.returning) return comeBack()
  if (!asked) return chooseFull()
  await attempt(async (signal) => come(await present(postSignInPasskey, signal)))
}

/** Both factors were right: this is the post to act under. */
export async function choosePost(post: string): Promise<void> {
  const flow = asked?.flow
  if (!flow) return chooseFull()
  await attempt(async () => come(await ask(postSignInPasskey, { body: { flow, post } })))
}

/** Everybody of the employer, not only those who work at this place. */
export async function showEveryone(): Promise<void> {
  await attempt(async () => {
    const { people, job_types } = await ask(getDevice, { query: { all: true } })
    // Others have other jobs than those who work here; without the words their cards would lack them.
    if (house.device) house.device = { ...house.device, job_types }
    entry.everyone = people
  })
}

/** Whose session is locked on this device, for the name above the button. */
export async function whoIsLocked(): Promise<void> {
  const person = house.session?.person
  const among = (people: StartPerson[] | undefined) => people?.find((one) => one.person === person)
  entry.person = among(house.device?.people)
  if (entry.person) return
  const everybody = await ask(getDevice, { query: { all: true } }).catch(() => undefined)
  entry.person = among(everybody?.people)
}

/** Leaves the locked screen for somebody else's sign-in; the locked session stays until its end. */
export function leaveLock(): void {
  startOver()
  house.session = undefined
  toStart()
}

/** Asks anew who works here, and who signed in meanwhile. */
export async function refreshFaces(): Promise<void> {
  house.device = await ask(getDevice, { query: {} }).catch(() => house.device)
}

async function present(
  route: typeof postReturn | typeof postSignInPasskey,
  signal: AbortSignal,
): Promise<Session> {
  if (!asked) throw new Error('no passkey was asked for')
  const { flow, options } = asked
  const { credential, secret } = await usePasskey(options, signal)
  signal.throwIfAborted()
  const session = await ask(route as typeof postReturn, { body: { flow, credential } })
  passkeyGave({ secret, credential: String(credential.id), rp: relyingParty(options) })
  return session
}

async function come(session: Session): Promise<void> {
  asked = undefined
  await enter(session)
  forgetEntry()
}

/** Stops waiting for a key; what was asked for is forgotten with it. */
function cancel(): void {
  presenting?.abort()
  presenting = undefined
  asked = undefined
  entry.busy = false
  entry.cause = undefined
  entry.returning = false
}

async function attempt(act: (signal: AbortSignal) => Promise<void>): Promise<void> {
  presenting?.abort()
  const mine = (presenting = new AbortController())
  entry.busy = true
  entry.cause = undefined
  try {
    await tellFirst()
    if (!mine.signal.aborted) await act(mine.signal)
  } catch (cause) {
    if (!mine.signal.aborted) failed(cause)
  } finally {
    if (presenting === mine) entry.busy = false
  }
}

function failed(cause: unknown): void {
  entry.cause = cause
  if (!(cause instanceof Problem)) return
  if (cause.code === 'sign_in.choose_post') {
    const body = v.safeParse(ChoosePostSchema, cause.body)
    if (!body.success) return
    entry.posts = body.output.posts
    entry.cause = undefined
    entry.step = 'post'
    return
  }
  // Whatever else the server refuses has used the half-done step up.
  asked = undefined
  if (!entry.returning) entry.step = entry.step === 'people' ? 'people' : 'password'
  else if (FULL.has(cause.code)) {
    entry.returning = false
    entry.step = 'password'
  }
}

/** Refusals after which only the full sign-in helps. */
const FULL = new Set(['return.full_sign_in', 'return.switched_off'])
