import fc from 'fast-check'
import { expect, test } from 'vitest'
import { zoneOffset } from './time-zone.ts'

const at = (time: string): number => Date.parse(time) / 1000

test.each([
  ['', '2024-07-01T00:00:00Z', 0],
  ['UTC', '2024-07-01T00:00:00Z', 0],
  ['Local', '2024-07-01T00:00:00Z', 0],
  ['Europe/Paris', '2024-01-01T00:00:00Z', 3600],
  ['Europe/Paris', '2024-07-01T00:00:00Z', 7200],
  ['America/St_Johns', '2024-01-01T00:00:00Z', -12_600],
  ['Asia/Kathmandu', '2024-01-01T00:00:00Z', 20_700],
  ['Etc/GMT+5', '2024-01-01T00:00:00Z', -18_000],
  // Before there were zones: the local time of a town.
  ['Europe/Paris', '1800-01-01T00:00:00Z', 561],
  ['+01:00', '2024-01-01T00:00:00Z', undefined],
  ['+0100', '2024-01-01T00:00:00Z', undefined],
  ['europe/paris', '2024-01-01T00:00:00Z', undefined],
  ['Nope/Zone', '2024-01-01T00:00:00Z', undefined],
  ['../etc/passwd', '2024-01-01T00:00:00Z', undefined],
])('%j at %s is %s seconds east', (zone, time, offset) => {
  expect(zoneOffset(zone, at(time))).toBe(offset)
})

test('the offset is that of the local clock', () => {
  const instant = fc.integer({ min: at('0001-01-01T00:00:00Z'), max: at('9999-12-31T00:00:00Z') })
  const zone = fc.constantFrom('Europe/Paris', 'America/New_York', 'Africa/Monrovia', 'Asia/Tokyo', 'Australia/Lord_Howe', 'Pacific/Apia')
  fc.assert(
    fc.property(zone, instant, (name, seconds) => {
      const parts = new Intl.DateTimeFormat('en-US', {
        timeZone: name,
        hourCycle: 'h23',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      }).formatToParts(seconds * 1000)
      const read = (type: string): number => Number(parts.find((part) => part.type === type)?.value)
      const day = 86_400
      const clock = (((seconds + (zoneOffset(name, seconds) ?? Number.NaN)) % day) + day) % day
      expect(clock).toBe(read('hour') * 3600 + read('minute') * 60 + read('second'))
    }),
    { numRuns: 300 },
  )
})
