// flow: everything that a person's writing needs begins here, once for the page.
import { keepPage } from '../net/worker'
import { startAttaching } from './attach'
import { startAudiences } from './audience'
import { startDrafts } from './drafts'
import { whenSettled } from './rest'
import { startSending } from './send'

/** Keeps the page itself for a reload without network; a browser that cannot works without. */
export function keepThePage(): void {
  if (import.meta.env.PROD)
    void whenSettled()
      .then(keepPage)
      .catch(() => undefined)
}

/** Begins; before the house opens, so that the first line is heard. Returns how to stop. */
export function startWriting(): () => void {
  const stops = [startDrafts(), startAttaching(), startAudiences(), startSending()]
  return () => {
    for (const stop of stops) stop()
  }
}
