// flow: what waits to be sent goes out in its author's order, once, and never under another name.
import { Problem, Unreached } from '../net/http'
import type { KeptItem } from '../net/sealed_queue'
import { outbox, type Entry } from '../state/outbox.svelte'
import { pending } from '../text/composer'
import type { PostBody, QueueOutcome } from '../wire/generated'
import { sentence } from './sentence'

/** What the queue needs of the world; the tests put a bad one in its place. */
export interface Ways {
  /** Seals an item to the server; nothing without a lent key. */
  seal(item: string, room: string, post: PostBody): Promise<Uint8Array<ArrayBuffer> | undefined>
  kept(): Promise<KeptItem[]>
  keep(item: KeptItem): Promise<void>
  remove(item: string): Promise<void>
  lose(item: string): Promise<void>
  /** Posts as the person who is signed in; `still` says whether that is the author yet. */
  post(room: string, post: PostBody, still: () => boolean): Promise<unknown>
  /** Hands a sealed item over, whoever is signed in. */
  deliver(sealed: Uint8Array<ArrayBuffer>): Promise<QueueOutcome>
  alone(deliver: () => Promise<void>): Promise<void>
  later(seconds: number, again: () => void): void
}

/** The world is away; nothing more can be sent now. */
class Stop extends Error {
  constructor(
    /** Whether other authors' items may still go. */
    readonly whole: boolean,
    readonly seconds: number | undefined,
  ) {
    super('stop')
  }
}

const PAUSE = 3
const LONG_PAUSE = 15

/** The queue of this page. */
export class Queue {
  readonly #ways: Ways
  #running: Promise<void> | undefined
  #again = false

  constructor(ways: Ways) {
    this.#ways = ways
  }

  /** A person has entered: their own items that lie here are shown again. */
  async enter(person: string): Promise<void> {
    outbox.self = person
    await this.look()
    await this.drain()
  }

  /** Looks at what lies on the device. */
  async look(): Promise<void> {
    const kept = await this.#ways.kept().catch(() => [])
    outbox.lies(kept.filter((item) => !item.lost))
    for (const item of kept.filter((one) => one.lost && one.author === outbox.self)) {
      outbox.add({ ...item, post: undefined, sealed: false, state: 'refused', sentence: pending.lost })
      await this.#ways.remove(item.item)
    }
  }

  /** Sends a post: kept on the device first, so that neither a crash nor a lost network loses it. */
  async send(author: string, room: string, post: PostBody): Promise<void> {
    const item = post.client_id
    outbox.add({
      item,
      room,
      author,
      at: post.written_at,
      post,
      sealed: false,
      state: 'waiting',
      sentence: undefined,
    })
    await this.#keep(item)
    await this.drain()
  }

  /** The person wants a refused post tried again. */
  async again(item: string): Promise<void> {
    outbox.again(item)
    await this.#keep(item)
    await this.drain()
  }

  /** The person gives a post up. */
  async giveUp(item: string): Promise<void> {
    outbox.drop(item)
    await this.#ways.remove(item).catch(() => undefined)
  }

  async #keep(item: string): Promise<void> {
    const entry = outbox.find(item)
    if (!entry?.post) return
    const { room, author, at, post } = entry
    try {
      const sealed = await this.#ways.seal(item, room, post)
      if (!sealed) return
      await this.#ways.keep({ item, room, author, at, sealed })
      entry.sealed = true
      outbox.lies(await this.#ways.kept().then((kept) => kept.filter((one) => !one.lost)))
    } catch {
      // A full or forbidden storage: the post goes out all the same, and the screen says that it lies nowhere else.
    }
  }

  /** Sends what waits, until everything is settled or the world is away. */
  drain(): Promise<void> {
    this.#again = this.#running !== undefined
    this.#running ??= this.#rounds().finally(() => (this.#running = undefined))
    return this.#running
  }

  async #rounds(): Promise<void> {
    let once = true
    while (once || this.#again) {
      once = this.#again = false
      await this.#ways.alone(() => this.#round())
    }
  }

  async #round(): Promise<void> {
    const halted = new Set<string>()
    for (const step of await this.#steps()) {
      if (halted.has(step.author)) continue
      try {
        await step.go()
      } catch (cause) {
        const stop = cause instanceof Stop ? cause : new Stop(true, LONG_PAUSE)
        if (stop.seconds !== undefined) this.#ways.later(stop.seconds, () => void this.drain())
        if (stop.whole) return
        halted.add(step.author)
      }
    }
  }

  /** Everything that is to be sent, in each author's order: what lies here is older than what was written since. */
  async #steps(): Promise<{ author: string; go: () => Promise<void> }[]> {
    const kept = await this.#ways.kept().catch(() => [])
    const own = outbox.entries.filter((entry) => entry.state === 'waiting' && entry.post)
    const live = new Set(own.map((entry) => entry.item))
    const given = new Set(
      outbox.entries.filter((entry) => entry.state !== 'waiting').map((entry) => entry.item),
    )
    const lying = kept.filter((item) => !item.lost && !live.has(item.item) && !given.has(item.item))
    return [
      ...lying.map((item) => ({ author: item.author, go: () => this.#deliver(item) })),
      ...own.map((entry) => ({ author: entry.author, go: () => this.#post(entry) })),
    ]
  }

  async #post(entry: Entry): Promise<void> {
    const still = () => outbox.self === entry.author && outbox.find(entry.item)?.state === 'waiting'
    const post = entry.post
    if (!post || !still()) return
    try {
      await this.#ways.post(entry.room, post, still)
    } catch (cause) {
      const stop = stopFor(cause)
      if (stop) {
        entry.sentence = waitingWords(cause)
        throw stop
      }
      await this.#ways.remove(entry.item).catch(() => undefined)
      outbox.refused(entry.item, refusalWords(cause))
      return
    }
    outbox.posted(entry.item)
    await this.#ways.remove(entry.item).catch(() => undefined)
  }

  async #deliver(item: KeptItem): Promise<void> {
    let outcome: QueueOutcome
    try {
      outcome = await this.#ways.deliver(item.sealed)
    } catch (cause) {
      const stop = stopFor(cause)
      if (stop) throw stop
      await this.#ways.lose(item.item)
      await this.look()
      return
    }
    await this.settled(item.item, outcome)
  }

  /** An item is settled: the answer to a delivery, or told to its author. Says whether anybody here was waiting. */
  async settled(item: string, outcome: QueueOutcome): Promise<boolean> {
    const known = outbox.find(item) !== undefined || outbox.lying.some((one) => one.item === item)
    if (outcome.kind === 'posted') outbox.posted(item)
    else outbox.refused(item, lateWords(outcome.reason))
    await this.#ways.remove(item).catch(() => undefined)
    return known
  }
}

/** Whether a failure means „not now“ instead of „no“. */
function stopFor(cause: unknown): Stop | undefined {
  if (cause instanceof Unreached) return new Stop(true, LONG_PAUSE)
  if (!(cause instanceof Problem)) return new Stop(true, LONG_PAUSE)
  const { code, document } = cause
  if (code.startsWith('session.') || code === 'device.refused') return new Stop(true, undefined)
  if (code === 'attachment.held') return new Stop(false, PAUSE)
  if (document.status >= 500 || document.status === 429 || document.retry_after != null)
    return new Stop(true, document.retry_after ?? PAUSE)
  return undefined
}

function waitingWords(cause: unknown): string | undefined {
  if (!(cause instanceof Problem)) return undefined
  return cause.code === 'attachment.held' ? pending.checking : sentence(cause)
}

/** Why a post was refused when it arrived from the device, and what to do. */
export function lateWords(reason: string): string {
  const reasons: Record<string, string> = {
    right: pending.late_right,
    closed: pending.late_closed,
    owner: pending.late_owner,
    called: pending.late_called,
    mentions: pending.late_mentions,
    due: pending.late_due,
    attachments: pending.late_attachments,
    reply_to: pending.late_reply_to,
    written_at: pending.late_written_at,
  }
  return reasons[reason] ?? pending.too_late
}

/** Why a post was refused, and what to do; the server's own sentence where it says more. */
export function refusalWords(cause: unknown): string {
  if (!(cause instanceof Problem)) return sentence(cause)
  if (cause.code === 'missing') return pending.no_right
  const fields: Record<string, string> = {
    owner: pending.field_owner,
    first: pending.field_called,
    fallback: pending.field_called,
    mentions: pending.field_mentions,
    due: pending.field_due,
    attachments: pending.field_attachments,
    reply_to: pending.field_reply_to,
    written_at: pending.field_written_at,
  }
  return fields[cause.document.field ?? ''] ?? sentence(cause)
}
