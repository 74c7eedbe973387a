import { beforeEach, describe, expect, it } from 'vitest'
import { clock, fromCivil } from '../text/time'
import type { PostBody } from '../wire/generated'
import { dice, oneOf } from './dice.fixture'
import {
  allWritings,
  beginAnew,
  CONTRACTS,
  dueChoices,
  forgetWritings,
  hasInvisible,
  INTENTS,
  isEmpty,
  lacks,
  lengthOf,
  LONGEST,
  LONGEST_DRAFT,
  replyTo,
  takeUp,
  toDraft,
  toPost,
  withoutInvisible,
  writeAgain,
  writingOf,
  type Lack,
  type WaitingFile,
  type Writing,
} from './drafts.svelte'
import { aMessage } from './messages.fixture'
import { house } from './session.svelte'

const NOW = fromCivil('2026-11-22', '10:00')
const HOUR = 3_600_000_000

function aFile(state: WaitingFile['state'], attachment?: string): WaitingFile {
  return {
    key: attachment ?? state,
    name: 'wound.jpg',
    bytes: 10,
    picture: true,
    state,
    progress: 0,
    attachment,
    sentence: undefined,
    preview: undefined,
  }
}

const PIECES = ['朝食8割。', '\u200b', '👨‍👩‍👧', '\u202e', ' ', '髙橋', '\n', 'e\u0301', 'あ'.repeat(900)]

/** Whatever somebody may have put on a sheet. */
function filled(roll: () => number, room: string): Writing {
  const writing = writingOf(room)
  const maybe = <Value>(value: Value): Value | undefined => (roll() < 0.7 ? value : undefined)
  Object.assign(writing, {
    text: Array.from({ length: Math.floor(roll() * 8) }, () => oneOf(roll, PIECES)).join(''),
    intent: oneOf(roll, INTENTS),
    contract: oneOf(roll, CONTRACTS),
    class: oneOf(roll, [undefined, 1, 2, 3]),
    due: maybe(NOW + (roll() - 0.3) * HOUR),
    owner: maybe('kato'),
    first: maybe(oneOf(roll, ['p1', 'p2'])),
    fallback: maybe(oneOf(roll, ['p1', 'p2'])),
    people: maybe(['kato', 'ito']) ?? [],
    jobTypes: maybe([4]) ?? [],
    replyTo: maybe('m1'),
    files: Array.from({ length: Math.floor(roll() * 3) }, (_, at) =>
      aFile(oneOf(roll, ['kept', 'kept', 'refused', 'sending']), `a${String(at)}`),
    ),
  } satisfies Partial<Writing>)
  return writing
}

beforeEach(() => {
  forgetWritings()
  house.writable = [2, 3]
})

describe('the sheet of a room', () => {
  it('is the same one until the person leaves', () => {
    const writing = writingOf('r1')
    writing.text = '途中'
    expect(writingOf('r1').text).toBe('途中')
    expect(writingOf('r2').text).toBe('')
    expect(allWritings()).toHaveLength(2)
    forgetWritings()
    expect(allWritings()).toEqual([])
    expect(writingOf('r1').text).toBe('')
  })
  it('begins in 一般, or in what may be written, or in the class used last', () => {
    expect(writingOf('r1').class).toBe(2)
    house.writable = [4]
    expect(writingOf('r2').class).toBe(4)
    house.writable = []
    expect(writingOf('r3').class).toBeUndefined()
    house.writable = [2, 3]
    const used = writingOf('r4')
    used.class = 3
    beginAnew(used)
    expect(used.class).toBe(3)
    expect(writingOf('r5').class).toBe(3)
    forgetWritings()
    expect(writingOf('r6').class).toBe(2)
  })
  it('is white after sending, whatever stood on it', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const writing = filled(dice(seed), 'r1')
      beginAnew(writing)
      expect(isEmpty(writing), `seed ${String(seed)}`).toBe(true)
      expect(toPost(writing, 'id', NOW)).toMatchObject({ text: '', attachments: [], contract: 'read_only' })
      expect(writing.keeping).toBe('saved')
    }
  })
})

describe('what is still missing', () => {
  const ready = () => Object.assign(writingOf('r1'), { text: '朝食8割。' })
  const lackOf = (change: Partial<Writing>) => lacks(Object.assign(ready(), change), NOW)

  it.each<[Lack[], Partial<Writing>]>([
    [[], {}],
    [['text'], { text: ' \n ' }],
    [['long'], { text: 'あ'.repeat(LONGEST + 1) }],
    [[], { text: 'あ'.repeat(LONGEST) }],
    [['invisible'], { text: 'むくみ\u202eあり' }],
    [['class'], { class: undefined }],
    [['class'], { class: 9 }],
    [['owner', 'due'], { intent: 'request' }],
    [['due'], { contract: 'reply' }],
    [['past'], { contract: 'reply', due: NOW }],
    [[], { contract: 'reply', due: NOW + 1 }],
    [['first', 'fallback'], { contract: 'urgent' }],
    [['same'], { contract: 'urgent', first: 'p1', fallback: 'p1' }],
    [['files'], { files: [aFile('preparing')] }],
    [['files', 'refused'], { files: [aFile('sending'), aFile('refused')] }],
  ])('%s', (expected, change) => {
    expect(lackOf(change)).toEqual(expected)
  })

  it('is nothing only when the post is one that the server takes', () => {
    let complete = 0
    for (let seed = 1; seed <= 400; seed++) {
      const writing = filled(dice(seed), `r${String(seed)}`)
      if (lacks(writing, NOW).length > 0) continue
      complete++
      expectAcceptable(toPost(writing, 'id', NOW), writing)
    }
    expect(complete, 'the dice made complete posts at all').toBeGreaterThan(5)
  })
})

function expectAcceptable(post: PostBody, writing: Writing): void {
  expect(lengthOf(post.text)).toBeGreaterThan(0)
  expect(lengthOf(post.text)).toBeLessThanOrEqual(LONGEST)
  expect(hasInvisible(post.text)).toBe(false)
  expect(house.writable).toContain(post.class)
  expect(post.attachments).toHaveLength(writing.files.length)
  if (post.intent === 'request') expect(post.owner).toBeDefined()
  if (post.contract === 'reply' || post.intent === 'request') expect(post.due).toBeGreaterThan(NOW)
  else expect(post).not.toHaveProperty('due')
  if (post.contract === 'urgent') expect(post.first).not.toBe(post.fallback)
  else expect(post).not.toHaveProperty('first')
}

describe('the words', () => {
  it('are counted as the server counts them', () => {
    expect(lengthOf(' e\u0301\r\n ')).toBe(1)
    expect(lengthOf('髙﨑')).toBe(2)
    expect(lengthOf('👨‍👩‍👧')).toBe(5)
    expect(lengthOf('あ\r\nい')).toBe(3)
  })
  it('lose what nobody sees and nothing else', () => {
    for (let seed = 1; seed <= 100; seed++) {
      const { text } = filled(dice(seed), 'r1')
      const clean = withoutInvisible(text)
      expect(hasInvisible(clean)).toBe(false)
      expect(withoutInvisible(clean)).toBe(clean)
      expect(hasInvisible(text)).toBe(clean !== text)
    }
    expect(withoutInvisible('👨‍👩‍👧\n\t葛\u{e0100}城')).toBe('👨‍👩‍👧\n\t葛\u{e0100}城')
  })
})

describe('a draft', () => {
  it('comes back from the server as the same post', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const written = filled(dice(seed), 'here')
      const name = (index: number) => `file ${String(index)}`
      const there = writingOf('there')
      takeUp(there, toDraft(written), name)
      const clean = { ...written, text: withoutInvisible(written.text).trim() }
      const before = toPost(clean, 'id', NOW)
      // Without a class of its own the sheet keeps the one that it began with.
      if (written.class === undefined) before.class = there.class ?? 0
      expect(toPost(there, 'id', NOW), `seed ${String(seed)}`).toEqual(before)
      expect(there.keeping).toBe('saved')
      expect(there.files.map((file) => file.name)).toEqual(there.files.map((_, at) => name(at + 1)))
      forgetWritings()
    }
  })
  it('is never longer than what the server keeps', () => {
    const writing = Object.assign(writingOf('r1'), { text: '𠮷'.repeat(LONGEST_DRAFT + 5) })
    expect(Array.from(toDraft(writing).text ?? '')).toHaveLength(LONGEST_DRAFT)
  })
  it('of a newer page falls back to what this one knows', () => {
    const writing = writingOf('r1')
    takeUp(writing, { text: 'x', intent: 'poem', contract: 'never' }, String)
    expect(writing).toMatchObject({ text: 'x', intent: 'notice', contract: 'read_only', class: 2 })
  })
})

describe('a post that was refused', () => {
  it('comes back onto a white sheet as it was', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const post = toPost(filled(dice(seed), 'sent'), 'id', NOW)
      const sheet = writingOf('white')
      writeAgain(sheet, post, String)
      expect(toPost(sheet, 'id', NOW), `seed ${String(seed)}`).toEqual(post)
      expect(sheet.keeping).toBe('changed')
      forgetWritings()
    }
  })
  it('takes nothing away from what was begun since', () => {
    const sheet = Object.assign(writingOf('r1'), { text: '次の文', files: [aFile('kept', 'a9')] })
    const post: PostBody = { client_id: 'id', class: 3, text: '前の文', written_at: NOW, attachments: ['a1'] }
    writeAgain(sheet, post, String)
    expect(sheet.text).toBe('前の文\n次の文')
    expect(sheet.files.map((file) => file.attachment)).toEqual(['a1', 'a9'])
  })
})

describe('a reply', () => {
  it('begins in the class of what it answers, where one may write it and nothing is attached yet', () => {
    const writing = writingOf('r1')
    replyTo(writing, aMessage({ message: 'm1', class: 3 }))
    expect(writing).toMatchObject({ replyTo: 'm1', class: 3 })
    writing.class = 2
    replyTo(writing, aMessage({ message: 'm1', class: 3 }))
    expect(writing.class).toBe(2)
    replyTo(writing, aMessage({ message: 'm2', class: 5 }))
    expect(writing).toMatchObject({ replyTo: 'm2', class: 2 })
    writing.files = [aFile('kept', 'a1')]
    replyTo(writing, aMessage({ message: 'm3', class: 3 }))
    expect(writing).toMatchObject({ replyTo: 'm3', class: 2 })
    replyTo(writing, undefined)
    expect(writing.replyTo).toBeUndefined()
  })
})

describe('times to choose', () => {
  it('lie ahead, and are said as a clock in Tokyo', () => {
    const keys = (at: string, end?: number) =>
      dueChoices(fromCivil('2026-11-22', at), end).map(({ key, clock: said }) => `${key} ${said}`)
    const end = fromCivil('2026-11-22', '17:00')
    expect(keys('10:00', end)).toEqual(['afternoon 15:00', 'shift 17:00', 'tomorrow 9:00'])
    expect(keys('15:00', end)).toEqual(['shift 17:00', 'tomorrow 9:00'])
    expect(keys('23:59')).toEqual(['tomorrow 9:00'])
    for (let hour = 0; hour < 24; hour++) {
      const now = fromCivil('2026-12-31', `${String(hour).padStart(2, '0')}:30`)
      for (const choice of dueChoices(now, end)) {
        expect(choice.at).toBeGreaterThan(now)
        expect(choice.clock).toBe(clock(choice.at))
      }
    }
  })
})
