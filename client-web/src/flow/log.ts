// flow: what an auditor does with the access log.
import { download } from '../net/download'
import { ask } from '../net/http'
import { forgetLog, log, query, type Question } from '../state/log.svelte'
import {
  getAccessLog,
  getAccessLogHead,
  getAccessLogOne,
  getDirectory,
  type Colleague,
  type LogDetail,
  type LogHead,
} from '../wire/generated'
import { onLeave } from './house'
import { steppedUp } from './step_up'

let latest = 0

// An answer that is still under way is not for whoever comes next.
onLeave(() => {
  latest += 1
  forgetLog()
})

/** Reads the page of a question that the last of the cursors names; question and page change together. Only the newest
 *  question is answered: what an older one brings, or why it failed, is of no more use. */
async function readPage(question: Question, cursors: readonly (string | undefined)[]): Promise<void> {
  const mine = ++latest
  const cursor = cursors.at(-1)
  const asked = { ...query(question), ...(cursor && { cursor }), limit: 100 }
  try {
    const page = await steppedUp(() => ask(getAccessLog, { query: asked }))
    if (mine === latest) Object.assign(log, { question, cursors, page })
  } catch (cause) {
    if (mine === latest) throw cause
  }
}

/** Asks another question, from its first page on. */
export function askLog(question: Question): Promise<void> {
  return readPage(question, [undefined])
}

/** Goes to the next (older) page, or back (newer). */
export function turn(direction: 'older' | 'newer'): Promise<void> {
  const next = log.page?.next
  if (direction === 'older' && next) return readPage(log.question, [...log.cursors, next])
  const back = direction === 'newer' && log.cursors.length > 1
  return readPage(log.question, back ? log.cursors.slice(0, -1) : log.cursors)
}

/** One entry, with what is sealed in it. */
export function readEntry(index: number): Promise<LogDetail> {
  return steppedUp(() => ask(getAccessLogOne, { path: { index } }))
}

/** The newest signed head. */
export function readHead(): Promise<LogHead> {
  return ask(getAccessLogHead)
}

/** Colleagues by name or reading, for the filter. */
export async function findColleagues(text: string): Promise<Colleague[]> {
  const found = await ask(getDirectory, { query: { query: text, limit: 20 } })
  return found.colleagues
}

/** A period as a file: `csv` in a character set, or `proof`. */
export async function exportLog(
  from: number,
  until: number,
  format: 'csv' | 'proof',
  charset?: string,
): Promise<void> {
  const search = new URLSearchParams({ from: String(from), until: String(until), format })
  if (charset) search.set('charset', charset)
  if (log.question.organization && format === 'csv') search.set('organization', log.question.organization)
  await steppedUp(() =>
    download(
      `/api/v1/access-log/export?${search.toString()}`,
      format === 'csv' ? 'access-log.csv' : 'access-log.tlog',
    ),
  )
}
