import { expect, it } from 'vitest'
import { uuid7 } from './uuid'

it('makes ids that sort by time, with version and variant of RFC 9562', () => {
  const ids = [1, 2 ** 33, Date.now()].map((at) => uuid7(at))
  expect([...ids].sort()).toEqual(ids)
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})
