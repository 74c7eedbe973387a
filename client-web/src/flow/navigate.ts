// flow: going from screen to screen.
import { hearAddress, reload, visit } from '../net/address'
import { route } from '../state/route.svelte'

/** Keeps `route` as the address has it. */
export function followAddress(): () => void {
  return hearAddress((path, query) => {
    route.path = path
    route.query = query
  })
}

/** Goes to a screen: `/`, `/rooms/ID`, `/handover`, `/groups`, `/people`, `/me`, `/log`, … */
export function go(path: string, replace = false): void {
  visit(path, replace)
}

/** Loads the page anew: the server may have a newer one. */
export function renew(): void {
  reload()
}

/** For links: goes without loading the page anew; a click with a modifier stays the browser's. */
export function link(event: MouseEvent): void {
  const anchor = (event.target as Element | null)?.closest('a')
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
  if (
    !anchor ||
    !plain ||
    anchor.origin !== location.origin ||
    anchor.hasAttribute('download') ||
    anchor.target
  )
    return
  event.preventDefault()
  go(anchor.pathname + anchor.search)
}
