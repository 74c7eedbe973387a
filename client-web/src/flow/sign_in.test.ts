import { beforeEach, expect, test, vi } from 'vitest'
import { Problem, Unreached } from '../net/http'
import { PasskeyCancelled } from '../net/passkey'
import { entry, forgetEntry } from '../state/entry.svelte'
import { house } from '../state/session.svelte'
import type { Session, StartPerson, StartScreen } from '../wire/generated'
import { again, choose, chooseFull, choosePost, showEveryone, signIn, startOver } from './sign_in'

/** What the server answers, by path; a function may throw. */
const server = new Map<string, (body: unknown) => unknown>()
const asked: { path: string; body: unknown }[] = []
const key = vi.fn<(options: unknown, signal?: AbortSignal) => Promise<unknown>>()
const entered: Session[] = []

vi.mock('../net/http', async (original) => ({
  ...(await original<typeof import('../net/http')>()),
  ask: async (route: { path: string }, input?: { body?: unknown }) => {
    asked.push({ path: route.path, body: input?.body })
    const answer = server.get(route.path)
    if (!answer) throw new Error(`nobody answers ${route.path}`)
    return Promise.resolve(answer(input?.body))
  },
}))
vi.mock('../net/passkey', async (original) => ({
  ...(await original<typeof import('../net/passkey')>()),
  usePasskey: (options: unknown, signal?: AbortSignal) => key(options, signal),
}))
vi.mock('./house', () => ({
  toStart: () => undefined,
  enter: (session: Session) => {
    entered.push(session)
    return Promise.resolve()
  },
}))

const session = { session: 's', person: 'sato' } as Session
const somebody = (returns: boolean) => ({ person: 'sato', name: '佐藤 花子', returns }) as StartPerson

function refuse(code: string, more: object = {}): never {
  const document = { code, status: 409, title: code, title_ja: code, type: 'about:blank', ...more }
  throw new Problem(document, document)
}

beforeEach(() => {
  startOver()
  forgetEntry()
  server.clear()
  asked.length = 0
  entered.length = 0
  key.mockReset().mockResolvedValue({ credential: { id: 'credential' }, secret: undefined })
  house.device = { return_by_passkey: true, people: [] } as unknown as StartScreen
  server.set('/api/v1/sign-in/password', () => ({ flow: 'f1', options: { challenge: 'c1' } }))
  server.set('/api/v1/sign-in/passkey', () => session)
  server.set('/api/v1/return/options', () => ({ flow: 'r1', options: { challenge: 'c2' } }))
  server.set('/api/v1/return', () => session)
})

test('a face that returns needs the key alone', async () => {
  await choose(somebody(true))
  expect(asked.map((one) => one.path)).toEqual(['/api/v1/return/options', '/api/v1/return'])
  expect(asked[1]?.body).toEqual({ flow: 'r1', credential: { id: 'credential' } })
  expect(entered).toEqual([session])
  expect(entry.step).toBe('people')
})

test('another face is asked for the password, and so is everybody where returns are switched off', async () => {
  await choose(somebody(false))
  expect(entry.step).toBe('password')
  startOver()
  house.device = { return_by_passkey: false, people: [] } as unknown as StartScreen
  await choose(somebody(true))
  expect(entry.step).toBe('password')
  expect(asked).toEqual([])
})

test('password and key together begin the session', async () => {
  chooseFull(undefined)
  await signIn('hanako.sato', 'つゆ-みかん')
  expect(asked[0]?.body).toEqual({ login: 'hanako.sato', password: 'つゆ-みかん' })
  expect(entered).toEqual([session])
})

test('a tapped face stands for the login name', async () => {
  await choose(somebody(false))
  await signIn('', 'つゆ-みかん')
  expect(asked[0]?.body).toEqual({ person: 'sato', password: 'つゆ-みかん' })
  expect(entered).toEqual([session])
})

test('a wrong password stays at its step with the reason', async () => {
  server.set('/api/v1/sign-in/password', () => refuse('sign_in.failed'))
  chooseFull(undefined)
  await signIn('hanako.sato', 'wrong')
  expect(entry.step).toBe('password')
  expect((entry.cause as Problem).code).toBe('sign_in.failed')
  expect(key).not.toHaveBeenCalled()
})

test('a cancelled key is asked for again without the password', async () => {
  key.mockRejectedValueOnce(new PasskeyCancelled())
  chooseFull(undefined)
  await signIn('hanako.sato', 'つゆ-みかん')
  expect(entry.step).toBe('key')
  expect(entry.cause).toBeInstanceOf(PasskeyCancelled)
  await again()
  expect(asked.map((one) => one.path)).toEqual(['/api/v1/sign-in/password', '/api/v1/sign-in/passkey'])
  expect(entered).toEqual([session])
})

test('a wrong key uses the step up: the password is asked for again', async () => {
  server.set('/api/v1/sign-in/passkey', () => refuse('sign_in.failed'))
  chooseFull(undefined)
  await signIn('hanako.sato', 'つゆ-みかん')
  expect(entry.step).toBe('password')
  await again()
  expect(asked).toHaveLength(2)
})

test('without a sign-in of this shift the return becomes a full sign-in, and says why', async () => {
  server.set('/api/v1/return', () => refuse('return.full_sign_in'))
  await choose(somebody(true))
  expect(entry.step).toBe('password')
  expect(entry.person?.person).toBe('sato')
  expect((entry.cause as Problem).code).toBe('return.full_sign_in')
})

test('a lock is told after the right key and leaves the way back open', async () => {
  server.set('/api/v1/return', () => refuse('sign_in.locked'))
  await choose(somebody(true))
  expect(entry.step).toBe('key')
  expect((entry.cause as Problem).code).toBe('sign_in.locked')
})

test('several posts are offered, and the same step counts once more', async () => {
  const posts = [
    { post: 'p1', job_type: 4, place: null },
    { post: 'p2', job_type: 6, place: null },
  ]
  server.set('/api/v1/sign-in/passkey', (body) =>
    (body as { post?: string }).post ? session : refuse('sign_in.choose_post', { posts }),
  )
  chooseFull(undefined)
  await signIn('hanako.sato', 'つゆ-みかん')
  expect(entry.step).toBe('post')
  expect(entry.posts).toEqual(posts)
  await choosePost('p2')
  expect(asked.at(-1)?.body).toEqual({ flow: 'f1', post: 'p2' })
  expect(entered).toEqual([session])
})

test('whoever taps another face stops the key of the first, whose late answer counts no more', async () => {
  let finish: (value: unknown) => void = () => undefined
  key.mockImplementationOnce(() => new Promise((resolve) => (finish = resolve)))
  const first = choose(somebody(true))
  await vi.waitFor(() => expect(key).toHaveBeenCalled())
  const signal = key.mock.calls[0]?.[1]
  await choose({ ...somebody(false), person: 'suzuki' })
  expect(signal?.aborted).toBe(true)
  finish({ id: 'late' })
  await first
  expect(entered).toEqual([])
  expect(entry).toMatchObject({ step: 'password', busy: false, cause: undefined })
})

test('a network that is away is told where it happened', async () => {
  server.set('/api/v1/device', () => {
    throw new Unreached()
  })
  await showEveryone()
  expect(entry).toMatchObject({ step: 'people', busy: false })
  expect(entry.cause).toBeInstanceOf(Unreached)
})
