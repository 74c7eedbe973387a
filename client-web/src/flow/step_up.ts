// flow: what administrators and auditors do needs a fresh passkey; it is asked for when the server says so.
import { Problem, ask } from '../net/http'
import { usePasskey } from '../net/passkey'
import { house } from '../state/session.svelte'
import { now } from '../text/time'
import { postSessionStepUp, postSessionStepUpOptions } from '../wire/generated'

/** Presents the passkey anew; good for ten minutes. @throws PasskeyCancelled, Problem */
export async function stepUp(): Promise<void> {
  const { flow, options } = await ask(postSessionStepUpOptions)
  const { credential } = await usePasskey(options)
  const { stepped_up_until } = await ask(postSessionStepUp, { body: { flow, credential } })
  if (house.session) house.session = { ...house.session, stepped_up_until }
}

let presenting: Promise<void> | undefined

function presentOnce(): Promise<void> {
  presenting ??= stepUp().finally(() => (presenting = undefined))
  return presenting
}

/**
 * Does something that needs a fresh passkey: asks for it first when the last one is old (a refusal would stand in the
 * access log), and once more when the server finds it old.
 */
export async function steppedUp<Answer>(act: () => Promise<Answer>): Promise<Answer> {
  if ((house.session?.stepped_up_until ?? 0) <= now()) await presentOnce()
  try {
    return await act()
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code !== 'session.step_up') throw cause
    await presentOnce()
    return act()
  }
}
