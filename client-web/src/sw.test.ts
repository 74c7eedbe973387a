import { readFileSync } from 'node:fs'
import { compileFunction } from 'node:vm'
import ts from 'typescript'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

const ORIGIN = 'https://care.test'

/** The caches of a browser. */
class Caches {
  all = new Map<string, Map<string, Response>>()
  open(name: string) {
    const cache = this.all.get(name) ?? new Map<string, Response>()
    this.all.set(name, cache)
    return Promise.resolve({
      put: (request: Asked, answer: Response) => Promise.resolve(cache.set(request.url, answer)),
      match: (path: string) => Promise.resolve(cache.get(ORIGIN + path)?.clone()),
      addAll: async (requests: Asked[]) => {
        for (const request of requests) cache.set(request.url, await world.fetch(request))
      },
    })
  }
  match(request: Asked) {
    for (const cache of this.all.values())
      if (cache.has(request.url)) return Promise.resolve(cache.get(request.url)?.clone())
    return Promise.resolve(undefined)
  }
  keys = () => Promise.resolve([...this.all.keys()])
  delete = (name: string) => Promise.resolve(this.all.delete(name))
}

interface Asked {
  url: string
  method: string
  mode: string
}
type Handler = (event: object) => void
const world = {
  fetch: (request: Asked): Promise<Response> => Promise.resolve(new Response(request.url)),
  fetched: [] as string[],
  handlers: new Map<string, Handler>(),
  caches: new Caches(),
  pages: [] as { focus: () => Promise<unknown> }[],
  did: [] as string[],
}

/** The worker as the build writes it: without types, and told its parts. */
const WORKER = ts
  .transpileModule(readFileSync('src/sw.ts', 'utf8'), { compilerOptions: { target: ts.ScriptTarget.ES2022 } })
  .outputText.replace('__PARTS__', JSON.stringify(['/assets/index-1.js', '/icon.svg']))

function start(version: string): void {
  const scope = {
    addEventListener: (type: string, heard: Handler) => world.handlers.set(type, heard),
    skipWaiting: () => Promise.resolve(),
    clients: {
      claim: () => Promise.resolve(),
      matchAll: () => Promise.resolve(world.pages),
      openWindow: (path: string) => Promise.resolve(world.did.push(`opened ${path}`)),
    },
    location: new URL(ORIGIN),
  }
  const fetch = (request: Asked) => {
    world.fetched.push(request.url.replace(ORIGIN, ''))
    return world.fetch(request)
  }
  const names = ['globalThis', 'caches', 'fetch', 'Request']
  const text = WORKER.replace('__VERSION__', version)
  const run = compileFunction(text, names) as (...given: unknown[]) => void
  run(scope, world.caches, fetch, function (this: Asked, path: string) {
    Object.assign(this, request(path))
  })
}

const request = (path: string, more: Partial<Asked> = {}): Asked => ({
  url: path.startsWith('https:') ? path : ORIGIN + path,
  method: 'GET',
  mode: 'no-cors',
  ...more,
})
/** What the worker answers; nothing when it leaves the question to the browser. */
async function ask(path: string, more: Partial<Asked> = {}): Promise<string | undefined> {
  let answer: Promise<Response> | undefined
  const respondWith = (given: Promise<Response>) => (answer = given)
  world.handlers.get('fetch')?.({ request: request(path, more), respondWith })
  return answer && (await (await answer).text())
}
async function tell(type: 'install' | 'activate'): Promise<void> {
  let work: Promise<unknown> | undefined
  world.handlers.get(type)?.({ waitUntil: (given: Promise<unknown>) => (work = given) })
  await work
}
const away = () => Promise.reject(new TypeError('no network'))
const navigate = (path: string) => ask(path, { mode: 'navigate' })

beforeEach(async () => {
  vi.useFakeTimers()
  world.caches = new Caches()
  world.fetch = (asked) => Promise.resolve(new Response(`fresh ${asked.url.replace(ORIGIN, '')}`))
  start('one')
  await tell('install')
  world.fetched.length = 0
})
afterEach(() => vi.useRealTimers())

describe('the page itself', () => {
  it('comes from the server, whatever screen it is', async () => {
    expect(await navigate('/rooms/1?message=2')).toBe('fresh /rooms/1?message=2')
  })
  it('comes from what was kept without network, and when the server is in trouble or too slow', async () => {
    world.fetch = away
    expect(await navigate('/rooms/1')).toBe('fresh /')
    world.fetch = () => Promise.resolve(new Response('down', { status: 503 }))
    expect(await navigate('/')).toBe('fresh /')
    world.fetch = () => new Promise(() => undefined)
    const asked = navigate('/')
    await vi.advanceTimersByTimeAsync(5000)
    expect(await asked).toBe('fresh /')
  })
  it('shows a refusal as it is', async () => {
    world.fetch = () => Promise.resolve(new Response('no certificate', { status: 403 }))
    expect(await navigate('/')).toBe('no certificate')
  })
})

describe('what the page is made of', () => {
  it('is asked for once: its name says what it is', async () => {
    expect(await ask('/assets/index-1.js')).toBe('fresh /assets/index-1.js')
    expect(world.fetched).toEqual([])
    expect(await ask('/assets/font-1.woff2')).toBe('fresh /assets/font-1.woff2')
    world.fetch = away
    expect(await ask('/assets/font-1.woff2')).toBe('fresh /assets/font-1.woff2')
    await expect(ask('/assets/unknown.js')).rejects.toThrow('no network')
  })
  it('that may change under its name is asked for anew', async () => {
    world.fetch = () => Promise.resolve(new Response('newer'))
    expect(await ask('/icon.svg')).toBe('newer')
    world.fetch = away
    expect(await ask('/icon.svg')).toBe('fresh /icon.svg')
  })
  it('is not kept when the server had no such thing', async () => {
    world.fetch = () => Promise.resolve(new Response('nothing', { status: 404 }))
    await ask('/assets/old.js')
    world.fetch = away
    await expect(ask('/assets/old.js')).rejects.toThrow('no network')
  })
})

describe('what people read and write', () => {
  it('never goes through here', async () => {
    for (const [path, more] of [
      ['/api/v1/rooms/1/messages', {}],
      ['/api/v1/session', { method: 'DELETE' }],
      ['/', { method: 'POST', mode: 'navigate' }],
      ['https://elsewhere.test/assets/index-1.js', {}],
      ['/sw.js', {}],
    ] as const)
      expect(await ask(path, more), path).toBeUndefined()
    const kept = [...world.caches.all.values()].flatMap((cache) => [...cache.keys()])
    expect(kept.filter((url) => url.includes('/api/'))).toEqual([])
  })
})

describe('a notice that is tapped', () => {
  async function tap(): Promise<void> {
    world.did.length = 0
    let work: Promise<unknown> | undefined
    const notification = { close: () => world.did.push('closed') }
    world.handlers.get('notificationclick')?.({
      notification,
      waitUntil: (given: Promise<unknown>) => (work = given),
    })
    await work
  }
  it('brings the page to the front, or opens it where it was closed', async () => {
    world.pages = [{ focus: () => Promise.resolve(world.did.push('focused')) }]
    await tap()
    expect(world.did).toEqual(['closed', 'focused'])
    world.pages = []
    await tap()
    expect(world.did).toEqual(['closed', 'opened /'])
  })
})

describe('a newer page', () => {
  it('leaves the one before for pages that are still open, and nothing older', async () => {
    for (const version of ['two', 'three']) {
      start(version)
      await tell('install')
      await tell('activate')
    }
    expect([...world.caches.all.keys()]).toEqual(['page-two', 'page-three'])
  })
})
