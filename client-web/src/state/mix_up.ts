// state: the guard against writing into the wrong patient's room. Pure: names in, suspicion out.

/** What is compared of a patient. */
export interface Named {
  patient: string
  name: string
  reading: string
}

/** Why one should look twice before sending. */
export interface MixUp {
  /** Other patients of mine with the same surname. */
  namesakes: Named[]
  /** Other patients of mine whose name stands in the text. */
  mentioned: Named[]
}

// Forms of one character that families write and phones type differently.
const VARIANTS: Record<string, string> = Object.fromEntries(
  [
    '髙高',
    '﨑崎',
    '嵜崎',
    '碕崎',
    '濱浜',
    '濵浜',
    '邊辺',
    '邉辺',
    '齋斎',
    '齊斎',
    '斉斎',
    '澤沢',
    '嶋島',
    '嶌島',
  ]
    .concat(['廣広', '櫻桜', '國国', '眞真', '惠恵', '德徳', '瀨瀬', '塚塚', '神神', '福福', '𠮷吉', '冨富'])
    .map((pair) => Array.from(pair.normalize('NFC')) as [string, string]),
)

/** Folds width, kana and variants, so that names are compared as they are heard. */
export function fold(text: string): string {
  return Array.from(text.normalize('NFKC').toLowerCase())
    .map((character) => VARIANTS[character] ?? character)
    .join('')
    .replace(/[\u30a1-\u30f6]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60))
}

const surname = (name: string) => fold(name).trim().split(/\s+/)[0] ?? ''
const whole = (name: string) => fold(name).replace(/\s+/g, '')
const divided = (name: string) => /\S\s+\S/.test(name.normalize('NFKC').trim())

function sameSurname(one: Named, other: Named): boolean {
  const written = divided(one.name) && divided(other.name) && surname(one.name) === surname(other.name)
  const heard =
    divided(one.reading) && divided(other.reading) && surname(one.reading) === surname(other.reading)
  return written || heard
}

/** A surname of one character counts only where a person is spoken of: 森さん, 森様. */
function standsIn(text: string, other: Named, own: Named): boolean {
  const words = whole(text)
  if (whole(other.name).length > 1 && words.includes(whole(other.name))) return true
  const family = divided(other.name) ? surname(other.name) : ''
  if (!family || family === surname(own.name)) return false
  if (Array.from(family).length > 1)
    return new RegExp(`${escaped(family)}(さん|様|さま|氏|殿|、|。|は|が|の|に|と|$)`, 'u').test(words)
  return new RegExp(`${escaped(family)}(さん|様|さま|氏|殿)`, 'u').test(words)
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Compares the patient of a room and the words with my other patients. */
export function mixUp(own: Named, patients: Named[], text: string): MixUp {
  const others = patients.filter(
    (other) => other.patient !== own.patient && whole(other.name) !== whole(own.name),
  )
  const doubles = patients.filter(
    (other) => other.patient !== own.patient && whole(other.name) === whole(own.name),
  )
  return {
    namesakes: [...doubles, ...others.filter((other) => sameSurname(own, other))],
    mentioned: text.trim() ? others.filter((other) => standsIn(text, other, own)) : [],
  }
}

/** Whether one should look twice. */
export function suspicious(found: MixUp): boolean {
  return found.namesakes.length > 0 || found.mentioned.length > 0
}
