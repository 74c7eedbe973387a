// flow: everything that a person's writing needs begins here, once for the page.
import { startAttaching } from './attach'
import { startAudiences } from './audience'
import { startDrafts } from './drafts'
import { startSending } from './send'

/** Begins; before the house opens, so that the first line is heard. Returns how to stop. */
export function startWriting(): () => void {
  const stops = [startDrafts(), startAttaching(), startAudiences(), startSending()]
  return () => {
    for (const stop of stops) stop()
  }
}
