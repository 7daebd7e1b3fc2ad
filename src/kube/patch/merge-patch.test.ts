import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../../core/json.ts'
import { applyMergePatch, diffMergePatch } from './merge-patch.ts'

// Appendix A of RFC 7396.
test.each<readonly [document: Json, patch: Json, expected: Json]>([
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [
    ['a', 'b'],
    ['c', 'd'],
    ['c', 'd'],
  ],
  [{ a: 'b' }, ['c'], ['c']],
  [{ a: 'foo' }, null, null],
  [{ a: 'foo' }, 'bar', 'bar'],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])('%j and %j make %j', (document, patch, expected) => {
  expect(applyMergePatch(document, patch)).toEqual(expected)
})

test.each<readonly [a: Json, b: Json, patch: Json]>([
  [{ a: 1, b: 2 }, { a: 1, b: 3 }, { b: 3 }],
  [{ a: 1, b: 2 }, { a: 1 }, { b: null }],
  [{ a: { b: 1, c: 2 } }, { a: { b: 1 } }, { a: { c: null } }],
  [{ a: [1] }, { a: [1, 2] }, { a: [1, 2] }],
  [{}, {}, {}],
])('from %j to %j is %j', (a, b, patch) => {
  expect(diffMergePatch(a, b)).toEqual(patch)
})

const withoutNulls = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(true, 0, '', 'a'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), tie('value'), { maxKeys: 3 }),
  ),
})).value

test('the difference of two documents makes one into the other', () => {
  fc.assert(
    fc.property(withoutNulls, withoutNulls, (a, b) => {
      const before = JSON.stringify(a)
      expect(applyMergePatch(a, diffMergePatch(a, b))).toEqual(b)
      expect(JSON.stringify(a)).toBe(before)
    }),
    { numRuns: 1000 },
  )
})
