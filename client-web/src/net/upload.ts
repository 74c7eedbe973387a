// net: a file goes to the server. XMLHttpRequest, because fetch does not tell how far a body has come.
import * as v from 'valibot'
import { AddedAttachmentSchema, type AddedAttachment } from '../wire/generated'
import { refusal, Unreached } from './http'

/** The person stopped the upload. */
export class Stopped extends Error {
  constructor() {
    super('stopped')
    this.name = 'Stopped'
  }
}

/** What is sent, and who hears how far it has come. */
export interface Upload {
  room: string
  class: number
  name: string
  body: Blob
  progress: (part: number) => void
  signal: AbortSignal
}

/**
 * Sends a file that waits for its post.
 * @throws Problem, Unreached, Stopped
 */
export function upload({
  room,
  class: infoClass,
  name,
  body,
  progress,
  signal,
}: Upload): Promise<AddedAttachment> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new Stopped())
    const request = new XMLHttpRequest()
    request.open('POST', `/api/v1/rooms/${encodeURIComponent(room)}/attachments?class=${String(infoClass)}`)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.setRequestHeader('x-file-name', encodeURIComponent(name))
    request.upload.onprogress = (event) => progress(event.total ? event.loaded / event.total : 0)
    request.onerror = () => reject(new Unreached())
    request.onabort = () => reject(new Stopped())
    request.onload = () => {
      const answer = parse(request.responseText)
      if (request.status !== 201) return reject(refusal(request.status, answer))
      const added = v.safeParse(AddedAttachmentSchema, answer)
      if (added.success) resolve(added.output)
      else reject(refusal(request.status, undefined))
    }
    signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(body)
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
