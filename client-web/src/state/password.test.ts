import { expect, test } from 'vitest'
import { judge } from './password'

test('eight characters are needed and thirteen recommended, counted as the server counts them', () => {
  expect(judge('あさつゆみかん', 'x').longEnough).toBe(false)
  expect(judge('あさつゆみかん3', 'x')).toMatchObject({ longEnough: true, recommended: false, length: 8 })
  expect(judge('あさつゆ-じてんしゃ-みかん', 'x').recommended).toBe(true)
  // Half-width kana with its mark is one character after NFKC.
  expect(judge('ｶﾞｶﾞｶﾞｶﾞ', 'x').length).toBe(4)
  expect(judge('𠮷'.repeat(7), 'x').longEnough).toBe(false)
  expect(judge('a'.repeat(129), 'x').longEnough).toBe(false)
})

test('the login name and its longer parts are found, in any width and case', () => {
  expect(judge('my-HANAKO-2026', 'hanako.sato').ownName).toBe(true)
  expect(judge('ＨＡＮＡＫＯ-2026', 'hanako.sato').ownName).toBe(true)
  expect(judge('satou is fine', 'ito').ownName).toBe(false)
  expect(judge('つゆ-みかん-すず', 'hanako.sato').ownName).toBe(false)
})

test('one character over and over and plain runs are seen', () => {
  for (const dull of ['aaaaaaaa', '12345678', '87654321', 'abcdefgh', 'あああああああああ'])
    expect(judge(dull, 'x').monotonous, dull).toBe(true)
  for (const fine of ['12345679', 'aaaaaaab', '2468-1357', 'あさつゆみかん'])
    expect(judge(fine, 'x').monotonous, fine).toBe(false)
})
