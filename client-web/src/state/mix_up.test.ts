import { describe, expect, it } from 'vitest'
import { dice, oneOf } from './dice.fixture'
import { fold, mixUp, suspicious, type Named } from './mix_up'

let number = 0
const one = (name: string, reading = ''): Named => ({ patient: String(++number), name, reading })
const names = (found: readonly Named[]) => found.map(({ name }) => name)

const SURNAMES = ['山田', '髙橋', '高橋', '森', '齋藤', '斉藤', '渡邊', '渡辺', 'Smith', '小林']
const GIVEN = ['花子', '一郎', '実', '恵子']
const READINGS: Partial<Record<string, string>> = {
  高橋: 'たかはし',
  斉藤: 'さいとう',
  齋藤: 'サイトウ',
  渡辺: 'わたなべ',
}

/** Somebody of a consortium where names come in every writing. */
function somebody(roll: () => number): Named {
  const [surname, given] = [oneOf(roll, SURNAMES), oneOf(roll, GIVEN)]
  const gap = oneOf(roll, [' ', '\u3000', ''])
  const reading = READINGS[surname]
  return one(`${surname}${gap}${given}`, reading && roll() < 0.8 ? `${reading} ${given}` : '')
}

describe('names as they are heard', () => {
  it('are the same in every width, kana and form of a character', () => {
    for (const [written, typed] of [
      ['髙橋', '高橋'],
      ['﨑田', '崎田'],
      ['ｻｲﾄｳ', 'さいとう'],
      ['ｶﾞﾊﾞﾅ', 'がばな'],
      ['𠮷田', '吉田'],
      ['ＳＭＩＴＨ', 'smith'],
      ['渡邉', '渡辺'],
    ])
      expect(fold(written ?? ''), written).toBe(fold(typed ?? ''))
    expect(fold('高橋')).not.toBe(fold('高端'))
  })
  it('are not folded further by folding again', () => {
    for (let seed = 1; seed <= 100; seed++) {
      const { name } = somebody(dice(seed))
      expect(fold(fold(name))).toBe(fold(name))
    }
  })
})

describe('patients who are easily mixed up', () => {
  const own = one('山田 花子', 'やまだ はなこ')

  it('share a surname in writing or by ear', () => {
    const by = (other: Named) => names(mixUp(own, [own, other], '').namesakes)
    expect(by(one('山田 太郎'))).toEqual(['山田 太郎'])
    expect(by(one('山多 太郎', 'ヤマダ タロウ'))).toEqual(['山多 太郎'])
    expect(by(one('山口 花子', 'やまぐち はなこ'))).toEqual([])
    expect(by(one('山田太郎'))).toEqual([])
    expect(by(one('山田\u3000花子'))).toEqual(['山田\u3000花子'])
  })
  it('are each other’s namesakes, and nobody their own', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const roll = dice(seed)
      const [first, second] = [somebody(roll), somebody(roll)]
      const all = [first, second]
      const there = mixUp(first, all, '').namesakes.length
      const back = mixUp(second, all, '').namesakes.length
      expect(there, `seed ${String(seed)}: ${first.name}, ${second.name}`).toBe(back)
      expect(mixUp(first, all, first.name).namesakes).not.toContain(first)
      expect(mixUp(first, all, first.name).mentioned).not.toContain(first)
    }
  })
})

describe('another patient’s name in the words', () => {
  const own = one('山田 花子')
  const mori = one('森 一郎')
  const takahashi = one('髙橋 実')
  const all = [own, mori, takahashi, one('山田 太郎')]
  const said = (text: string) => names(mixUp(own, all, text).mentioned)

  it('is found wherever the whole name stands, in any writing', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const roll = dice(seed)
      const other = somebody(roll)
      const text = `今朝は${oneOf(roll, [fold(other.name), other.name, other.name.replace(/\s/g, '')])}の件です`
      const found = mixUp(own, [own, other], text)
      const same = fold(other.name).replace(/\s/g, '') === '山田花子'
      expect(suspicious(found), `seed ${String(seed)}: ${text}`).toBe(true)
      expect(found.mentioned, `seed ${String(seed)}: ${text}`).toEqual(same ? [] : [other])
    }
  })
  it('is found by the surname where a person is spoken of', () => {
    expect(said('高橋さんへ連絡')).toEqual(['髙橋 実'])
    expect(said('高橋は入浴')).toEqual(['髙橋 実'])
    expect(said('高橋医院へ連絡')).toEqual([])
    expect(said('森さんの薬')).toEqual(['森 一郎'])
    expect(said('森の写真')).toEqual([])
  })
  it('is no other name than the one of the room', () => {
    expect(said('山田さん、朝食8割')).toEqual([])
    expect(said('山田太郎さんは入浴')).toEqual(['山田 太郎'])
    expect(said('  ')).toEqual([])
    expect(suspicious(mixUp(own, [own, mori], 'よく眠れました'))).toBe(false)
  })
  it('is taken as it is written, whatever signs it holds', () => {
    const strange = one('A.B(仮) 一郎')
    expect(names(mixUp(own, [strange], 'A.B(仮)さん').mentioned)).toEqual(['A.B(仮) 一郎'])
    expect(names(mixUp(own, [strange], 'AxB仮さん').mentioned)).toEqual([])
  })
})
