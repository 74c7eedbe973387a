/* eslint-disable svelte/prefer-svelte-reactivity -- maps and sets here are replaced, never changed in place */
// state: the room that is open, as far as this screen knows it. No DOM, no network.
import type {
  BylineBody,
  Change,
  Membership,
  MessageBody,
  MessagePage,
  PatientCard,
  Reader,
  Receipt,
  Room,
} from '../wire/generated'
import { append, change, prepend, renew, type Posts, type Seen } from './timeline'

/** `opening`: nothing was shown yet. `open`. `ended`: what was shown has left the screen; `ending` says why. */
export type Phase = 'opening' | 'open' | 'ended'

/** Why the content left the screen: a code of the line, the end of a lend, or the failure of opening. */
export type Ending = 'right_ended' | 'failed' | 'lent_over' | { cause: unknown } | undefined

/** A copy of a room, lent to the device. */
export interface Lent {
  at: number
  until: number
  head: Room
  card: PatientCard | undefined
  messages: Posts
}

/** A part of the past that was jumped to: it joins the newest posts when one has scrolled that far. */
export interface Past {
  posts: Posts
  before: string | null | undefined
  after: string | null | undefined
  older: boolean
}

/** How long "is writing" stands, in milliseconds. */
export const TYPING_FOR = 5_000

/** A room on the screen. Made anew each time that it is opened, forgotten when it leaves the screen. */
export class OpenRoom {
  readonly id: string
  phase = $state<Phase>('opening')
  ending = $state.raw<Ending>()
  /** What is shown is a copy that was lent to the device: made when, to be read until when; microseconds UTC. */
  lent = $state.raw<{ at: number; until: number } | undefined>()
  head = $state.raw<Room | undefined>()
  card = $state.raw<PatientCard | undefined>()
  /** The card could not be read: the head says so, rather than show no allergies. */
  cardFailed = $state(false)
  team = $state.raw<readonly Membership[] | undefined>()
  /** The newest posts, up to now. */
  posts = $state.raw<Posts>([])
  /** A part of the past, while one looks there. */
  past = $state.raw<Past | undefined>()
  /** How often one jumped: each part of the past is another list. */
  jumps = 0
  /** Whether there may be older posts than the first of `posts`. */
  older = $state(true)
  before: string | null | undefined
  /** Everything up to here is on the screen: the place to go on from after a break, and the read mark. */
  cursor = $state<string | undefined>()
  /** The newest post that was seen before this opening; see `Layout`. */
  readUpTo = $state.raw<Seen>()
  present = $state.raw<readonly string[]>([])
  typing = $state.raw<ReadonlyMap<string, number>>(new Map())
  /** Who may see posts of a class, by class. */
  audiences = $state.raw<ReadonlyMap<number, readonly BylineBody[]>>(new Map())
  /** Receipts by post, as far as they were asked for. */
  receipts = $state.raw<ReadonlyMap<string, readonly Receipt[]>>(new Map())
  /** The post whose sheet or file is open: it stays drawn, however the list moves, so that no words are lost. */
  holding = $state<string | undefined>()
  /** Posts of which the line told something since the last renewal began. */
  #touched = new Set<string>()

  constructor(id: string) {
    this.id = id
  }

  /** What the timeline shows: the past that was jumped to, or the newest. */
  get shown(): Posts {
    return this.past ? this.past.posts : this.posts
  }

  /** The place before the first post of what is shown. */
  get beforeShown(): string | null | undefined {
    return this.past ? this.past.before : this.before
  }

  get olderShown(): boolean {
    return this.past ? this.past.older : this.older
  }

  /** `page`: posts in the order of the room; the first one says how far they were read before. */
  page(messages: Posts, cursor: string, more: boolean, read?: string | null): void {
    if (this.lent) this.#giveBack()
    const first = messages[0]
    if (this.cursor === undefined && first) this.readUpTo = read ?? { before: first.message }
    this.arrived(messages)
    this.cursor = cursor
    if (!more && this.phase === 'opening') this.phase = 'open'
  }

  /** Without network: a copy instead of the room. */
  lend({ at, until, head, card, messages }: Lent): void {
    this.lent = { at, until }
    this.head = head
    this.card = card
    this.cardFailed = Boolean(head.patient) && card === undefined
    this.posts = messages
    // What is older was not lent, and cannot be asked for.
    this.older = false
    this.phase = 'open'
  }

  /** The room itself is here again; between it and the copy there may be posts that neither has. */
  #giveBack(): void {
    this.lent = undefined
    this.cardFailed = false
    this.posts = []
    this.older = true
    this.phase = 'opening'
  }

  /** Posts that came over the line. */
  arrived(messages: Posts): void {
    if (this.phase === 'ended') return
    for (const post of messages) this.#touched.add(post.message)
    this.posts = append(this.posts, messages)
    if (this.past) {
      const known = new Set(this.past.posts.map((post) => post.message))
      const again = messages.filter((post) => known.has(post.message))
      if (again.length > 0) this.past = { ...this.past, posts: append(this.past.posts, again) }
    }
    const written = messages.map((post) => post.author.person)
    this.typing = new Map([...this.typing].filter(([person]) => !written.includes(person)))
  }

  /** `changed`. */
  changed(message: string, what: Change, now?: MessageBody | null): void {
    this.#touched.add(message)
    this.posts = change(this.posts, message, what, now)
    if (this.past) this.past = { ...this.past, posts: change(this.past.posts, message, what, now) }
    if (what.kind === 'acknowledged') this.#acknowledged(message, what.by)
  }

  /** Older posts, before the first of what is shown. */
  addOlder(page: MessagePage): void {
    if (this.phase === 'ended') return
    const older = page.more
    if (this.past) {
      this.past = { ...this.past, posts: prepend(this.past.posts, page.messages), before: page.before, older }
    } else {
      this.posts = prepend(this.posts, page.messages)
      this.before = page.before ?? this.before
      this.older = older
    }
  }

  /** Looks at a part of the past; when it touches the newest posts it joins them at once. */
  jump(page: MessagePage): void {
    if (this.phase === 'ended') return
    this.jumps += 1
    this.past = { posts: page.messages, before: page.before, after: page.after, older: true }
    this.#join(true)
  }

  /** Newer posts, after the last of the past that is shown. */
  addNewer(page: MessagePage): void {
    if (!this.past) return
    const known = new Set(this.past.posts.map((post) => post.message))
    const posts = [...this.past.posts, ...page.messages.filter((post) => !known.has(post.message))]
    this.past = { ...this.past, posts, after: page.after ?? this.past.after }
    this.#join(page.more)
  }

  /** The past joins the newest posts when they overlap, or when nothing lies between them. */
  #join(more: boolean): void {
    const past = this.past
    if (!past) return
    const newest = new Set(this.posts.map((post) => post.message))
    const overlap = past.posts.findIndex((post) => newest.has(post.message))
    if (overlap < 0 && more) return
    this.posts = prepend(this.posts, past.posts)
    this.before = past.before
    this.older = past.older
    this.past = undefined
  }

  /** Back to the newest posts. */
  toNewest(): void {
    this.past = undefined
  }

  /** Begins to ask for everything anew, after a break: `changed` may have been missed. */
  renewing(): void {
    this.#touched = new Set()
  }

  /** Posts as they are now. */
  renewed(now: Posts): void {
    this.posts = renew(this.posts, now, this.#touched)
    if (this.past) this.past = { ...this.past, posts: renew(this.past.posts, now, this.#touched) }
  }

  /** `presence`. */
  presence(person: string, present: boolean): void {
    const others = this.present.filter((one) => one !== person)
    this.present = present ? [...others, person] : others
    if (!present) this.typed(person, 0)
  }

  /** `typing`; 0 takes it away. `until` in milliseconds. */
  typed(person: string, until: number): void {
    const typing = new Map(this.typing)
    if (until > 0) typing.set(person, until)
    else typing.delete(person)
    this.typing = typing
  }

  /** Forgets who stopped writing. */
  sweep(nowMilliseconds: number): void {
    if ([...this.typing.values()].some((until) => until <= nowMilliseconds))
      this.typing = new Map([...this.typing].filter(([, until]) => until > nowMilliseconds))
  }

  /** `read`: everything up to a post was shown to somebody. Receipts that are on the screen follow. */
  readBy(readers: readonly Reader[]): void {
    if (this.receipts.size === 0) return
    const place = new Map(this.posts.map((post, index) => [post.message, index]))
    const far = new Map(readers.map((reader) => [reader.person, place.get(reader.message) ?? -1]))
    this.receipts = new Map(
      [...this.receipts].map(([message, list]) => {
        const at = place.get(message) ?? Infinity
        const now = list.map((one) =>
          !one.read && (far.get(one.reader.person) ?? -1) >= at ? { ...one, read: true } : one,
        )
        return [message, now]
      }),
    )
  }

  /** Receipts that were asked for. */
  showReceipts(message: string, list: readonly Receipt[]): void {
    this.receipts = new Map(this.receipts).set(message, list)
  }

  #acknowledged(message: string, by: BylineBody): void {
    const list = this.receipts.get(message)
    if (!list) return
    const now = list.map((one) =>
      one.reader.person === by.person ? { ...one, read: true, acknowledged_at: by.at } : one,
    )
    this.showReceipts(message, now)
  }

  /** Who may see posts of a class. */
  showAudience(infoClass: number, readers: readonly BylineBody[]): void {
    this.audiences = new Map(this.audiences).set(infoClass, readers)
  }

  /** The name of somebody of this room, as far as the screen knows it. */
  byline(person: string): BylineBody | undefined {
    for (const readers of this.audiences.values()) {
      const found = readers.find((reader) => reader.person === person)
      if (found) return found
    }
    return (
      this.head?.members.find((member) => member.person === person) ??
      this.posts.findLast((post) => post.author.person === person)?.author
    )
  }

  /** The content leaves the screen. */
  end(why: Ending): void {
    this.forget()
    this.ending = why
    this.phase = 'ended'
  }

  /** Everything goes. */
  forget(): void {
    this.phase = 'ended'
    this.head = this.card = this.team = this.past = this.lent = undefined
    this.posts = []
    this.present = []
    this.typing = new Map()
    this.audiences = new Map()
    this.receipts = new Map()
    this.cursor = undefined
  }
}
