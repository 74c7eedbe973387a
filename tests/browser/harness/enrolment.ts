// The door for enrolment: how a device without a certificate comes to one.

import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import type { Server } from './server.ts'

/** Asks the door for enrolment; the authority's certificate is checked. */
export function post<Answer>(server: Server, path: string, body: unknown): Promise<Answer> {
  const url = new URL(path, server.credentials.enrolment_url)
  const headers = { 'content-type': 'application/json' }
  const options = { method: 'POST', ca: readFileSync(server.credentials.ca), headers }
  return new Promise((resolve, reject) => {
    const asking = request(url, options, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (part: string) => (text += part))
      answer.once('end', () => {
        if (answer.statusCode === 200) resolve(JSON.parse(text) as Answer)
        else reject(new Error(`${path}: ${answer.statusCode} ${text}`))
      })
    })
    asking.once('error', reject)
    asking.end(JSON.stringify(body))
  })
}
