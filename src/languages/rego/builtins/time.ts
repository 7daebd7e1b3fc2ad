import { quoteTime, timeErrorText } from '../../../kube/go-time-error.ts'
import { formatTime, fromNanos, nanosOf, rfc3339, scanTime } from '../../../kube/go-time.ts'
import type { Instant } from '../../../kube/go-time.ts'
import { parseDuration } from '../../../kube/duration.ts'
import { zoneOffset } from '../../../kube/time-zone.ts'
import { numberFromBigInt, toBigInt } from '../values/number.ts'
import type { AnyNumber } from '../values/number.ts'
import type { RegoArray, RegoValue } from '../values/value.ts'
import { isArray, isNumber, typeName } from '../values/value.ts'
import type { Builtin, BuiltinError } from './contract.ts'
import { builtin, failure, int64At, isError, ofString, ofStrings, type, wrongOperand } from './operands.ts'
import { zoneName } from './time/zones.ts'

const layouts: Readonly<Record<string, string>> = {
  ANSIC: 'Mon Jan _2 15:04:05 2006',
  UnixDate: 'Mon Jan _2 15:04:05 MST 2006',
  RubyDate: 'Mon Jan 02 15:04:05 -0700 2006',
  RFC822: '02 Jan 06 15:04 MST',
  RFC822Z: '02 Jan 06 15:04 -0700',
  RFC850: 'Monday, 02-Jan-06 15:04:05 MST',
  RFC1123: 'Mon, 02 Jan 2006 15:04:05 MST',
  RFC1123Z: 'Mon, 02 Jan 2006 15:04:05 -0700',
  RFC3339: rfc3339,
  RFC3339Nano: '2006-01-02T15:04:05.999999999Z07:00',
}
const layoutOf = (text: string): string => (Object.hasOwn(layouts, text) ? (layouts[text] ?? text) : text)

const isInt64 = (value: bigint): boolean => BigInt.asIntN(64, value) === value

function parseNanos(name: string, layout: string, text: string): RegoValue | BuiltinError {
  const instant = scanTime(layout, text)
  if ('kind' in instant) return failure(name, timeErrorText(layout, text, instant))
  const nanos = nanosOf(instant)
  return isInt64(nanos) ? numberFromBigInt(nanos) : failure(name, 'time outside of valid range')
}

/** Units that Go's durations do not have, in hours. */
const longUnits: Readonly<Record<string, number>> = { d: 24, w: 168, y: 8760 }

function parseDurationNanos(name: string, text: string): RegoValue | BuiltinError {
  const inHours = text.replaceAll(/([\d.]+)([dwy])/g, (_, amount: string, unit: string) => hoursOf(amount, longUnits[unit] ?? 0))
  const duration = parseDuration(inHours)
  if (duration !== undefined) return numberFromBigInt(duration)
  return failure(name, `time: ${durationProblem(text)} duration ${quoteTime(text)}`)
}

const durationUnits = /^(?:ns|us|µs|μs|ms|[smhdwy])$/
const durationPart = /(?=\.?\d)\d*\.?\d*([^\d.]*)/y

/** What is wrong with a text that is no duration. */
function durationProblem(text: string): string {
  // A number with two points is found sooner where there are units that Go does not have.
  if (/[dwy]/.test(text) && /\.\d*\./.test(text)) return 'invalid'
  durationPart.lastIndex = /^[+-]/.test(text) ? 1 : 0
  for (let match = durationPart.exec(text); match !== null; match = durationPart.exec(text)) {
    const [, unit = ''] = match
    if (unit === '') return 'missing unit in'
    if (!durationUnits.test(unit)) return `unknown unit ${quoteTime(unit)} in`
    if (durationPart.lastIndex === text.length) break
  }
  return 'invalid'
}

/** `1.5` of 24 hours each is `36h`; exact in decimals. */
function hoursOf(amount: string, hours: number): string {
  const [whole = '', fraction = ''] = amount.split('.')
  if (!/^\d*$/.test(whole + fraction) || amount.split('.').length > 2 || whole + fraction === '') return `${amount}?`
  const scaled = (BigInt(whole + fraction) * BigInt(hours)).toString().padStart(fraction.length + 1, '0')
  const point = scaled.length - fraction.length
  return fraction === '' ? `${scaled}h` : `${scaled.slice(0, point)}.${scaled.slice(point)}h`
}

/** An instant in a zone. */
interface Zoned {
  readonly instant: Instant
  readonly zone: string
  /** The layout of `time.format`; '' where none is given. */
  readonly layout: string
}

/** `ns` or `[ns, zone]` (or `[ns, zone, layout]`). Upstream calls it the first operand wherever it stands. */
function zonedAt(name: string, args: readonly RegoValue[], at: number): Zoned | BuiltinError {
  const operand = args[at] ?? null
  const parts: RegoArray = isArray(operand) ? operand : [operand]
  const [nanos, zone = 'UTC', given] = parts
  if (nanos === undefined || (!isNumber(nanos) && !isArray(operand)))
    return wrongOperand(name, 0, 'either number (ns) or [number (ns), string (tz)]', typeName(operand))
  if (!isNumber(nanos)) return wrongOperand(name, 0, 'number', typeName(nanos))
  if (typeof zone !== 'string') return wrongOperand(name, 0, 'string', typeName(zone))
  const start = zoneOffset(zone, 0)
  if (start === undefined) return failure(name, `unknown time zone ${zone}`)
  const layout = given ?? ''
  if (typeof layout !== 'string') return wrongOperand(name, 0, 'string', typeName(layout))
  const value = wholeInt64(nanos)
  if (value === undefined) return failure(name, 'timestamp too big')
  const utc = fromNanos(value, 0)
  return { instant: { ...utc, offset: zoneOffset(zone, utc.seconds) ?? start }, zone, layout }
}

/** Also where it is written `1e18`. */
function wholeInt64(value: AnyNumber): bigint | undefined {
  const integer = toBigInt(value)
  return integer === undefined || !isInt64(integer) ? undefined : integer
}

/** The wall clock as if it were UTC. */
const wallClock = ({ seconds, offset }: Instant): Date => new Date((seconds + offset) * 1000)

const ofInstant = (name: string, result: Builtin['result'], show: (zoned: Zoned) => RegoValue): Builtin =>
  builtin(name, [instantType], result ?? type.any, (args) => {
    const zoned = zonedAt(name, args, 0)
    return isError(zoned) ? zoned : show(zoned)
  })

const instantType = type.union(type.number, type.tuple(type.number, type.string))
const threeNumbers = type.tuple(type.number, type.number, type.number)

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

function format({ instant, zone, layout }: Zoned): string {
  const used = layout === '' ? 'RFC3339Nano' : layout
  const name = zoneName(zone, instant.seconds)
  // Names of zones are letters that no layout contains.
  return layoutOf(used)
    .split('MST')
    .map((part) => formatTime(part, instant))
    .join(name)
}

function addDate(args: readonly RegoValue[]): RegoValue | BuiltinError {
  const name = 'time.add_date'
  const zoned = zonedAt(name, args, 0)
  if (isError(zoned)) return zoned
  const steps: number[] = []
  for (const at of [1, 2, 3]) {
    const number = int64At(name, args, at)
    if (isError(number)) return number
    steps.push(Number(number))
  }
  const [years = 0, months = 0, days = 0] = steps
  const start: Instant = { ...zoned.instant, offset: 0 }
  const date = new Date(start.seconds * 1000)
  date.setUTCFullYear(date.getUTCFullYear() + years, date.getUTCMonth() + months, date.getUTCDate() + days)
  const seconds = date.getTime() / 1000
  const sum = Number.isFinite(seconds) ? nanosOf({ ...start, seconds }) : undefined
  return sum === undefined || !isInt64(sum) ? failure(name, 'time outside of valid range') : numberFromBigInt(sum)
}

/** Years, months, days, hours, minutes and seconds between two instants, in the zone of the first. */
function difference(args: readonly RegoValue[]): RegoValue | BuiltinError {
  const first = zonedAt('time.diff', args, 0)
  if (isError(first)) return first
  const second = zonedAt('time.diff', args, 1)
  if (isError(second)) return second
  const offset = zoneOffset(first.zone, second.instant.seconds) ?? 0
  const pair = [first.instant, { ...second.instant, offset }] as const
  const [early, late] = nanosOf(pair[0]) <= nanosOf(pair[1]) ? pair : [pair[1], pair[0]]
  return elapsed(wallClock(early), wallClock(late))
}

/** By whole seconds: upstream does not look at the nanoseconds. */
function elapsed(from: Date, to: Date): readonly number[] {
  let second = to.getUTCSeconds() - from.getUTCSeconds()
  let minute = to.getUTCMinutes() - from.getUTCMinutes()
  let hour = to.getUTCHours() - from.getUTCHours()
  let day = to.getUTCDate() - from.getUTCDate()
  let month = to.getUTCMonth() - from.getUTCMonth()
  let year = to.getUTCFullYear() - from.getUTCFullYear()
  if (second < 0) [second, minute] = [second + 60, minute - 1]
  if (minute < 0) [minute, hour] = [minute + 60, hour - 1]
  if (hour < 0) [hour, day] = [hour + 24, day - 1]
  // The days that are missing are those of the month of the earlier instant.
  if (day < 0) [day, month] = [day + daysIn(from), month - 1]
  if (month < 0) [month, year] = [month + 12, year - 1]
  return [year, month, day, hour, minute, second]
}

const daysIn = (date: Date): number => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()

export const timeBuiltins: readonly Builtin[] = [
  builtin('time.now_ns', [], type.number, (_, { now }) => numberFromBigInt(now), { nondeterministic: true }),
  ofStrings('time.parse_ns', type.number, (layout, text) => parseNanos('time.parse_ns', layoutOf(layout), text)),
  ofString('time.parse_rfc3339_ns', type.number, (text) => parseNanos('time.parse_rfc3339_ns', rfc3339, text)),
  ofString('time.parse_duration_ns', type.number, (text) => parseDurationNanos('time.parse_duration_ns', text)),
  builtin(
    'time.format',
    [type.union(type.number, type.tuple(type.number, type.string), type.tuple(type.number, type.string, type.string))],
    type.string,
    (args) => {
      const zoned = zonedAt('time.format', args, 0)
      return isError(zoned) ? zoned : format(zoned)
    },
  ),
  ofInstant('time.date', threeNumbers, ({ instant }) => {
    const date = wallClock(instant)
    return [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]
  }),
  ofInstant('time.clock', threeNumbers, ({ instant }) => {
    const date = wallClock(instant)
    return [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()]
  }),
  ofInstant('time.weekday', type.string, ({ instant }) => weekdays[wallClock(instant).getUTCDay()] ?? ''),
  builtin('time.add_date', [type.number, type.number, type.number, type.number], type.number, addDate),
  builtin(
    'time.diff',
    [instantType, instantType],
    type.tuple(type.number, type.number, type.number, type.number, type.number, type.number),
    difference,
  ),
]
