import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nextRun, parseSchedule } from './cron.ts'

const from = '2026-03-15T10:30:00Z' // a Sunday

test.each([
  ['* * * * *', '2026-03-15T10:31:00.000Z'],
  ['*/15 * * * *', '2026-03-15T10:45:00.000Z'],
  ['0 12 * * *', '2026-03-15T12:00:00.000Z'],
  ['30 10 * * *', '2026-03-16T10:30:00.000Z'],
  ['0 0 1 * *', '2026-04-01T00:00:00.000Z'],
  ['0 9 * * MON-FRI', '2026-03-16T09:00:00.000Z'],
  ['0 9 * jan sun', '2027-01-03T09:00:00.000Z'],
  ['0 0 13 * 5', '2026-03-20T00:00:00.000Z'],
  ['5-10/2 11 * * ?', '2026-03-15T11:05:00.000Z'],
  ['1,2,50 10 * * *', '2026-03-15T10:50:00.000Z'],
  ['0 0 29 2 *', '2028-02-29T00:00:00.000Z'],
  ['@hourly', '2026-03-15T11:00:00.000Z'],
  ['@daily', '2026-03-16T00:00:00.000Z'],
  ['@weekly', '2026-03-22T00:00:00.000Z'],
  ['@monthly', '2026-04-01T00:00:00.000Z'],
  ['@yearly', '2027-01-01T00:00:00.000Z'],
  ['@every 1h30m', '2026-03-15T12:00:00.000Z'],
  ['TZ=Europe/Berlin 0 12 * * *', '2026-03-15T11:00:00.000Z'],
  ['CRON_TZ=Asia/Tokyo 0 0 * * *', '2026-03-15T15:00:00.000Z'],
])('after Sunday 10:30 %s next runs at %s', (schedule, expected) => {
  expect(nextRun(schedule, new Date(from))?.toISOString()).toBe(expected)
})

test.each([
  ['30 2 * * *', '2026-03-28T12:00:00Z', '2026-03-30T00:30:00.000Z'], // 29 March has no 02:30
  ['30 2 * * *', '2026-10-24T12:00:00Z', '2026-10-25T00:30:00.000Z'], // 25 October has two
])('%s in Berlin after %s runs at %s', (schedule, after, expected) => {
  expect(nextRun(schedule, new Date(after), 'Europe/Berlin')?.toISOString()).toBe(expected)
})

test.each([
  '',
  '* * * *',
  '* * * * * *',
  '60 * * * *',
  '* 24 * * *',
  '* * 0 * *',
  '* * * 13 *',
  '* * * * 7',
  '5-1 * * * *',
  '*/0 * * * *',
  'a * * * *',
  '1-2-3 * * * *',
  '@never',
  '@every x',
  'TZ=Nowhere/Land * * * * *',
  '0 0 31 2 *',
])('`%s` never runs', (schedule) => {
  expect(nextRun(schedule, new Date(from))).toBeUndefined()
})

test('no schedule makes it throw', () => {
  const character = fc.constantFrom(...'0123456789*/-,? @TZ=.jan'.split(''))
  const text = fc.oneof(
    fc.string(),
    fc.array(fc.string({ unit: character, maxLength: 6 }), { maxLength: 7 }).map((parts) => parts.join(' ')),
  )
  fc.assert(fc.property(text, (schedule) => void nextRun(schedule, new Date(from))))
})

const number = (min: number, max: number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constant('*'),
    fc.integer({ min, max }).map(String),
    fc.integer({ min: 1, max: 9 }).map((step) => `*/${step}`),
  )
test('the next run is later, at a whole minute, and found again from just before it', () => {
  const fields = fc.tuple(number(0, 59), number(0, 23), number(1, 28), number(1, 12), number(0, 6))
  fc.assert(
    fc.property(fields, fc.integer({ min: 0, max: 1e9 }), (parts, seconds) => {
      const schedule = parts.join(' ')
      const after = new Date(1_700_000_000_000 + seconds * 1000)
      const next = nextRun(schedule, after)
      expect(parseSchedule(schedule)).toBeDefined()
      // `29 2 * * 1`-like dates may be years apart, but these come within five.
      if (next === undefined) throw new Error(`${schedule} never runs`)
      expect(next.getTime()).toBeGreaterThan(after.getTime())
      expect(next.getTime() % 60_000).toBe(0)
      expect(nextRun(schedule, new Date(next.getTime() - 1000))).toEqual(next)
    }),
  )
})
