import { beforeEach, expect, test, vi } from 'vitest'
import { Problem } from '../net/http'
import { PasskeyCancelled } from '../net/passkey'
import { first } from '../state/first.svelte'
import { choosePassword, endFirst, giveCode, practise, registerKey, takePrefilled } from './first_sign_in'

const server = new Map<string, (body: unknown) => unknown>()
const make = vi.fn<(options: unknown) => Promise<unknown>>()
const signedIn = vi.fn<(login: string, password: string) => Promise<void>>()

vi.mock('../net/http', async (original) => ({
  ...(await original<typeof import('../net/http')>()),
  ask: async (route: { path: string }, input?: { body?: unknown }) =>
    Promise.resolve(server.get(route.path)?.(input?.body)),
}))
vi.mock('../net/passkey', async (original) => ({
  ...(await original<typeof import('../net/passkey')>()),
  makePasskey: (options: unknown) => make(options),
}))
vi.mock('./sign_in', () => ({
  chooseFull: vi.fn(),
  startOver: vi.fn(),
  signIn: (login: string, password: string) => signedIn(login, password),
}))

function refuse(code: string): never {
  const document = { code, status: 401, title: code, title_ja: code, type: 'about:blank' }
  throw new Problem(document, document)
}

beforeEach(() => {
  endFirst()
  server.clear()
  make.mockReset().mockResolvedValue({ id: 'new' })
  signedIn.mockReset().mockResolvedValue(undefined)
  server.set('/api/v1/first-sign-in/code', () => ({ flow: 'f' }))
  server.set('/api/v1/first-sign-in/password', () => undefined)
  server.set('/api/v1/first-sign-in/passkey/options', () => ({ flow: 'f', options: {} }))
  server.set('/api/v1/first-sign-in/passkey', () => undefined)
})

test('code, password, key, and the everyday sign-in as practice', async () => {
  await giveCode('hanako.sato', 'AAAAA-BBBBB')
  expect(first.step).toBe('password')
  await choosePassword('つゆ-みかん-すず')
  expect(first.step).toBe('key')
  await registerKey('security_key', '青いキー')
  expect(first.step).toBe('practice')
  await practise()
  expect(signedIn).toHaveBeenCalledWith('hanako.sato', 'つゆ-みかん-すず')
})

test('a code that does not count stays at its step', async () => {
  server.set('/api/v1/first-sign-in/code', () => refuse('sign_in.failed'))
  await giveCode('hanako.sato', 'AAAAA')
  expect(first).toMatchObject({ step: 'code', login: '', busy: false })
  expect((first.cause as Problem).code).toBe('sign_in.failed')
})

test('a password against the rules may be replaced', async () => {
  await giveCode('hanako.sato', 'AAAAA')
  server.set('/api/v1/first-sign-in/password', () => refuse('password.common'))
  await choosePassword('password1')
  expect(first.step).toBe('password')
  server.set('/api/v1/first-sign-in/password', () => undefined)
  await choosePassword('つゆ-みかん-すず')
  expect(first).toMatchObject({ step: 'key', cause: undefined })
})

test('a cancelled key is asked for again', async () => {
  await giveCode('hanako.sato', 'AAAAA')
  await choosePassword('つゆ-みかん-すず')
  make.mockRejectedValueOnce(new PasskeyCancelled())
  await registerKey('security_key', '青いキー')
  expect(first.step).toBe('key')
  expect(first.cause).toBeInstanceOf(PasskeyCancelled)
  await registerKey('security_key', '青いキー')
  expect(first.step).toBe('practice')
})

test('whoever is too slow begins again, with the login kept', async () => {
  await giveCode('hanako.sato', 'AAAAA')
  server.set('/api/v1/first-sign-in/password', () => refuse('sign_in.failed'))
  await choosePassword('つゆ-みかん-すず')
  expect(first).toMatchObject({ step: 'code', login: 'hanako.sato' })
})

test('what is given up is forgotten: no practice with an earlier password', async () => {
  await giveCode('hanako.sato', 'AAAAA')
  await choosePassword('つゆ-みかん-すず')
  endFirst()
  await practise()
  expect(signedIn).not.toHaveBeenCalled()
  expect(first).toMatchObject({ step: 'code', login: '' })
})

test('the code leaves the address as soon as it was read', () => {
  history.replaceState(null, '', '/first?login=hanako.sato&code=AAAAA-BBBBB')
  expect(takePrefilled({ login: 'hanako.sato', code: 'AAAAA-BBBBB' })).toEqual({
    login: 'hanako.sato',
    code: 'AAAAA-BBBBB',
  })
  expect(location.pathname + location.search).toBe('/first')
})
