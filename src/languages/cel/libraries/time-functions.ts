import type { CelFunction } from '../function.ts'
import { memberFunction } from '../function.ts'
import { localClock } from '../time.ts'
import type { CelDuration, CelOutcome, CelTimestamp } from '../values.ts'
import { CelError, shorten } from '../values.ts'

/** Reads a clock whose UTC fields are the local ones. */
type Read = (clock: Date, timestamp: CelTimestamp) => number

function dayOfYear(clock: Date): number {
  const first = new Date(0)
  first.setUTCFullYear(clock.getUTCFullYear(), 0, 1)
  return Math.floor((clock.getTime() - first.getTime()) / 86_400_000)
}

/** Months, days of the month and days of the year begin at 0; dates at 1; weeks with Sunday. */
const readings: Readonly<Record<string, Read>> = {
  getFullYear: (clock) => clock.getUTCFullYear(),
  getMonth: (clock) => clock.getUTCMonth(),
  getDayOfYear: dayOfYear,
  getDayOfMonth: (clock) => clock.getUTCDate() - 1,
  getDate: (clock) => clock.getUTCDate(),
  getDayOfWeek: (clock) => clock.getUTCDay(),
  getHours: (clock) => clock.getUTCHours(),
  getMinutes: (clock) => clock.getUTCMinutes(),
  getSeconds: (clock) => clock.getUTCSeconds(),
  getMilliseconds: (_, { nanos }) => Math.floor(nanos / 1_000_000),
}

const inZone =
  (read: Read) =>
  (timestamp: CelTimestamp, zone: string): CelOutcome => {
    const clock = localClock(timestamp, zone)
    return clock === undefined ? new CelError(`unknown time zone ${zone}`) : read(clock, timestamp)
  }

const total =
  (unit: bigint) =>
  ({ nanos }: CelDuration): CelOutcome =>
    shorten(nanos / unit)

/** The parts of timestamps, in UTC or a zone, and durations in whole units. */
export const timeFunctions: readonly CelFunction[] = [
  ...Object.entries(readings).flatMap(([name, read]) => [
    memberFunction(name, ['timestamp'], {
      returns: 'int',
      evaluate: (timestamp) => read(new Date(timestamp.seconds * 1000), timestamp),
    }),
    memberFunction(name, ['timestamp', 'string'], { returns: 'int', evaluate: inZone(read) }),
  ]),
  memberFunction('getHours', ['duration'], { returns: 'int', evaluate: total(3_600_000_000_000n) }),
  memberFunction('getMinutes', ['duration'], { returns: 'int', evaluate: total(60_000_000_000n) }),
  memberFunction('getSeconds', ['duration'], { returns: 'int', evaluate: total(1_000_000_000n) }),
  memberFunction('getMilliseconds', ['duration'], { returns: 'int', evaluate: total(1_000_000n) }),
]
