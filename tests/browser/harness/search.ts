// A search through everything that a browser left on the disk.

import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Where these words lie below a folder, plainly or in a usual writing of them. */
export function search(folder: string, words: readonly string[]): string[] {
  const wanted = words.flatMap((word) => writings(word).map(([how, bytes]) => ({ word, how, bytes })))
  const found: string[] = []
  const open = [folder]
  for (let here = open.pop(); here !== undefined; here = open.pop()) {
    for (const entry of readdirSync(here, { withFileTypes: true })) {
      const path = join(here, entry.name)
      if (entry.isDirectory()) open.push(path)
      else if (entry.isFile() && statSync(path).size > 0) {
        const bytes = readFileSync(path)
        found.push(
          ...wanted.filter((one) => bytes.includes(one.bytes)).map((one) => `${one.word} (${one.how}): ${path}`),
        )
      }
    }
  }
  return found
}

/** UTF-8, UTF-16, a URL, JSON's escapes, and base64 at each of its three alignments. */
function writings(word: string): [string, Buffer][] {
  const bytes = Buffer.from(word)
  const escaped = [...word].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
  const aligned = [0, 1, 2].map((shift): [string, Buffer] => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replaceAll('=', '')
    // The first and last characters also hold bits of their neighbours.
    return [`base64+${shift}`, Buffer.from(text.slice(shift === 0 ? 0 : 4, -2))]
  })
  return [
    ['utf-8', bytes],
    ['utf-16', Buffer.from(word, 'utf16le')],
    ['url', Buffer.from(encodeURIComponent(word))],
    ['json', Buffer.from(escaped)],
    ...aligned,
  ]
}
