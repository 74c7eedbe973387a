import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ServerFrame } from '../wire/generated'
import { Problem, Unreached } from './http'
import { Line, type LineState } from './line'

/** A WebSocket whose other end is the test. */
class FakeSocket {
  static readonly OPEN = 1
  static all: FakeSocket[] = []
  readyState = 0
  sent: { type: string; id?: number }[] = []
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: ((event: { code: number; reason: string }) => void) | null = null

  constructor() {
    FakeSocket.all.push(this)
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text) as { type: string; id?: number })
  }
  close(): void {
    this.readyState = 3
  }
  opens(): void {
    this.readyState = FakeSocket.OPEN
    this.onopen?.()
  }
  says(frame: object | string): void {
    this.onmessage?.({ data: typeof frame === 'string' ? frame : JSON.stringify(frame) })
  }
  welcomes(): void {
    this.opens()
    this.says({
      type: 'welcome',
      id: 0,
      protocol: 'tasuki.v1',
      at: 1,
      device: 'd',
      log: { origin: 'o', size: 1 },
      limits: { frame_bytes: 1, frames_per_second: 1, in_flight: 1, open_rooms: 1 },
    })
  }
  ends(code: number, reason = ''): void {
    this.onclose?.({ code, reason })
  }
}

const socket = () => FakeSocket.all.at(-1) as FakeSocket
let states: LineState[]
let frames: ServerFrame[]
let endings: [number, string][]
let strange: number
let line: Line

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('WebSocket', FakeSocket)
  FakeSocket.all = []
  states = []
  frames = []
  endings = []
  strange = 0
  line = new Line('person', {
    cursors: () => [{ room: 'r', cursor: 'c' }],
    state: (state) => states.push(state),
    frame: (frame) => frames.push(frame),
    strange: () => strange++,
    ended: (code, reason) => endings.push([code, reason]),
  })
  line.open()
})

afterEach(() => {
  line.close()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

describe('refusals and breaks first', () => {
  it('refuses a request while nobody has welcomed it', async () => {
    socket().opens()
    await expect(line.request({ type: 'ping' })).rejects.toBeInstanceOf(Unreached)
  })

  it('says Unreached to whoever waits when the line breaks: nothing is known then', async () => {
    socket().welcomes()
    const waiting = line.request({ type: 'close_room', room: 'r' })
    socket().ends(1006)
    await expect(waiting).rejects.toBeInstanceOf(Unreached)
    expect(states.at(-1)).toBe('waiting')
  })

  it('does not come back after the session or the device ended', () => {
    socket().welcomes()
    socket().ends(4401, 'device')
    vi.advanceTimersByTime(600_000)
    expect(endings).toEqual([[4401, 'device']])
    expect(FakeSocket.all).toHaveLength(1)
  })

  it('gives up a line on which no answer to a ping comes', () => {
    socket().welcomes()
    vi.advanceTimersByTime(31_000)
    expect(states.at(-1)).not.toBe('open')
    vi.advanceTimersByTime(2_000)
    expect(FakeSocket.all.length).toBeGreaterThan(1)
  })
})

describe('what is not understood', () => {
  const STRANGE = [
    { type: 'from_the_future' },
    { type: 'message', message: { text: 'half' } },
    'no frame at all',
  ]

  it('is a break: the line comes back once, with its cursors, so that nothing is missed', () => {
    for (const frame of STRANGE) {
      const before = FakeSocket.all.length
      socket().welcomes()
      socket().says(frame)
      expect(states.at(-1)).toBe('waiting')
      vi.advanceTimersByTime(5_000)
      expect(FakeSocket.all).toHaveLength(before + 1)
      socket().welcomes()
      expect(socket().sent[0]).toMatchObject({ type: 'hello', rooms: [{ room: 'r', cursor: 'c' }] })
      expect(strange).toBe(0)
      vi.advanceTimersByTime(61_000)
      socket().ends(1006)
      vi.advanceTimersByTime(10_000)
    }
  })

  it('rejects who waits for an answer, and hears no more of that way', async () => {
    socket().welcomes()
    const old = socket()
    const waiting = line.request({ type: 'close_room', room: 'r' })
    old.says({ type: 'from_the_future' })
    await expect(waiting).rejects.toBeInstanceOf(Unreached)
    expect(old.onmessage).toBeNull()
  })

  it('is said when it comes again soon, and the line stays: coming back did not help', () => {
    socket().welcomes()
    socket().says({ type: 'from_the_future' })
    vi.advanceTimersByTime(5_000)
    socket().welcomes()
    for (let number = 0; number < 3; number++) socket().says({ type: 'from_the_future' })
    expect(strange).toBe(3)
    expect(states.at(-1)).toBe('open')
    vi.advanceTimersByTime(5_000)
    expect(FakeSocket.all).toHaveLength(2)
  })
})

it('says hello with the cursors, again after every break', () => {
  socket().welcomes()
  socket().ends(1006)
  vi.advanceTimersByTime(5_000)
  socket().opens()
  for (const one of FakeSocket.all)
    expect(one.sent[0]).toEqual({ type: 'hello', id: 0, rooms: [{ room: 'r', cursor: 'c' }] })
  expect(FakeSocket.all).toHaveLength(2)
})

it('matches answers to requests in whatever order they come', async () => {
  socket().welcomes()
  const first = line.request({ type: 'close_room', room: 'a' })
  const second = line.request({ type: 'close_room', room: 'b' })
  const [one, two] = socket().sent.slice(1)
  socket().says({ type: 'done', id: two?.id })
  socket().says({
    type: 'error',
    id: one?.id,
    problem: { type: 't', code: 'missing', status: 404, title: 'Missing.', title_ja: 'ありません。' },
  })
  await expect(second).resolves.toMatchObject({ type: 'done' })
  await expect(first).rejects.toBeInstanceOf(Problem)
})
