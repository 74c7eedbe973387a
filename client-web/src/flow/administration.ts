// flow: what administrators do. Each act takes a fresh passkey when the server wants one.
import { copyText } from '../net/clipboard'
import { ask } from '../net/http'
import { house } from '../state/session.svelte'
import * as wire from '../wire/generated'
import { steppedUp } from './step_up'

export const readPlaces = (organization: string) =>
  steppedUp(async () => (await ask(wire.getPlaces, { query: { organization } })).places)
export const createPlace = (body: wire.CreatePlace) => steppedUp(() => ask(wire.postPlaces, { body }))
export const changePlace = (place: string, body: wire.ChangePlace) =>
  steppedUp(() => ask(wire.patchPlacesOne, { path: { place }, body }))
export const endPlace = (place: string) => steppedUp(() => ask(wire.postPlacesEnd, { path: { place } }))

const byReading = new Intl.Collator('ja')

/** Every page of an employer's staff register, by reading. */
export async function readPeople(organization: string): Promise<wire.Person[]> {
  const people: wire.Person[] = []
  let cursor: string | undefined
  do {
    const query = { organization, limit: 200, ...(cursor && { cursor }) }
    const page = await steppedUp(() => ask(wire.getPeople, { query }))
    people.push(...page.people)
    cursor = page.next ?? undefined
  } while (cursor)
  return people.sort((one, other) => byReading.compare(one.reading, other.reading))
}
export const createPerson = (body: wire.CreatePerson) => steppedUp(() => ask(wire.postPeople, { body }))
export const changePerson = (person: string, body: wire.ChangePerson) =>
  steppedUp(() => ask(wire.patchPeopleOne, { path: { person }, body }))
export const disablePerson = (person: string) =>
  steppedUp(() => ask(wire.postPeopleDisable, { path: { person } }))
export const resetPerson = (person: string) =>
  steppedUp(() => ask(wire.postPeopleReset, { path: { person } }))
export const issueCode = (person: string) =>
  steppedUp(() => ask(wire.postPeopleEnrolmentCode, { path: { person } }))
export const confirmCode = (person: string) =>
  steppedUp(() => ask(wire.postPeopleEnrolmentCodeConfirmation, { path: { person } }))
export const createPost = (body: wire.CreatePost) => steppedUp(() => ask(wire.postPosts, { body }))
export const endPost = (post: string) => steppedUp(() => ask(wire.postPostsEnd, { path: { post }, body: {} }))
export const reconfirmPost = (post: string) =>
  steppedUp(() => ask(wire.postPostsReconfirmation, { path: { post } }))
export const readRoles = (organization: string) =>
  steppedUp(async () => (await ask(wire.getRoles, { query: { organization } })).roles)
export const grantRole = (body: wire.GrantRole) => steppedUp(() => ask(wire.postRoles, { body }))
export const endRole = (held: string) => steppedUp(() => ask(wire.postRolesEnd, { path: { held } }))

export const readDevices = (organization: string) =>
  steppedUp(async () => (await ask(wire.getDevices, { query: { organization } })).devices)
export const registerDevice = (body: wire.NewDevice) => steppedUp(() => ask(wire.postDevices, { body }))
export const changeDevice = (device: string, body: wire.DevicePatch) =>
  steppedUp(() => ask(wire.patchDevicesOne, { path: { device }, body }))
export const renewCode = (device: string) =>
  steppedUp(() => ask(wire.postDevicesCode, { path: { device }, body: {} }))
export const revokeDevice = (device: string) =>
  steppedUp(() => ask(wire.postDevicesRevoke, { path: { device } }))
export const openWindow = (minutes: number) =>
  steppedUp(() => ask(wire.postEnrolmentWindow, { body: { minutes } }))
export const closeWindow = () => steppedUp(() => ask(wire.deleteEnrolmentWindow))

export const readRegister = (organization: string) =>
  steppedUp(async () => (await ask(wire.getPatientsRegister, { query: { organization } })).patients)
export const registerPatient = (body: wire.NewPatient) => steppedUp(() => ask(wire.postPatients, { body }))
export const changePatient = (patient: string, body: wire.PatientPatch) =>
  steppedUp(() => ask(wire.patchPatientsOne, { path: { patient }, body }))
export const endPatient = (patient: string, state: wire.EndKind) =>
  steppedUp(() => ask(wire.postPatientsEnd, { path: { patient }, body: { state } }))
export const returnPatient = (patient: string) =>
  steppedUp(() => ask(wire.postPatientsReturn, { path: { patient }, body: {} }))
export const readConsents = (patient: string) =>
  steppedUp(async () => (await ask(wire.getPatientsConsents, { path: { patient } })).consents)
export const recordConsent = (patient: string, body: wire.NewConsent) =>
  steppedUp(() => ask(wire.postPatientsConsents, { path: { patient }, body }))
export const withdrawConsent = (patient: string, consent: string) =>
  steppedUp(() => ask(wire.postPatientsConsentsWithdraw, { path: { patient, consent } }))
export const readCareTeam = (patient: string) =>
  steppedUp(async () => (await ask(wire.getPatientsCareTeam, { path: { patient } })).memberships)
export const proposeMembership = (patient: string, body: wire.NewMembership) =>
  steppedUp(() => ask(wire.postPatientsCareTeam, { path: { patient }, body }))
export const confirmMembership = (patient: string, membership: string) =>
  steppedUp(() => ask(wire.postPatientsCareTeamConfirm, { path: { patient, membership } }))
export const endMembership = (patient: string, membership: string) =>
  steppedUp(() => ask(wire.postPatientsCareTeamEnd, { path: { patient, membership } }))

export const readMatrix = () => ask(wire.getMatrix)

/** Everybody at work in the consortium, by post: to find whom a care team lets in. */
export async function readColleagues(): Promise<wire.Colleague[]> {
  const colleagues: wire.Colleague[] = []
  let cursor: string | undefined
  do {
    const page = await ask(wire.getDirectory, { query: { limit: 200, ...(cursor && { cursor }) } })
    colleagues.push(...page.colleagues)
    cursor = page.next ?? undefined
  } while (cursor)
  return colleagues
}

async function readOrganizationsAnew(): Promise<void> {
  house.organizations = (await ask(wire.getOrganizations)).organizations
}

/** A new employer joins. */
export async function createOrganization(body: wire.CreateOrganization): Promise<string> {
  const { organization } = await steppedUp(() => ask(wire.postOrganizations, { body }))
  await readOrganizationsAnew()
  return organization
}

/** An employer's facts change. */
export async function changeOrganization(organization: string, body: wire.ChangeOrganization): Promise<void> {
  await steppedUp(() => ask(wire.patchOrganizationsOne, { path: { organization }, body }))
  await readOrganizationsAnew()
}

/** An employer leaves, with everything of it. */
export async function endOrganization(organization: string): Promise<void> {
  await steppedUp(() => ask(wire.postOrganizationsEnd, { path: { organization } }))
  await readOrganizationsAnew()
}

/** Where a new person opens the page; what is secret stands behind `#`, which no browser sends. */
export function firstSignInAddress(login: string, code: string): string {
  return `https://${location.host}/first#login=${encodeURIComponent(login)}&code=${encodeURIComponent(code)}`
}

/** Where a device without a certificate gets one; the door's port is the next one by default. */
export function enrolmentAddress(): string {
  return `https://${location.hostname}:8444/`
}

/** Copies the number under which the access log knows a patient. */
export const copyNumber = (patient: string) => copyText(patient)
