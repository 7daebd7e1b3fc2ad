import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../core/json.ts'
import { isRange, matchScalar } from './scalar.ts'

const missing = undefined

/** Each row: a pattern, values that match it, values that do not. */
const table: readonly (readonly [about: string, pattern: Json, yes: readonly (Json | undefined)[], no: readonly (Json | undefined)[]])[] = [
  ['a boolean matches itself only', true, [true], [false, 'true', 1, null, missing]],
  ['false is not absence', false, [false], [true, 'false', 0, null, missing]],
  ['an integer matches integers and their text', 5, [5, '5', '+5'], [5.5, '5.0', 'five', true, null, missing, [5]]],
  ['a float matches floats and their text', 1.5, [1.5, '1.5', '15e-1'], [1, '1', 'x', null]],
  ['null matches every kind of nothing', null, [null, missing, 0, '', false], [1, 'x', true, {}, []]],
  ['a map as scalar asks for a map', { a: 1 }, [{}, { b: 2 }], [null, missing, 'x', []]],
  ['a list as scalar never matches', [1], [], [1, [1], null]],

  ['text is compared whole and with case', 'Always', ['Always'], ['always', 'Always ', 'XAlways', null, missing]],
  ['the empty text matches only itself', '', [''], ['x', null, missing, 0]],
  ['a value identical to the pattern matches whatever it means', '>5', ['>5', 6], [5]],
  ['an identical alternative expression', 'a|b', ['a|b', 'a', 'b'], ['c']],
  ['star is any run', '*', ['', 'x', 1, true], [null, missing, {}, []]],
  ['?* is not empty', '?*', ['x', 0, false], ['', null, missing]],
  ['? is one character', 'a?c', ['abc', 'a😀c'], ['ac', 'abbc']],
  ['a dot is a dot', 'a.c', ['a.c'], ['abc']],
  ['wildcards inside', 'registry.io/*/app:*', ['registry.io/team/app:1'], ['registry.io/app:1', 'x/registry.io/team/app:1']],
  ['text forms of numbers and booleans', 'true', [true, 'true'], [false]],
  ['a float in text form is in E notation', '1.5E+00', [1.5], [1.25]],
  ['wildcards against numbers', '4*', [42, '42', 4], [24]],

  ['not', '!latest', ['v1', 'late', 5, true], ['latest', null, missing]],
  ['not with wildcards', '!*:latest', ['nginx:1'], ['nginx:latest', null, missing]],
  ['a lone operator is text', '!', ['!'], ['', 'x']],
  ['a lone > is text', '>', ['>'], [1]],
  ['or', 'a | b', ['a', 'b'], ['c', 'a ']],
  ['and', '!a & !b', ['c'], ['a', 'b', null]],
  ['and binds tighter than or', 'x | !a & !b', ['x', 'c'], ['a', 'b']],
  ['comparisons joined', '>=1 & <=10 | 100', [1, 10, 100, '5'], [0, 11, 99]],

  ['> of numbers', '>5', [6, '6', 5.5], [5, 4, 'abc', missing, true]],
  ['>= of numbers', '>=5', [5, 6], [4.9]],
  ['< of numbers: missing counts as 0', '<5', [4, '4', null, missing, -1], [5, 'abc']],
  ['<= with a space', '<= 5', [5, missing], [6]],
  ['order has no meaning for text', '>abc', [], ['abd', 'zzz']],
  ['equality of a missing field with 0', '0', [0, missing, '0', null], [1, 'x']],
  ['inequality of a missing field with a number', '!5', [missing, null, 4], [5, '5']],
  ['quantities are compared by amount', '1000m', ['1', 1, '1000m'], ['1001m', 2]],
  ['binary quantities', '<=1Gi', ['1Gi', '1024Mi', '512Mi', missing], ['2Gi', '1025Mi']],
  ['decimal and binary', '>1G', ['1Gi'], ['1G', '900M']],
  ['an integral quantity against text falls back to text', '!5', ['abc'], []],
  ['durations are compared by length', '1m', ['60s', '1m', '1m0s'], ['61s', 60]],
  ['durations in order', '>=1h', ['60m', '2h'], ['59m', 3600]],
  ['durations come before quantities', '>100m', ['101m', '2h', '2'], ['99m', '0.05']],
  ['unequal durations', '!1m', ['61s', 'abc'], ['60s', '1m']],

  ['a range is inclusive', '10-20', [10, 20, '15', 12.5], [9, 21, 'abc', true]],
  ['a range of quantities', '1Gi-2Gi', ['1Gi', '1500Mi'], ['512Mi', '3Gi']],
  ['a range of durations', '5m-1h', ['5m', '30m', '3600s'], ['4m', '2h']],
  ['a range from a negative number', '-5-5', [-5, 0, missing], [6]],
  ['a range to a negative number', '-5--1', [-5, -1], [0]],
  ['outside of a range', '10!-20', [9, 21, missing], [10, 15, 20, 'abc']],
  ['a word with a hyphen is no range', 'v1-2', ['v1-2'], [1, 2]],
  ['a version is no range', '1.2.3-4', ['1.2.3-4'], [2, 3]],
]

describe.each(table)('%s', (_, pattern, yes, no) => {
  test.each(yes.map((value) => [value]))(`${JSON.stringify(pattern)} matches %j`, (value) => {
    expect(matchScalar(value, pattern)).toBe(true)
  })
  test.each(no.map((value) => [value]))(`${JSON.stringify(pattern)} does not match %j`, (value) => {
    expect(matchScalar(value, pattern)).toBe(false)
  })
})

test.each([
  ['10-20', true],
  ['1Gi-2Gi', true],
  ['-1.5-+2', true],
  ['10!-20', false],
  ['a-b', false],
  ['10-', false],
])('%s is a range: %s', (text, expected) => {
  expect(isRange(text)).toBe(expected)
})

test('no pattern and no value makes it throw', () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[!<>=|&\-+0-9.a-zA-Z* ?]{0,12}$/))
  const value = fc.oneof(text, fc.double(), fc.integer(), fc.boolean(), fc.constant(null), fc.constant(undefined))
  fc.assert(
    fc.property(value, text, (actual, pattern) => {
      // JSON has no NaN and no infinities.
      const json = typeof actual === 'number' && !Number.isFinite(actual) ? 0 : actual
      expect(typeof matchScalar(json, pattern)).toBe('boolean')
    }),
  )
})

test('a text matches itself', () => {
  fc.assert(fc.property(fc.string(), (text) => matchScalar(text, text)))
})

test('or is or, and is and', () => {
  const term = fc.constantFrom('a', '!a', '*', '>5', '<=5', '5-7', '1m', '!5', '?')
  const value = fc.constantFrom<Json | undefined>('a', 'b', '', 5, 6, 1.5, '1m', '60s', null, undefined, true)
  fc.assert(
    fc.property(term, term, value, (a, b, actual) => {
      expect(matchScalar(actual, `${a}|${b}`)).toBe(matchScalar(actual, a) || matchScalar(actual, b))
      expect(matchScalar(actual, `${a}&${b}`)).toBe(matchScalar(actual, a) && matchScalar(actual, b))
    }),
  )
})
