// text: times for people. The wire has microseconds UTC; people see Asia/Tokyo, whatever the device believes.
import { language } from './words.svelte'

/** The value from which on an end is no end (an open interval). */
export const OPEN_END = 2 ** 53

const ZONE = 'Asia/Tokyo'
const DAY = 86_400_000_000
const OFFSET = 9 * 3_600_000_000

const SHAPES = {
  clock: { hour: 'numeric', minute: '2-digit', hourCycle: 'h23' },
  day: { month: 'long', day: 'numeric', weekday: 'short' },
  monthDay: { month: 'long', day: 'numeric' },
  year: { year: 'numeric' },
  fullDay: { year: 'numeric', month: 'long', day: 'numeric' },
  civil: { year: 'numeric', month: '2-digit', day: '2-digit' },
  era: { era: 'long', year: 'numeric' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>

const made = new Map<string, Intl.DateTimeFormat>()

function write(
  shape: keyof typeof SHAPES,
  at: number | Date,
  locale = language.current === 'ja' ? 'ja-JP' : 'en-GB',
): string {
  const key = locale + shape
  let found = made.get(key)
  if (!found) made.set(key, (found = new Intl.DateTimeFormat(locale, { timeZone: ZONE, ...SHAPES[shape] })))
  return found.format(typeof at === 'number' ? at / 1000 : at)
}

/** The number of the civil day in Tokyo, which knows no summer time. */
export function dayNumber(microseconds: number): number {
  return Math.floor((microseconds + OFFSET) / DAY)
}

/** 9:05 */
export function clock(microseconds: number): string {
  return write('clock', microseconds)
}

/** 11月22日(日) */
export function day(microseconds: number): string {
  return write('day', microseconds)
}

/** 2026年11月22日 */
export function fullDay(microseconds: number): string {
  return write('fullDay', microseconds)
}

/** 2026年11月22日 9:05 */
export function fullTime(microseconds: number): string {
  return `${fullDay(microseconds)} ${clock(microseconds)}`
}

/** 2026-11-22, the civil date in Tokyo: for date inputs and groups of a day. */
export function civilDate(microseconds: number): string {
  return write('civil', microseconds, 'sv-SE')
}

/** Today 9:05, otherwise with the day: 11月22日(日) 9:05. */
export function moment(microseconds: number, now = Date.now() * 1000): string {
  return dayNumber(microseconds) === dayNumber(now)
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
  if (language.current === 'en') return write('fullDay', at)
  return `${write('year', at)}(${write('era', at, 'ja-JP-u-ca-japanese')})${write('monthDay', at)}`
}

/** Now, in microseconds UTC. */
export function now(): number {
  return Date.now() * 1000
}
