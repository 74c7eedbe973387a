// state: finding somebody among the faces by the first sound of the reading, or by a few letters.
import { foldKana } from './fold'
import type { StartPerson } from '../wire/generated'

const ROWS: [row: string, sounds: string][] = [
  ['あ', 'あいうえおぁぃぅぇぉゔ'],
  ['か', 'かきくけこがぎぐげご'],
  ['さ', 'さしすせそざじずぜぞ'],
  ['た', 'たちつてとだぢづでどっ'],
  ['な', 'なにぬねの'],
  ['は', 'はひふへほばびぶべぼぱぴぷぺぽ'],
  ['ま', 'まみむめも'],
  ['や', 'やゆよゃゅょ'],
  ['ら', 'らりるれろ'],
  ['わ', 'わゐゑをん'],
]
const OTHER = 'ABC'

type Named = Pick<StartPerson, 'name' | 'reading' | 'romaji'>

/** The row of the fifty sounds under which somebody stands: `か`; `ABC` for a reading in other letters. */
export function rowOf(person: Named): string {
  const first = foldKana(person.reading || person.name).at(0) ?? ''
  return ROWS.find(([, sounds]) => sounds.includes(first))?.[0] ?? OTHER
}

/** The rows under which somebody stands, in their order. */
export function rowsOf(people: Named[]): string[] {
  const present = new Set(people.map(rowOf))
  return [...ROWS.map(([row]) => row), OTHER].filter((row) => present.has(row))
}

/** Whoever stands under the row (any, without one) and matches the letters, in name, reading or romaji. */
export function found<Person extends Named>(
  people: Person[],
  row: string | undefined,
  typed: string,
): Person[] {
  const wanted = foldKana(typed).replace(/\s/g, '')
  return people.filter(
    (person) =>
      (row === undefined || rowOf(person) === row) &&
      [person.name, person.reading, person.romaji].some((text) =>
        foldKana(text).replace(/\s/g, '').includes(wanted),
      ),
  )
}
