import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clampDuration, durationSeconds, formatDuration, parseDuration, wrapDuration } from './duration.ts'

test.each([
  ['the largest', '9223372036854775807ns', '2562047h47m16.854775807s'],
  ['the smallest reaches one further', '-9223372036854775808ns', '-2562047h47m16.854775808s'],
  ['signs', '+5m', '5m0s'],
  ['the other micro sign', '1μs', '1µs'],
  ['no digits before the point', '.5s', '500ms'],
  ['none after it', '1.s', '1s'],
  ['fractions are cut off', '0.9999999999s', '999.999999ms'],
  ['digits past an int64 are dropped', '0.3333333333333333333h', '20m0s'],
  ['units in any order', '1s1h1s', '1h0m2s'],
  ['minus zero', '-0', '0s'],
])('%s: %s is %s', (_, text, canonical) => {
  const duration = parseDuration(text)
  expect(duration === undefined ? undefined : formatDuration(duration)).toBe(canonical)
})

test.each([
  '',
  '1',
  '-',
  '+',
  '.',
  '.s',
  '-.s',
  '1d',
  '1h ',
  '1 h',
  's',
  '1hs',
  '--1s',
  '1.2.3s',
  '9223372036854775808ns',
  '3000000h',
  '1e3s',
])('`%s` is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined()
})

test('seconds are a double', () => {
  expect(['1h', '1.5s', '-250ms', '1ns'].map((text) => durationSeconds(parseDuration(text) ?? 0n))).toEqual([3600, 1.5, -0.25, 1e-9])
})

test('what an int64 cannot hold is cut or wraps', () => {
  const most = 2n ** 63n - 1n
  expect([clampDuration(2n ** 70n), clampDuration(-(2n ** 70n)), clampDuration(5n)]).toEqual([most, -(2n ** 63n), 5n])
  expect([wrapDuration(most + 1n), wrapDuration(5n)]).toEqual([-(2n ** 63n), 5n])
})

test('every int64 prints and reads back', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (duration) => {
      expect(parseDuration(formatDuration(duration))).toBe(duration)
    }),
    { numRuns: 1000 },
  )
})

test('no text makes it throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[+-]?([0-9]{0,30}\.?[0-9]{0,30}(ns|us|ms|s|m|h)){0,3}$/)), (text) => {
      const duration = parseDuration(text)
      if (duration !== undefined) expect(BigInt.asIntN(64, duration)).toBe(duration)
    }),
    { numRuns: 2000 },
  )
})
