// view: a long list is drawn a few at a time, so that the screen answers before the last of it stands.

/** What fills the first screen of a tablet. */
const AT_ONCE = 8
const EACH_TIME = 6

/** How many of a list to draw now; grows by itself up to `total`. Made while a component begins. */
export class Gradually {
  count = $state(AT_ONCE)

  constructor(total: () => number) {
    $effect(() => {
      if (this.count >= total()) return undefined
      const next = setTimeout(() => (this.count += EACH_TIME))
      return () => {
        clearTimeout(next)
      }
    })
  }
}
