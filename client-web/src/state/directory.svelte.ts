// state: one search among the colleagues of the whole consortium.
import type { Colleague } from '../wire/generated'
import { byPerson } from './colleagues'

/** What one search has found so far. */
export class Search {
  words = $state('')
  colleagues = $state.raw<readonly Colleague[]>()
  next = $state<string>()
  busy = $state(false)
  cause = $state.raw<unknown>()
  readonly people = $derived(byPerson(this.colleagues ?? []))
}
