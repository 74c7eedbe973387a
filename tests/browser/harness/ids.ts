// Ids of posts, as a client makes them.

/** An id of RFC 9562, version 7, of now; unlike those of other numbers. */
export function clientId(number: number): string {
  const time = (Date.now() + number).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${number.toString(16).padStart(12, '0')}`
}
