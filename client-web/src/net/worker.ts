// net: the service worker keeps the page itself (never anything of a person) for a reload without network.
import { scriptUrl } from './trusted'

const HOUR = 3_600_000

/** Registers the worker, and looks now and then whether a newer page was put up; it is used at the next load. */
export async function keepPage(): Promise<void> {
  const workers = (navigator as Partial<Navigator>).serviceWorker
  if (!workers) return
  const registration = await workers.register(scriptUrl('/sw.js'), { scope: '/', updateViaCache: 'none' })
  setInterval(() => void registration.update().catch(() => undefined), HOUR)
}
