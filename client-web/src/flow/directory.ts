// flow: finding colleagues, and talking to one of them.
import { ask } from '../net/http'
import type { Search } from '../state/directory.svelte'
import { getDirectory, putRoomsDirect } from '../wire/generated'
import { go } from './navigate'

const PAGE = 50
const PAUSE = 250

/** Searches while somebody types: the last words count, whichever answer comes first. */
export class Searching {
  readonly #search: Search
  #timer: ReturnType<typeof setTimeout> | undefined
  #running: AbortController | undefined

  constructor(search: Search) {
    this.#search = search
  }

  /** Other words, after a short pause. */
  typed(words: string): void {
    this.#search.words = words
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.begin(), PAUSE)
  }

  /** Begins anew with the present words. */
  begin(): Promise<void> {
    return this.#read(undefined)
  }

  /** The next page. */
  more(): Promise<void> {
    return this.#read(this.#search.next)
  }

  /** Stops; a late answer counts no more. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#running?.abort()
  }

  async #read(cursor: string | undefined): Promise<void> {
    this.#running?.abort()
    const { signal } = (this.#running = new AbortController())
    const search = this.#search
    search.busy = true
    search.cause = undefined
    try {
      const query = search.words.trim()
      const page = await ask(getDirectory, {
        query: { limit: PAGE, ...(query && { query }), ...(cursor && { cursor }) },
        signal,
      })
      if (signal.aborted) return
      search.colleagues = cursor ? [...(search.colleagues ?? []), ...page.colleagues] : page.colleagues
      search.next = page.next ?? undefined
    } catch (cause) {
      if (!signal.aborted) search.cause = cause
    } finally {
      if (!signal.aborted) search.busy = false
    }
  }
}

/** Opens the conversation with one other person, a new one or the one that there is. */
export async function talkTo(person: string): Promise<void> {
  const { room } = await ask(putRoomsDirect, { body: { person } })
  go(`/rooms/${room}`)
}
