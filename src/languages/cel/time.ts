import type { Instant } from '../../kube/go-time.ts'
import { formatTime, parseTime, rfc3339 } from '../../kube/go-time.ts'
import { zoneOffset } from '../../kube/time-zone.ts'
import { largestSecond, smallestSecond } from './operators.ts'
import { CelTimestamp } from './values.ts'

/** RFC 3339, as `timestamp(text)` reads it; the years may be any. */
export const parseInstant = (text: string): Instant | undefined => parseTime(rfc3339, text)

/** A timestamp of the years that there are; undefined for others. */
export function parseTimestampText(text: string): CelTimestamp | undefined {
  return fromInstant(parseInstant(text))
}

function fromInstant(instant: Instant | undefined): CelTimestamp | undefined {
  if (instant === undefined || instant.seconds < smallestSecond || instant.seconds > largestSecond) return undefined
  return new CelTimestamp(instant.seconds, instant.nanos, instant.offset)
}

/** What fields of date-time formats hold: RFC 3339, or a bare date. */
export function parseTimestamp(text: string): CelTimestamp | undefined {
  return fromInstant(parseInstant(text) ?? parseTime('2006-01-02', text))
}

export const formatTimestamp = ({ seconds, nanos, offset }: CelTimestamp): string =>
  formatTime('2006-01-02T15:04:05.999999999Z07:00', { seconds, nanos, offset })

/** The clock at an instant in a zone, as a date whose UTC fields are the local ones; undefined for a zone that is not known. */
export function localClock({ seconds }: CelTimestamp, zone: string): Date | undefined {
  const offset = offsetOf(seconds, zone)
  return offset === undefined ? undefined : new Date((seconds + offset) * 1000)
}

/** The offset of a zone in seconds: `+01:30`, `-08:00`, or an IANA name. */
function offsetOf(seconds: number, zone: string): number | undefined {
  const fixed = /^([+-]?)(\d{1,2}):(\d{2})$/.exec(zone)
  if (fixed !== null) {
    const [, sign, hours, minutes] = fixed
    const offset = Number(hours) * 3600 + Number(minutes) * 60
    return sign === '-' ? -offset : offset
  }
  return zoneOffset(zone, seconds)
}
