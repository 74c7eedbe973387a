// state: who is here, on which device, and the words that the consortium uses. No DOM, no network.
import type { BylineBody, Organization, Session, StartScreen, Word } from '../wire/generated'

/**
 * Where the page stands.
 * `refused`: the device's certificate is expired, revoked or unknown. `start`: nobody is signed in, or somebody is
 * locked on a shared device. `locked`: one person's own device is locked. `live`: a person may work.
 */
export type Phase = 'starting' | 'unreached' | 'refused' | 'start' | 'locked' | 'live'

/** The one who is signed in. */
export interface Self {
  person: string
  name: string
  reading: string
}

/** Answers of the server are replaced, never changed in place. */
class HouseState {
  phase = $state<Phase>('starting')
  /** Why the last session ended, a code of the server or of this page; shown on the start screen. */
  farewell = $state<string | undefined>()
  device = $state.raw<StartScreen | undefined>()
  session = $state.raw<Session | undefined>()
  self = $state.raw<Self | undefined>()
  jobTypes = $state.raw<readonly Word[]>([])
  infoClasses = $state.raw<readonly Word[]>([])
  /** Numbers of the information classes that this person may write and read, from the matrices in force for them. */
  writable = $state.raw<number[]>([])
  readable = $state.raw<number[]>([])
  organizations = $state.raw<readonly Organization[]>([])
}

export const house = new HouseState()

/** Forgets the person and everything that only a person may know. */
export function forgetPerson(): void {
  house.session = undefined
  house.self = undefined
  house.jobTypes = []
  house.infoClasses = []
  house.writable = []
  house.readable = []
  house.organizations = []
}

/** Whether the device is one that several people use. */
export function onSharedDevice(): boolean {
  return house.device?.kind === 'shared'
}

/** Whether the person holds a role; for one organization, or (without one) for any. */
export function holds(role: string, organization?: string): boolean {
  return (house.session?.roles ?? []).some(
    (held) =>
      held.role === role &&
      (organization === undefined || held.organization == null || held.organization === organization),
  )
}

/** The word of a job type, in both languages. */
export function jobType(id: number | null | undefined): Word | undefined {
  return house.jobTypes.find((word) => word.id === id)
}

/** The word of an information class, in both languages. */
export function infoClass(id: number | null | undefined): Word | undefined {
  return house.infoClasses.find((word) => word.id === id)
}

/** The person who is signed in, as others will read of what they do now. */
export function ownByline(at: number): BylineBody | undefined {
  const { self, session } = house
  if (!self || !session) return undefined
  return {
    at,
    name: self.name,
    person: self.person,
    post: session.post,
    job_type: session.job_type,
    organization: session.organization,
    organization_name: house.organizations.find((one) => one.organization === session.organization)?.name,
    organization_version: 0,
    person_version: 0,
  }
}
