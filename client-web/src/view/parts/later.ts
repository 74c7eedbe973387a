// view: parts that the first screen does not need. They come when they are first shown, or when the page rests.
import { whenIdle, whenSettled } from '../../flow/rest'

/** What must come is asked for again after so long, in milliseconds. */
const AGAIN = 2_000
/** The first screen has had its time and more: unpacking the rest is felt on a slow tablet. Milliseconds. */
const REST = 8_000

const rest = new Set<() => Promise<unknown>>()

/** A component that is loaded once, when it is first asked for or by `loadTheRest`. */
export function later<Part>(load: () => Promise<{ default: Part }>): () => Promise<Part> {
  let loading: Promise<Part> | undefined
  const part = () =>
    (loading ??= load().then(
      (module) => module.default,
      (cause: unknown) => {
        // Without a network now; with one next time.
        loading = undefined
        throw cause
      },
    ))
  rest.add(part)
  return part
}

/**
 * Loads what was left out, one after the other, whenever the page rests: a page that stays open for weeks must not look for
 * its parts on a server that has newer ones by then. What cannot be had now is asked for when shown.
 */
export async function loadTheRest(): Promise<void> {
  await whenSettled(REST)
  for (const part of rest) {
    await whenIdle()
    await part().catch(() => undefined)
  }
}

/** A part that must come, as an alert must: it is asked for until it is there. */
export async function insist<Part>(part: () => Promise<Part>): Promise<Part> {
  for (;;) {
    try {
      return await part()
    } catch {
      await new Promise((resolve) => setTimeout(resolve, AGAIN))
    }
  }
}
