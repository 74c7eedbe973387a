// flow: work that nobody waits for begins when the page has nothing else to do.

/** Even a page that is never at rest gets to it, in milliseconds. */
const LATEST = 3_000

/** Resolves when the page rests. */
export function whenIdle(): Promise<void> {
  return new Promise((resolve) => {
    // Safari has no such callback.
    if ('requestIdleCallback' in globalThis)
      requestIdleCallback(
        () => {
          resolve()
        },
        { timeout: LATEST },
      )
    else setTimeout(resolve, LATEST)
  })
}
