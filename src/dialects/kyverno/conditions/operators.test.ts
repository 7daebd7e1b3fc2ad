import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../../core/json.ts'
import { evaluateOperator } from './operators.ts'

type Row = readonly [key: Json | undefined, value: Json, expected: boolean]

function table(operator: string, rows: readonly Row[]): void {
  describe(operator, () => {
    test.each(rows.map((row) => [...row]))(`%j ${operator} %j is %s`, (key, value, expected) => {
      expect(evaluateOperator(operator, key, value)).toBe(expected)
    })
  })
}

const everyOperator = [
  'Equal',
  'Equals',
  'NotEqual',
  'NotEquals',
  'In',
  'NotIn',
  'AnyIn',
  'AllIn',
  'AnyNotIn',
  'AllNotIn',
  'GreaterThan',
  'GreaterThanOrEquals',
  'LessThan',
  'LessThanOrEquals',
  'DurationGreaterThan',
  'DurationGreaterThanOrEquals',
  'DurationLessThan',
  'DurationLessThanOrEquals',
]

test.each(everyOperator)('a null key is false for %s', (operator) => {
  for (const value of [null, '', 'a', 0, [], {}, false]) {
    expect(evaluateOperator(operator, null, value)).toBe(false)
    expect(evaluateOperator(operator, undefined, value)).toBe(false)
  }
})

const equal: readonly Row[] = [
  [true, true, true],
  [true, 'true', false],
  [false, null, false],
  [5, 5, true],
  [5, '5', true],
  [5, '5.0', false],
  [1.5, '1.5', true],
  [5, '5s', false],
  ['5s', 5, true],
  ['1h', '60m', true],
  ['1h', 3600, true],
  ['0', '0s', false],
  ['0', '0', true],
  ['1Gi', '1024Mi', true],
  ['1Gi', '1*', false],
  ['1', '', false],
  ['v1', 'v*', true],
  ['v*', 'v1', false],
  ['v1', 'V1', false],
  ['', '', true],
  ['', '?*', false],
  ['5', 5, false],
  ['a', null, false],
  ['a', ['a'], false],
  [{ a: [1, { b: null }] }, { a: [1, { b: null }] }, true],
  [{ a: 1 }, { a: 2 }, false],
  [{}, [], false],
  [[], {}, false],
  [['a', 'b'], ['a', 'b'], true],
  [['a', 'b'], ['b', 'a'], false],
]
table('Equals', equal)
table('equal', equal)
table(
  'NotEquals',
  equal.map(([key, value, expected]) => [key, value, !expected] as const),
)

table('AnyIn', [
  ['a', ['a', 'b'], true],
  ['a1', ['a*'], true],
  ['a*', ['a1'], true],
  ['c', ['a', 'b'], false],
  [8080, ['8080'], true],
  [1.5, ['1.5'], true],
  [1_000_000, ['1e+06'], true],
  [true, [true], true],
  [true, ['true'], true],
  ['a', 'a*', true],
  ['a*', 'a', false],
  ['15', '10-20', true],
  [15, '10-20', true],
  ['25', '10-20', false],
  ['a', '["a", "b"]', true],
  ['c', '["a", "b"]', false],
  ['a', 5, false],
  [5, 5, false],
  ['a', null, false],
  ['a', { a: 1 }, false],
  [{ a: 1 }, ['a'], false],
  [['a', 'x'], ['a', 'b'], true],
  [['x', 'y'], ['a', 'b'], false],
  [['a1'], ['a*'], true],
  [['a*'], ['a1'], true],
  [[], ['a'], false],
  [['a'], 'a', true],
  [['a', 'x'], '["a"]', true],
  [[5, 25], '10-20', false],
  [[5, 15], '10-20', true],
  [[5, 6], 5, true],
  [[true], true, true],
  [['a'], null, false],
])

table('AllIn', [
  ['a', ['a', 'b'], true],
  ['c', ['a', 'b'], false],
  [['a', 'b'], ['a', 'b', 'c'], true],
  [['a', 'x'], ['a', 'b'], false],
  [['a1', 'b'], ['a*', 'b'], true],
  [[], ['a'], true],
  [[11, 12], '10-20', true],
  [[11, 21], '10-20', false],
  [[5], 5, false],
  [['10-20'], '10-20', true],
])

table('AnyNotIn', [
  ['a', ['a', 'b'], false],
  ['c', ['a', 'b'], true],
  ['c', 5, false],
  ['c', null, false],
  ['25', '10-20', true],
  ['15', '10-20', false],
  ['word', '10-20', true],
  [['a', 'x'], ['a', 'b'], true],
  [['a', 'b'], ['a', 'b'], false],
  [[], ['a'], false],
  [['a'], 'a', false],
  [[15, 25], '10-20', true],
  [[15, 16], '10-20', false],
  [['word'], '10-20', false],
  [[5, 6], 5, true],
  [[5], 5, false],
])

table('AllNotIn', [
  ['a', ['a', 'b'], false],
  ['c', ['a', 'b'], true],
  [['x', 'y'], ['a', 'b'], true],
  [['x', 'a'], ['a', 'b'], false],
  [['a1'], ['a*'], false],
  [[], ['a'], true],
  [[5, 25], '10-20', true],
  [[15, 25], '10-20', false],
  [[6], 5, false],
  ['c', false, false],
])

table('In', [
  ['a', ['a', 'b'], true],
  ['a1', ['a*'], true],
  ['c', ['a'], false],
  [['a'], ['a', 'b'], true],
  [['a', 'c'], ['a', 'b'], false],
  [['a1'], ['a*'], false],
  [['a'], ['a', 5], false],
  [[5], [5], false],
  [['a'], 'a', true],
  [['a', 'b'], '["a","b","c"]', true],
  [[], ['a'], true],
  [{}, ['a'], false],
])

table('NotIn', [
  ['a', ['a', 'b'], false],
  ['c', ['a'], true],
  [['a', 'c'], ['a', 'b'], true],
  [['a', 'b'], ['a', 'b'], false],
  [['a'], 'a', false],
  [['b'], 'a', true],
  [[5], ['a'], false],
  [['a'], ['b', 5], false],
])

table('GreaterThan', [
  [6, 5, true],
  [5, 5, false],
  [6, '5', true],
  [6, '5.5', true],
  [6, 'x', false],
  ['6', 5, true],
  ['6', '5', true],
  ['10', '9', true],
  ['1Gi', '1000Mi', true],
  ['1h', '59m', true],
  ['1h', 3599, true],
  [3601, '1h', true],
  ['3601', '1h', true],
  ['2.0.0', '1.9.9', true],
  ['1.0.0', '1.0.0-beta', true],
  ['v2.0.0', 'v1.0.0', false],
  ['b', 'a', false],
  [true, false, false],
  [[2], [1], false],
  [{}, 1, false],
  [5, null, false],
])
table('GreaterThanOrEquals', [
  [5, 5, true],
  ['1h', '60m', true],
  ['1.0.0', '1.0.0', true],
  [4, 5, false],
])
table('LessThan', [
  [4, 5, true],
  [5, 5, false],
  ['100Mi', '1Gi', true],
  ['1.2.3', '1.10.0', true],
])
table('LessThanOrEquals', [
  [5, 5, true],
  ['500m', '1', true],
  [6, 5, false],
])
// The operator is found whatever its case, but then compares nothing.
table('greaterthan', [[6, 5, false]])
table('lessThan', [[4, 5, false]])

table('DurationGreaterThan', [
  ['1h', '30m', true],
  ['1h', 1800, true],
  [7200, '1h', true],
  ['30m', '1h', false],
  [1.9, '1s', false],
  [2, 1.9, true],
  ['5', '1', false],
  ['1h', 'x', false],
  ['1s', '0', true],
  [true, '1s', false],
])
table('DurationGreaterThanOrEquals', [[1.9, 1, true]])
table('DurationLessThan', [['1m', '1h', true]])
table('DurationLessThanOrEquals', [['60s', '1m', true]])
table('durationlessthan', [['1m', '1h', false]])

table('Fancy', [['a', 'a', false]])
table('constructor', [['a', 'a', false]])

const value = fc.oneof(
  fc.constantFrom<Json>('a', 'a*', '10-20', '15', '1h', '1Gi', '["a"]', '[', '', 0, 1.5, 15, true, null),
  fc.string(),
  fc.jsonValue().map((json) => json as Json),
)

test('no operator throws, and each Not form is the opposite for a single key', () => {
  fc.assert(
    fc.property(fc.constantFrom(...everyOperator), value, value, (operator, key, other) => {
      expect(typeof evaluateOperator(operator, key, other)).toBe('boolean')
    }),
    { numRuns: 500 },
  )
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.integer(), fc.boolean()), fc.oneof(fc.string(), fc.array(fc.string())), (key, other) => {
      expect(evaluateOperator('AnyNotIn', key, other)).toBe(!evaluateOperator('AnyIn', key, other))
      expect(evaluateOperator('AllIn', key, other)).toBe(evaluateOperator('AnyIn', key, other))
      expect(evaluateOperator('AllNotIn', key, other)).toBe(evaluateOperator('AnyNotIn', key, other))
    }),
  )
})
