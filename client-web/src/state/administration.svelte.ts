// state: which employer is being administered.
import { holds, house } from './session.svelte'
import type { Organization } from '../wire/generated'

export const administration = $state<{ chosen: string }>({ chosen: '' })

/** Whether the person administers the whole consortium. */
export function ofConsortium(): boolean {
  return (house.session?.roles ?? []).some(
    (held) =>
      held.organization == null &&
      (held.role === 'staff_administration' || held.role === 'system_administration'),
  )
}

/** The employers that the person administers. */
export function administered(): Organization[] {
  return house.organizations.filter(
    (one) =>
      holds('staff_administration', one.organization) || holds('system_administration', one.organization),
  )
}

/** The employer whose things are shown. */
export function current(): Organization | undefined {
  const mine = administered()
  return (
    mine.find((one) => one.organization === administration.chosen) ??
    mine.find((one) => one.organization === house.session?.organization) ??
    mine[0]
  )
}
