// net: the live line. It stays up by itself, says hello with the cursors it is given, and matches answers to requests.
import type { ClientFrame, ServerFrame } from '../wire/generated'
import { Problem, Unreached } from './http'
import { eventStream, webSocket, type Transport, type Whose } from './transport'

/** `open` means that the server has welcomed us. */
export type LineState = 'connecting' | 'open' | 'waiting' | 'closed'

type Distribute<Frame> = Frame extends { id: number } ? Omit<Frame, 'id'> : never
/** A request without its number. */
export type Request = Distribute<Exclude<ClientFrame, { type: 'hello' }>>
/** A frame that nobody answers. */
export type Remark = Extract<ClientFrame, { type: 'typing' | 'activity' }>

/** What the owner of a line supplies and hears. */
export interface LineOwner {
  /** The last cursor of each room, for `hello`. */
  cursors(): { room: string; cursor: string }[]
  state(state: LineState): void
  frame(frame: ServerFrame): void
  /** What the server says is not understood, also after coming back: something may be missing on the screen. */
  strange(): void
  /** 4401: session or device (as `reason` says) ended; the line does not try again. */
  ended(code: number, reason: string): void
}

interface Waiting {
  resolve(frame: ServerFrame): void
  reject(cause: Error): void
}

const PING_EVERY = 20_000
const PONG_WITHIN = 10_000
const FIRST_PAUSE = 500
const LONGEST_PAUSE = 8_000
/** Something strange again within so long is no accident of the way. */
const STRANGE_AGAIN = 60_000

/** A live line to the server. */
export class Line {
  readonly #whose: Whose
  readonly #owner: LineOwner
  #transport: Transport | undefined
  #state: LineState = 'closed'
  #number = 1
  #pause = FIRST_PAUSE
  #broken = 0
  #strangeAt = -Infinity
  #waiting = new Map<number, Waiting>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #pulse: ReturnType<typeof setInterval> | undefined

  constructor(whose: Whose, owner: LineOwner) {
    this.#whose = whose
    this.#owner = owner
  }

  get state(): LineState {
    return this.#state
  }

  /** Connects, and keeps trying. */
  open(): void {
    if (this.#transport) return
    clearTimeout(this.#timer)
    this.#become('connecting')
    let welcomed = false
    // Three ends without a single welcome: this browser's WebSocket may lack the certificate; try events in turn.
    const carry = this.#broken >= 3 && this.#broken % 2 === 1 ? eventStream : webSocket
    this.#transport = carry(this.#whose, {
      opened: () => this.#transport?.send({ type: 'hello', id: 0, rooms: this.#owner.cursors() }),
      frame: (frame) => {
        if (frame.type === 'welcome') {
          welcomed = true
          this.#welcomed()
        }
        this.#hear(frame)
      },
      strange: () => this.#strange(),
      ended: (code, reason) => this.#ended(code, reason, welcomed),
    })
  }

  /** Hangs up for good. */
  close(): void {
    clearTimeout(this.#timer)
    this.#transport?.close()
    this.#down()
    this.#become('closed')
  }

  /** Tries at once instead of waiting (the network came back, the screen woke up). */
  hurry(): void {
    if (this.#state !== 'waiting') return
    this.#pause = FIRST_PAUSE
    this.open()
  }

  /**
   * Asks, and waits for the answer.
   * @throws Problem when the server refuses; Unreached when the line broke first: nothing is known then.
   */
  request(request: Request): Promise<ServerFrame> {
    if (this.#state !== 'open') return Promise.reject(new Unreached())
    const id = this.#number++
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#transport?.send({ ...request, id })
    })
  }

  /** Says something that nobody answers; lost when the line is down. */
  remark(remark: Remark): void {
    if (this.#state === 'open') this.#transport?.send(remark)
  }

  #welcomed(): void {
    this.#broken = 0
    this.#pause = FIRST_PAUSE
    this.#become('open')
    this.#pulse = setInterval(() => this.#ping(), PING_EVERY)
  }

  #ping(): void {
    const late = setTimeout(() => {
      this.#transport?.close()
      this.#ended(1006, '', true)
    }, PONG_WITHIN)
    this.request({ type: 'ping' }).then(
      () => clearTimeout(late),
      () => clearTimeout(late),
    )
  }

  #hear(frame: ServerFrame): void {
    const id = 'id' in frame ? frame.id : undefined
    const waiting = typeof id === 'number' ? this.#waiting.get(id) : undefined
    if (waiting && typeof id === 'number') {
      this.#waiting.delete(id)
      if (frame.type === 'error') waiting.reject(new Problem(frame.problem, frame.problem))
      else waiting.resolve(frame)
    }
    this.#owner.frame(frame)
  }

  /** Once it is like a break: what was missed comes with the cursors. Coming back for ever would help nobody. */
  #strange(): void {
    const again = Date.now() - this.#strangeAt < STRANGE_AGAIN
    this.#strangeAt = Date.now()
    if (again) return this.#owner.strange()
    this.#transport?.close()
    this.#ended(1006, '', true)
  }

  #ended(code: number, reason: string, welcomed: boolean): void {
    this.#down()
    if (code === 4401 || code === 4409) {
      this.#become('closed')
      this.#owner.ended(code, reason)
      return
    }
    if (!welcomed) this.#broken++
    this.#become('waiting')
    const pause = this.#pause * (0.5 + Math.random())
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE)
    this.#timer = setTimeout(() => this.open(), pause)
  }

  #down(): void {
    clearInterval(this.#pulse)
    this.#transport = undefined
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const one of waiting) one.reject(new Unreached())
  }

  #become(state: LineState): void {
    if (state === this.#state) return
    this.#state = state
    this.#owner.state(state)
  }
}
