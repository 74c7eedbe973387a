// state: the page of the access log that an auditor has before them, and the question it answers.
import { civilDate, fromCivil } from '../text/time'
import type { LogEntry, LogPage } from '../wire/generated'

/** A period by its civil days in Tokyo, both included; empty for an open end. */
export interface Question {
  organization: string
  firstDay: string
  lastDay: string
  person: { id: string; name: string } | undefined
  patient: string
  device: { id: string; label: string } | undefined
  action: string
  outcome: string
}

export const NO_QUESTION: Question = {
  organization: '',
  firstDay: '',
  lastDay: '',
  person: undefined,
  patient: '',
  device: undefined,
  action: '',
  outcome: '',
}

const DAY = 86_400_000_000

/** The query of a question: only what was asked. */
export function query(question: Question): Record<string, string | number> {
  const { organization, firstDay, lastDay, person, patient, device, action, outcome } = question
  return {
    ...(organization && { organization }),
    ...(firstDay && { from: fromCivil(firstDay) }),
    ...(lastDay && { until: fromCivil(lastDay) + DAY }),
    ...(person && { person: person.id }),
    ...(patient && { patient }),
    ...(device && { device: device.id }),
    ...(action && { action }),
    ...(outcome && { outcome }),
  }
}

/** What an answered question puts into the form: all but what was changed there since its question was asked. */
export function settled(answered: Question, asked: Question, typed: Question): Partial<Question> {
  const names = Object.keys({ ...answered, ...asked }) as (keyof Question)[]
  const untouched = names.filter((name) => JSON.stringify(typed[name]) === JSON.stringify(asked[name]))
  return Object.fromEntries(untouched.map((name) => [name, answered[name]]))
}

/** The civil day so many days before now. */
export function daysAgo(days: number, now: number): string {
  return civilDate(now - days * DAY)
}

export interface Day {
  date: string
  at: number
  entries: LogEntry[]
}

/** Entries (newest first) by civil day. */
export function byDay(entries: LogEntry[]): Day[] {
  const days: Day[] = []
  for (const entry of entries) {
    const date = civilDate(entry.at)
    const last = days.at(-1)
    if (last?.date === date) last.entries.push(entry)
    else days.push({ date, at: entry.at, entries: [entry] })
  }
  return days
}

/** What can be said of the proofs of a page: how many entries stand in each state. */
export function standing(entries: LogEntry[]): { proven: number; pending: number; damaged: number } {
  const count = (state: string) => entries.filter((entry) => entry.state === state).length
  return { proven: count('proven'), pending: count('pending'), damaged: count('damaged') }
}

/** A pseudonym short enough to read aloud: the first eight digits of the id. */
export function pseudonym(id: string | null | undefined): string {
  return id ? id.slice(0, 8) : ''
}

class LogState {
  question = $state.raw<Question>(NO_QUESTION)
  page = $state.raw<LogPage | undefined>()
  /** Cursors of the pages before this one; the first page has none. */
  cursors = $state.raw<readonly (string | undefined)[]>([undefined])
}

export const log = new LogState()

/** Forgets what was read. */
export function forgetLog(): void {
  log.question = NO_QUESTION
  log.page = undefined
  log.cursors = [undefined]
}
