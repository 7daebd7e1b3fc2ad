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
/** Longest first where one begins another. */
const elements = [
  'January',
  'Jan',
  'Monday',
  'Mon',
  'MST',
  '2006',
  '-07:00:00',
  '-07:00',
  '-0700',
  '-07',
  'Z07:00:00',
  'Z07:00',
  'Z0700',
  'Z07',
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
type Element = (typeof elements)[number]
type Part = { readonly element: Element } | { readonly text: string } | { readonly fraction: number; readonly trimmed: boolean }

function partsOf(layout: string): readonly Part[] {
  const parts: Part[] = []
  let at = 0
  while (at < layout.length) {
    const fraction = /^[.,](0+|9+)(?!\d)/.exec(layout.slice(at))
    const element = fraction === null ? elements.find((candidate) => layout.startsWith(candidate, at)) : undefined
    if (fraction?.[1] !== undefined) {
      parts.push({ fraction: fraction[1].length, trimmed: fraction[1].startsWith('9') })
      at += fraction[0].length
    } else if (element !== undefined) {
      parts.push({ element })
      at += element.length
    } else {
      parts.push({ text: layout.charAt(at) })
      at += 1
    }
  }
  return parts
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

interface Fields {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
  nanos: number
  offset: number
  pm: boolean | undefined
}

const patterns: Readonly<Record<Element, RegExp>> = {
  January: /^[A-Za-z]+/,
  Jan: /^[A-Za-z]{3}/,
  Monday: /^[A-Za-z]+/,
  Mon: /^[A-Za-z]{3}/,
  MST: /^(?:UTC|GMT(?:[+-]\d{1,2})?|[A-Z]{3,5})/,
  '2006': /^\d{4}/,
  '06': /^\d{2}/,
  '01': /^\d{2}/,
  '02': /^\d{2}/,
  '03': /^\d{2}/,
  '04': /^\d{2}/,
  '05': /^\d{2}/,
  '15': /^\d{2}/,
  '002': /^\d{3}/,
  '1': /^\d{1,2}/,
  '2': /^\d{1,2}/,
  '3': /^\d{1,2}/,
  '4': /^\d{1,2}/,
  '5': /^\d{1,2}/,
  _2: /^[ \d]?\d/,
  __2: /^[ \d]{0,2}\d/,
  PM: /^(?:AM|PM)/,
  pm: /^(?:am|pm)/,
  '-07:00:00': /^[+-]\d{2}:\d{2}:\d{2}/,
  '-07:00': /^[+-]\d{2}:\d{2}/,
  '-0700': /^[+-]\d{4}/,
  '-07': /^[+-]\d{2}/,
  'Z07:00:00': /^(?:Z|[+-]\d{2}:\d{2}:\d{2})/,
  'Z07:00': /^(?:Z|[+-]\d{2}:\d{2})/,
  Z0700: /^(?:Z|[+-]\d{4})/,
  Z07: /^(?:Z|[+-]\d{2})/,
}

/** time.Parse; the error is Go's in spirit: what could not be read as what. */
export function parseTime(layout: string, text: string): Instant | undefined {
  const fields: Fields = { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0, nanos: 0, offset: 0, pm: undefined }
  let at = 0
  for (const part of partsOf(layout)) {
    const rest = text.slice(at)
    const length = readPart(part, rest, fields)
    if (length < 0) return undefined
    at += length
    // A fraction may follow the seconds although the layout has none.
    if ('element' in part && (part.element === '05' || part.element === '5') && !layoutHasFraction(layout))
      at += readFraction(text.slice(at), fields)
  }
  return at === text.length ? instantFrom(fields) : undefined
}

const layoutHasFraction = (layout: string): boolean => /[.,](?:0+|9+)(?!\d)/.test(layout)

function readFraction(text: string, fields: Fields): number {
  const match = /^[.,](\d+)/.exec(text)
  if (match?.[1] === undefined) return 0
  fields.nanos = Number(match[1].slice(0, 9).padEnd(9, '0'))
  return match[0].length
}

function readPart(part: Part, text: string, fields: Fields): number {
  if ('text' in part) return text.startsWith(part.text) ? part.text.length : -1
  if ('fraction' in part) {
    const length = readFraction(text, fields)
    return length > 0 || part.trimmed ? length : -1
  }
  const written = patterns[part.element].exec(text)?.[0]
  return written === undefined || !setField(part.element, written, fields) ? -1 : written.length
}

function nameIndex(names: readonly string[], written: string, short: boolean): number {
  return names.findIndex((name) => (short ? name.slice(0, 3) : name).toLowerCase() === written.toLowerCase())
}

function setField(element: Element, written: string, fields: Fields): boolean {
  const number = Number(written.trim())
  switch (element) {
    case 'January':
    case 'Jan': {
      const month = nameIndex(months, written, element === 'Jan')
      fields.month = month + 1
      return month >= 0
    }
    case 'Monday':
    case 'Mon':
      return nameIndex(days, written, element === 'Mon') >= 0
    case 'MST':
      return true
    case '2006':
      fields.year = number
      return true
    case '06':
      fields.year = number >= 69 ? 1900 + number : 2000 + number
      return true
    case '01':
    case '1':
      fields.month = number
      return number >= 1 && number <= 12
    case '02':
    case '2':
    case '_2':
      fields.day = number
      return number >= 1 && number <= 31
    case '002':
    case '__2':
      fields.day = number
      fields.month = 1
      return number >= 1 && number <= 366
    case '15':
      fields.hour = number
      return number < 24
    case '03':
    case '3':
      fields.hour = number
      return number <= 12
    case '04':
    case '4':
      fields.minute = number
      return number < 60
    case '05':
    case '5':
      fields.second = number
      return number < 60
    case 'PM':
    case 'pm':
      fields.pm = written.toLowerCase() === 'pm'
      return true
    default:
      fields.offset = readOffset(written)
      return true
  }
}

function readOffset(written: string): number {
  if (written === 'Z') return 0
  const digits = written.slice(1).replaceAll(':', '').padEnd(6, '0')
  const offset = Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2, 4)) * 60 + Number(digits.slice(4, 6))
  return written.startsWith('-') ? -offset : offset
}

function instantFrom(fields: Fields): Instant | undefined {
  const { year, month, day, minute, second, nanos, offset, pm } = fields
  const hour = pm === undefined ? fields.hour : pm ? (fields.hour % 12) + 12 : fields.hour % 12
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute, second, 0)
  // A day that the month does not have rolls over; Go refuses it.
  if (day <= 31 && date.getUTCMonth() !== month - 1 && day > 28) return undefined
  return { seconds: date.getTime() / 1000 - offset, nanos, offset }
}

const pad = (value: number, width = 2): string => String(value).padStart(width, '0')

/** Time.Format. */
export function formatTime(layout: string, instant: Instant): string {
  const local = new Date((instant.seconds + instant.offset) * 1000)
  return partsOf(layout)
    .map((part) => {
      if ('text' in part) return part.text
      if ('element' in part) return formatElement(part.element, local, instant.offset)
      const digits = pad(instant.nanos, 9).slice(0, part.fraction)
      const shown = part.trimmed ? digits.replace(/0+$/, '') : digits
      return shown === '' ? '' : `.${shown}`
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
  return `${sign}${hours}${colon}${pad(Math.floor(magnitude / 60) % 60)}`
}
