import { parseGoInt } from '../../../core/go-format.ts'
import { clampDuration, formatDuration, parseDuration } from '../../../kube/duration.ts'
import type { Instant } from '../../../kube/go-time.ts'
import { formatTime, fromNanos, instantOf, nanosOf, parseTime, rfc3339 } from '../../../kube/go-time.ts'
import type { JmesFailure } from '../../../languages/jmespath/jmespath.ts'
import { jmesFunction, JmesFailure as Failure } from '../../../languages/jmespath/jmespath.ts'
import { invalid } from './problem.ts'

function timeOf(name: string, text: string, layout = rfc3339): Instant | JmesFailure {
  return (
    parseTime(layout, text) ??
    invalid(name, `parsing time ${JSON.stringify(text)} as ${JSON.stringify(layout)}: cannot parse ${JSON.stringify(text)}`)
  )
}

function durationOf(name: string, text: string): bigint | JmesFailure {
  return parseDuration(text) ?? invalid(name, `time: invalid duration ${JSON.stringify(text)}`)
}

/** Runs with all times read, or gives the first failure. */
function withTimes(
  name: string,
  texts: readonly string[],
  use: (times: readonly bigint[]) => string | boolean,
): string | boolean | JmesFailure {
  const times: bigint[] = []
  for (const text of texts) {
    const time = timeOf(name, text)
    if (time instanceof Failure) return time
    times.push(nanosOf(time))
  }
  return use(times)
}

const at = (times: readonly bigint[], index: number): bigint => times[index] ?? 0n
/** Go counts time.Truncate from the year 1. */
const zeroTime = -62_135_596_800n * 1_000_000_000n

export const timeFunctions = [
  jmesFunction('time_since', ['string', 'string', 'string'], 'string', {
    doc: 'The time from the second argument to the third, both in the layout of the first; an empty layout is RFC 3339, an empty end is now.',
    examples: [["time_since('', '2021-01-02T15:04:05-07:00', '2021-01-10T03:14:05-07:00')", '180h10m0s']],
    evaluate: ([layout, from, to], { now }) => {
      const used = layout === '' ? rfc3339 : layout
      const start = timeOf('time_since', from, used)
      if (start instanceof Failure) return start
      const end = to === '' ? instantOf(now()) : timeOf('time_since', to, used)
      return end instanceof Failure ? end : formatDuration(clampDuration(nanosOf(end) - nanosOf(start)))
    },
  }),
  jmesFunction('time_now', [], 'string', {
    doc: 'The time of the request, RFC 3339.',
    examples: [],
    evaluate: (_, { now }) => formatTime(rfc3339, { ...instantOf(now()), nanos: 0 }),
  }),
  jmesFunction('time_now_utc', [], 'string', {
    doc: 'The time of the request in UTC, RFC 3339.',
    examples: [],
    evaluate: (_, { now }) => formatTime(rfc3339, { ...instantOf(now()), nanos: 0 }),
  }),
  jmesFunction('time_parse', ['string', 'string'], 'string', {
    doc: 'A time in any Go layout as RFC 3339; with a number for a layout the time is seconds since 1970.',
    examples: [
      ["time_parse('02/01/2006', '05/11/2023')", '2023-11-05T00:00:00Z'],
      ["time_parse('1702691171', '1702691171')", '2023-12-16T01:46:11Z'],
    ],
    evaluate: ([layout, text]) => {
      const seconds = parseGoInt(layout) === undefined ? undefined : parseGoInt(text)
      if (seconds !== undefined) return formatTime(rfc3339, { seconds, nanos: 0, offset: 0 })
      const time = timeOf('time_parse', text, layout)
      return time instanceof Failure ? time : formatTime(rfc3339, time)
    },
  }),
  jmesFunction('time_utc', ['string'], 'string', {
    doc: 'The same time in UTC.',
    examples: [["time_utc('2021-01-02T15:04:05-07:00')", '2021-01-02T22:04:05Z']],
    evaluate: ([text]) => {
      const time = timeOf('time_utc', text)
      return time instanceof Failure ? time : formatTime(rfc3339, { ...time, offset: 0 })
    },
  }),
  jmesFunction('time_add', ['string', 'string'], 'string', {
    doc: 'A time moved by a duration.',
    examples: [["time_add('2021-01-02T15:04:05-07:00', '3h')", '2021-01-02T18:04:05-07:00']],
    evaluate: ([text, duration]) => {
      const time = timeOf('time_add', text)
      if (time instanceof Failure) return time
      const by = durationOf('time_add', duration)
      return by instanceof Failure ? by : formatTime(rfc3339, fromNanos(nanosOf(time) + by, time.offset))
    },
  }),
  jmesFunction('time_diff', ['string', 'string'], 'string', {
    doc: 'The time from the first to the second.',
    examples: [["time_diff('2021-01-02T15:04:05Z', '2021-01-02T16:04:05Z')", '1h0m0s']],
    evaluate: ([from, to]) => withTimes('time_diff', [from, to], (times) => formatDuration(clampDuration(at(times, 1) - at(times, 0)))),
  }),
  jmesFunction('time_before', ['string', 'string'], 'boolean', {
    doc: 'Whether the first time is before the second.',
    examples: [["time_before('2021-01-02T15:04:05Z', '2022-01-02T15:04:05Z')", true]],
    evaluate: ([a, b]) => withTimes('time_before', [a, b], (times) => at(times, 0) < at(times, 1)),
  }),
  jmesFunction('time_after', ['string', 'string'], 'boolean', {
    doc: 'Whether the first time is after the second.',
    examples: [["time_after('2023-01-02T15:04:05Z', '2022-01-02T15:04:05Z')", true]],
    evaluate: ([a, b]) => withTimes('time_after', [a, b], (times) => at(times, 0) > at(times, 1)),
  }),
  jmesFunction('time_between', ['string', 'string', 'string'], 'boolean', {
    doc: 'Whether the first time is after the second and before the third.',
    examples: [["time_between('2022-01-02T15:04:05Z', '2021-01-02T15:04:05Z', '2023-01-02T15:04:05Z')", true]],
    evaluate: ([time, start, end]) =>
      withTimes('time_between', [time, start, end], (times) => at(times, 0) > at(times, 1) && at(times, 0) < at(times, 2)),
  }),
  jmesFunction('time_truncate', ['string', 'string'], 'string', {
    doc: 'A time rounded down to a multiple of a duration.',
    examples: [["time_truncate('2021-01-02T17:09:00Z', '1h')", '2021-01-02T17:00:00Z']],
    evaluate: ([text, duration]) => {
      const time = timeOf('time_truncate', text)
      if (time instanceof Failure) return time
      const unit = durationOf('time_truncate', duration)
      if (unit instanceof Failure) return unit
      const nanos = nanosOf(time)
      const surplus = unit <= 0n ? 0n : (nanos - zeroTime) % unit
      return formatTime(rfc3339, fromNanos(nanos - (surplus < 0n ? surplus + unit : surplus), time.offset))
    },
  }),
  jmesFunction('time_to_cron', ['string'], 'string', {
    doc: 'The cron schedule of a time: minute, hour, day, month, weekday.',
    examples: [["time_to_cron('2022-04-11T03:14:05Z')", '14 3 11 4 1']],
    evaluate: ([text]) => {
      const time = timeOf('time_to_cron', text)
      if (time instanceof Failure) return time
      const local = new Date((time.seconds + time.offset) * 1000)
      return `${local.getUTCMinutes()} ${local.getUTCHours()} ${local.getUTCDate()} ${local.getUTCMonth() + 1} ${local.getUTCDay()}`
    },
  }),
]
