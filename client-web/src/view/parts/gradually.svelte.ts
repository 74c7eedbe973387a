// view: long lists are drawn a few at a time, so that the screen answers before the last of them stands.

/** How many are drawn at first, and how many more each time: on a slow tablet still within a blink. */
const AT_ONCE = 3
const EACH_TIME = 3

/** How many of a list to draw now; grows with each frame of the screen up to `total`. Made while a component begins. */
export class Gradually {
  count = $state(AT_ONCE)

  constructor(total: () => number) {
    $effect(() => {
      if (this.count < total()) return afterFrame(() => (this.count += EACH_TIME))
      return undefined
    })
  }
}

/** How many of a list to draw now; grows whenever `end`, which stands below the last, comes near the window. */
export class AsSeen {
  count = $state(AT_ONCE)

  readonly end = (element: Element) => {
    const root = element.closest('main')
    const watch = new IntersectionObserver(
      ([entry]) => {
        if (!entry?.isIntersecting) return
        this.count += EACH_TIME
        // Told again where it stands now.
        watch.unobserve(element)
        watch.observe(element)
      },
      { root, rootMargin: '50%' },
    )
    watch.observe(element)
    return () => {
      watch.disconnect()
    }
  }
}

/** After the next frame is drawn; at once where nothing is drawn, as in a window behind others. Returns how to stop. */
function afterFrame(go: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const later = () => (timer = setTimeout(go))
  const frame = document.hidden ? undefined : requestAnimationFrame(later)
  if (frame === undefined) later()
  return () => {
    if (frame !== undefined) cancelAnimationFrame(frame)
    clearTimeout(timer)
  }
}
