import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatTime, fromNanos, instantOf, nanosOf, parseTime, rfc3339 } from './go-time.ts'

const nanoseconds = '2006-01-02T15:04:05.999999999Z07:00'
const read = (layout: string, text: string): string | undefined => {
  const time = parseTime(layout, text)
  return time === undefined ? undefined : formatTime(nanoseconds, time)
}

test.each([
  ['RFC 3339', rfc3339, '2021-01-02T15:04:05-07:00', '2021-01-02T15:04:05-07:00'],
  ['a fraction that the layout lacks', rfc3339, '2021-01-02T15:04:05,25Z', '2021-01-02T15:04:05.25Z'],
  ['an hour of one digit', rfc3339, '2021-01-02T5:04:05Z', '2021-01-02T05:04:05Z'],
  ['a day after spaces', 'Mon Jan _2 15:04:05 2006', 'Mon feb  4  8:44:34 2019', '2019-02-04T08:44:34Z'],
  ['any number of spaces', 'Jan 2, 2006', 'DEC   5, 1919', '1919-12-05T00:00:00Z'],
  ['years of two digits', '02-Jan-06', '07-Jan-68', '2068-01-07T00:00:00Z'],
  ['of the last century', '02-Jan-06', '07-Jan-69', '1969-01-07T00:00:00Z'],
  ['midnight and noon', '3:04PM', '12:30AM', '0000-01-01T00:30:00Z'],
  ['the afternoon', '03:04 pm', '12:30 pm', '0000-01-01T12:30:00Z'],
  ['the day of a year', '2006-002', '2024-060', '2024-02-29T00:00:00Z'],
  ['a named zone is read as UTC', 'Jan 2 2006 MST', 'Jan 2 2020 CEST', '2020-01-02T00:00:00Z'],
  ['but for its hours', 'Jan 2 2006 MST', 'Jan 2 2020 GMT+3', '2020-01-02T03:00:00+03:00'],
  ['offsets without a colon', 'Mon, 02 Jan 2006 15:04:05 -0700', 'sun, 06 feb 2044 6:38:18 +0200', '2044-02-06T06:38:18+02:00'],
  ['an underscore before a year', 'x_2006', 'x_2020', '2020-01-01T00:00:00Z'],
  ['a word that begins like a month', 'Janus 2006', 'Janus 2020', '2020-01-01T00:00:00Z'],
])('%s: %s of %s', (_, layout, text, expected) => {
  expect(read(layout, text)).toBe(expected)
})

test.each([
  [rfc3339, '2023-02-29T00:00:00Z'],
  [rfc3339, '2023-00-10T00:00:00Z'],
  [rfc3339, '2023-01-10T24:00:00Z'],
  [rfc3339, '2023-01-10T10:60:00Z'],
  [rfc3339, '2023-01-10T10:00:00'],
  [rfc3339, '2023-01-10T10:00:00Zx'],
  [rfc3339, '2023-01-10T10:00:00+25:00'],
  [rfc3339, '2023-01-10 10:00:00Z'],
  ['2006-002', '2023-366'],
  ['2006-002', '2023-000'],
  ['Jan 2 2006 002', 'Jan 2 2023 003'],
  ['15:04:05.000', '10:00:00.12'],
  ['3:04PM', '3:04pm'],
  ['MST', 'ABCD'],
  ['MST', 'GM'],
])('in %s, %s is none', (layout, text) => {
  expect(parseTime(layout, text)).toBeUndefined()
})

describe('printing', () => {
  const time = { seconds: 1_136_214_245, nanos: 7_000_000, offset: -25_200 }
  test.each([
    ['Mon Jan _2 15:04:05 2006', 'Mon Jan  2 08:04:05 2006'],
    ['Monday, 02-Jan-06 3PM -07', 'Monday, 02-Jan-06 8AM -07'],
    ['2006-002 __2', '2006-002   2'],
    ['05.000 05,999', '05.007 05,007'],
    ['Z07:00:00 -070000', '-07:00:00 -070000'],
  ])('%s is %s', (layout, text) => {
    expect(formatTime(layout, time)).toBe(text)
  })
})

const instants = fc
  .tuple(fc.integer({ min: -62_000_000_000, max: 250_000_000_000 }), fc.nat(999_999_999), fc.integer({ min: -1439, max: 1439 }))
  .map(([seconds, nanos, minutes]) => ({ seconds, nanos, offset: minutes * 60 }))

test('what is printed reads back', () => {
  fc.assert(
    fc.property(instants, (instant) => {
      expect(parseTime(nanoseconds, formatTime(nanoseconds, instant))).toEqual(instant)
      expect(fromNanos(nanosOf(instant), instant.offset)).toEqual(instant)
    }),
  )
})

test("a Date's milliseconds are kept", () => {
  expect(instantOf(new Date(-1))).toEqual({ seconds: -1, nanos: 999_000_000, offset: 0 })
})

test('no layout and no text makes it throw', () => {
  const layout = fc.oneof(fc.string(), fc.stringMatching(/^(Jan|Mon|MST|2006|-07:00|Z07|002|__2|_2|PM|15|\.000|[ 0-9.,TZ-]){0,8}$/))
  fc.assert(
    fc.property(layout, fc.oneof(fc.string(), fc.stringMatching(/^[ 0-9A-Z.,:+-]{0,20}$/)), (written, text) => {
      const time = parseTime(written, text)
      if (time !== undefined) formatTime(written, time)
    }),
    { numRuns: 2000 },
  )
})
