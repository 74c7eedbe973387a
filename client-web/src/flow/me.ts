// flow: one's own page: where one is signed in, one's keys, one's password.
import { ask } from '../net/http'
import { makePasskey } from '../net/passkey'
import { me } from '../state/me.svelte'
import { house } from '../state/session.svelte'
import {
  deleteMePasskeysOne,
  deleteSessionsOne,
  getMe,
  postMePasskeys,
  postMePasskeysOptions,
  putMePassword,
} from '../wire/generated'
import { leave, onLeave } from './house'
import { codeOf } from './sentence'
import { stepUp, steppedUp } from './step_up'
import type { KeyKind } from './first_sign_in'

onLeave(() => {
  me.page = undefined
})

/** Reads the page; the look is recorded. An answer that comes when the person has left is not for the next one. */
export async function readMe(): Promise<void> {
  const session = house.session?.session
  const page = await ask(getMe)
  if (house.session?.session === session) me.page = page
}

/** Signs the person out on one other device. Where that is over already, the list is only read again. */
export async function signOutThere(session: string): Promise<void> {
  try {
    await ask(deleteSessionsOne, { path: { session } })
  } catch (cause) {
    if (codeOf(cause) !== 'missing') throw cause
  }
  await readMe()
}

/** Registers one more key. The one that is there already is presented first. */
export async function addKey(kind: KeyKind, label: string): Promise<void> {
  const asked = await steppedUp(() => ask(postMePasskeysOptions, { body: { kind, label } }))
  const credential = await makePasskey(asked.options)
  await ask(postMePasskeys, { body: { flow: asked.flow, credential } })
  await readMe()
}

/** Removes a key; the server keeps the last one. */
export async function removeKey(passkey: string): Promise<void> {
  await steppedUp(() => ask(deleteMePasskeysOne, { path: { passkey } }))
  await readMe()
}

/** Changes the password; every sign-in of the person ends with it, this one too. */
export async function changePassword(current: string, chosen: string): Promise<void> {
  await steppedUp(() => ask(putMePassword, { body: { current, new: chosen } }))
  await leave('password.changed')
}

/** Tries the key, without anything else: whether it still works, before one needs it. */
export const tryKey = stepUp
