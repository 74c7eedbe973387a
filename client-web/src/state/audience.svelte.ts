// state: who would see a post, by room and information class, and my patients, for the guard against mixing them up.
import type { BylineBody, PatientLine } from '../wire/generated'

/** What is known of an audience. */
export interface Audience {
  state: 'asking' | 'known' | 'unknown'
  readers: BylineBody[]
  /** When it was asked for, microseconds UTC. */
  at: number
}

export const audiences = $state<Record<string, Audience | undefined>>({})
export const mine = $state<{ patients: PatientLine[] | undefined }>({ patients: undefined })

/** Where an audience is kept. */
export function audienceKey(room: string, infoClass: number): string {
  return `${room}/${String(infoClass)}`
}

/** Forgets everything: the person leaves. */
export function forgetAudiences(): void {
  for (const key of Object.keys(audiences)) audiences[key] = undefined
  mine.patients = undefined
}

/** One line for each person, however many posts they hold. */
export function byPerson(readers: readonly BylineBody[]): BylineBody[] {
  return readers.filter(
    ({ person }, index) => readers.findIndex((reader) => reader.person === person) === index,
  )
}

/** The job types of an audience, in the order of its people. */
export function jobTypesOf(readers: readonly BylineBody[]): number[] {
  return readers
    .flatMap(({ job_type }) => (job_type == null ? [] : [job_type]))
    .filter((job, index, all) => all.indexOf(job) === index)
    .sort((one, other) => one - other)
}
