import { describe, expect, it } from 'vitest'
import type { Change, MessageBody, MessagePage, Room } from '../wire/generated'
import { further, wanted } from './acts'
import { OpenRoom } from './room.svelte'
import { append, change, firstUnread, prepend, renew, rows } from './timeline'

const DAY = 86_400_000_000
const START = Date.parse('2026-11-22T00:00:00+09:00') * 1000

function by(person: string, at = START): MessageBody['author'] {
  return { at, person, post: `post of ${person}`, name: person, person_version: 1, organization_version: 1 }
}
function post(message: string, more: Partial<MessageBody> = {}): MessageBody {
  return {
    message,
    room: 'room',
    client_id: message,
    author: by('sato', START + Number(message)),
    class: 2,
    version: 1,
    written_at: START,
    acknowledged: [],
    answers: false,
    asking: { contract: 'read_only', intent: 'notice', state: 'none' },
    attachments: [],
    confirmed: true,
    mentions: {},
    words: { kind: 'original', text: `words ${message}` },
    ...more,
  }
}
const ids = (posts: readonly MessageBody[]) => posts.map((one) => one.message).join(' ')
const text = ({ words }: MessageBody) => (words.kind === 'withdrawn' ? 'withdrawn' : words.text)

describe('the order of posts', () => {
  it('keeps what arrives in its order, and renews what came twice around a break where it stands', () => {
    const again = post('2', { version: 2, words: { kind: 'original', text: 'renewed' } })
    const posts = append([post('1'), post('2'), post('3')], [again, post('4')])
    expect(ids(posts)).toBe('1 2 3 4')
    expect(posts[1]?.version).toBe(2)
  })
  it('puts older pages in front and keeps what it knows better', () => {
    const known = post('3', { acknowledged: [by('kato')] })
    const posts = prepend([known, post('4')], [post('1'), post('2'), post('3')])
    expect(ids(posts)).toBe('1 2 3 4')
    expect(posts[2]?.acknowledged).toHaveLength(1)
  })
  it('renews after a break, except what the line told meanwhile', () => {
    const fresh = ['1', '2'].map((id) => post(id, { version: 9 }))
    const posts = renew([post('1'), post('2')], fresh, new Set(['2']))
    expect(posts.map((one) => one.version)).toEqual([9, 1])
  })
})

describe('what happens to a post', () => {
  const posts = [post('1'), post('2')]
  it('takes the words that the line brings, and leaves other posts as they are', () => {
    const now = post('1', {
      version: 2,
      words: { kind: 'withdrawn', by: by('sato'), reason: 'wrong patient' },
    })
    const after = change(posts, '1', { kind: 'withdrawn' }, now)
    expect(after.map(text)).toEqual(['withdrawn', 'words 2'])
    expect(after[1]).toBe(posts[1])
  })
  it('counts an acknowledgement once per person', () => {
    const acknowledged: Change = { kind: 'acknowledged', by: by('kato') }
    const after = change(change(posts, '2', acknowledged), '2', acknowledged)
    expect(after[1]?.acknowledged).toHaveLength(1)
  })
  it('keeps the first who took it', () => {
    const after = change(change(posts, '2', { kind: 'taken', by: by('kato') }), '2', {
      kind: 'taken',
      by: by('ito'),
    })
    expect(after[1]?.taken?.person).toBe('kato')
  })
  it('ignores what is not on the screen', () => {
    expect(change(posts, '9', { kind: 'state', state: 'done', by: by('kato') })).toBe(posts)
  })
})

describe('the lines of the timeline', () => {
  const layout = { self: 'me', readUpTo: undefined, complete: true }
  it('divides days in Tokyo and marks the beginning once', () => {
    const posts = [
      post('1'),
      post('2', { author: by('sato', START + DAY - 1) }),
      post('3', { author: by('sato', START + DAY) }),
    ]
    const lines = rows(posts, layout)
    expect(lines.map((line) => line.day)).toEqual([true, false, true])
    expect(lines.map((line) => line.beginning)).toEqual([true, false, false])
    expect(rows(posts, { ...layout, complete: false }).some((line) => line.beginning)).toBe(false)
  })
  it('keeps replies with what they answer, and leaves every post at its place', () => {
    const lines = rows(
      [post('1'), post('2'), post('3', { reply_to: '1' }), post('4', { reply_to: '0' })],
      layout,
    )
    expect(ids(lines.map((line) => line.post))).toBe('1 2 3 4')
    expect(ids(lines[0]?.replies ?? [])).toBe('3')
    expect(lines[2]?.answers?.message).toBe('1')
    expect(lines[3]?.answers).toBeUndefined()
  })
  it('draws the line of the new before the first post of others after the last one seen', () => {
    const posts = [post('1'), post('2', { author: by('me') }), post('3'), post('4')]
    expect(firstUnread(posts, { ...layout, readUpTo: '1' })).toBe(2)
    expect(firstUnread(posts, { ...layout, readUpTo: { before: '1' } })).toBe(0)
    expect(firstUnread([post('0'), ...posts], { ...layout, readUpTo: { before: '1' } })).toBe(1)
    expect(firstUnread(posts, { ...layout, readUpTo: '4' })).toBe(-1)
    expect(firstUnread(posts, { ...layout, readUpTo: 'not loaded' })).toBe(-1)
    expect(firstUnread(posts, layout)).toBe(-1)
  })
})

describe('an open room', () => {
  it('keeps the line of the new through a break', () => {
    const room = new OpenRoom('room')
    room.page([post('1'), post('2')], 'c2', false, '1')
    room.page([post('3')], 'c3', false)
    expect(room.readUpTo).toBe('1')
    expect([room.cursor, room.phase]).toEqual(['c3', 'open'])
  })
  it('is opening until the last of its first pages', () => {
    const room = new OpenRoom('room')
    room.page([post('1')], 'c1', true, null)
    expect(room.phase).toBe('opening')
    room.page([post('2')], 'c2', false)
    expect(room.phase).toBe('open')
  })
  it('shows nothing any more when the right has ended, whatever still arrives', () => {
    const room = new OpenRoom('room')
    room.page([post('1')], 'c1', false)
    room.end('right_ended')
    room.arrived([post('2')])
    room.addOlder({ messages: [post('0')], more: false })
    room.jump({ messages: [post('0')], more: false })
    expect([room.shown, room.cursor, room.ending]).toEqual([[], undefined, 'right_ended'])
  })
  it('forgets who stopped writing, and who has posted', () => {
    const room = new OpenRoom('room')
    room.typed('sato', 5_000)
    room.typed('kato', 9_000)
    room.sweep(6_000)
    expect([...room.typing.keys()]).toEqual(['kato'])
    room.arrived([post('1', { author: by('kato') })])
    expect(room.typing.size).toBe(0)
  })
  it('joins the past to the newest when they touch, and not before', () => {
    const room = new OpenRoom('room')
    room.page([post('7'), post('8')], 'c8', false)
    room.jump({ messages: [post('1'), post('2')], before: 'b1', after: 'a2', more: true })
    expect(ids(room.shown)).toBe('1 2')
    room.addNewer({ messages: [post('3'), post('4')], after: 'a4', more: true })
    expect([ids(room.shown), room.past?.after]).toEqual(['1 2 3 4', 'a4'])
    room.addNewer({ messages: [post('5'), post('6'), post('7')], after: 'a7', more: true })
    expect([ids(room.shown), room.past, room.before]).toEqual(['1 2 3 4 5 6 7 8', undefined, 'b1'])
  })
  it('moves receipts on with what others read and acknowledge', () => {
    const room = new OpenRoom('room')
    room.page([post('1'), post('2')], 'c2', false)
    room.showReceipts('1', [
      { reader: by('kato'), read: false },
      { reader: by('ito'), read: false },
    ])
    room.showReceipts('2', [{ reader: by('kato'), read: false }])
    room.readBy([{ person: 'kato', message: '1' }])
    room.changed('1', { kind: 'acknowledged', by: by('ito', START + 5) })
    expect(room.receipts.get('1')?.map((one) => [one.read, one.acknowledged_at])).toEqual([
      [true, undefined],
      [true, START + 5],
    ])
    expect(room.receipts.get('2')?.[0]?.read).toBe(false)
  })
})

describe('acts on a post', () => {
  const me = { person: 'me', post: 'my post', closed: false }
  const asks = (asking: Partial<MessageBody['asking']>, more: Partial<MessageBody> = {}) =>
    wanted(
      post('1', { asking: { contract: 'read_only', intent: 'notice', state: 'none', ...asking }, ...more }),
      me,
    )

  it('are what the post waits for', () => {
    expect(asks({})).toEqual(['acknowledge'])
    expect(asks({}, { acknowledged: [by('me')] })).toEqual([])
    expect(asks({ intent: 'handover', state: 'open' })).toEqual(['take', 'acknowledge'])
    expect(asks({ intent: 'handover' }, { taken: by('kato') })).toEqual(['acknowledge'])
    expect(asks({ intent: 'question', state: 'open' })).toEqual(['answer', 'acknowledge'])
    expect(asks({ intent: 'question', state: 'done' })).toEqual(['acknowledge'])
    expect(asks({ intent: 'request', state: 'open', owner: 'me' })).toEqual([
      'accept',
      'finish',
      'decline',
      'acknowledge',
    ])
    expect(asks({ intent: 'request', state: 'open', owner: 'kato' })).toEqual(['acknowledge'])
  })
  it('ring only for whoever is rung', () => {
    const call = (state: string, answers: { answer: string; by: MessageBody['author'] }[] = []) => ({
      call: { state, answers, called_at: START },
    })
    const first = { contract: 'urgent', first: 'my post', fallback: 'other' }
    expect(asks(first, call('ringing_first'))).toEqual(['coming', 'unable', 'acknowledge'])
    expect(asks({ ...first, first: 'other', fallback: 'my post' }, call('ringing_first'))).toEqual([
      'acknowledge',
    ])
    const refused = call('ringing_fallback', [{ answer: 'unable', by: by('me') }])
    expect(asks(first, refused)).toEqual(['coming', 'acknowledge'])
    expect(asks({ contract: 'urgent' }, call('telephone'))).toEqual(['telephoned', 'acknowledge'])
    expect(asks(first, call('answered'))).toEqual(['acknowledge'])
  })
  it('are the author’s own to correct and withdraw, as long as the room is open', () => {
    const own = post('1', { author: by('me') })
    expect(further(own, me)).toEqual(['receipts', 'copy', 'correct', 'withdraw'])
    expect(further(own, { ...me, closed: true })).toEqual(['receipts', 'copy'])
    expect(further(post('1'), me)).toEqual(['receipts', 'copy'])
    const gone = post('1', { words: { kind: 'withdrawn', by: by('me'), reason: 'x' } })
    expect([wanted(gone, me), further(gone, me)]).toEqual([[], ['history', 'receipts']])
  })
})

// A room of the server, told plainly: posts in a row, each as it is now.
class Told {
  posts: MessageBody[] = []
  page(from: number, to: number): MessageBody[] {
    return this.posts.slice(Math.max(0, from), to)
  }
  // Where a cursor stands: the number of posts up to it.
  place(cursor: string | null | undefined): number {
    return Number((cursor ?? 'c0').slice(1))
  }
}

/** A small generator of chance that can be repeated. */
function chance(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** One story: posts, changes, breaks, pages back, jumps; what the screen shows is compared after each quiet moment. */
class Story {
  readonly told = new Told()
  readonly room = new OpenRoom('room')
  readonly #pick: (below: number) => number
  #up = false
  /** Frames on their way: a break loses what has not arrived. */
  #way: (() => void)[] = []

  constructor(seed: number) {
    this.#pick = chance(seed)
    for (let number = this.#pick(30); number > 0; number--) this.#write()
    this.#open()
  }

  step(): void {
    const acts = [
      () => this.#write(),
      () => this.#write(),
      () => this.#change(),
      () => this.#deliver(1 + this.#pick(3)),
      () => this.#break(),
      () => this.#older(),
      () => this.#jump(),
      () => this.#newer(),
      () => this.room.toNewest(),
    ]
    acts[this.#pick(acts.length)]?.()
  }

  /** The line is up and everything has arrived. */
  settle(): void {
    if (!this.#up) this.#open()
    this.#deliver(Infinity)
  }

  #send(frame: () => void): void {
    if (this.#up) this.#way.push(frame)
  }

  #write(): void {
    const fresh = post(String(this.told.posts.length + 1))
    this.told.posts.push(fresh)
    const cursor = `c${this.told.posts.length}`
    this.#send(() => this.room.arrived([fresh]))
    this.#send(() => (this.room.cursor = cursor))
  }

  #change(): void {
    const at = this.#pick(this.told.posts.length)
    const old = this.told.posts[at]
    if (!old) return
    const now = {
      ...old,
      version: old.version + 1,
      words: { kind: 'original' as const, text: `v${old.version + 1}` },
    }
    this.told.posts[at] = now
    this.#send(() => this.room.changed(now.message, { kind: 'corrected', version: now.version }, now))
  }

  #deliver(most: number): void {
    for (const frame of this.#way.splice(0, most)) frame()
  }

  #break(): void {
    if (!this.#up) return this.#open()
    this.#up = false
    this.#way = []
  }

  /** Opening: the newest five, or everything after the cursor; then, after a break, everything shown asked for anew. */
  #open(): void {
    this.#up = true
    const end = this.told.posts.length
    const after = this.room.cursor === undefined ? Math.max(0, end - 5) : this.told.place(this.room.cursor)
    const missed = this.told.page(after, end)
    // A page may bring what a lost answer brought already.
    const doubled = this.room.cursor === undefined ? missed : [...this.told.page(after - 1, after), ...missed]
    this.#send(() => this.room.page(doubled, `c${end}`, false, null))
    this.room.renewing()
    const now = [...this.told.posts]
    this.#send(() => this.room.renewed(now))
  }

  #answer(from: number, to: number, more: boolean): MessagePage {
    const messages = this.told.page(from, to)
    return { messages, before: `c${Math.max(0, from)}`, after: `c${to}`, more }
  }

  // HTTP answers come when the line has told what was before them.
  #older(): void {
    this.settle()
    const { room } = this
    const before = this.told.place(room.past ? room.past.before : (room.before ?? room.cursor))
    if (room.olderShown) room.addOlder(this.#answer(before - 4, before, before > 4))
  }

  #jump(): void {
    this.settle()
    const from = this.#pick(this.told.posts.length)
    const to = Math.min(from + 3, this.told.posts.length)
    if (to > from) this.room.jump(this.#answer(from, to, to < this.told.posts.length))
  }

  #newer(): void {
    this.settle()
    if (!this.room.past) return
    const after = this.told.place(this.room.past.after)
    const to = Math.min(after + 4, this.told.posts.length)
    this.room.addNewer(this.#answer(after, to, to < this.told.posts.length))
  }
}

describe('a room against a plain telling', () => {
  it('shows an unbroken stretch of it as it is now, over random pages, frames and breaks', () => {
    for (let seed = 1; seed <= 400; seed++) {
      const story = new Story(seed)
      for (let step = 0; step < 60; step++) {
        story.step()
        if (step % 7 !== 0) continue
        story.settle()
        const { posts } = story.told
        const newest = story.room.posts
        expect(newest, `seed ${seed}, step ${step}`).toEqual(posts.slice(posts.length - newest.length))
        const { shown } = story.room
        const from = posts.findIndex((one) => one.message === shown[0]?.message)
        expect(shown, `seed ${seed}, step ${step}`).toEqual(
          posts.slice(Math.max(0, from), Math.max(0, from) + shown.length),
        )
      }
    }
  })
})

describe('a copy that was lent', () => {
  const copy = { at: START, until: START + DAY, head: { room: 'room' } as Room, card: undefined }

  it('stands for the room until the room itself comes, and leaves no gap behind', () => {
    const room = new OpenRoom('room')
    room.lend({ ...copy, messages: [post('1'), post('2')] })
    expect(room.phase).toBe('open')
    expect(ids(room.shown)).toBe('1 2')
    expect(room.olderShown).toBe(false)
    room.page([post('8'), post('9')], 'cursor', false, '2')
    expect(room.lent).toBeUndefined()
    expect(ids(room.shown)).toBe('8 9')
    expect(room.olderShown).toBe(true)
    expect(room.phase).toBe('open')
  })

  it('goes from the screen when its time is over', () => {
    const room = new OpenRoom('room')
    room.lend({ ...copy, messages: [post('1')] })
    room.end('lent_over')
    expect(room.shown).toEqual([])
    expect(room.lent).toBeUndefined()
    expect(room.ending).toBe('lent_over')
  })
})
