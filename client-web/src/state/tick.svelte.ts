// state: the time that screens go by: due times pass and calls move on while somebody looks.

export const tick = $state({
  /** Microseconds UTC, renewed every few seconds. */
  now: Date.now() * 1000,
})
