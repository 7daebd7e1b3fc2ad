import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../../../core/json.ts'
import { differences, sameResource } from './compare.ts'

test.each([
  ['equal objects are the same', { a: 1 }, { a: 1 }, true],
  ['the order of keys does not matter', { a: 1, b: 2 }, { b: 2, a: 1 }, true],
  ['a null is as good as absent', { a: null, b: 1 }, { b: 1 }, true],
  ['an empty map is as good as absent', { metadata: { labels: {} } }, {}, true],
  ['an empty list is as good as absent', { items: [] }, {}, true],
  ['an empty string is a value', { a: '' }, {}, false],
  ['empties are dropped from lists too', { a: [{}, 1, null] }, { a: [1] }, true],
  ['a list has an order', [1, 2], [2, 1], false],
  ['a number is not its text', { a: 1 }, { a: '1' }, false],
  ['`__proto__` is a key', JSON.parse('{"__proto__": {"a": 1}}') as Json, {}, false],
] satisfies readonly (readonly [string, Json, Json, boolean])[])('%s', (_, a, b, same) => {
  expect(sameResource(a, b)).toBe(same)
  expect(sameResource(b, a)).toBe(same)
})

test('whatever differs is shown, and nothing else is', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 3 }), (a, b) => {
      expect(differences(a as Json, b as Json) === '').toBe(sameResource(a as Json, b as Json))
    }),
  )
})

test('a difference says where and what', () => {
  expect(differences({ spec: { replicas: 2, ports: [80] } }, { spec: { replicas: 3, ports: [80, 443] } })).toBe(
    'spec.replicas: expected 2, found 3\nspec.ports[1]: expected nothing, found 443',
  )
})
