// Dice for tests that try many things: a failing run is repeated by its seed.

/** Numbers from 0 to 1, always the same ones for a seed. */
export function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296
    return state / 4294967296
  }
}

/** One of several. */
export function oneOf<Value>(roll: () => number, values: readonly Value[]): Value {
  return values[Math.floor(roll() * values.length)] as Value
}
