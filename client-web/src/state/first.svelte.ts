// state: how far a first sign-in has come, and which plain rules a password keeps. Nothing secret lies here.

/** `code`: the paper. `password`: chosen anew. `key`: registered. `practice`: presented once, as every day. */
export type FirstStep = 'code' | 'password' | 'key' | 'practice'

export const FIRST_STEPS: readonly FirstStep[] = ['code', 'password', 'key', 'practice']

export const first = $state<{
  step: FirstStep
  login: string
  busy: boolean
  cause: unknown
}>({ step: 'code', login: '', busy: false, cause: undefined })

/** Forgets it all: another person begins. */
export function forgetFirst(): void {
  Object.assign(first, { step: 'code', login: '', busy: false, cause: undefined } satisfies typeof first)
}
