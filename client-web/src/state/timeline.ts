// state: the posts of a room, in the room's own order, and what becomes of them. Pure: no runes, no DOM, no network.
import { dayNumber } from '../text/time'
import type { Change, MessageBody } from '../wire/generated'

/** Oldest first. Never changed in place. */
export type Posts = readonly MessageBody[]

/** Adds what came over the line at the end. A post that stands here already is renewed where it stands. */
export function append(posts: Posts, arrived: Posts): Posts {
  if (arrived.length === 0) return posts
  const fresh = new Map(arrived.map((post) => [post.message, post]))
  const renewed = posts.map((post) => {
    const again = fresh.get(post.message)
    fresh.delete(post.message)
    return again ?? post
  })
  return [...renewed, ...fresh.values()]
}

/** Adds older posts at the beginning. What stands here already stays as it is: the line has told its changes. */
export function prepend(posts: Posts, older: Posts): Posts {
  const known = new Set(posts.map((post) => post.message))
  const fresh = older.filter((post) => !known.has(post.message))
  return fresh.length === 0 ? posts : [...fresh, ...posts]
}

/** Renews what stands here, except the posts of which the line told something newer while the question was under way. */
export function renew(posts: Posts, now: Posts, touched: ReadonlySet<string>): Posts {
  const fresh = new Map(now.map((post) => [post.message, post]))
  return posts.map((post) => (touched.has(post.message) ? post : (fresh.get(post.message) ?? post)))
}

/** What happened to a post. One that is not here is left alone: pages show posts as they are then. */
export function change(posts: Posts, message: string, what: Change, now?: MessageBody | null): Posts {
  const at = posts.findLastIndex((post) => post.message === message)
  const post = posts[at]
  if (!post) return posts
  const changed = [...posts]
  changed[at] = now ?? after(post, what)
  return changed
}

function after(post: MessageBody, what: Change): MessageBody {
  switch (what.kind) {
    case 'acknowledged':
      return post.acknowledged.some((by) => by.person === what.by.person)
        ? post
        : { ...post, acknowledged: [...post.acknowledged, what.by] }
    case 'taken':
      return { ...post, taken: post.taken ?? what.by, asking: { ...post.asking, state: 'accepted' } }
    case 'state':
      return { ...post, asking: { ...post.asking, state: what.state } }
    case 'urgent':
      return post.call ? { ...post, call: { ...post.call, state: what.state } } : post
    // The line brings the words with these; without them there is nothing to show.
    case 'corrected':
    case 'withdrawn':
      return post
  }
}

/** A line of the screen: one post, with what stands above it. One line per post: a long list keeps its places so. */
export interface Row {
  post: MessageBody
  /** Whether it is the first post of the room. */
  beginning: boolean
  /** Whether a new day begins. */
  day: boolean
  /** Whether the new posts begin. */
  unread: boolean
  /** What it answers, when that is here. */
  answers: MessageBody | undefined
  /** What answers it, as far as it is here. */
  replies: Posts
}

/** How posts are laid out. */
export interface Layout {
  /** Who looks. */
  self: string | undefined
  /** The newest post that was seen before, or the first one of which it is known that it was not; see `firstUnread`. */
  readUpTo: Seen
  /** Whether the room's first post is among these. */
  complete: boolean
}

/** The lines of a timeline: posts in the order of the room, a divider before each day, one line where the new begin. */
export function rows(posts: Posts, layout: Layout): Row[] {
  const byId = new Map(posts.map((post) => [post.message, post]))
  const replies = new Map<string, MessageBody[]>()
  for (const post of posts) {
    if (!post.reply_to) continue
    const siblings = replies.get(post.reply_to)
    if (siblings) siblings.push(post)
    else replies.set(post.reply_to, [post])
  }
  const firstNew = firstUnread(posts, layout)
  let before: number | undefined
  return posts.map((post, index) => {
    const own = dayNumber(post.author.at)
    const day = own !== before
    before = own
    return {
      post,
      beginning: layout.complete && index === 0,
      day,
      unread: index === firstNew,
      answers: post.reply_to ? byId.get(post.reply_to) : undefined,
      replies: replies.get(post.message) ?? NONE,
    }
  })
}

const NONE: Posts = []

/** Where the line "new since your last look" stands: before the first post of others after the last one seen. */
export function firstUnread(posts: Posts, { self, readUpTo }: Layout): number {
  if (readUpTo === undefined) return -1
  const name = typeof readUpTo === 'string' ? readUpTo : readUpTo.before
  const found = posts.findLastIndex((post) => post.message === name)
  // The last one seen is not loaded (yet): where the new begin is not known.
  if (found < 0) return -1
  const seen = typeof readUpTo === 'string' ? found : found - 1
  return posts.findIndex((post, index) => index > seen && post.author.person !== self)
}

/** A post that was the last one seen, or one before which the seen ones lie. */
export type Seen = string | { before: string } | undefined
