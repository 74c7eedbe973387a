import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import * as v from 'valibot'
import type { Route } from '../wire/route'
import { Problem, Unreached, ask, beginReads, dropReads, hearProblems, reach } from './http'

const READ = {
  method: 'GET',
  path: '/api/v1/notes/{note}',
  answer: v.object({ words: v.string() }),
} as unknown as Route<{ note: string }, undefined, undefined, { words: string }>
const ACT = { method: 'POST', path: '/api/v1/notes', answer: READ.answer } as unknown as Route<
  undefined,
  undefined,
  { words: string },
  { words: string }
>
const read = () => ask(READ, { path: { note: 'a/b' } })
const act = () => ask(ACT, { body: { words: '薬' } })
const problem = (code: string, status = 401) =>
  Response.json({ type: 'urn:x', code, status, title: code, title_ja: code }, { status })

/** A server whose answers come when the test lets them. */
const asked: { url: string; init: RequestInit; answer: (response: Response) => void }[] = []
beforeEach(() => {
  asked.length = 0
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    return new Promise<Response>((answer, broken) => {
      init.signal?.addEventListener('abort', () => broken(new DOMException('aborted', 'AbortError')))
      asked.push({ url, init, answer })
    })
  })
})
afterEach(() => {
  dropReads()
  vi.unstubAllGlobals()
})

it('refuses an answer that is not as described', async () => {
  const asking = read()
  asked[0]?.answer(Response.json({ words: 3 }))
  await expect(asking).rejects.toThrow(v.ValiError)
})

it('knows nothing when there is no answer, or when it breaks off', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')))
  await expect(read()).rejects.toThrow(Unreached)
  const broken = new Response(new ReadableStream({ start: (body) => body.error(new TypeError('cut')) }))
  vi.stubGlobal('fetch', () => Promise.resolve(broken))
  await expect(read()).rejects.toThrow(Unreached)
})

it('tells whoever listens of a refusal, with its code', async () => {
  const heard: string[] = []
  const stop = hearProblems(({ code }) => heard.push(code))
  const asking = act()
  asked[0]?.answer(problem('session.locked'))
  await expect(asking).rejects.toMatchObject({ code: 'session.locked' })
  stop()
  expect(heard).toEqual(['session.locked'])
})

it('has a code for an answer that is no problem document', async () => {
  const asking = read()
  asked[0]?.answer(new Response('<h1>Bad gateway</h1>', { status: 502 }))
  const cause = await asking.catch((thrown: unknown) => thrown)
  expect(cause).toBeInstanceOf(Problem)
  expect(cause).toMatchObject({ code: 'unexpected', document: { status: 502 } })
})

it('drops what a person was reading when they leave', async () => {
  beginReads()
  const asking = read()
  dropReads()
  await expect(asking).rejects.toThrow(Unreached)
})

it('lets an act of theirs come to its end, and tells nobody else how it was refused', async () => {
  const heard = vi.fn()
  const stop = hearProblems(heard)
  beginReads()
  const [done, refused] = [act(), act()]
  dropReads()
  beginReads()
  asked[0]?.answer(Response.json({ words: '薬' }))
  asked[1]?.answer(problem('session.locked'))
  await expect(done).resolves.toEqual({ words: '薬' })
  await expect(refused).rejects.toMatchObject({ code: 'session.locked' })
  stop()
  expect(heard).not.toHaveBeenCalled()
})

it('does not touch what is read while nobody is here', async () => {
  const asking = read()
  dropReads()
  asked[0]?.answer(Response.json({ words: '入口' }))
  await expect(asking).resolves.toEqual({ words: '入口' })
})

it('leaves a question that has an end of its own to whoever asked', async () => {
  beginReads()
  const own = new AbortController()
  const asking = reach('/api/v1/attachments/a', { signal: own.signal })
  own.abort()
  await expect(asking).rejects.toMatchObject({ name: 'AbortError' })
})

it('writes parts and questions into the address, as they are', async () => {
  const asking = read()
  expect(asked[0]?.url).toBe('/api/v1/notes/a%2Fb')
  expect(asked[0]?.init).toMatchObject({ method: 'GET', credentials: 'same-origin', cache: 'no-store' })
  asked[0]?.answer(Response.json({ words: '' }))
  await asking
})
