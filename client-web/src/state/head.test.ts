import { expect, test } from 'vitest'
import { compare, GRACE, newLogHead, readNote, type Head } from './head.svelte'

const note = (size: number, root = 'cm9vdA==', origin = 'care.example') =>
  `${origin}\n${String(size)}\n${root}\n\n— ${origin} c2lnbmF0dXJl\n`
const head = (...given: Parameters<typeof note>): Head => {
  const read = readNote(note(...given))
  if (!read) throw new Error('not a note')
  return read
}

test('what is no signed note is not a head', () => {
  for (const bad of [
    '',
    'a\n1\n',
    'a\nx\nroot\n\n',
    'a\n-1\nroot\n\n',
    'a\n1\nroot\nno blank line',
    '\n1\nroot\n\n',
  ])
    expect(readNote(bad)).toBeUndefined()
  expect(head(7)).toMatchObject({ origin: 'care.example', size: 7, root: 'cm9vdA==' })
})

test('a head is newer, the same, shorter, rewritten or of another log', () => {
  expect(compare(head(5), head(6))).toBe('newer')
  expect(compare(head(5), head(5))).toBe('same')
  expect(compare(head(5), head(4))).toBe('shorter')
  expect(compare(head(5), head(5, 'b3RoZXI='))).toBe('rewritten')
  expect(compare(head(5), head(9, 'cm9vdA==', 'elsewhere.example'))).toBe('another')
})

test('the newest head is kept, whoever is signed in', () => {
  const log = newLogHead()
  expect(log.shown(head(5), 0)).toBe(true)
  expect(log.shown(head(5), 1)).toBe(false)
  expect(log.shown(head(9), 2)).toBe(true)
  expect(log.kept?.size).toBe(9)
  expect(log.contradiction).toBeUndefined()
})

test('a smaller head is a contradiction when it stays smaller', () => {
  const log = newLogHead()
  log.shown(head(9), 0)
  log.shown(head(7), 1000)
  expect(log.contradiction).toBeUndefined()
  log.shown(head(8), 1000 + GRACE)
  expect(log.contradiction).toMatchObject({ what: 'shorter', kept: { size: 9 }, shown: { size: 8 } })
  expect(log.kept?.size).toBe(9)
})

test('an instance that lags behind for a moment is no contradiction', () => {
  const log = newLogHead()
  log.shown(head(9), 0)
  log.shown(head(8), 1000)
  log.shown(head(10), 5000)
  log.sweep(1000 + GRACE)
  expect(log.contradiction).toBeUndefined()
})

test('as many entries under another root are a contradiction at once, until somebody accepts the log', () => {
  const log = newLogHead()
  log.shown(head(9), 0)
  log.shown(head(9, 'b3RoZXI='), 1)
  expect(log.contradiction?.what).toBe('rewritten')
  expect(log.accept()?.root).toBe('b3RoZXI=')
  expect(log.contradiction).toBeUndefined()
  expect(log.kept?.root).toBe('b3RoZXI=')
})
