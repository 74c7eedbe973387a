// flow: the first sign-in. The paper's code, a password, a key; then the everyday sign-in once, as practice.
import { visit } from '../net/address'
import { ask } from '../net/http'
import { makePasskey } from '../net/passkey'
import { first, forgetFirst } from '../state/first.svelte'
import {
  postFirstSignInCode,
  postFirstSignInPasskey,
  postFirstSignInPasskeyOptions,
  postFirstSignInPassword,
} from '../wire/generated'
import { chooseFull, signIn, startOver } from './sign_in'
import { codeOf } from './sentence'

/** The half-done first sign-in: five minutes from one step to the next. */
let flow: string | undefined
/** Kept from its step to the practice, which needs it once. */
let chosen: string | undefined

/** What kind of key is registered: one that counts everywhere, or one that lives in this device. */
export type KeyKind = 'security_key' | 'this_device'

/** Takes login and code out of the address, so that they are not read over a shoulder or found in the history. */
export function takePrefilled(query: Record<string, string>): { login: string; code: string } {
  const given = { login: query.login ?? '', code: query.code ?? '' }
  if (given.login || given.code) visit('/first', true)
  return given
}

/** The code from the paper. */
export async function giveCode(login: string, code: string): Promise<void> {
  await attempt(async () => {
    ;({ flow } = await ask(postFirstSignInCode, { body: { login, code } }))
    first.login = login
    first.step = 'password'
  })
}

/** The password; one that breaks a rule may be replaced by another at once. */
export async function choosePassword(password: string): Promise<void> {
  await attempt(async () => {
    await ask(postFirstSignInPassword, { body: { flow: flow ?? '', password } })
    chosen = password
    first.step = 'key'
  })
}

/** Registers the key. */
export async function registerKey(kind: KeyKind, label: string): Promise<void> {
  await attempt(async () => {
    const asked = await ask(postFirstSignInPasskeyOptions, { body: { flow: flow ?? '', kind, label } })
    flow = asked.flow
    const credential = await makePasskey(asked.options)
    await ask(postFirstSignInPasskey, { body: { flow, credential } })
    first.step = 'practice'
  })
}

/** The everyday sign-in with the new password and the new key. */
export async function practise(): Promise<void> {
  const password = chosen
  if (password === undefined) return endFirst()
  startOver()
  chooseFull(undefined)
  await signIn(first.login, password)
}

/** Forgets everything of the first sign-in: it is done, or given up. */
export function endFirst(): void {
  flow = undefined
  chosen = undefined
  forgetFirst()
}

async function attempt(act: () => Promise<void>): Promise<void> {
  first.busy = true
  first.cause = undefined
  try {
    await act()
  } catch (cause) {
    first.cause = cause
    // The half-done sign-in ran out of time; the code itself is still good.
    if (codeOf(cause) === 'sign_in.failed') first.step = 'code'
  } finally {
    first.busy = false
  }
}
