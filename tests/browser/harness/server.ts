// The real server as a process of its own, on a copy of the made demonstration.

import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { appendFileSync, readFileSync, rmSync } from 'node:fs'
import { openSync } from 'node:fs'
import { join } from 'node:path'
import { answers, freePort, wait } from './ports.ts'
import { binary, pageFolder } from './places.ts'
import { copy } from './template.ts'
import type { Package, Settings } from './template.ts'

/** Processes that must not outlive this one. */
const running = new Set<ChildProcess>()
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')))

/** A server whose door is open. */
export class Server {
  private process: ChildProcess | undefined

  private constructor(
    /** Its folder: settings, keys, data, credentials, certificates, log. */
    readonly folder: string,
    /** The port of the device door. */
    readonly port: number,
    /** Who can sign in, and with what. */
    readonly credentials: Package,
  ) {}

  /** Opens a new house on a copy of the demonstration. */
  static async open(settings: Settings = {}): Promise<Server> {
    const ports = { door: await freePort(), enrolment: await freePort() }
    const folder = await copy(ports, settings)
    const credentials = JSON.parse(readFileSync(join(folder, 'credentials.json'), 'utf8')) as Package
    const server = new Server(folder, ports.door, credentials)
    await server.start()
    return server
  }

  /** Where its door is. */
  get url(): string {
    return this.credentials.url
  }

  /** Starts the process and waits until its door answers. */
  async start(): Promise<void> {
    const log = openSync(join(this.folder, 'server.log'), 'a')
    const page = pageFolder()
    const child = spawn(binary(), ['--config', join(this.folder, 'tasuki.toml'), 'serve', '--demo'], {
      stdio: ['ignore', log, log],
      env: { ...environment(), ...(page === undefined ? {} : { TASUKI_PAGE_FOLDER: page }) },
    })
    this.process = child
    running.add(child)
    child.once('exit', () => running.delete(child))
    for (let tries = 0; tries < 400; tries += 1) {
      if (child.exitCode !== null) break
      if (await answers(this.port)) return
      await wait(50)
    }
    throw new Error(`the server did not open its door:\n${this.log()}`)
  }

  /** Ends the process; softly unless told otherwise. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.process
    this.process = undefined
    if (child === undefined || child.exitCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    const late = setTimeout(() => child.kill('SIGKILL'), 25_000)
    await ended
    clearTimeout(late)
  }

  /** Ends the process and starts it again on the same data. */
  async restart(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    await this.stop(signal)
    appendFileSync(join(this.folder, 'server.log'), '--- restarted by the test ---\n')
    await this.start()
  }

  /** Runs a command of the console, as the operator on this machine would, and gives what it printed. */
  console(...words: string[]): string {
    const told = spawnSync(binary(), ['--config', join(this.folder, 'tasuki.toml'), ...words], {
      encoding: 'utf8',
      env: environment(),
    })
    if (told.status !== 0) throw new Error(`tasuki ${words.join(' ')}: ${told.stdout}${told.stderr}`)
    return told.stdout
  }

  /** The end of what the server wrote. */
  log(): string {
    return readFileSync(join(this.folder, 'server.log'), 'utf8').split('\n').slice(-30).join('\n')
  }

  /** Ends everything and removes the folder. */
  async close(): Promise<void> {
    await this.stop()
    if (process.env['TASUKI_KEEP'] === undefined) rmSync(this.folder, { recursive: true, force: true })
  }
}

/** This process's environment without what would change the server's settings. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TASUKI_')))
}
