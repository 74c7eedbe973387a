// state: which of six quiet tones a person's face has. The same everywhere, and nothing else depends on it.

/** 1 to 6, from the person's random id. */
export function faceOf(person: string): number {
  let sum = 0
  for (const letter of person) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973
  return (sum % 6) + 1
}

const characters = new Intl.Segmenter('ja', { granularity: 'grapheme' })

/** The first character of a name, as people count characters. */
export function initialOf(name: string): string {
  return characters.segment(name)[Symbol.iterator]().next().value?.segment ?? ''
}
