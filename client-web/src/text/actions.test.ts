import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { actionNames, actionWord } from './actions'

it('has a word for every action of the log', () => {
  const known = JSON.parse(readFileSync('../tests/vectors/domain/actions.json', 'utf8')) as Record<
    string,
    string
  >
  expect([...actionNames].sort()).toEqual(Object.values(known).sort())
  for (const name of actionNames) expect(actionWord(name)).not.toBe('')
})
