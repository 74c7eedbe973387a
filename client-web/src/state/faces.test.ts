import { expect, test } from 'vitest'
import { faceOf, initialOf } from './face'
import { found, rowOf, rowsOf } from './faces'

const person = (name: string, reading: string, romaji = '') => ({ name, reading, romaji })
const staff = [
  person('佐々木 由美', 'ささき ゆみ', 'Sasaki Yumi'),
  person('髙橋 健太', 'たかはし けんた', 'Takahashi Kenta'),
  person('グエン ティ ラン', 'ぐえん てぃ らん', 'Nguyen Thi Lan'),
  person('Smith John', '', 'Smith John'),
]

test('people stand under the row of their reading, voiced sounds with the plain ones', () => {
  expect(staff.map(rowOf)).toEqual(['さ', 'た', 'か', 'ABC'])
  expect(rowOf(person('馬場', 'ﾊﾞﾊﾞ'))).toBe('は')
  expect(rowOf(person('吉田', 'ヨシダ'))).toBe('や')
  expect(rowsOf(staff)).toEqual(['か', 'さ', 'た', 'ABC'])
})

test('somebody is found by row, kana of any kind, kanji or letters', () => {
  const names = (row: string | undefined, typed: string) => found(staff, row, typed).map((one) => one.name)
  expect(names(undefined, '')).toHaveLength(4)
  expect(names('さ', '')).toEqual(['佐々木 由美'])
  expect(names(undefined, 'タカハシ')).toEqual(['髙橋 健太'])
  expect(names(undefined, 'ﾀｶﾊｼけ')).toEqual(['髙橋 健太'])
  expect(names(undefined, '髙橋健太')).toEqual(['髙橋 健太'])
  expect(names(undefined, 'NGUYEN')).toEqual(['グエン ティ ラン'])
  expect(names('か', 'ささき')).toEqual([])
})

test('a face keeps its tone, and shows one character as people count them', () => {
  const id = '1b4e28ba-2fa1-41d2-883f-0016d3cca427'
  expect(faceOf(id)).toBe(faceOf(id))
  const tones = new Set(Array.from({ length: 60 }, (_, index) => faceOf(`${String(index)}${id}`)))
  expect([...tones].sort()).toEqual([1, 2, 3, 4, 5, 6])
  expect(initialOf('髙橋 健太')).toBe('髙')
  expect(initialOf('葛󠄀城 一')).toBe('葛󠄀')
  expect(initialOf('')).toBe('')
})
