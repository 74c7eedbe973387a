import { expect, it } from 'vitest'
import { parts, route } from './route.svelte'

it('gives the parts of the path', () => {
  for (const [path, expected] of [
    ['/', []],
    ['/rooms/1', ['rooms', '1']],
    ['/rooms/1/', ['rooms', '1']],
    ['//administration//people', ['administration', 'people']],
  ] as const) {
    route.path = path
    expect(parts(), path).toEqual(expected)
  }
})
