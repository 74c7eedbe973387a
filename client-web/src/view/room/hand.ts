// view: whether a list is being moved by somebody's hand, or only laid out anew under them.

/** After a hand has moved a list, what it does is that hand's doing for so long, in milliseconds: a flick runs on. */
const MOVING = 1_000
const KEYS = new Set(['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End', ' ', 'Tab'])

/** Watches who moves a list. Ask `moves` within a scroll event; `stop` when the list goes. */
export function watchHand(list: HTMLElement): { moves: () => boolean; stop: () => void } {
  const watching = new AbortController()
  let last = -Infinity
  const on = (
    event: 'wheel' | 'touchmove' | 'pointerdown' | 'keydown',
    counts: (event: Event) => boolean,
  ): void => {
    const seen = (event: Event) => {
      if (counts(event)) last = performance.now()
    }
    list.addEventListener(event, seen, { passive: true, signal: watching.signal })
  }
  on('wheel', () => true)
  on('touchmove', () => true)
  // On the list itself lies its scroll bar; on what is in it lie buttons, and those move nothing.
  on('pointerdown', ({ target }) => target === list)
  on('keydown', (event) => KEYS.has((event as KeyboardEvent).key))
  return { moves: () => performance.now() - last < MOVING, stop: () => watching.abort() }
}
