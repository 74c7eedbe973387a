// state: the plain rules of a new password that can be told while it is typed. The server judges the rest.
import { foldKana } from './fold'

export const SHORTEST = 8
export const RECOMMENDED = 13
export const LONGEST = 128

/** What can be said of a password so far. */
export interface PasswordSoFar {
  length: number
  longEnough: boolean
  recommended: boolean
  /** It holds the login name, or a part of it of four letters or more. */
  ownName: boolean
  /** One character over and over, or a run such as 12345678. */
  monotonous: boolean
}

/** Looks at a password while it is typed. */
export function judge(password: string, login: string): PasswordSoFar {
  const letters = Array.from(password.normalize('NFKC'))
  const folded = foldKana(password)
  const names = [login, ...login.split(/[^\p{L}]+/u)].map(foldKana).filter((part) => part.length >= 4)
  return {
    length: letters.length,
    longEnough: letters.length >= SHORTEST && letters.length <= LONGEST,
    recommended: letters.length >= RECOMMENDED,
    ownName: names.some((name) => folded.includes(name)),
    monotonous: letters.length > 2 && steady(letters.map((letter) => letter.codePointAt(0) ?? 0)),
  }
}

/** Whether each character follows the one before by the same small step. */
function steady(codes: number[]): boolean {
  const steps = codes.slice(1).map((code, index) => code - (codes[index] ?? 0))
  return Math.abs(steps[0] ?? 9) <= 1 && steps.every((step) => step === steps[0])
}
