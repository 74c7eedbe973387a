// What a page says while nobody looks: errors of its scripts, breaches of its content security policy, failed answers.

import type { BrowserContext, Page } from '@playwright/test'

/** What the browser itself notes of a broken connection; the last is its look for a newer service worker. */
const BROKEN =
  /^Failed to load resource|^WebSocket connection to|^An unknown error occurred when fetching the script/

/** Everything that must not happen in a page. */
export class Watch {
  private readonly seen: string[] = []
  private readonly allowed: RegExp[] = []

  /** Watches every page of a browser. */
  static async over(context: BrowserContext): Promise<Watch> {
    const watch = new Watch()
    await context.exposeBinding('__breach', (_, told: string) => watch.note(`policy: ${told}`))
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        const tell = (window as unknown as { __breach: (told: string) => void }).__breach
        tell(
          `${event.effectiveDirective} refused ${event.blockedURI || event.sample} at ${event.sourceFile}:${event.lineNumber}`,
        )
      })
    })
    context.pages().forEach((page) => watch.page(page))
    context.on('page', (page) => watch.page(page))
    return watch
  }

  private page(page: Page): void {
    page.on('pageerror', (error) => this.note(`error: ${error.stack ?? error.message}`))
    page.on('crash', () => this.note('the page crashed'))
    page.on('console', (message) => {
      // The browser's own note of a refused request or a broken connection: the page must tell the person, and specs
      // look at that. Answers of 500 and above are noted below.
      const text = message.text()
      if (message.type() !== 'error' || BROKEN.test(text)) return
      const { url, lineNumber } = message.location()
      this.note(`console: ${text} (${url}:${lineNumber})`)
    })
    page.on('response', (response) => {
      if (response.status() >= 500) this.note(`answer: ${response.status()} ${response.url()}`)
    })
  }

  private note(text: string): void {
    if (!this.allowed.some((pattern) => pattern.test(text))) this.seen.push(text)
  }

  /** Lets something pass that the spec provokes on purpose. */
  allow(pattern: RegExp): void {
    this.allowed.push(pattern)
  }

  /** What was seen since the last time. */
  take(): string[] {
    return this.seen.splice(0)
  }
}
