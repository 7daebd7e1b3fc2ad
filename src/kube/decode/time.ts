/** Reading times as Go's `time.Parse` does for the two layouts of the API, with its words for what is wrong. */

export const timeLayout = '2006-01-02T15:04:05Z07:00'
export const microTimeLayout = '2006-01-02T15:04:05.000000Z07:00'

/** A time as the API server writes it, in UTC; or why the text is none. */
export type ReadTime = { readonly text: string } | { readonly error: string }

/** What is still to be read, and what was read: numbers by the layout's name of them. */
interface Reading {
  rest: string
  readonly numbers: Record<string, number>
  micros: string
  /** East of Greenwich. */
  offsetMinutes: number
  outOfRange: string | undefined
}

type Step = (reading: Reading) => boolean

const digitsAt = (text: string, count: number): string | undefined => new RegExp(`^[0-9]{${count}}`).exec(text)?.[0]

const number =
  (name: string, count: number, limits: readonly [string, number, number]): Step =>
  (reading) => {
    // An hour may have one digit.
    const digits = digitsAt(reading.rest, count) ?? (name === '15' ? digitsAt(reading.rest, 1) : undefined)
    if (digits === undefined) return false
    reading.rest = reading.rest.slice(digits.length)
    reading.numbers[name] = Number(digits)
    const [what, least, most] = limits
    if (Number(digits) < least || Number(digits) > most) reading.outOfRange ??= what
    return true
  }

const literal =
  (text: string): Step =>
  (reading) => {
    if (!reading.rest.startsWith(text)) return false
    reading.rest = reading.rest.slice(text.length)
    return true
  }

/** A fraction may follow the seconds although the layout has none. */
const anyFraction: Step = (reading) => {
  const [whole = ''] = /^[.,][0-9]+/.exec(reading.rest) ?? []
  reading.rest = reading.rest.slice(whole.length)
  return true
}

const sixDigits: Step = (reading) => {
  const [whole = '', digits = ''] = /^[.,]([0-9]{6})/.exec(reading.rest) ?? []
  if (whole === '') return false
  reading.micros = digits
  reading.rest = reading.rest.slice(whole.length)
  return true
}

const zone: Step = (reading) => {
  if (literal('Z')(reading)) return true
  const [whole = '', sign = '', hours = '', minutes = ''] = /^([+-])([0-9]{2}):([0-9]{2})/.exec(reading.rest) ?? []
  if (whole === '') return false
  if (Number(hours) > 24) reading.outOfRange ??= 'time zone offset hour'
  if (Number(minutes) > 60) reading.outOfRange ??= 'time zone offset minute'
  reading.offsetMinutes = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
  reading.rest = reading.rest.slice(whole.length)
  return true
}

const beforeFraction: readonly (readonly [element: string, step: Step])[] = [
  ['2006', number('2006', 4, ['year', 0, 9999])],
  ['-', literal('-')],
  ['01', number('01', 2, ['month', 1, 12])],
  ['-', literal('-')],
  ['02', number('02', 2, ['day', 0, 99])],
  ['T', literal('T')],
  ['15', number('15', 2, ['hour', 0, 23])],
  [':', literal(':')],
  ['04', number('04', 2, ['minute', 0, 59])],
  [':', literal(':')],
  ['05', number('05', 2, ['second', 0, 59])],
]
const layouts: Readonly<Record<string, typeof beforeFraction>> = {
  [timeLayout]: [...beforeFraction, ['', anyFraction], ['Z07:00', zone]],
  [microTimeLayout]: [...beforeFraction, ['.000000', sixDigits], ['Z07:00', zone]],
}

const daysIn = (year: number, month: number): number => {
  const date = new Date(0)
  date.setUTCFullYear(year, month, 0)
  return date.getUTCDate()
}

/** Go's errors about times show bytes that are not printable ASCII by their numbers. */
function quoted(text: string): string {
  let out = ''
  for (const byte of Buffer.from(text)) {
    if (byte === 0x22 || byte === 0x5c) out += `\\${String.fromCharCode(byte)}`
    else if (byte < 0x20 || byte >= 0x80) out += `\\x${byte.toString(16).padStart(2, '0')}`
    else out += String.fromCharCode(byte)
  }
  return `"${out}"`
}

export function readTime(text: string, layout: typeof timeLayout | typeof microTimeLayout): ReadTime {
  const reading: Reading = { rest: text, numbers: {}, micros: '000000', offsetMinutes: 0, outOfRange: undefined }
  for (const [element, step] of layouts[layout] ?? []) {
    const before = reading.rest
    if (!step(reading))
      return { error: `parsing time ${quoted(text)} as ${quoted(layout)}: cannot parse ${quoted(before)} as ${quoted(element)}` }
    if (reading.outOfRange !== undefined) return { error: `parsing time ${quoted(text)}: ${reading.outOfRange} out of range` }
  }
  if (reading.rest !== '') return { error: `parsing time ${quoted(text)}: extra text: ${quoted(reading.rest)}` }
  const { '2006': year = 0, '01': month = 1, '02': day = 1, '15': hour = 0, '04': minute = 0, '05': second = 0 } = reading.numbers
  if (day < 1 || day > daysIn(year, month)) return { error: `parsing time ${quoted(text)}: day out of range` }
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute - reading.offsetMinutes, second)
  // The first and the last hours of the calendar leave it in UTC; they are kept as they were written.
  if (date.getUTCFullYear() < 0 || date.getUTCFullYear() > 9999) return { text }
  const whole = date.toISOString().slice(0, 19)
  return { text: layout === microTimeLayout ? `${whole}.${reading.micros}Z` : `${whole}Z` }
}
