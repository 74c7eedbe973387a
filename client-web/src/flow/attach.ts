// flow: photos and files of a post. Each goes to the server at once, so that sending the post is quick; the post only
// names them.
import { Unreached } from '../net/http'
import { isHeic, toJpeg } from '../net/picture'
import { Stopped, upload } from '../net/upload'
import { uuid7 } from '../net/uuid'
import { MOST_FILES, type WaitingFile, type Writing } from '../state/drafts.svelte'
import { attaching } from '../text/attaching'
import { clock, now } from '../text/time'
import { draftChanged } from './drafts'
import { onLeave } from './house'
import { onOpen } from './line'
import { sentence } from './sentence'

const LARGEST = 20 * 1024 * 1024
const AT_ONCE = 2

/** What the page still has of a file: its body, and how to stop it. */
interface Held {
  writing: Writing
  file: WaitingFile
  body: Blob | undefined
  stop: AbortController
  offline: boolean
}

const held = new Map<string, Held>()
const line: Held[] = []
let going = 0

/**
 * Adds files to a post, as many as it takes. Gives the sentence for those that were too many.
 */
export function attach(writing: Writing, files: readonly File[]): string | undefined {
  if (writing.class === undefined) return attaching.choose_class
  const room = Math.max(0, MOST_FILES - writing.files.length)
  const taken = files.slice(0, room)
  for (const file of taken) add(writing, file, file.name)
  draftChanged(writing.room)
  if (files.length <= room) return undefined
  return taken.length ? attaching.too_many(taken.length, files.length - taken.length) : attaching.full
}

/** Adds a photo that was taken in the page. */
export function attachPhoto(writing: Writing, photo: Blob): string | undefined {
  if (writing.files.length >= MOST_FILES) return attaching.full
  add(writing, photo, attaching.photo_name(clock(now()).replace(':', '-')))
  draftChanged(writing.room)
  return undefined
}

function add(writing: Writing, body: Blob, name: string): void {
  const key = uuid7()
  writing.files.push({
    key,
    name: Array.from(name).slice(-120).join('') || 'file',
    bytes: body.size,
    picture: body.type.startsWith('image/'),
    state: 'preparing',
    progress: 0,
    attachment: undefined,
    sentence: undefined,
    preview: undefined,
  })
  const file = writing.files.at(-1)
  if (!file) return
  held.set(key, { writing, file, body, stop: new AbortController(), offline: false })
  void prepare(key)
}

async function prepare(key: string): Promise<void> {
  const one = held.get(key)
  if (!one?.body) return
  const { file, body } = one
  if (body.size === 0) return unfit(one, attaching.empty)
  if (await isHeic(body, file.name).catch(() => false)) {
    const drawn = await toJpeg(body)
    if (!drawn) return unfit(one, attaching.heic)
    Object.assign(file, {
      name: file.name.replace(/\.[^.]*$/, '') + '.jpg',
      bytes: drawn.size,
      picture: true,
    })
    one.body = drawn
  }
  if (file.bytes > LARGEST) return unfit(one, attaching.too_large(megabytes(file.bytes)))
  if (file.picture) file.preview = URL.createObjectURL(one.body)
  queue(one)
}

const megabytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)}MB`

function refuse(file: WaitingFile, why: string): void {
  Object.assign(file, { state: 'refused', sentence: why, attachment: undefined })
}

/** Trying again does not help: the body is not kept. */
function unfit(one: Held, why: string): void {
  one.body = undefined
  refuse(one.file, why)
}

function queue(one: Held): void {
  Object.assign(one.file, { state: 'sending', progress: 0, sentence: undefined, attachment: undefined })
  one.stop = new AbortController()
  one.offline = false
  if (!line.includes(one)) line.push(one)
  next()
}

function next(): void {
  while (going < AT_ONCE) {
    const one = line.shift()
    if (!one) return
    if (!held.has(one.file.key)) continue
    going++
    void send(one).finally(() => {
      going--
      next()
    })
  }
}

async function send(one: Held): Promise<void> {
  const { file, writing, stop } = one
  const infoClass = writing.class
  if (!one.body || infoClass === undefined) return
  try {
    const added = await upload({
      room: writing.room,
      class: infoClass,
      name: file.name,
      body: one.body,
      progress: (part) => (file.progress = part),
      signal: stop.signal,
    })
    if (stop.signal.aborted) return
    Object.assign(file, {
      state: 'kept',
      progress: 1,
      attachment: added.attachment,
      name: added.name,
      bytes: added.bytes,
    })
    draftChanged(writing.room)
  } catch (cause) {
    if (cause instanceof Stopped || stop.signal.aborted) return
    one.offline = cause instanceof Unreached
    refuse(file, sentence(cause))
  }
}

/** Tries a refused file once more. */
export function attachAgain(file: WaitingFile): void {
  const one = held.get(file.key)
  if (one?.body) queue(one)
}

/** Whether the page still has the file, to try it again. */
export function canAttachAgain(file: WaitingFile): boolean {
  return held.get(file.key)?.body !== undefined
}

/** Takes a file off the post; what the server has of it goes by itself after a day. */
export function detach(writing: Writing, file: WaitingFile): void {
  forget(file.key)
  writing.files = writing.files.filter((one) => one.key !== file.key)
  draftChanged(writing.room)
}

/** A file belongs to the class under which it was sent: with another class it is sent again. */
export function classChanged(writing: Writing): void {
  for (const file of writing.files) {
    // What is being prepared is sent under the new class anyway.
    if (file.state === 'preparing') continue
    const one = held.get(file.key)
    one?.stop.abort()
    if (one?.body) queue(one)
    else if (file.state !== 'refused') refuse(file, attaching.other_class)
  }
}

/** The post was sent or the person left: the page needs the bodies no more. */
export function forgetFiles(files: readonly WaitingFile[]): void {
  for (const file of files) forget(file.key)
}

function forget(key: string): void {
  const one = held.get(key)
  one?.stop.abort()
  if (one?.file.preview) URL.revokeObjectURL(one.file.preview)
  held.delete(key)
}

/** Begins: what failed for want of a network goes when it is back; everything ends with the person. */
export function startAttaching(): () => void {
  const stops = [
    onOpen(() => {
      for (const one of held.values()) if (one.offline && one.file.state === 'refused') queue(one)
    }),
    onLeave(() => {
      for (const key of [...held.keys()]) forget(key)
      line.length = 0
    }),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}
