import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseGoDuration, printGoDuration } from './duration.ts'

test.each([
  [0, '0s'],
  [182, '182ns'],
  [68_176, '68.176µs'],
  [1000, '1µs'],
  [1_358_534, '1.358534ms'],
  [24e6, '24ms'],
  [1_500_000_000, '1.5s'],
  [61_000_000_000, '1m1s'],
  [3_661_500_000_000, '1h1m1.5s'],
  [-1500, '-1.5µs'],
])('%j nanoseconds are %s', (nanoseconds, text) => {
  expect(printGoDuration(nanoseconds)).toBe(text)
  expect(parseGoDuration(text)).toEqual({ ok: true, value: nanoseconds })
})

test.each([
  ['5', 'time: missing unit in duration "5"'],
  ['5x', 'time: unknown unit "x" in duration "5x"'],
  ['', 'time: invalid duration ""'],
  ['s', 'time: invalid duration "s"'],
])('%j is no duration', (text, error) => {
  expect(parseGoDuration(text)).toEqual({ ok: false, error })
})

test('what is printed is read back', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e14, max: 1e14 }), (value) => {
      expect(parseGoDuration(printGoDuration(value))).toEqual({ ok: true, value: value + 0 })
    }),
  )
})

test('no text makes it throw', () => {
  fc.assert(fc.property(fc.string(), (text) => typeof parseGoDuration(text).ok === 'boolean'))
})
