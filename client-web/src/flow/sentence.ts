// flow: what a failure is called for the person in front of the screen.
import { Problem, Unreached } from '../net/http'
import { PasskeyCancelled, PasskeyKnown } from '../net/passkey'
import { common } from '../text/common'
import { language } from '../text/words.svelte'

/** The sentence for a failure, in the person's language. */
export function sentence(cause: unknown): string {
  if (cause instanceof Problem)
    return language.current === 'ja' ? cause.document.title_ja : cause.document.title
  if (cause instanceof Unreached) return common.unreached
  if (cause instanceof PasskeyCancelled) return common.cancelled
  if (cause instanceof PasskeyKnown) return common.known_key
  return common.unexpected
}

/** The field that a refusal names, if any. */
export function fieldOf(cause: unknown): string | undefined {
  return cause instanceof Problem ? (cause.document.field ?? undefined) : undefined
}

/** The stable code of a refusal, if it is one. */
export function codeOf(cause: unknown): string | undefined {
  return cause instanceof Problem ? cause.code : undefined
}

/** Whether no answer came at all. */
export function unreached(cause: unknown): boolean {
  return cause instanceof Unreached
}

/** Whether it was the person's key that did not come, rather than the server that refused. */
export function keyCancelled(cause: unknown): boolean {
  return cause instanceof PasskeyCancelled
}
