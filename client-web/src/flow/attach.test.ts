import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Problem, Unreached } from '../net/http'
import { dice, oneOf } from '../state/dice.fixture'
import { forgetWritings, MOST_FILES, writingOf, type WaitingFile, type Writing } from '../state/drafts.svelte'
import { house } from '../state/session.svelte'
import { attaching } from '../text/attaching'
import {
  attach,
  attachAgain,
  attachPhoto,
  canAttachAgain,
  classChanged,
  detach,
  startAttaching,
} from './attach'

interface Sending {
  class: number
  name: string
  body: Blob
  signal: AbortSignal
  progress: (part: number) => void
  done: (cause?: Error) => void
}
const world = vi.hoisted(() => ({
  open: (): void => undefined,
  leave: (): void => undefined,
  going: [] as Sending[],
  most: 0,
  dropped: 0,
  sent: 0,
  jpeg: undefined as Blob | undefined,
}))
vi.mock('./house', () => ({ onLeave: (heard: () => void) => ((world.leave = heard), () => undefined) }))
vi.mock('./line', () => ({ onOpen: (heard: () => void) => ((world.open = heard), () => undefined) }))
vi.mock('./drafts', () => ({ draftChanged: vi.fn() }))
vi.mock('../net/picture', async (original) => ({
  ...(await original<typeof import('../net/picture')>()),
  isHeic: (_: Blob, name: string) => Promise.resolve(name.endsWith('.heic')),
  toJpeg: () => Promise.resolve(world.jpeg),
}))
vi.mock('../net/upload', () => {
  class Stopped extends Error {}
  const upload = (given: Omit<Sending, 'done'>) =>
    new Promise((resolve, reject) => {
      const over = () => (world.going = world.going.filter((one) => one !== sending))
      const sending: Sending = {
        ...given,
        done: (cause) => {
          over()
          if (cause) reject(cause)
          else {
            const attachment = `${given.name} in ${String(given.class)} (${String(++world.sent)})`
            resolve({ attachment, name: given.name, bytes: given.body.size })
          }
        },
      }
      given.signal.addEventListener('abort', () => (over(), reject(new Stopped())))
      world.going.push(sending)
      world.most = Math.max(world.most, world.going.length)
    })
  return { Stopped, upload }
})

const settle = () => new Promise((resolve) => setTimeout(resolve))
const photo = (name: string, bytes: BlobPart = 'pixels') => new File([bytes], name, { type: 'image/jpeg' })
const problem = (code: string) =>
  new Problem({ type: '', code, status: 409, title: code, title_ja: code }, undefined)
async function finish(): Promise<void> {
  for (let round = 0; round < 50 && world.going.length > 0; round++) {
    world.going[0]?.done()
    await settle()
  }
}
const states = (writing: Writing) => writing.files.map(({ state }) => state).join(' ')
const first = (writing: Writing) => writing.files[0] as WaitingFile

let stop: () => void
let writing: Writing
beforeEach(() => {
  URL.createObjectURL = () => 'blob:x'
  world.dropped = 0
  URL.revokeObjectURL = () => {
    world.dropped++
  }
  house.writable = [2, 3]
  Object.assign(world, { going: [], most: 0, sent: 0, jpeg: undefined })
  stop = startAttaching()
  writing = writingOf('r1')
})
afterEach(() => {
  world.leave()
  stop()
  forgetWritings()
})

describe('a file', () => {
  it('goes to the server at once and tells how far it is', async () => {
    expect(attach(writing, [photo('wound.jpg')])).toBeUndefined()
    await settle()
    world.going[0]?.progress(0.5)
    expect(first(writing)).toMatchObject({ state: 'sending', progress: 0.5, preview: 'blob:x' })
    await finish()
    expect(first(writing)).toMatchObject({ state: 'kept', attachment: 'wound.jpg in 2 (1)' })
  })
  it('is refused with its reason before anything is sent, and not sent later either', async () => {
    attach(writing, [
      photo('empty.jpg', ''),
      photo('huge.jpg', new Uint8Array(20 * 1024 * 1024 + 1)),
      photo('new.heic'),
    ])
    await settle()
    const reasons = [attaching.empty, attaching.too_large('20.0MB'), attaching.heic]
    expect(writing.files.map(({ sentence }) => sentence)).toEqual(reasons)
    expect(writing.files.some(canAttachAgain)).toBe(false)
    writing.class = 3
    classChanged(writing)
    world.open()
    await settle()
    expect(world.going).toEqual([])
    expect(writing.files.map(({ sentence }) => sentence)).toEqual(reasons)
  })
  it('of the HEIC family is drawn anew where the browser can read it', async () => {
    world.jpeg = new Blob(['drawn'], { type: 'image/jpeg' })
    attach(writing, [photo('wound.HEIC'.toLowerCase())])
    await settle()
    expect(world.going[0]).toMatchObject({ name: 'wound.jpg', body: world.jpeg })
  })
  it('that the server refuses stays with the reason, and goes again when the person wants it', async () => {
    attach(writing, [photo('wound.jpg')])
    await settle()
    world.going[0]?.done(problem('attachment.virus'))
    await settle()
    expect(first(writing)).toMatchObject({ state: 'refused', sentence: 'attachment.virus' })
    world.open()
    expect(world.going).toEqual([])
    attachAgain(first(writing))
    await settle()
    await finish()
    expect(states(writing)).toBe('kept')
  })
  it('that failed for want of a network goes by itself when it is back', async () => {
    attach(writing, [photo('wound.jpg')])
    await settle()
    world.going[0]?.done(new Unreached())
    await settle()
    expect(states(writing)).toBe('refused')
    world.open()
    await settle()
    await finish()
    expect(states(writing)).toBe('kept')
  })
  it('that was taken off is stopped and not sent', async () => {
    attach(writing, [photo('1.jpg'), photo('2.jpg'), photo('3.jpg')])
    await settle()
    const [one, , three] = writing.files as [WaitingFile, WaitingFile, WaitingFile]
    detach(writing, one)
    detach(writing, three)
    await settle()
    expect(world.going.map(({ name }) => name)).toEqual(['2.jpg'])
    await finish()
    expect(writing.files.map(({ name }) => name)).toEqual(['2.jpg'])
    expect(world.dropped).toBe(2)
  })
})

describe('a post', () => {
  it('takes ten files, and says what became of the others', () => {
    const many = Array.from({ length: 200 }, (_, at) => photo(`${String(at)}.jpg`))
    expect(attach(writing, many)).toBe(attaching.too_many(MOST_FILES, 190))
    expect(writing.files).toHaveLength(MOST_FILES)
    expect(attach(writing, many.slice(0, 1))).toBe(attaching.full)
    expect(attachPhoto(writing, photo('x.jpg'))).toBe(attaching.full)
  })
  it('takes none before its class is known', () => {
    writing.class = undefined
    expect(attach(writing, [photo('1.jpg')])).toBe(attaching.choose_class)
    expect(writing.files).toEqual([])
  })
  it('with another class sends each file once more, under that class', async () => {
    attach(
      writing,
      [1, 2, 3, 4].map((number) => photo(`${String(number)}.jpg`)),
    )
    await settle()
    world.going[0]?.done()
    await settle()
    writing.class = 3
    classChanged(writing)
    await settle()
    await finish()
    expect(writing.files.map(({ attachment }) => attachment?.replace(/ \(.*/, ''))).toEqual(
      [1, 2, 3, 4].map((number) => `${String(number)}.jpg in 3`),
    )
    expect(world.sent).toBe(5)
  })
  it('with another class says that a file of an earlier draft must be chosen again', () => {
    writing.files = [{ ...draftFile('a1') }]
    classChanged(writing)
    expect(first(writing)).toMatchObject({ state: 'refused', sentence: attaching.other_class })
    expect(canAttachAgain(first(writing))).toBe(false)
  })
  it('of whoever leaves is forgotten, with everything under way', async () => {
    attach(writing, [photo('1.jpg'), photo('2.jpg'), photo('3.jpg')])
    await settle()
    world.leave()
    await settle()
    expect(world.going).toEqual([])
    expect(writing.files.some(canAttachAgain)).toBe(false)
  })
})

function draftFile(attachment: string): WaitingFile {
  const nothing = { sentence: undefined, preview: undefined }
  return {
    key: attachment,
    name: 'x',
    bytes: 0,
    picture: false,
    state: 'kept',
    progress: 1,
    attachment,
    ...nothing,
  }
}

describe('whatever happens', () => {
  it('two go at once at most, and in the end each is kept under the post’s class or refused', async () => {
    for (let seed = 1; seed <= 30; seed++) await oneSheet(seed)
  }, 60_000)
})

/** Photos come and go, the class changes, the network breaks. */
async function oneSheet(seed: number): Promise<void> {
  const roll = dice(seed)
  forgetWritings()
  writing = writingOf('r1')
  for (let step = 0; step < 30; step++) {
    const file = writing.files[Math.floor(roll() * writing.files.length)]
    const sending = oneOf(roll, world.going.length ? world.going : [undefined])
    const chance = roll()
    if (chance < 0.3) attach(writing, [photo(`${String(step)}.jpg`)])
    else if (chance < 0.5) sending?.done()
    else if (chance < 0.65) sending?.done(roll() < 0.5 ? new Unreached() : problem('attachment.kind'))
    else if (chance < 0.75 && file) detach(writing, file)
    else if (chance < 0.85 && file?.state === 'refused') attachAgain(file)
    else if (chance < 0.95) {
      writing.class = oneOf(roll, [2, 3])
      classChanged(writing)
    } else world.open()
    if (roll() < 0.7) await settle()
  }
  await settle()
  world.open()
  await settle()
  await finish()
  for (const { state, attachment, name } of writing.files) {
    expect(['kept', 'refused'], `seed ${String(seed)}, ${name}`).toContain(state)
    if (state === 'kept')
      expect(attachment, `seed ${String(seed)}`).toMatch(new RegExp(`^${name} in ${String(writing.class)} `))
    else expect(attachment).toBeUndefined()
  }
  expect(world.most, `seed ${String(seed)}`).toBeLessThanOrEqual(2)
  world.leave()
  await settle()
}
