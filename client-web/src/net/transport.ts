// net: two ways to carry the same frames: a WebSocket, or server-sent events with POST (browsers that do not show
// their certificate to WebSockets). See server/protocol.md.
import * as v from 'valibot'
import { ServerFrameSchema, type ClientFrame, type ServerFrame } from '../wire/generated'
import { Problem, reach } from './http'

/** Whose line: a person's, or that of a device on which nobody is signed in. */
export type Whose = 'person' | 'device'

/** What a transport tells. */
export interface Heard {
  opened(): void
  frame(frame: ServerFrame): void
  /** Something came that this page does not understand. */
  strange(): void
  /** The end, once; `code` and `reason` as in server/protocol.md, 1006 when it broke. */
  ended(code: number, reason: string): void
}

/** An open way to the server. */
export interface Transport {
  send(frame: ClientFrame): void
  close(): void
}

/** Reads a frame and tells it. What is not as described must not be passed over: it may have been somebody's words. */
function tell(heard: Heard, text: string): ServerFrame | undefined {
  const frame = read(text)
  if (frame) heard.frame(frame)
  else heard.strange()
  return frame
}

function read(text: string): ServerFrame | undefined {
  try {
    const result = v.safeParse(ServerFrameSchema, JSON.parse(text))
    return result.success ? result.output : undefined
  } catch {
    return undefined
  }
}

/** Opens a WebSocket. */
export function webSocket(whose: Whose, heard: Heard): Transport {
  const path = whose === 'person' ? '/api/v1/socket' : '/api/v1/device/socket'
  const socket = new WebSocket(`wss://${location.host}${path}`, 'tasuki.v1')
  socket.onopen = () => heard.opened()
  socket.onmessage = (event) => tell(heard, String(event.data))
  socket.onclose = (event) => heard.ended(event.code, event.reason)
  return {
    send: (frame) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame))
    },
    close: () => {
      socket.onclose = socket.onmessage = null
      socket.close(1000)
    },
  }
}

/** Opens an event stream; frames to the server go by POST, in order. */
export function eventStream(whose: Whose, heard: Heard): Transport {
  const base = whose === 'person' ? '/api/v1' : '/api/v1/device'
  const source = new EventSource(`${base}/events`)
  let last: Promise<unknown> = Promise.resolve()
  let over = false
  const end = (code: number, reason = '') => {
    if (over) return
    over = true
    source.close()
    heard.ended(code, reason)
  }
  source.onopen = () => heard.opened()
  source.onmessage = (event) => {
    const frame = tell(heard, String(event.data))
    if (frame?.type === 'goodbye') end(frame.code, frame.reason)
  }
  source.onerror = () => end(1006)
  const post = async (frame: ClientFrame) => {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(frame),
    }
    const answers = (await (await reach(`${base}/frames`, init)).json()) as unknown[]
    for (const answer of answers) if (!over) tell(heard, JSON.stringify(answer))
  }
  return {
    send: (frame) => {
      last = last
        .then(() => post(frame))
        .catch((cause: unknown) =>
          end(cause instanceof Problem && cause.document.status === 401 ? 4401 : 1006),
        )
    },
    close: () => {
      over = true
      source.close()
    },
  }
}
