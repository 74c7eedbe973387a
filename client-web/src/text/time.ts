// text: times for people. The wire has microseconds UTC; people see Asia/Tokyo, whatever the device believes.
import { language } from './words.svelte'

/** The value from which on an end is no end (an open interval). */
export const OPEN_END = 2 ** 53

const ZONE = 'Asia/Tokyo'
const made = new Map<string, Intl.DateTimeFormat>()

function format(
  options: Intl.DateTimeFormatOptions,
  locale = language.current === 'ja' ? 'ja-JP' : 'en-GB',
): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options)
  let found = made.get(key)
  if (!found) made.set(key, (found = new Intl.DateTimeFormat(locale, { timeZone: ZONE, ...options })))
  return found
}

const date = (microseconds: number) => new Date(microseconds / 1000)

/** 9:05 */
export function clock(microseconds: number): string {
  return format({ hour: 'numeric', minute: '2-digit', hourCycle: 'h23' }).format(date(microseconds))
}

/** 11月22日(日) */
export function day(microseconds: number): string {
  return format({ month: 'long', day: 'numeric', weekday: 'short' }).format(date(microseconds))
}

/** 2026年11月22日 */
export function fullDay(microseconds: number): string {
  return format({ year: 'numeric', month: 'long', day: 'numeric' }).format(date(microseconds))
}

/** 2026年11月22日 9:05 */
export function fullTime(microseconds: number): string {
  return `${fullDay(microseconds)} ${clock(microseconds)}`
}

/** 2026-11-22, the civil date in Tokyo: for day dividers and date inputs. */
export function civilDate(microseconds: number): string {
  return format({ year: 'numeric', month: '2-digit', day: '2-digit' }, 'sv-SE').format(date(microseconds))
}

/** Today 9:05, otherwise with the day: 11月22日(日) 9:05. */
export function moment(microseconds: number, now = Date.now() * 1000): string {
  return civilDate(microseconds) === civilDate(now)
    ? clock(microseconds)
    : `${day(microseconds)} ${clock(microseconds)}`
}

/** Microseconds UTC of a civil date (2026-11-22) and time (09:05) in Tokyo, which knows no summer time. */
export function fromCivil(dateText: string, timeText = '00:00'): number {
  return Date.parse(`${dateText}T${timeText}:00+09:00`) * 1000
}

/** A civil date with 和暦 beside it: 1939年(昭和14年)3月2日. */
export function birthDate(isoDate: string): string {
  const at = new Date(`${isoDate}T00:00:00+09:00`)
  if (language.current === 'en') return format({ year: 'numeric', month: 'long', day: 'numeric' }).format(at)
  const era = format({ era: 'long', year: 'numeric' }, 'ja-JP-u-ca-japanese').format(at)
  return `${format({ year: 'numeric' }).format(at)}(${era})${format({ month: 'long', day: 'numeric' }).format(at)}`
}

/** Now, in microseconds UTC. */
export function now(): number {
  return Date.now() * 1000
}
