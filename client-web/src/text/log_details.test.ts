import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { logFact } from './log_details'
import { language } from './words.svelte'

const server = '../server'

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'tests' ? [] : sources(path)
    return entry.name.endsWith('.rs') && entry.name !== 'tests.rs' ? [readFileSync(path, 'utf8')] : []
  })
}

it('has a word for every fact that the server puts into an entry', () => {
  const folders = ['app/src/usecase', 'app/src/restore.rs', 'store/src', 'domain/src/policy']
  const texts = folders.flatMap((folder) =>
    folder.endsWith('.rs') ? [readFileSync(join(server, folder), 'utf8')] : sources(join(server, folder)),
  )
  const names = new Set(
    texts.flatMap((text) => [...text.matchAll(/\.with\("([a-z_]+)"/g)].map((found) => found[1] ?? '')),
  )
  expect(names.size).toBeGreaterThan(50)
  expect([...names].filter((name) => logFact(name, 1)[0] === name)).toEqual([])
})

it('says times, switches and open ends in words', () => {
  expect(logFact('until', 1_790_000_000_000_000)[1]).toContain('2026年')
  expect(logFact('from', '1790000000000000')[1]).toContain('2026年')
  expect(logFact('until', Number.MAX_SAFE_INTEGER + 1)[1]).toBe('期限なし')
  expect(logFact('against', false)).toEqual(['控えと比べた', 'いいえ'])
  language.current = 'en'
  expect(logFact('ended_on', 'd1')).toEqual(['Ended on', 'd1'])
  language.current = 'ja'
})

it('classes and job types are told by their words, unknown ones by their numbers', () => {
  const named = (table: string, number: number) => (number < 3 ? `${table} ${number}` : undefined)
  expect(logFact('classes', '1,2,9', named)[1]).toBe('class 1、class 2、9')
  expect(logFact('as', 2, named)[1]).toBe('job_type 2')
  expect(logFact('count', 2, named)[1]).toBe('2')
})
