import { beforeEach, expect, test, vi } from 'vitest'
import { Problem } from '../net/http'
import { PasskeyCancelled } from '../net/passkey'
import { me } from '../state/me.svelte'
import { house } from '../state/session.svelte'
import type { Me, Session } from '../wire/generated'
import { addKey, changePassword, readMe, removeKey, signOutThere } from './me'

const told = vi.hoisted(() => ({
  asked: [] as string[],
  answers: new Map<string, () => unknown>(),
  left: [] as string[],
  leavings: [] as (() => void)[],
  make: (): Promise<unknown> => Promise.resolve({ id: 'new' }),
}))
vi.mock('../net/http', async (original) => ({
  ...(await original<typeof import('../net/http')>()),
  ask: async (route: { method: string; path: string }) => {
    const name = `${route.method} ${route.path}`
    told.asked.push(name)
    return Promise.resolve(told.answers.get(name)?.())
  },
}))
vi.mock('../net/passkey', async (original) => ({
  ...(await original<typeof import('../net/passkey')>()),
  makePasskey: () => told.make(),
  usePasskey: () => Promise.resolve({ credential: { id: 'old' }, secret: undefined }),
}))
vi.mock('./house', () => ({
  leave: (reason: string) => Promise.resolve(told.left.push(reason)),
  onLeave: (heard: () => void) => told.leavings.push(heard),
}))

const page = { login: 'hanako.sato', passkeys: [], sessions: [] } as unknown as Me

/** Refused until a fresh key was presented, as the server does it. */
function needsKey(name: string, answer: unknown): void {
  let fresh = false
  told.answers.set('POST /api/v1/session/step-up/options', () => ({ flow: 's', options: {} }))
  told.answers.set('POST /api/v1/session/step-up', () => {
    fresh = true
    return { stepped_up_until: 1 }
  })
  told.answers.set(name, () => {
    if (fresh) return answer
    const document = { code: 'session.step_up', status: 403, title: '', title_ja: '', type: '' }
    throw new Problem(document, document)
  })
}

beforeEach(() => {
  told.asked.length = 0
  told.left.length = 0
  told.answers.clear()
  told.make = () => Promise.resolve({ id: 'new' })
  told.answers.set('GET /api/v1/me', () => page)
  me.page = undefined
})

test('no answer is taken that comes when the person has left', async () => {
  house.session = { session: 's' } as Session
  const underWay = readMe()
  house.session = undefined
  await underWay
  expect(me.page).toBeUndefined()
})

test('the page is forgotten with the person', async () => {
  await readMe()
  expect(me.page).toEqual(page)
  for (const leaving of told.leavings) leaving()
  expect(me.page).toBeUndefined()
})

function refuses(name: string, status: number, code: string): void {
  told.answers.set(name, () => {
    const document = { code, status, title: '', title_ja: '', type: '' }
    throw new Problem(document, document)
  })
}

test('a sign-in elsewhere is ended and goes from the page, also when it was over already', async () => {
  const route = 'DELETE /api/v1/sessions/{session}'
  await signOutThere('s1')
  expect(told.asked).toEqual([route, 'GET /api/v1/me'])
  refuses(route, 404, 'missing')
  await signOutThere('s1')
  expect(told.asked.at(-1)).toBe('GET /api/v1/me')
  refuses(route, 401, 'session.ended')
  await expect(signOutThere('s1')).rejects.toBeInstanceOf(Problem)
})

test('another key is registered after an old one confirmed, and then shown', async () => {
  needsKey('POST /api/v1/me/passkeys/options', { flow: 'f', options: {} })
  await addKey('security_key', '青いキー')
  expect(told.asked).toEqual([
    'POST /api/v1/session/step-up/options',
    'POST /api/v1/session/step-up',
    'POST /api/v1/me/passkeys/options',
    'POST /api/v1/me/passkeys',
    'GET /api/v1/me',
  ])
})

test('a key that was not presented registers nothing', async () => {
  needsKey('POST /api/v1/me/passkeys/options', { flow: 'f', options: {} })
  told.make = () => Promise.reject(new PasskeyCancelled())
  await expect(addKey('security_key', '青いキー')).rejects.toBeInstanceOf(PasskeyCancelled)
  expect(told.asked).not.toContain('POST /api/v1/me/passkeys')
})

test('a removed key goes from the page', async () => {
  needsKey('DELETE /api/v1/me/passkeys/{passkey}', undefined)
  await removeKey('k1')
  expect(told.asked.slice(-2)).toEqual(['DELETE /api/v1/me/passkeys/{passkey}', 'GET /api/v1/me'])
})

test('a new password signs the person out, and a refused one does not', async () => {
  needsKey('PUT /api/v1/me/password', undefined)
  await changePassword('old', 'つゆ-みかん-すず')
  expect(told.left).toEqual(['password.changed'])
  told.answers.set('PUT /api/v1/me/password', () => {
    const document = { code: 'password.current', status: 422, title: '', title_ja: '', type: '' }
    throw new Problem(document, document)
  })
  await expect(changePassword('wrong', 'x')).rejects.toBeInstanceOf(Problem)
  expect(told.left).toHaveLength(1)
})
