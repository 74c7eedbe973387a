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
  /** The end, once; `code` and `reason` as in server/protocol.md, 1006 when it broke. */
  ended(code: number, reason: string): void
}

/** An open way to the server. */
export interface Transport {
  send(frame: ClientFrame): void
  close(): void
}

function read(text: string): ServerFrame | undefined {
  const result = v.safeParse(ServerFrameSchema, JSON.parse(text))
  // A frame that this page does not know comes from a newer server; the page is renewed at its next load.
  return result.success ? result.output : undefined
}

/** Opens a WebSocket. */
export function webSocket(whose: Whose, heard: Heard): Transport {
  const path = whose === 'person' ? '/api/v1/socket' : '/api/v1/device/socket'
  const socket = new WebSocket(`wss://${location.host}${path}`, 'tasuki.v1')
  socket.onopen = () => heard.opened()
  socket.onmessage = (event) => {
    const frame = read(String(event.data))
    if (frame) heard.frame(frame)
  }
  socket.onclose = (event) => heard.ended(event.code, event.reason)
  return {
    send: (frame) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame))
    },
    close: () => {
      socket.onclose = null
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
    const frame = read(String(event.data))
    if (!frame) return
    heard.frame(frame)
    if (frame.type === 'goodbye') end(frame.code, frame.reason)
  }
  source.onerror = () => end(1006)
  const post = async (frame: ClientFrame) => {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(frame),
    }
    const answers = (await (await reach(`${base}/frames`, init)).json()) as unknown[]
    for (const answer of answers) {
      const parsed = v.safeParse(ServerFrameSchema, answer)
      if (parsed.success) heard.frame(parsed.output)
    }
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
