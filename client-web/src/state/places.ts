// state: places as a tree, flattened in the order of the round.
import type { Place } from '../wire/generated'

export interface Arranged {
  place: Place
  depth: number
}

/** Every place after what it lies in, siblings by their position; one whose parent is missing stands at the top. */
export function arranged(places: Place[]): Arranged[] {
  const known = new Set(places.map((place) => place.place))
  const children = (parent: string | undefined) =>
    places
      .filter((place) => (place.parent && known.has(place.parent) ? place.parent : undefined) === parent)
      .sort((one, two) => one.position - two.position)
  const walk = (parent: string | undefined, depth: number): Arranged[] =>
    depth > 20 ? [] : children(parent).flatMap((place) => [{ place, depth }, ...walk(place.place, depth + 1)])
  return walk(undefined, 0)
}

/** Where a place is, from the top down, in words. */
export function placeName(places: Place[], id: string | null | undefined): string {
  const names: string[] = []
  let at = places.find((place) => place.place === id)
  while (at && names.length < 20) {
    names.unshift(at.name)
    const parent = at.parent
    at = places.find((place) => place.place === parent)
  }
  return names.join(' ')
}
