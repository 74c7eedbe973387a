// A studio for pictures: one house, and a browser for each person and device that was asked for.

import { mkdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from '@playwright/test'
import { findings } from './axe.ts'
import { Device } from './device.ts'
import { Server } from './server.ts'
import type { Credentials, DeviceFiles } from './template.ts'

/** A picture that somebody wants. */
export interface Wish {
  person?: string
  device?: string
  path: string
  size: { width: number; height: number }
  dark: boolean
  look: { theme: string; step: number; language: string }
  clicks: string[]
  script?: string
  full: boolean
  tree: boolean
  fresh: boolean
  out: string
}

/** Sessions that do not lock while a developer thinks. */
const PATIENT = {
  'sign_in.idle_minutes_shared': 30,
  'sign_in.idle_minutes_phone': 30,
  'sign_in.idle_minutes_pc': 60,
}

/** A house and its open browsers. */
export class Studio {
  private readonly devices = new Map<string, Device>()

  private constructor(readonly server: Server) {}

  /** Opens the house. */
  static async open(): Promise<Studio> {
    return new Studio(await Server.open(PATIENT))
  }

  /** Takes a picture and tells what was noticed on the way. */
  async take(wish: Wish): Promise<string[]> {
    const device = await this.device(wish)
    const { page } = device
    device.watch.take()
    await page.setViewportSize(wish.size)
    await page.emulateMedia({ colorScheme: wish.dark ? 'dark' : 'light', reducedMotion: 'reduce' })
    await device.visit(wish.path)
    if (wish.person !== undefined) await this.stayIn(device, wish)
    await settle(page)
    if (wish.person === undefined)
      await page.evaluate((look) => Object.assign(document.documentElement.dataset, look), wish.look)
    await settle(page)
    for (const name of wish.clicks) {
      await press(page, name)
      await settle(page)
    }
    if (wish.script !== undefined) {
      const script = (await import(`${pathToFileURL(resolve(wish.script)).href}?${Date.now()}`)) as {
        default: (stage: unknown) => Promise<void>
      }
      await script.default({ page, device, server: this.server, person: this.person.bind(this) })
      await settle(page)
    }
    mkdirSync(dirname(resolve(wish.out)), { recursive: true })
    await page.screenshot({ path: wish.out, fullPage: wish.full, animations: 'disabled' })
    const told = [
      `${wish.out}  ${page.url().slice(this.server.url.length)}  "${await page.title()}"`,
      ...device.watch.take(),
    ]
    told.push(...(await findings(page)).map((finding) => `axe: ${finding}`))
    if (wish.tree) told.push(await page.locator('body').ariaSnapshot())
    return told
  }

  /** A person by login, name or short key. */
  person(name: string): Credentials {
    const found = this.server.credentials.people.find(({ key, login, name: full }) => [key, login, full].includes(name))
    if (found !== undefined) return found
    const known = this.server.credentials.people.map(
      ({ login, name: full, job_type }) => `${login} (${full}, ${job_type})`,
    )
    throw new Error(`nobody is called ${name}. Known: ${known.join(', ')}`)
  }

  private files(key: string): DeviceFiles {
    const path = (ending: string): string => join(this.server.folder, 'certificates', `${key}.${ending}`)
    const password = this.server.credentials.people[0]?.device.p12_password ?? ''
    return { certificate: path('pem'), key: path('key'), p12: path('p12'), p12_password: password }
  }

  private async device(wish: Wish): Promise<Device> {
    const own = wish.person === undefined ? undefined : /([^/]+)\.p12$/.exec(this.person(wish.person).device.p12)?.[1]
    const key = wish.device ?? own ?? 'aozora-tablet-2'
    const name = `${key}-${wish.person ?? 'nobody'}`
    const open = this.devices.get(name)
    if (open !== undefined && !wish.fresh && !open.page.isClosed()) return open
    await open?.close()
    open?.scrap()
    const device = await Device.open(this.server, this.files(key), name, {
      size: wish.size,
      scheme: 'light',
      locale: 'ja-JP',
    })
    this.devices.set(name, device)
    return device
  }

  /** Signs the person in unless they are, chooses how they like the page, and opens the path again. */
  private async stayIn(device: Device, wish: Wish): Promise<void> {
    const session = await device.ask<{ person: string; locked?: boolean }>('GET', '/session')
    const live = session.status === 200 && session.body.locked !== true
    if (!live) await device.signIn(this.person(wish.person ?? ''))
    const { body } = await device.ask<{ person: string }>('GET', '/session')
    const changed = await device.page.evaluate(
      ([name, look]) => {
        const before = localStorage.getItem(name)
        localStorage.setItem(name, look)
        return before !== look
      },
      [`tasuki.look.${body.person}`, JSON.stringify(wish.look)] as const,
    )
    if (!live || changed) await device.visit(wish.path)
  }

  /** Closes the browsers and the house. */
  async close(): Promise<void> {
    for (const device of this.devices.values()) await device.close().catch(() => {})
    await this.server.close()
  }
}

/** Waits until the page has drawn what it fetched. */
async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle', { timeout: 4_000 }).catch(() => {})
  await page.evaluate(async () => {
    await document.fonts.ready
  })
  await page.waitForTimeout(150)
}

/** Presses whatever bears this name: a button, a link, a tab, an entry of a menu. */
async function press(page: Page, name: string): Promise<void> {
  const roles = [
    'button',
    'link',
    'tab',
    'menuitem',
    'radio',
    'checkbox',
    'switch',
    'option',
    'combobox',
    'textbox',
  ] as const
  const exact = roles.map((role) => page.getByRole(role, { name, exact: true }))
  const near = roles.map((role) => page.getByRole(role, { name }))
  for (const locator of [...exact, ...near, page.getByText(name)]) {
    if ((await locator.count()) > 0) return locator.first().click({ timeout: 5_000 })
  }
  throw new Error(`nothing on the page is called ${name}`)
}
