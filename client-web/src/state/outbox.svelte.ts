// state: what was written and is not yet known to be in the room. No DOM, no network.
import type { PostBody } from '../wire/generated'

/** A post on its way. */
export interface Entry {
  /** The post's client id: once in the room, however often it is sent. */
  item: string
  room: string
  author: string
  /** When it was written, microseconds UTC. */
  at: number
  /** The words; without them it was sealed before the page was loaded anew, and only the server can open it. */
  post: PostBody | undefined
  /** Whether a sealed copy lies on the device. */
  sealed: boolean
  /** `waiting` until durable, `sent` until it is seen in the room, `refused` until the person decides. */
  state: 'waiting' | 'sent' | 'refused'
  /** Why it was refused, or why it still waits. */
  sentence: string | undefined
}

/** An item that lies on the device, as far as anybody may see it. */
export interface Lying {
  item: string
  room: string
  author: string
  at: number
}

class Outbox {
  entries = $state<Entry[]>([])
  /** Sealed items of everybody on this device. */
  lying = $state<Lying[]>([])
  /** Items of this person that were refused when they arrived, without words: the page was loaded anew since. */
  refusals = $state<{ item: string; at: number; sentence: string }[]>([])
  /** Whose page it is now. */
  self = $state<string | undefined>(undefined)

  /** 送信待ち: how many posts of this person wait on this device. */
  get waiting(): number {
    return this.entries.filter((entry) => entry.state === 'waiting').length
  }

  /** How many posts wait on this device, whoever wrote them. */
  get waitingHere(): number {
    const others = this.lying.filter((item) => item.author !== this.self)
    return this.waiting + others.length
  }

  /** The posts of a room that are to be shown below what is in it. */
  of(room: string): Entry[] {
    return this.entries.filter((entry) => entry.room === room)
  }

  find(item: string): Entry | undefined {
    return this.entries.find((entry) => entry.item === item)
  }

  /** A new post; the same item again changes nothing. */
  add(entry: Entry): Entry {
    const known = this.find(entry.item)
    if (known) return known
    this.entries.push(entry)
    return this.entries.at(-1) ?? entry
  }

  /** What lies on the device: a person's own items are shown, those of others are only counted. */
  lies(lying: Lying[]): void {
    this.lying = lying
    for (const item of lying) {
      if (item.author !== this.self || this.find(item.item)) continue
      this.entries.push({ ...item, post: undefined, sealed: true, state: 'waiting', sentence: undefined })
    }
    this.entries.sort((one, other) => one.at - other.at)
  }

  /** It is durable. */
  posted(item: string): void {
    this.lying = this.lying.filter((one) => one.item !== item)
    const entry = this.find(item)
    if (!entry) return
    // Without its words there is nothing to show until the room shows it.
    if (entry.post) Object.assign(entry, { state: 'sent', sealed: false, sentence: undefined })
    else this.drop(item)
  }

  /** The server said no; it stays until the person decides. */
  refused(item: string, sentence: string): void {
    this.lying = this.lying.filter((one) => one.item !== item)
    const entry = this.find(item)
    if (entry) Object.assign(entry, { state: 'refused', sealed: false, sentence })
  }

  /** The person wants it tried again. */
  again(item: string): void {
    const entry = this.find(item)
    if (entry?.post) Object.assign(entry, { state: 'waiting', sentence: undefined })
  }

  /** It is seen in the room, or was given up. */
  drop(item: string): void {
    this.entries = this.entries.filter((entry) => entry.item !== item)
  }

  /** An item of this person was refused at arrival; when it was written stands in its id. */
  late(item: string, sentence: string): void {
    if (this.refusals.some((one) => one.item === item)) return
    const at = Number.parseInt(item.replaceAll('-', '').slice(0, 12), 16) * 1000
    this.refusals.push({ item, at, sentence })
  }

  /** The person has read it. */
  understood(item: string): void {
    this.refusals = this.refusals.filter((one) => one.item !== item)
  }

  /** The person leaves: words go, sealed items stay and are counted for the device. */
  forget(): void {
    this.entries = []
    this.refusals = []
    this.self = undefined
  }
}

export const outbox = new Outbox()
