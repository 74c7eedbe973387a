// A house for one spec file: a server on a fresh copy of the demonstration, the devices that the spec opens, and a strict
// look at everything their pages said.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { Device } from './device.ts'
import type { KeySocket } from './keys.ts'
import { tablet } from './profile.ts'
import type { Window } from './profile.ts'
import { Server } from './server.ts'
import type { Credentials, DeviceFiles, Settings } from './template.ts'

/** Somebody at a device. */
export interface Person {
  readonly credentials: Credentials
  readonly device: Device
  readonly page: Device['page']
  readonly keys: KeySocket
}

/** How somebody comes to a device. */
export interface Arrival {
  /** Another device than their own, by its key in the story. */
  device?: string
  /** What the window is like. */
  window?: Partial<Window>
  /** What is opened once they are there; the home screen without it. */
  path?: string
  /** False: sits before the device with the security key plugged in, and has not signed in. */
  signedIn?: boolean
}

/** A server and the devices around it. */
export class House {
  private readonly devices: Device[] = []
  private count = 0

  private constructor(readonly server: Server) {}

  /** Opens a house; specs take it from `useHouse`. */
  static async open(settings: Settings): Promise<House> {
    return new House(await Server.open(settings))
  }

  /** A person of the story by login, name or key. */
  credentials(name: string): Credentials {
    const found = this.server.credentials.people.find(({ key, login, name: full }) => [key, login, full].includes(name))
    if (found === undefined) throw new Error(`the story has nobody called ${name}`)
    return found
  }

  /** The files of a device's certificate. */
  files(key: string): DeviceFiles {
    const path = (ending: string): string => join(this.server.folder, 'certificates', `${key}.${ending}`)
    const password = this.server.credentials.people[0]?.device.p12_password ?? ''
    return { certificate: path('pem'), key: path('key'), p12: path('p12'), p12_password: password }
  }

  /** Opens a device's browser; nobody sits before it. */
  async device(key: string, window: Partial<Window> = {}): Promise<Device> {
    this.count += 1
    return this.keep(await Device.open(this.server, this.files(key), `${key}-${this.count}`, { ...tablet, ...window }))
  }

  /** Counts a device among this house's, so that it is watched and closed. */
  keep(device: Device): Device {
    this.devices.push(device)
    return device
  }

  /** Seats somebody before a device, signed in unless told otherwise. */
  async person(name: string, arrival: Arrival = {}): Promise<Person> {
    const credentials = this.credentials(name)
    const own = /([^/]+)\.p12$/.exec(credentials.device.p12)?.[1] ?? ''
    const device = await this.device(arrival.device ?? own, arrival.window)
    if (arrival.signedIn === false) await device.keys.plug(credentials)
    else await device.signIn(credentials)
    await device.visit(arrival.path ?? '/')
    return { credentials, device, page: device.page, keys: device.keys }
  }

  /** Closes every browser; the server stays. */
  async empty(): Promise<void> {
    const open = this.devices.splice(0)
    await Promise.all(open.map((device) => device.close().catch(() => {})))
  }

  /** What the open pages said and should not have, since the last time. */
  complaints(): string[] {
    return this.devices.flatMap((device) => device.watch.take())
  }

  /** Pictures of the open pages, for a test that failed. */
  async evidence(): Promise<{ name: string; picture: Buffer }[]> {
    const pictures = this.devices.map(async (device, at) => {
      const name = `${at}-${device.home.slice(device.home.lastIndexOf('/') + 1)}.png`
      const picture = await device.page.screenshot({ timeout: 5_000 }).catch(() => undefined)
      return picture === undefined ? [] : [{ name, picture }]
    })
    return (await Promise.all(pictures)).flat()
  }

  /** Closes everything. */
  async close(): Promise<void> {
    await this.empty()
    await this.server.close()
  }
}

/** Gives this spec file a house: opened before its first test, watched after each, closed after the last. */
export function useHouse(settings: Settings = {}): () => House {
  let house: House | undefined
  const current = (): House => {
    if (house === undefined) throw new Error('the house is open only while a test runs')
    return house
  }
  test.beforeAll(async () => {
    house = await House.open(settings)
  })
  test.afterEach(async ({}, information) => {
    if (information.status !== information.expectedStatus) {
      for (const { name, picture } of await current().evidence()) writeFileSync(information.outputPath(name), picture)
      await information.attach('server.log', { body: current().server.log(), contentType: 'text/plain' })
    }
    expect(current().complaints(), 'the pages were quiet').toEqual([])
  })
  test.afterAll(async () => {
    await house?.close()
    house = undefined
  })
  return current
}
