// Messages for tests.
import type { BylineBody, CallBody, HomeItem, MessageBody, PatientSummary } from '../wire/generated'

/** Somebody. */
export function byline(person: string, post = `${person}-post`): BylineBody {
  return { at: 0, name: person, person, post, organization_version: 1, person_version: 1 }
}

interface Given {
  message?: string
  room?: string
  author?: string
  class?: number
  intent?: string
  contract?: string
  state?: string
  owner?: string
  due?: number
  first?: string
  fallback?: string
  call?: CallBody
  taken?: BylineBody
  acknowledged?: BylineBody[]
  words?: MessageBody['words']
  written_at?: number
}

/** A message of class 3 that asks nothing, unless told otherwise. */
export function aMessage(given: Given = {}): MessageBody {
  const { intent = 'notice', contract = 'read_only', state = 'none', author = 'author', ...rest } = given
  const { owner, due, first, fallback, ...own } = rest
  return {
    acknowledged: [],
    answers: false,
    asking: { intent, contract, state, owner, due, first, fallback },
    attachments: [],
    author: byline(author),
    class: 3,
    client_id: 'c',
    confirmed: true,
    mentions: {},
    message: 'm',
    room: 'r',
    version: 1,
    words: { kind: 'original', text: '足がむくんでいます。' },
    written_at: 0,
    ...own,
  }
}

/** An item of home. */
export function anItem(given: Given = {}): HomeItem {
  return { cut: false, message: aMessage(given) }
}

/** A patient of the round. */
export function aPatient(room: string, name = room): PatientSummary {
  return {
    age: 87,
    area: '2階',
    birth_date: '1939-03-02',
    colour: 1,
    consent: 'valid',
    name,
    organization: 'o',
    patient: `patient-${room}`,
    reading: name,
    room,
    room_number: room,
    safety: { allergies: '', care_level: '', dnar: '', fall_risk: '', infections: '', notes: '' },
    sex: 'female',
    state: 'current',
    version: 1,
  }
}
