/** Instants with nanoseconds, and Go's reference-time layouts. */
export interface Instant {
  /** Seconds since 1970 in UTC. */
  readonly seconds: number
  readonly nanos: number
  /** Offset of the zone it was written in, in seconds. */
  readonly offset: number
}

export const rfc3339 = '2006-01-02T15:04:05Z07:00'

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const
const zones = ['-07:00:00', '-070000', '-07:00', '-0700', '-07', 'Z07:00:00', 'Z070000', 'Z07:00', 'Z0700', 'Z07'] as const
/** Longest first where one begins another. */
const elements = [
  'January',
  'Jan',
  'Monday',
  'Mon',
  'MST',
  '2006',
  ...zones,
  '002',
  '01',
  '02',
  '03',
  '04',
  '05',
  '06',
  '15',
  'PM',
  'pm',
  '__2',
  '_2',
  '1',
  '2',
  '3',
  '4',
  '5',
] as const
type Zone = (typeof zones)[number]
type Element = (typeof elements)[number]
type Part =
  | { readonly element: Element }
  | { readonly text: string }
  | { readonly fraction: number; readonly trimmed: boolean; readonly separator: '.' | ',' }

function partsOf(layout: string): readonly Part[] {
  const parts: Part[] = []
  let text = ''
  let at = 0
  while (at < layout.length) {
    const part = partAt(layout, at)
    if (part === undefined) {
      text += layout.charAt(at)
      at += 1
      continue
    }
    if (text !== '') parts.push({ text })
    text = ''
    parts.push(part)
    at += 'element' in part ? part.element.length : 'fraction' in part ? part.fraction + 1 : 0
  }
  if (text !== '') parts.push({ text })
  return parts
}

function partAt(layout: string, at: number): Part | undefined {
  const first = layout.charAt(at)
  if (first === '.' || first === ',') {
    const digits = /^(?:0+|9+)(?!\d)/.exec(layout.slice(at + 1, at + 64))?.[0]
    return digits === undefined ? undefined : { fraction: digits.length, trimmed: digits.startsWith('9'), separator: first }
  }
  const element = elements.find((candidate) => layout.startsWith(candidate, at))
  // The short names are no names inside a word; `_2006` is an underscore and a year.
  if ((element === 'Jan' || element === 'Mon') && /[a-z]/.test(layout.charAt(at + 3))) return undefined
  if (element === '_2' && layout.startsWith('2006', at + 1)) return undefined
  return element === undefined ? undefined : { element }
}

export function instantOf(date: Date, offset = 0): Instant {
  const milliseconds = date.getTime()
  const seconds = Math.floor(milliseconds / 1000)
  return { seconds, nanos: (milliseconds - seconds * 1000) * 1_000_000, offset }
}

/** Nanoseconds since 1970. */
export const nanosOf = ({ seconds, nanos }: Instant): bigint => BigInt(seconds) * 1_000_000_000n + BigInt(nanos)

export function fromNanos(total: bigint, offset: number): Instant {
  const second = 1_000_000_000n
  const nanos = ((total % second) + second) % second
  return { seconds: Number((total - nanos) / second), nanos: Number(nanos), offset }
}

/** What was read so far. Undefined is not given. */
interface Fields {
  year: number
  month: number | undefined
  day: number | undefined
  dayOfYear: number | undefined
  hour: number
  minute: number
  second: number
  nanos: number
  /** Of a numeric zone. */
  offset: number
  /** Of a named zone, whose hours upstream does not know: the clock is read as UTC and shown in the zone. */
  shownOffset: number
  half: 'AM' | 'PM' | undefined
  /** What is read, but cannot be: `month`. */
  outOfRange: string | undefined
  /** Up to where a text of the layout is in the text, where it is not there in full. */
  agreed: number | undefined
}

/** Why a text is no time: it ends with something else, is not what a part of the layout asks for, or has impossible numbers. */
export type TimeProblem =
  | { readonly kind: 'extra'; readonly found: string }
  | { readonly kind: 'part'; readonly found: string; readonly part: string }
  | { readonly kind: 'impossible'; readonly what: string }

/** time.Parse, or undefined where the text is not in the layout. */
export function parseTime(layout: string, text: string): Instant | undefined {
  const instant = scanTime(layout, text)
  return 'kind' in instant ? undefined : instant
}

/** time.Parse, or why the text is not in the layout. */
export function scanTime(layout: string, text: string): Instant | TimeProblem {
  const fields: Fields = {
    year: 0,
    month: undefined,
    day: undefined,
    dayOfYear: undefined,
    hour: 0,
    minute: 0,
    second: 0,
    nanos: 0,
    offset: 0,
    shownOffset: 0,
    half: undefined,
    outOfRange: undefined,
    agreed: undefined,
  }
  const parts = partsOf(layout)
  let at = 0
  for (const [index, part] of parts.entries()) {
    const end = readPart(part, text, at, fields)
    if (end === undefined) return problemAt(part, text.slice(fields.agreed ?? at), fields)
    at = end
    const next = parts[index + 1]
    // A fraction may follow the seconds although the layout has none.
    if ('element' in part && (part.element === '05' || part.element === '5') && !(next !== undefined && 'fraction' in next))
      at = readFraction(text, at, fields) ?? at
  }
  return at === text.length ? instantFrom(fields) : { kind: 'extra', found: text.slice(at) }
}

function problemAt(part: Part, found: string, { outOfRange }: Fields): TimeProblem {
  return outOfRange === undefined ? { kind: 'part', found, part: partText(part) } : impossible(`${outOfRange} out of range`)
}

const impossible = (what: string): TimeProblem => ({ kind: 'impossible', what })

/** The part as the layout has it. */
function partText(part: Part): string {
  if ('text' in part) return part.text
  return 'element' in part ? part.element : part.separator + (part.trimmed ? '9' : '0').repeat(part.fraction)
}

/** Each reads from a place on and gives the place after, or undefined. */
function readPart(part: Part, text: string, at: number, fields: Fields): number | undefined {
  if ('text' in part) return skipText(part.text, text, at, fields)
  if ('element' in part) return readElement(part.element, text, at, fields)
  if (part.trimmed) return readFraction(text, at, fields) ?? at
  const end = at + part.fraction + 1
  return /^[.,]\d+$/.test(text.slice(at, end)) && end <= text.length ? readFraction(text.slice(0, end), at, fields) : undefined
}

/** Spaces of the layout stand for any number of them, none at the end. */
function skipText(expected: string, text: string, start: number, fields: Fields): number | undefined {
  let at = start
  const differs = (): undefined => {
    fields.agreed = at
  }
  for (let index = 0; index < expected.length; index += 1) {
    if (expected[index] !== ' ') {
      if (text[at] !== expected[index]) return differs()
      at += 1
    } else if (expected[index - 1] !== ' ') {
      if (at < text.length && text[at] !== ' ') return differs()
      while (text[at] === ' ') at += 1
    }
  }
  return at
}

const fractionText = /[.,](\d+)/y

function readFraction(text: string, at: number, fields: Fields): number | undefined {
  fractionText.lastIndex = at
  const match = fractionText.exec(text)
  if (match?.[1] === undefined) return undefined
  fields.nanos = Number(match[1].slice(0, 9).padEnd(9, '0'))
  return at + match[0].length
}

/** A number of one or two digits, or of exactly two. */
function readNumber(text: string, at: number, fixed: boolean): number | undefined {
  if (!isDigit(text, at)) return undefined
  if (isDigit(text, at + 1)) return at + 2
  return fixed ? undefined : at + 1
}

const isDigit = (text: string, at: number): boolean => text.charCodeAt(at) >= 48 && text.charCodeAt(at) <= 57

function readElement(element: Element, text: string, at: number, fields: Fields): number | undefined {
  switch (element) {
    case 'January':
    case 'Jan': {
      const month = findName(months, text, at, element === 'Jan')
      if (month !== undefined) fields.month = month.index + 1
      return month?.end
    }
    case 'Monday':
    case 'Mon':
      return findName(days, text, at, element === 'Mon')?.end
    case 'MST':
      return readZoneName(text, at, fields)
    case '2006':
    case '06':
      return readYear(element.length, text, at, fields)
    case '002':
    case '__2':
      return readDayOfYear(element === '002', text, at, fields)
    case 'PM':
    case 'pm': {
      const written = text.slice(at, at + 2)
      const upper = element === 'PM' ? written : written === written.toLowerCase() ? written.toUpperCase() : ''
      if (upper !== 'AM' && upper !== 'PM') return undefined
      fields.half = upper
      return at + 2
    }
    case '01':
    case '1':
    case '02':
    case '2':
    case '_2':
    case '15':
    case '03':
    case '3':
    case '04':
    case '4':
    case '05':
    case '5':
      return readClock(element, text, at, fields)
    default:
      return readZone(element, text, at, fields)
  }
}

function findName(
  names: readonly string[],
  text: string,
  at: number,
  short: boolean,
): { readonly index: number; readonly end: number } | undefined {
  for (const [index, name] of names.entries()) {
    const length = short ? 3 : name.length
    if (text.slice(at, at + length).toLowerCase() === name.slice(0, length).toLowerCase()) return { index, end: at + length }
  }
  return undefined
}

function readYear(length: number, text: string, at: number, fields: Fields): number | undefined {
  const written = text.slice(at, at + length)
  if (written.length < length || !/^\d+$/.test(written)) return undefined
  const number = Number(written)
  fields.year = length === 4 ? number : number >= 69 ? 1900 + number : 2000 + number
  return at + length
}

function readDayOfYear(fixed: boolean, text: string, at: number, fields: Fields): number | undefined {
  const written = (fixed ? /^\d{3}/ : /^ {0,2}\d{1,3}/).exec(text.slice(at, at + 5))?.[0]
  if (written === undefined) return undefined
  fields.dayOfYear = Number(written)
  return at + written.length
}

type ClockElement = '01' | '1' | '02' | '2' | '_2' | '15' | '03' | '3' | '04' | '4' | '05' | '5'

function readClock(element: ClockElement, text: string, start: number, fields: Fields): number | undefined {
  const at = element === '_2' && text[start] === ' ' ? start + 1 : start
  // The hour of 24 may be of one digit although its element has two.
  const end = readNumber(text, at, element.startsWith('0'))
  if (end === undefined) return undefined
  fields.outOfRange = setClock(element, Number(text.slice(at, end)), fields)
  return fields.outOfRange === undefined ? end : undefined
}

/** The name of what cannot have this number. */
function setClock(element: ClockElement, number: number, fields: Fields): string | undefined {
  switch (element) {
    case '01':
    case '1':
      fields.month = number
      return number >= 1 && number <= 12 ? undefined : 'month'
    case '02':
    case '2':
    case '_2':
      // Checked against the month when all is read.
      fields.day = number
      return undefined
    case '15':
      fields.hour = number
      return number < 24 ? undefined : 'hour'
    case '03':
    case '3':
      fields.hour = number
      return number <= 12 ? undefined : 'hour'
    case '04':
    case '4':
      fields.minute = number
      return number < 60 ? undefined : 'minute'
    case '05':
    case '5':
      fields.second = number
      return number < 60 ? undefined : 'second'
  }
}

/** Offsets of 24 hours and 60 minutes are let through, as people write them. */
function readZone(element: Zone, text: string, at: number, fields: Fields): number | undefined {
  if (element.startsWith('Z') && text[at] === 'Z') return at + 1
  const written = text.slice(at, at + element.length)
  const shape = element.replace(/^[-Z]/, '[+-]').replaceAll(/\d/g, '\\d')
  if (!new RegExp(`^${shape}$`).test(written)) return undefined
  const digits = written.slice(1).replaceAll(':', '').padEnd(6, '0')
  const [hours = 0, minutes = 0, seconds = 0] = [digits.slice(0, 2), digits.slice(2, 4), digits.slice(4, 6)].map(Number)
  const wrong = hours > 24 ? 'hour' : minutes > 60 ? 'minute' : seconds > 60 ? 'second' : undefined
  if (wrong !== undefined) {
    fields.outOfRange = `time zone offset ${wrong}`
    return undefined
  }
  fields.offset = (hours * 60 + minutes) * 60 + seconds
  if (written.startsWith('-')) fields.offset = -fields.offset
  return at + written.length
}

const signedHours = /^[+-]\d+/

/** Names of three letters, of four or five that end in T, and a few that are like no other. */
function readZoneName(text: string, at: number, fields: Fields): number | undefined {
  const rest = text.slice(at, at + 40)
  if (rest.startsWith('UTC')) return at + 3
  if (/^(?:ChST|MeST)/.test(rest)) return at + 4
  const named = rest.startsWith('GMT') ? 3 : 0
  const hours = signedHours.exec(rest.slice(named))?.[0]
  const hasHours = hours !== undefined && Math.abs(Number(hours)) <= 23
  if (named > 0) {
    if (hasHours) fields.shownOffset = Number(hours) * 3600
    return at + named + (hasHours ? hours.length : 0)
  }
  if (/^[+-]/.test(rest)) return hasHours && rest.length >= 3 ? at + hours.length : undefined
  const letters = /^[A-Z]{0,6}/.exec(rest)?.[0] ?? ''
  const isName = letters.length === 3 || ((letters.length === 4 || letters.length === 5) && letters.endsWith('T')) || letters === 'WITA'
  return isName ? at + letters.length : undefined
}

/** Midnight of a day of the Gregorian calendar, also before the year 100. */
function utcDay(year: number, month: number, day: number): Date {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return date
}

function instantFrom(fields: Fields): Instant | TimeProblem {
  const { year, minute, second, nanos, offset, shownOffset, half } = fields
  const date = fields.dayOfYear === undefined ? dayOfMonth(fields) : dayOfYearIn(year, fields.dayOfYear, fields)
  if (!(date instanceof Date)) return date
  const hour = half === 'PM' && fields.hour < 12 ? fields.hour + 12 : half === 'AM' && fields.hour === 12 ? 0 : fields.hour
  const seconds = date.getTime() / 1000 + hour * 3600 + minute * 60 + second
  return { seconds: seconds - offset, nanos, offset: offset === 0 ? shownOffset : offset }
}

/** The day, if the month has it. */
function dayOfMonth({ year, month = 1, day = 1 }: Fields): Date | TimeProblem {
  const date = utcDay(year, month, day)
  return day >= 1 && date.getUTCMonth() === month - 1 ? date : impossible('day out of range')
}

/** The day, if the year has it, and if month and day say the same where they are given too. */
function dayOfYearIn(year: number, dayOfYear: number, { month, day }: Fields): Date | TimeProblem {
  const date = utcDay(year, 1, dayOfYear)
  if (dayOfYear < 1 || date.getUTCFullYear() !== year) return impossible('day-of-year out of range')
  if (month !== undefined && month !== date.getUTCMonth() + 1) return impossible('day-of-year does not match month')
  return day !== undefined && day !== date.getUTCDate() ? impossible('day-of-year does not match day') : date
}

const pad = (value: number, width = 2): string => String(value).padStart(width, '0')

/** Time.Format. Names of zones are not kept: other zones than UTC print as offsets. */
export function formatTime(layout: string, instant: Instant): string {
  const local = new Date((instant.seconds + instant.offset) * 1000)
  return partsOf(layout)
    .map((part) => {
      if ('text' in part) return part.text
      if ('element' in part) return formatElement(part.element, local, instant.offset)
      const digits = pad(instant.nanos, 9).slice(0, part.fraction)
      const shown = part.trimmed ? digits.replace(/0+$/, '') : digits
      return shown === '' ? '' : `${part.separator}${shown}`
    })
    .join('')
}

function formatElement(element: Element, local: Date, offset: number): string {
  const hour12 = local.getUTCHours() % 12 || 12
  switch (element) {
    case 'January':
      return months[local.getUTCMonth()] ?? ''
    case 'Jan':
      return (months[local.getUTCMonth()] ?? '').slice(0, 3)
    case 'Monday':
      return days[local.getUTCDay()] ?? ''
    case 'Mon':
      return (days[local.getUTCDay()] ?? '').slice(0, 3)
    case 'MST':
      return offset === 0 ? 'UTC' : formatOffset(offset, '', false)
    case '2006':
      return pad(local.getUTCFullYear(), 4)
    case '06':
      return pad(local.getUTCFullYear() % 100)
    case '01':
      return pad(local.getUTCMonth() + 1)
    case '1':
      return String(local.getUTCMonth() + 1)
    case '02':
      return pad(local.getUTCDate())
    case '2':
      return String(local.getUTCDate())
    case '_2':
      return String(local.getUTCDate()).padStart(2, ' ')
    case '002':
    case '__2':
      return String(dayOfYear(local)).padStart(3, element === '002' ? '0' : ' ')
    case '15':
      return pad(local.getUTCHours())
    case '03':
      return pad(hour12)
    case '3':
      return String(hour12)
    case '04':
      return pad(local.getUTCMinutes())
    case '4':
      return String(local.getUTCMinutes())
    case '05':
      return pad(local.getUTCSeconds())
    case '5':
      return String(local.getUTCSeconds())
    case 'PM':
      return local.getUTCHours() >= 12 ? 'PM' : 'AM'
    case 'pm':
      return local.getUTCHours() >= 12 ? 'pm' : 'am'
    default:
      return formatOffset(offset, element.includes(':') ? ':' : '', element.startsWith('Z'), element)
  }
}

const dayOfYear = (date: Date): number => Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1

function formatOffset(offset: number, colon: string, zulu: boolean, element = '-0700'): string {
  if (zulu && offset === 0) return 'Z'
  const magnitude = Math.abs(offset)
  const sign = offset < 0 ? '-' : '+'
  const hours = pad(Math.floor(magnitude / 3600))
  if (element === '-07' || element === 'Z07') return sign + hours
  const seconds = element.replaceAll(/\D/g, '').length === 6 ? `${colon}${pad(magnitude % 60)}` : ''
  return `${sign}${hours}${colon}${pad(Math.floor(magnitude / 60) % 60)}${seconds}`
}
