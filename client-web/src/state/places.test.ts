import { expect, it } from 'vitest'
import type { Place } from '../wire/generated'
import { arranged, placeName } from './places'

const place = (id: string, position: number, parent?: string): Place => ({
  place: id,
  name: id,
  kind: 'floor',
  position,
  version: 1,
  parent: parent ?? null,
})

it('puts children after what they lie in, by position', () => {
  const rows = arranged([place('201', 0, '2階'), place('2階', 1), place('1階', 0), place('202', 1, '2階')])
  expect(rows.map(({ place: one, depth }) => `${String(depth)} ${one.name}`)).toEqual([
    '0 1階',
    '0 2階',
    '1 201',
    '1 202',
  ])
})
it('loses no place whose parent is not there', () => {
  expect(arranged([place('201', 0, 'gone')]).map((row) => row.depth)).toEqual([0])
})
it('names a place from the top down', () => {
  expect(placeName([place('東棟', 0), place('2階', 0, '東棟')], '2階')).toBe('東棟 2階')
  expect(placeName([], 'x')).toBe('')
})
