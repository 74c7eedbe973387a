// state: colleagues as they were found, one entry a person.
import type { Colleague } from '../wire/generated'

/** A person with all posts that were found. */
export interface Found {
  person: string
  name: string
  reading: string
  /** At work and connected now, under any of the posts. */
  present: boolean
  posts: { post: string; job_type: number; organization_name: string }[]
}

/** Brings the posts of each person together, in the order of their first. */
export function byPerson(colleagues: readonly Colleague[]): Found[] {
  const found = new Map<string, Found>()
  for (const { person, name, reading, present, post, job_type, organization_name } of colleagues) {
    const known = found.get(person) ?? { person, name, reading, present, posts: [] }
    known.present ||= present
    found.set(person, known)
    if (!known.posts.some((one) => one.post === post)) known.posts.push({ post, job_type, organization_name })
  }
  return [...found.values()]
}
