import { readFileSync, readdirSync } from 'node:fs'
import * as v from 'valibot'
import { expect, it } from 'vitest'
import { ServerFrameSchema } from './generated'

const folder = '../tests/vectors/frames'
const files = readdirSync(folder).filter((file) => file.startsWith('server.'))

it('knows the server has frames', () => {
  expect(files.length).toBeGreaterThan(15)
})

it.each(files)('reads the frozen frame %s', (file) => {
  const frame = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as { type: string }
  expect(v.parse(ServerFrameSchema, frame)).toMatchObject({ type: frame.type })
})

it.each([{ type: 'unheard_of' }, { type: 'head' }, [], null, 'welcome'])(
  'refuses what is no frame: %j',
  (frame) => {
    expect(v.safeParse(ServerFrameSchema, frame).success).toBe(false)
  },
)
