// view: parts that the first screen does not need. They come when they are first shown; without network out of what the
// service worker keeps.

/** What must come is asked for again after so long, in milliseconds. */
const AGAIN = 2_000

/** A component that is loaded once, when it is first asked for. */
export function later<Part>(load: () => Promise<{ default: Part }>): () => Promise<Part> {
  let loading: Promise<Part> | undefined
  return () =>
    (loading ??= load().then(
      (module) => module.default,
      (cause: unknown) => {
        // Without a network now; with one next time.
        loading = undefined
        throw cause
      },
    ))
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
