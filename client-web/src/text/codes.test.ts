import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import {
  careLevels,
  deviceKinds,
  dnars,
  fallRisks,
  organizationKinds,
  placeKinds,
  roles,
  sexes,
} from './codes'

/** The codes of a `coded!` table in the server's domain. */
function known(file: string, name: string): string[] {
  const source = readFileSync(`../server/domain/src/${file}.rs`, 'utf8')
  const table = new RegExp(`\\n    ${name} \\{([\\s\\S]*?)\\n    \\}`).exec(source)?.[1] ?? ''
  return [...table.matchAll(/= \d+, "(\w+)"/g)].map((match) => match[1] ?? '')
}

it.each([
  ['organization', 'OrganizationKind', organizationKinds],
  ['organization', 'PlaceKind', placeKinds],
  ['device', 'DeviceKind', deviceKinds],
  ['patient', 'Sex', sexes],
  ['patient', 'FallRisk', fallRisks],
  ['patient', 'Dnar', dnars],
  ['patient', 'CareLevel', careLevels],
  ['role', 'Role', roles],
] as const)('has a word for every code: %s %s', (file, name, table) => {
  const codes = known(file, name)
  expect(codes.length).toBeGreaterThan(2)
  expect(table.map((one) => one.code)).toEqual(codes)
})
