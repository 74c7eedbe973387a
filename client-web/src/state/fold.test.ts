import { expect, it } from 'vitest'
import { dice, oneOf } from './dice.fixture'
import { foldKana } from './fold'

it('brings width, case and the two kana together', () => {
  for (const [one, other] of [
    ['ｻﾄｳ', 'さとう'],
    ['サトウ', 'さとう'],
    ['ｶﾞｷﾞ', 'がぎ'],
    ['ヴァ', 'ゔぁ'],
    ['ＡＢＣ', 'abc'],
    ['ヶ', 'ゖ'],
  ])
    expect(foldKana(one ?? ''), one).toBe(other)
  expect(foldKana('ー・')).toBe('ー・')
})

it('changes nothing the second time', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const roll = dice(seed)
    const text = Array.from({ length: 8 }, () =>
      String.fromCodePoint(0x3040 + Math.floor(roll() * 0xc0), oneOf(roll, [0xff76, 0xff9e, 0x41, 0x9ad9])),
    ).join('')
    expect(foldKana(foldKana(text)), text).toBe(foldKana(text))
  }
})
