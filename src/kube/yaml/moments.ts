/** Dates and times of YAML as go-yaml v3 reads them, told in RFC 3339; undefined for other texts. */
export function momentOf(text: string): string | undefined {
  const found = moment.exec(text)
  if (found === null) return undefined
  const [, year = '', month = '', day = '', hour, minute = '', second = '', fraction = '', zone] = found
  if (!isDay(Number(year), Number(month), Number(day))) return undefined
  const date = `${year}-${two(month)}-${two(day)}`
  if (hour === undefined) return `${date}T00:00:00Z`
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  const rest = fraction.replace(/0+$/, '')
  return `${date}T${two(hour)}:${two(minute)}:${two(second)}${rest === '.' ? '' : rest}${zone ?? 'Z'}`
}

/** After a space there is no zone, after `T` there is one. */
const moment =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:[Tt](?=.*(?:Z|[+-]\d\d:\d\d)$)| (?!.*(?:Z|[+-]\d\d:\d\d)$))(\d{1,2}):(\d{1,2}):(\d{1,2})(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?)?$/

const two = (digits: string): string => digits.padStart(2, '0')

function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}
