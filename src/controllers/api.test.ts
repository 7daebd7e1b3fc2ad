import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../core/json.ts'
import { covers, replacing, resourceVersionOf } from './api.ts'
import { isHeldByOther } from './leader-election/leader-election.ts'

test.each<[string, Json | undefined, Json, boolean]>([
  ['what the server filled in does not matter', { a: 1, b: 2 }, { a: 1 }, true],
  ['what is missing does', { b: 2 }, { a: 1 }, false],
  ['what is different does', { a: 2 }, { a: 1 }, false],
  ['deep down too', { a: { b: [{ c: 1, d: 2 }] } }, { a: { b: [{ c: 1 }] } }, true],
  ['a list has no more items', { a: [1, 2] }, { a: [1] }, false],
  ['a list has its order', [1, 2], [2, 1], false],
  ['null is not nothing', {}, { a: null }, false],
  ['an empty object is covered by any', { a: { b: 1 } }, { a: {} }, true],
  ['nothing covers nothing wanted', undefined, 1, false],
])('%s', (_, actual, wanted, covered) => {
  expect(covers(actual, wanted)).toBe(covered)
})

test('everything covers itself', () => {
  fc.assert(
    fc.property(fc.jsonValue() as fc.Arbitrary<Json>, (value) => {
      expect(covers(value, value)).toBe(true)
    }),
  )
})

test('what replaces an object names the version that was read', () => {
  const next = replacing({ kind: 'A', metadata: { name: 'a', resourceVersion: '1' } }, { metadata: { resourceVersion: '7' } })
  expect(next).toEqual({ kind: 'A', metadata: { name: 'a', resourceVersion: '7' } })
  expect(resourceVersionOf(next)).toBe('7')
})

const now = new Date('2026-01-01T00:00:12Z')
const lease = (spec: Json): { readonly spec: Json } => ({ spec })
test.each<[string, Json, boolean]>([
  ['another that renewed in time', { holderIdentity: 'b', renewTime: '2026-01-01T00:00:05.000000Z', leaseDurationSeconds: 12 }, true],
  ['another whose time is over', { holderIdentity: 'b', renewTime: '2026-01-01T00:00:00.000000Z', leaseDurationSeconds: 12 }, false],
  ['another without a duration', { holderIdentity: 'b', renewTime: '2026-01-01T00:00:01.000000Z' }, true],
  ['itself', { holderIdentity: 'a', renewTime: '2026-01-01T00:00:11.000000Z', leaseDurationSeconds: 12 }, false],
  ['nobody', { holderIdentity: '', renewTime: '2026-01-01T00:00:11.000000Z', leaseDurationSeconds: 12 }, false],
  ['another that never renewed', { holderIdentity: 'b' }, false],
  ['a time that is none', { holderIdentity: 'b', renewTime: 'soon' }, false],
  ['a spec that is none', 'x', false],
])('a lease held by %s', (_, spec, held) => {
  expect(isHeldByOther(lease(spec), 'a', now)).toBe(held)
})
