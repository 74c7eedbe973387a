// state: what was written and is not yet known to be in the room. No DOM, no network.

export const outbox = $state<{
  /** How many posts of this person wait on this device. */
  waiting: number
}>({ waiting: 0 })
