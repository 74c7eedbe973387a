// net: the one Trusted Types policy of the page (decision 30): constant addresses of scripts, nothing else.

interface Policy {
  createScriptURL(url: string): unknown
}
interface Factory {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): Policy
}

const ALLOWED = [/^\/sw\.js$/, /^\/assets\/pdf\.worker[\w.-]*\.m?js$/]
let policy: Policy | undefined

/** An address as the browser wants it where a script is started. @throws TypeError for any other address */
export function scriptUrl(url: string): string {
  const path = new URL(url, location.origin)
  if (path.origin !== location.origin || !ALLOWED.some((allowed) => allowed.test(path.pathname)))
    throw new TypeError('not a script of this page')
  const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes
  if (!factory) return path.pathname
  policy ??= factory.createPolicy('tasuki-urls', { createScriptURL: (known) => known })
  return policy.createScriptURL(path.pathname) as string
}
