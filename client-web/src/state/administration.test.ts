import { beforeEach, expect, it } from 'vitest'
import type { Organization, Session } from '../wire/generated'
import { administered, administration, current, ofConsortium } from './administration.svelte'
import { holds, house } from './session.svelte'

const organization = (id: string) => ({ organization: id, name: id }) as Organization
const roles = (...held: [role: string, organization: string | null][]) => {
  house.session = {
    organization: 'aozora',
    roles: held.map(([role, of]) => ({ role, organization: of })),
  } as unknown as Session
}
const ids = () => administered().map((one) => one.organization)

beforeEach(() => {
  house.organizations = ['himawari', 'aozora', 'sakura'].map(organization)
  house.session = undefined
  administration.chosen = ''
})

it('shows an employer’s administrator that employer, and the consortium’s everybody', () => {
  expect([ids(), current()]).toEqual([[], undefined])
  roles(['staff_administration', 'sakura'])
  expect([ids(), ofConsortium(), current()?.organization]).toEqual([['sakura'], false, 'sakura'])
  roles(['system_administration', null])
  expect([ids(), ofConsortium()]).toEqual([['himawari', 'aozora', 'sakura'], true])
})

it('gives auditors nothing to administer', () => {
  roles(['audit', null], ['audit', 'aozora'])
  expect([ids(), ofConsortium()]).toEqual([[], false])
  expect(holds('audit', 'aozora')).toBe(true)
  expect(holds('staff_administration')).toBe(false)
})

it('begins with the own employer, keeps what was chosen, and drops what one does not administer any more', () => {
  roles(['staff_administration', null])
  expect(current()?.organization).toBe('aozora')
  administration.chosen = 'sakura'
  expect(current()?.organization).toBe('sakura')
  roles(['staff_administration', 'himawari'])
  expect(current()?.organization).toBe('himawari')
})
