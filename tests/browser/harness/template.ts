// The made consortium: the binary plays the demonstration once, and every house is a copy of it.

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, wait } from './ports.ts'
import { binary, leftovers } from './places.ts'

/** A security key as the demonstration stores it. */
export interface StoredPasskey {
  credential_id: string
  user_handle: string
  rp_id: string
  private_key_pkcs8: string
}

/** Files of a device's certificate. */
export interface DeviceFiles {
  certificate: string
  key: string
  p12: string
  p12_password: string
}

/** A person with everything needed to act as them. */
export interface Credentials {
  key: string
  login: string
  name: string
  organization: string
  job_type: string
  roles: string[]
  password: string
  passkey: StoredPasskey
  device: DeviceFiles
}

/** What lies beside the made data. */
export interface Package {
  url: string
  enrolment_url: string
  ca: string
  people: Credentials[]
}

/** Dates of the story are told from the day of making, so what is made grows old. */
const FRESH_HOURS = 10

/** The folder of the made demonstration, made now unless this binary made it a while ago. */
export async function template(): Promise<string> {
  const given = process.env['TASUKI_DEMO_TEMPLATE']
  if (given !== undefined) return given
  const program = binary()
  const hash = createHash('sha256').update(readFileSync(program)).digest('hex').slice(0, 16)
  const home = join(leftovers, 'made')
  const folder = join(home, hash)
  mkdirSync(home, { recursive: true })
  if (isFresh(folder)) return folder
  await alone(join(home, `${hash}.making`), () => {
    if (!isFresh(folder)) return make(program, home, folder)
    return Promise.resolve()
  })
  return folder
}

function isFresh(folder: string): boolean {
  const proof = join(folder, 'credentials.json')
  return existsSync(proof) && Date.now() - statSync(proof).mtimeMs < FRESH_HOURS * 3_600_000
}

async function make(program: string, home: string, folder: string): Promise<void> {
  // What earlier binaries made is of no more use.
  for (const name of readdirSync(home)) {
    if (!name.endsWith('.making')) rmSync(join(home, name), { recursive: true })
  }
  const begun = mkdtempSync(join(tmpdir(), 'tasuki-made-'))
  const port = await freePort()
  const made = spawnSync(program, ['demo', '--folder', begun, '--port', String(port), '--once'], { encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`the demonstration could not be made:\n${made.stdout}\n${made.stderr}`)
  cpSync(begun, folder, { recursive: true })
  rmSync(begun, { recursive: true })
}

/** Runs `work` while no other process does; a mark that is minutes old was left by a crash. */
async function alone(mark: string, work: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      mkdirSync(mark)
      break
    } catch {
      const since = statSync(mark, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()
      if (Date.now() - since > 180_000) rmSync(mark, { recursive: true, force: true })
      await wait(300)
    }
  }
  try {
    await work()
  } finally {
    rmSync(mark, { recursive: true, force: true })
  }
}

/** Settings that a house has beside those of the demonstration, as `section.key` and TOML value. */
export type Settings = Record<string, string | number | boolean | null>

/** A copy of the made demonstration in a folder of its own, for a server on these ports. */
export async function copy(ports: { door: number; enrolment: number }, settings: Settings): Promise<string> {
  const source = await template()
  const folder = mkdtempSync(join(tmpdir(), 'tasuki-'))
  cpSync(source, folder, { recursive: true })
  const text = readFileSync(join(folder, 'tasuki.toml'), 'utf8')
  const made = /^data_folder = "(.*)\/data"$/m.exec(text)?.[1]
  const url = /"url": "https:\/\/localhost:(\d+)"/.exec(readFileSync(join(folder, 'credentials.json'), 'utf8'))?.[1]
  if (made === undefined || url === undefined) throw new Error('the made demonstration has another form than expected')
  const changed = {
    ...roomy,
    'server.listen': `127.0.0.1:${ports.door}`,
    'server.enrolment_listen': `127.0.0.1:${ports.enrolment}`,
    ...settings,
  }
  writeFileSync(join(folder, 'tasuki.toml'), withSettings(text.replaceAll(made, folder), changed), { mode: 0o600 })
  const credentials = readFileSync(join(folder, 'credentials.json'), 'utf8')
    .replaceAll(made, folder)
    .replaceAll(`https://localhost:${url}`, `https://localhost:${ports.door}`)
    .replaceAll(`https://localhost:${Number(url) + 1}`, `https://localhost:${ports.enrolment}`)
  writeFileSync(join(folder, 'credentials.json'), credentials, { mode: 0o600 })
  return folder
}

/** Allowances that a test does not meet by accident, and a short farewell. */
const roomy: Settings = {
  'server.drain_seconds': 1,
  'limits.rate.device_per_second': 100_000,
  'limits.rate.device_burst': 100_000,
  'limits.rate.person_per_second': 100_000,
  'limits.rate.person_burst': 100_000,
  'limits.rate.organization_per_second': 100_000,
  'limits.rate.organization_burst': 100_000,
  'limits.rate.sign_in_per_minute': 10_000,
  'limits.rate.enrolment_per_minute': 10_000,
}

/** TOML with these values set; `null` takes a key out. */
export function withSettings(text: string, settings: Settings): string {
  const lines = text.split('\n')
  for (const [name, value] of Object.entries(settings)) {
    const dot = name.lastIndexOf('.')
    const [section, key] = [name.slice(0, dot), name.slice(dot + 1)]
    let head = lines.indexOf(`[${section}]`)
    if (head < 0) head = lines.push('', `[${section}]`) - 1
    let end = lines.findIndex((line, at) => at > head && line.startsWith('['))
    if (end < 0) end = lines.length
    const at = lines.findIndex((line, at) => at > head && at < end && line.startsWith(`${key} = `))
    const line = value === null ? [] : [`${key} = ${JSON.stringify(value)}`]
    if (at < 0) lines.splice(head + 1, 0, ...line)
    else lines.splice(at, 1, ...line)
  }
  return lines.join('\n')
}
