// The service worker: keeps the page itself (index and what it is made of), so that it can be loaded anew without
// network. It never touches the interface: nothing that a person reads or writes goes through here.

interface ExtendableEvent extends Event {
  waitUntil(work: Promise<unknown>): void
}
interface FetchEvent extends ExtendableEvent {
  readonly request: Request
  respondWith(answer: Promise<Response>): void
}
interface NoticeEvent extends ExtendableEvent {
  readonly notification: { close(): void }
}
interface PageClient {
  focus(): Promise<unknown>
}
interface Scope {
  addEventListener(type: 'install' | 'activate', heard: (event: ExtendableEvent) => void): void
  addEventListener(type: 'fetch', heard: (event: FetchEvent) => void): void
  addEventListener(type: 'notificationclick', heard: (event: NoticeEvent) => void): void
  skipWaiting(): Promise<void>
  readonly clients: {
    claim(): Promise<void>
    matchAll(wanted: { type: 'window'; includeUncontrolled: boolean }): Promise<readonly PageClient[]>
    openWindow(path: string): Promise<unknown>
  }
  readonly location: Location
}
const worker = globalThis as unknown as Scope

/** Written by the build: what the page is made of, fonts apart. */
const PARTS = JSON.parse('__PARTS__') as string[]
/** Written by the build: another page has another name. */
const NAME = 'page-__VERSION__'
const INDEX = '/'
const PATIENCE = 4000

worker.addEventListener('install', (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(NAME)
      await cache.addAll([INDEX, ...PARTS].map((path) => new Request(path, { cache: 'no-cache' })))
      await worker.skipWaiting()
    })(),
  )
})

worker.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      // A page that is still open was made of the parts before these: they stay one time longer.
      const pages = (await caches.keys()).filter((name) => name.startsWith('page-') && name !== NAME)
      await Promise.all(pages.slice(0, -1).map((name) => caches.delete(name)))
      await worker.clients.claim()
    })(),
  )
})

worker.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== worker.location.origin) return
  if (url.pathname.startsWith('/api/')) return
  if (request.mode === 'navigate') event.respondWith(index(request))
  else if (url.pathname.startsWith('/assets/')) event.respondWith(part(request))
  else if (PARTS.includes(url.pathname)) event.respondWith(fresh(request))
})

// A notice was tapped: the page comes to the front, where the call already fills the screen.
worker.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(
    (async () => {
      const [page] = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true })
      await (page ? page.focus() : worker.clients.openWindow(INDEX))
    })(),
  )
})

/** The newest page there is: the server's, or without a good answer in time the one that was kept. */
async function index(request: Request): Promise<Response> {
  const asked = fetch(request)
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), PATIENCE))
  const answer = await Promise.race([asked, late]).catch(() => undefined)
  if (answer && answer.status < 500) return answer
  const kept = await (await caches.open(NAME)).match(INDEX)
  return kept ?? asked
}

/** A part bears its content in its name: what was kept once is right for ever. */
async function part(request: Request): Promise<Response> {
  const kept = await caches.match(request)
  if (kept) return kept
  const answer = await fetch(request)
  if (answer.ok) await (await caches.open(NAME)).put(request, answer.clone())
  return answer
}

async function fresh(request: Request): Promise<Response> {
  try {
    return await fetch(request)
  } catch (cause) {
    const kept = await caches.match(request)
    if (kept) return kept
    throw cause
  }
}
