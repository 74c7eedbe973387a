import { beforeEach, expect, it } from 'vitest'
import { audienceKey, audiences, byPerson, forgetAudiences, jobTypesOf, mine } from './audience.svelte'
import { byline } from './messages.fixture'

beforeEach(forgetAudiences)

it('has one line for each person, and each job type once in its order', () => {
  const readers = [
    { ...byline('sato', 'p1'), job_type: 6 },
    { ...byline('ito', 'p2'), job_type: 4 },
    { ...byline('sato', 'p3'), job_type: 4 },
    byline('kato', 'p4'),
  ]
  expect(byPerson(readers).map(({ post }) => post)).toEqual(['p1', 'p2', 'p4'])
  expect(jobTypesOf(readers)).toEqual([4, 6])
  expect(jobTypesOf([])).toEqual([])
})

it('keeps rooms and classes apart, and forgets everything with the person', () => {
  audiences[audienceKey('r1', 2)] = { state: 'known', readers: [byline('sato')], at: 1 }
  mine.patients = []
  expect(audiences[audienceKey('r1', 3)]).toBeUndefined()
  expect(audiences[audienceKey('r2', 2)]).toBeUndefined()
  forgetAudiences()
  expect(audiences[audienceKey('r1', 2)]).toBeUndefined()
  expect(mine.patients).toBeUndefined()
})
