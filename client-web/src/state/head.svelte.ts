// state: the newest signed head of the access log that this device has seen. No DOM, no network.

/** A signed head: the log's name, how many entries it has, the root over all of them, and the signed note itself. */
export interface Head {
  origin: string
  size: number
  root: string
  note: string
}

/**
 * How a head stands to the one that was kept. `shorter`: entries are missing. `rewritten`: as many entries, but not
 * the same ones. `another`: the log of another name.
 */
export type Standing = 'newer' | 'same' | 'shorter' | 'rewritten' | 'another'

/** The contradiction that is to be said on every screen. */
export interface Contradiction {
  what: Exclude<Standing, 'newer' | 'same'>
  kept: Head
  shown: Head
}

/**
 * Instances of a server sign a moment apart, so a smaller head counts only if it is still smaller after so long, in
 * milliseconds; a healthy server signs every ten seconds.
 */
export const GRACE = 30_000

class LogHead {
  kept = $state.raw<Head>()
  /** A smaller head, and since when, milliseconds. */
  #suspect: { shown: Head; since: number } | undefined
  contradiction = $state.raw<Contradiction>()

  /** The server showed a head; `true` when it is to be kept. */
  shown(head: Head, nowMilliseconds: number): boolean {
    const { kept } = this
    if (!kept) return this.#keep(head)
    const what = compare(kept, head)
    if (what === 'newer') return this.#keep(head)
    if (what === 'same') {
      this.#suspect = undefined
    } else if (what === 'shorter') {
      this.#suspect = { shown: head, since: this.#suspect?.since ?? nowMilliseconds }
      this.sweep(nowMilliseconds)
    } else {
      this.contradiction ??= { what, kept, shown: head }
    }
    return false
  }

  /** A suspicion that lasted becomes a contradiction. */
  sweep(nowMilliseconds: number): void {
    const { kept } = this
    if (!kept || !this.#suspect || nowMilliseconds - this.#suspect.since < GRACE) return
    this.contradiction ??= { what: 'shorter', kept, shown: this.#suspect.shown }
  }

  /** What the server shows is the log from now on: somebody who may has decided so. */
  accept(): Head | undefined {
    const head = this.contradiction?.shown
    if (head) {
      this.contradiction = undefined
      this.#keep(head)
    }
    return head
  }

  #keep(head: Head): boolean {
    this.kept = head
    this.#suspect = undefined
    return true
  }
}

/** The head of this device's log. */
export const logHead = new LogHead()

/** Reads a signed note (C2SP tlog-checkpoint); nothing when it is none. */
export function readNote(note: string): Head | undefined {
  const [origin, number, root, blank] = note.split('\n')
  const size = Number(number)
  if (!origin || !root || blank !== '' || !Number.isSafeInteger(size) || size < 0) return undefined
  return { origin, size, root, note }
}

/** How a head stands to one that was seen before. */
export function compare(kept: Head, head: Head): Standing {
  if (head.origin !== kept.origin) return 'another'
  if (head.size > kept.size) return 'newer'
  if (head.size < kept.size) return 'shorter'
  return head.root === kept.root ? 'same' : 'rewritten'
}

export function newLogHead(): LogHead {
  return new LogHead()
}
