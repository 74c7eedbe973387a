// net: the service worker keeps the page itself (never anything of a person) for a reload without network.
import { scriptUrl } from './trusted'

const HOUR = 3_600_000
const MINUTE = 60_000
/** A device that is refused gets no worker either, however often it asks. */
const TRIES = 10

/** Registers the worker, and looks now and then whether a newer page was put up; it is used at the next load. */
export async function keepPage(): Promise<void> {
  const workers = (navigator as Partial<Navigator>).serviceWorker
  if (!workers) return
  const register = async () => workers.register(scriptUrl('/sw.js'), { scope: '/', updateViaCache: 'none' })
  // The network may go while the parts come: nothing is kept then, and the browser does not try again by itself.
  for (let tries = 1; !(await register().then(isKept, () => false)) && tries < TRIES; tries++)
    await new Promise((go) => setTimeout(go, MINUTE))
  setInterval(() => void workers.ready.then(async (it) => it.update()).catch(() => undefined), HOUR)
}

/** Whether everything that the worker keeps has come. */
async function isKept({ installing, waiting, active }: ServiceWorkerRegistration): Promise<boolean> {
  const worker = active ?? waiting ?? installing
  if (worker !== installing || !worker) return worker !== null
  return new Promise((resolve) => {
    worker.addEventListener('statechange', () => resolve(worker.state !== 'redundant'))
  })
}
