import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from './json.ts'
import { jsonEqual, valueAt } from './json.ts'
import { changesOf } from './json-changes.ts'

test.each<[before: Json, after: Json, changes: readonly unknown[]]>([
  [{ a: 1 }, { a: 1 }, []],
  [{ a: { b: 1, c: 2 } }, { a: { b: 3, c: 2 } }, [{ path: ['a', 'b'], before: 1, after: 3 }]],
  [{ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }, [{ path: ['a', 1, 'b'], before: 2, after: 3 }]],
  [{ a: [1] }, { a: [1, 2] }, [{ path: ['a'], before: [1], after: [1, 2] }]],
  [
    { a: 1 },
    { b: 1 },
    [
      { path: ['a'], before: 1 },
      { path: ['b'], after: 1 },
    ],
  ],
])('%j and %j', (before, after, changes) => {
  expect(changesOf(before, after)).toEqual(changes)
})

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>

test('changes are of the values at their paths, and there are none only between equal values', () => {
  fc.assert(
    fc.property(json, json, (before, after) => {
      const changes = changesOf(before, after)
      expect(changes.length === 0).toBe(jsonEqual(before, after))
      for (const change of changes) {
        expect(change.before).toEqual(valueAt(before, change.path))
        expect(change.after).toEqual(valueAt(after, change.path))
      }
    }),
  )
})
