import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ageOf, humanDuration, timeOf } from './human-duration.ts'

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000]

test.each([
  [-2 * second, '<invalid>'],
  [-1500, '0s'],
  [-1, '0s'],
  [0, '0s'],
  [999, '0s'],
  [119 * second, '119s'],
  [2 * minute, '2m'],
  [2 * minute + 3 * second, '2m3s'],
  [10 * minute + 59 * second, '10m'],
  [179 * minute, '179m'],
  [3 * hour, '3h'],
  [3 * hour + 4 * minute, '3h4m'],
  [8 * hour + 59 * minute, '8h'],
  [47 * hour, '47h'],
  [2 * day, '2d'],
  [5 * day + 2 * hour, '5d2h'],
  [8 * day + 23 * hour, '8d'],
  [729 * day, '729d'],
  [730 * day, '2y'],
  [753 * day, '2y23d'],
  [8 * 365 * day - second, '7y364d'],
  [8 * 365 * day + 3 * day, '8y'],
])('%d milliseconds are %s', (milliseconds, shown) => {
  expect(humanDuration(milliseconds)).toBe(shown)
})

test.each([
  ['2026-01-01T00:00:00Z', '60s'],
  ['2026-01-01T00:00:00.500000Z', '59s'],
  ['2026-01-01T02:00:00+02:00', '60s'],
  ['', '<unknown>'],
  ['yesterday', '<unknown>'],
  ['2026-01-01', '<unknown>'],
  ['2026-99-01T00:00:00Z', '<unknown>'],
])('something of %j is %s old', (timestamp, shown) => {
  expect(ageOf(timestamp, new Date('2026-01-01T00:01:00Z'))).toBe(shown)
})

test('no text makes it throw', () => {
  fc.assert(fc.property(fc.string(), (text) => void timeOf(text)))
})
