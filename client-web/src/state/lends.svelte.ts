// state: what was lent to this device for reading without network. No DOM, no network.

export const lends = $state<{
  /** Until when the longest of the copies may be read, microseconds UTC by the server's clock; 0 when there is none. */
  until: number
  /** Whether the person's passkey opens them again after the page was loaded anew. */
  lasting: boolean
  /** How many rooms. */
  rooms: number
  /** Whether the page was opened from copies, without a server: everything but reading and writing posts is away. */
  alone: boolean
}>({ until: 0, lasting: false, rooms: 0, alone: false })
