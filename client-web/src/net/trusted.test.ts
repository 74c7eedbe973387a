import { expect, it } from 'vitest'
import { scriptUrl } from './trusted'

it('lets only the scripts of this page through, with one policy', () => {
  const made: string[] = []
  const factory = {
    createPolicy: (name: string, rules: { createScriptURL: (url: string) => string }) => {
      made.push(name)
      return { createScriptURL: (url: string) => ({ trusted: rules.createScriptURL(url) }) }
    },
  }
  Object.assign(globalThis, { trustedTypes: factory })
  expect(scriptUrl('/sw.js')).toEqual({ trusted: '/sw.js' })
  expect(scriptUrl('/assets/pdf.worker-Ab12.mjs')).toEqual({ trusted: '/assets/pdf.worker-Ab12.mjs' })
  for (const other of [
    'https://elsewhere.example/sw.js',
    '/assets/index.js',
    'data:text/javascript,1',
    '/sw.js/x',
  ])
    expect(() => scriptUrl(other)).toThrow(TypeError)
  expect(made).toEqual(['tasuki-urls'])
  Reflect.deleteProperty(globalThis, 'trustedTypes')
})
