// Where things lie: the repository, what it was built into, and what a run leaves behind.

import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** The repository's top folder. */
export const top = resolve(import.meta.dirname, '../../..')

/** What runs leave behind: made data, pictures, logs. */
export const leftovers = process.env['TASUKI_BROWSER_FOLDER'] ?? join(top, 'target/browser')

/** The server under test. */
export function binary(): string {
  const path = process.env['TASUKI_BINARY'] ?? join(top, 'target/debug/tasuki')
  if (!existsSync(path)) throw new Error(`no server at ${path}: cargo build --package tasuki-app, or set TASUKI_BINARY`)
  return path
}

/** The built page, which the server reads from this folder in place of what is embedded; none yet is no error. */
export function pageFolder(): string | undefined {
  const path = process.env['TASUKI_PAGE_FOLDER'] ?? join(top, 'client-web/dist')
  return existsSync(path) ? path : undefined
}

/** The browser under test. */
export const chromium = process.env['TASUKI_CHROMIUM'] ?? '/usr/bin/chromium'
