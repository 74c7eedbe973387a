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

onLeave(forgetLog)

/** Reads the page that the question and the last cursor name. */
export async function readPage(): Promise<void> {
  const cursor = log.cursors.at(-1)
  const asked = { ...query(log.question), ...(cursor && { cursor }), limit: 100 }
  log.page = await steppedUp(() => ask(getAccessLog, { query: asked }))
}

/** Asks another question, from its first page on. */
export async function askLog(question: Question): Promise<void> {
  log.question = question
  log.cursors = [undefined]
  await readPage()
}

/** Goes to the next (older) page, or back (newer). */
export async function turn(direction: 'older' | 'newer'): Promise<void> {
  const next = log.page?.next
  if (direction === 'older' && next) log.cursors = [...log.cursors, next]
  if (direction === 'newer' && log.cursors.length > 1) log.cursors = log.cursors.slice(0, -1)
  await readPage()
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
