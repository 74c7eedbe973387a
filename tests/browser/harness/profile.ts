// A device: a browser with its own home, key store, certificate and wire. Chromium checks the server's certificate and
// shows the device's own, as on a real tablet.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium as playwright } from '@playwright/test'
import type { BrowserContext } from '@playwright/test'
import type { DeviceFiles } from './template.ts'
import { chromium } from './places.ts'

/** What a browser window is opened with. */
export interface Window {
  /** Width and height in CSS pixels. */
  size: { width: number; height: number }
  /** The colour scheme that the operating system asks for. */
  scheme: 'light' | 'dark'
  /** The language that the browser asks for. */
  locale: 'ja-JP' | 'en-GB'
}

/** The main case: a tablet that lies on its long side, by day. */
export const tablet: Window = { size: { width: 1180, height: 820 }, scheme: 'light', locale: 'ja-JP' }

/** Makes a browser's home that knows the authority and holds the device's certificate. */
export function furnish(home: string, authority: string, device: DeviceFiles): void {
  const store = join(home, '.pki/nssdb')
  mkdirSync(store, { recursive: true })
  run('certutil', '-N', '-d', `sql:${store}`, '--empty-password')
  run('certutil', '-A', '-d', `sql:${store}`, '-n', 'authority', '-t', 'C,,', '-i', authority)
  run('pk12util', '-i', device.p12, '-d', `sql:${store}`, '-W', device.p12_password, '-K', '')
}

/** Starts the browser of a home. Its `localhost:door` is the wire's near end. */
export async function launch(
  home: string,
  ports: { door: number; wire: number },
  window: Window,
): Promise<BrowserContext> {
  demandPolicy()
  const context = await playwright.launchPersistentContext(join(home, 'profile'), {
    executablePath: chromium,
    headless: true,
    locale: window.locale,
    timezoneId: 'Asia/Tokyo',
    viewport: window.size,
    colorScheme: window.scheme,
    acceptDownloads: true,
    downloadsPath: join(home, 'downloads'),
    permissions: ['notifications'],
    env: { ...process.env, HOME: home, LANGUAGE: window.locale.replace('-', '_'), LANG: 'C.UTF-8' },
    args: [
      `--lang=${window.locale}`,
      `--host-resolver-rules=MAP localhost:${ports.door} 127.0.0.1:${ports.wire}`,
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      '--autoplay-policy=no-user-gesture-required',
      '--font-render-hinting=none',
      // Chromium refuses its sandbox to root, as whom containers often run.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  })
  context.setDefaultTimeout(15_000)
  return context
}

const POLICY = '/etc/chromium/policies/managed/tasuki-tests.json'

/** Without this policy Chromium asks which certificate to show, and nobody answers. */
function demandPolicy(): void {
  if (!existsSync(POLICY) || !readFileSync(POLICY, 'utf8').includes('https://localhost')) {
    throw new Error(`${POLICY} is missing: run tests/tools/needs browser`)
  }
}

function run(program: string, ...words: string[]): void {
  const done = spawnSync(program, words, { encoding: 'utf8' })
  if (done.status !== 0)
    throw new Error(`${program} ${words.join(' ')}: ${done.stdout}${done.stderr}${done.error ?? ''}`)
}
