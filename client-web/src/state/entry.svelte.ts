// state: how far somebody has come with signing in. No DOM, no network; nothing secret lies here.
import type { PostChoice, StartPerson } from '../wire/generated'

/**
 * `people`: nobody has said anything. `password`: a face was tapped, or a login name is typed. `key`: the browser
 * waits for the passkey. `post`: both factors are right, and there is more than one post to act under.
 */
export type Step = 'people' | 'password' | 'key' | 'post'

export const entry = $state<{
  step: Step
  /** Whose face was tapped; nobody when the login name is typed. */
  person: StartPerson | undefined
  /** Whether the passkey alone is asked for, within the shift. */
  returning: boolean
  posts: PostChoice[]
  busy: boolean
  /** What went wrong last, as it was thrown. */
  cause: unknown
  /** Everybody of the employer, once they were asked for. */
  everyone: StartPerson[] | undefined
}>({
  step: 'people',
  person: undefined,
  returning: false,
  posts: [],
  busy: false,
  cause: undefined,
  everyone: undefined,
})

/** Back to the faces, as if nobody had been here. */
export function forgetEntry(): void {
  Object.assign(entry, {
    step: 'people',
    person: undefined,
    returning: false,
    posts: [],
    busy: false,
    cause: undefined,
    everyone: undefined,
  } satisfies typeof entry)
}
