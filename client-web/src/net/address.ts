// net: the browser's address bar.

/** Hears each change of the address, the present one at once. Returns how to stop. */
export function hearAddress(heard: (path: string, query: Record<string, string>) => void): () => void {
  const tell = () => heard(location.pathname, Object.fromEntries(new URLSearchParams(location.search)))
  tell()
  addEventListener('popstate', tell)
  return () => removeEventListener('popstate', tell)
}

/** Goes to a path of this page; `replace` leaves no step to come back to. */
export function visit(path: string, replace = false): void {
  if (replace) history.replaceState(null, '', path)
  else history.pushState(null, '', path)
  dispatchEvent(new PopStateEvent('popstate'))
}

const RELOADED = 'tasuki.reloaded'

/**
 * Loads the page anew, once until an answer was understood again ({@link understood}), so that a page which is older
 * than its server renews itself and a server in trouble is not asked for ever. Says whether it does.
 */
export function reloadOnce(): boolean {
  return reloadUnless(RELOADED)
}

/**
 * The same for what comes over the line, once for each tab: the answers of a server whose frames are strange are
 * understood well enough, and would let the page be loaded for ever.
 */
export function reloadForLine(): boolean {
  return reloadUnless(`${RELOADED}.line`)
}

function reloadUnless(done: string): boolean {
  try {
    if (sessionStorage.getItem(done)) return false
    sessionStorage.setItem(done, 'yes')
  } catch {
    return false
  }
  reload()
  return true
}

/** Loads the page anew because the person wants it. */
export function reload(): void {
  location.reload()
}

/** The server's answers are as this page knows them. */
export function understood(): void {
  try {
    sessionStorage.removeItem(RELOADED)
  } catch {
    // Without storage the page never reloaded itself.
  }
}
