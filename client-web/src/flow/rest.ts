// flow: work that nobody waits for begins when the page has nothing else to do.

/** So long the first screen has the device to itself, in milliseconds since the page began. */
const FIRST = 3_000
/** Even a page that is never at rest gets to it, in milliseconds. */
const LATEST = 3_000
const began = performance.now()

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

/**
 * Resolves when the first screen has had its time (milliseconds since the page began) and the page rests: what nobody
 * waits for must not slow it.
 */
export async function whenSettled(time = FIRST): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, began + time - performance.now()))
  await whenIdle()
}
