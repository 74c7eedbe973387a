// The tool for pictures: one at a time, or many from a studio that stays open in another terminal.

import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { leftovers } from './places.ts'
import type { Studio, Wish } from './studio.ts'

const HELP = `look: a picture of a screen of the real server with demonstration data

  node tests/browser/look.mjs --person LOGIN --path / --out /tmp/home.png
  node tests/browser/look.mjs --keep          keep a house and its browsers open; pictures are quick then

  --person LOGIN   who is signed in (login, name, or key); nobody without it
  --device KEY     which device: aozora-tablet-2 (shared), aozora-pc, himawari-tablet-1, ...; the person's own without it
  --path PATH      what to open (/)
  --size WxH       1180x820 unless told; 390x844, 820x1180, 1440x900
  --dark           the system asks for dark
  --step 26        text size (18)
  --theme night    what the person chose: light, dark, night, system
  --language en    the language that the person chose (ja)
  --click NAME     press what bears this name, before the picture; may be repeated
  --script FILE    a module whose default function gets { page, device, server, person } before the picture
  --full           the whole length of the page
  --tree           print what a screen reader finds
  --fresh          forget this browser's profile first
  --out FILE       where the picture goes (/tmp/look.png)
  --restart        (with --keep running) restart the server on the same data, for a new binary
  --stop           end the house that --keep holds

Environment: TASUKI_BINARY, TASUKI_PAGE_FOLDER, TASUKI_DEMO_TEMPLATE, TASUKI_BROWSER_FOLDER.
Printed: the page's address, its errors, breaches of its security policy, what axe finds. Exit 1 when there were any.`

const door = (): string => join(leftovers, 'look.socket')

/** What goes to the studio. */
type Request = { kind: 'take'; wish: Wish } | { kind: 'restart' } | { kind: 'stop' }
type Answer = { told: string[] } | { failed: string }

/** Runs the tool; gives the exit code. */
export async function look(words: string[]): Promise<number> {
  const { values } = parseArgs({
    args: words,
    options: {
      person: { type: 'string' },
      device: { type: 'string' },
      path: { type: 'string', default: '/' },
      size: { type: 'string', default: '1180x820' },
      dark: { type: 'boolean', default: false },
      step: { type: 'string', default: '18' },
      theme: { type: 'string', default: 'system' },
      language: { type: 'string', default: 'ja' },
      click: { type: 'string', multiple: true, default: [] },
      script: { type: 'string' },
      full: { type: 'boolean', default: false },
      tree: { type: 'boolean', default: false },
      fresh: { type: 'boolean', default: false },
      out: { type: 'string', default: '/tmp/look.png' },
      keep: { type: 'boolean', default: false },
      restart: { type: 'boolean', default: false },
      stop: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return say([HELP], 0)
  if (values.keep) return keep()
  if (values.stop || values.restart) return tell(await ask({ kind: values.stop ? 'stop' : 'restart' }))
  const [width, height] = values.size.split('x').map(Number)
  if (!width || !height) return say([`--size ${values.size}: write it like 1180x820`], 2)
  const { person, device, theme, language } = values
  const wish: Wish = {
    path: values.path,
    size: { width, height },
    dark: values.dark,
    look: { theme, step: Number(values.step), language },
    clicks: values.click,
    full: values.full,
    tree: values.tree,
    fresh: values.fresh,
    out: resolve(values.out),
    ...(person === undefined ? {} : { person }),
    ...(device === undefined ? {} : { device }),
    ...(values.script === undefined ? {} : { script: resolve(values.script) }),
  }
  return tell(existsSync(door()) ? await ask({ kind: 'take', wish }) : await once(wish))
}

/** The studio and the browser's driver, read only when needed: asking another process is quick without. */
async function open(): Promise<Studio> {
  const { Studio } = await import('./studio.ts')
  return Studio.open()
}

/** One picture in a house of its own. */
async function once(wish: Wish): Promise<Answer> {
  const studio = await open()
  try {
    return await answer(studio, { kind: 'take', wish })
  } finally {
    await studio.close()
  }
}

async function answer(studio: Studio, request: Request): Promise<Answer> {
  try {
    if (request.kind === 'restart') await studio.server.restart()
    return { told: request.kind === 'take' ? await studio.take(request.wish) : [] }
  } catch (error) {
    return { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

/** Keeps a studio open until Ctrl-C; takes one wish after the other. */
async function keep(): Promise<number> {
  mkdirSync(leftovers, { recursive: true })
  rmSync(door(), { force: true })
  const studio = await open()
  let ended = (): void => {}
  const end = new Promise<void>((resolve) => (ended = resolve))
  let turn: Promise<unknown> = Promise.resolve()
  const serve = (socket: Socket): void => {
    socket.on('error', () => {})
    createInterface({ input: socket }).on('line', (line) => {
      const request = JSON.parse(line) as Request
      turn = turn.then(async () => {
        socket.end(`${JSON.stringify(await answer(studio, request))}\n`)
        if (request.kind === 'stop') ended()
      })
    })
  }
  const listener = createServer(serve).listen(door())
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, ended)
  console.log(`look: ${studio.server.url} on ${studio.server.folder}; Ctrl-C or look.mjs --stop ends it`)
  await end
  listener.close()
  rmSync(door(), { force: true })
  await studio.close()
  return 0
}

/** Asks the studio that another process keeps. */
function ask(request: Request): Promise<Answer> {
  return new Promise((resolve) => {
    const socket = connect(door())
    socket.once('error', (error) =>
      resolve({
        failed: `no studio answers at ${door()}: ${error.message}. Remove that file, or start look.mjs --keep`,
      }),
    )
    socket.write(`${JSON.stringify(request)}\n`)
    createInterface({ input: socket }).once('line', (line) => resolve(JSON.parse(line) as Answer))
  })
}

function tell(answer: Answer): number {
  if ('failed' in answer) return say([answer.failed], 2)
  return say(answer.told, answer.told.some((line) => /^(axe|console|error|policy|answer):/.test(line)) ? 1 : 0)
}

function say(lines: string[], code: number): number {
  lines.forEach((line) => console.log(line))
  return code
}
