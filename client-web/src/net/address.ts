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

/** Forgets the words in the address and the steps that led here, as far as a page can. */
export function reload(): void {
  location.replace('/')
}
