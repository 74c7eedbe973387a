// A device at work: its browser, its one page, the keys plugged into it, and whoever signs in.

import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page } from '@playwright/test'
import { KeySocket } from './keys.ts'
import { furnish, launch, tablet } from './profile.ts'
import type { Window } from './profile.ts'
import type { Server } from './server.ts'
import type { Credentials, DeviceFiles } from './template.ts'
import { Watch } from './watch.ts'
import { Wire } from './wire.ts'

/** A registered device with its browser open. */
export class Device {
  private constructor(
    readonly server: Server,
    /** The browser's home; its profile lies within. */
    readonly home: string,
    readonly wire: Wire,
    readonly context: BrowserContext,
    readonly page: Page,
    readonly keys: KeySocket,
    readonly watch: Watch,
    private readonly window: Window,
  ) {}

  /** Opens a device's browser. The same home opens with everything it held. */
  static async open(server: Server, files: DeviceFiles, name: string, window: Window = tablet): Promise<Device> {
    const home = join(server.folder, 'homes', name)
    if (!existsSync(home)) {
      mkdirSync(home, { recursive: true })
      furnish(home, server.credentials.ca, files)
    }
    const wire = await Wire.lay(server.port)
    const context = await launch(home, { door: server.port, wire: wire.port }, window)
    const watch = await Watch.over(context)
    const page = context.pages()[0] ?? (await context.newPage())
    const keys = await KeySocket.fit(page)
    return new Device(server, home, wire, context, page, keys, watch, window)
  }

  /** Goes to a path of the server. */
  async visit(path: string): Promise<void> {
    await this.page.goto(new URL(path, this.server.url).href)
  }

  /** Signs a person in from within the page, without its screens: for specs that are about something else. */
  async signIn(person: Credentials): Promise<void> {
    await this.keys.unplug()
    await this.keys.plug(person)
    // Any small document of the server will do; the page itself would begin by looking for a session.
    await this.visit('/icon.svg')
    await this.page.evaluate(ceremony, { login: person.login, password: person.password })
  }

  /** Asks the API as this page, with its cookie. */
  async ask<T>(method: string, path: string, body?: unknown): Promise<{ status: number; body: T }> {
    return this.page.evaluate(
      async ([method, path, body]) => {
        const init: RequestInit = { method: method as string }
        if (body !== undefined) {
          init.headers = { 'content-type': 'application/json' }
          init.body = JSON.stringify(body)
        }
        const answer = await fetch(path as string, init)
        return { status: answer.status, body: await answer.json().catch(() => null) }
      },
      [method, `/api/v1${path}`, body] as const,
    ) as Promise<{ status: number; body: T }>
  }

  /** Closes the browser and opens it again, as after a dead battery: the profile stays, the keys must be plugged in anew. */
  async reopen(files: DeviceFiles): Promise<Device> {
    const name = this.home.slice(this.home.lastIndexOf('/') + 1)
    await this.close()
    return Device.open(this.server, files, name, this.window)
  }

  /** Closes the browser; its home stays until the server's folder goes. */
  async close(): Promise<void> {
    await this.context.close()
    await this.wire.close()
  }

  /** Removes the browser's home. */
  scrap(): void {
    rmSync(this.home, { recursive: true, force: true })
  }
}

/** Both steps of a sign-in, run within the page. */
async function ceremony(who: { login: string; password: string }): Promise<void> {
  const ask = async (path: string, body: unknown): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`/api/v1/sign-in/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    const told: unknown = await answer.json()
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${JSON.stringify(told)}`)
    return told
  }
  const asked = (await ask('password', who)) as {
    flow: string
    options: { publicKey: PublicKeyCredentialRequestOptionsJSON }
  }
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(asked.options.publicKey)
  const credential = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential
  await ask('passkey', { flow: asked.flow, credential: credential.toJSON() })
}
