/** The fields of a schedule as sets of numbers. */
export interface CronSchedule {
  readonly minutes: ReadonlySet<number>
  readonly hours: ReadonlySet<number>
  readonly days: ReadonlySet<number>
  readonly months: ReadonlySet<number>
  readonly weekdays: ReadonlySet<number>
  /** A day has to match both day fields where one of them is `*`, and either where both are restricted. */
  readonly anyDay: boolean
  readonly anyWeekday: boolean
  /** `@every`: milliseconds instead of fields. */
  readonly every?: number
  readonly timeZone?: string
}

interface Field {
  readonly min: number
  readonly max: number
  readonly names?: readonly string[]
}

const minuteField: Field = { min: 0, max: 59 }
const hourField: Field = { min: 0, max: 23 }
const dayField: Field = { min: 1, max: 31 }
const monthField: Field = {
  min: 1,
  max: 12,
  names: ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
}
const weekdayField: Field = { min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] }

const macros: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

const longestSchedule = 1024

/** Reads five fields or a macro, after an optional `TZ=` or `CRON_TZ=`; undefined for what is no schedule. */
export function parseSchedule(text: string): CronSchedule | undefined {
  if (text.length > longestSchedule) return undefined
  const zoned = /^(?:CRON_)?TZ=(\S+)\s+(.*)$/s.exec(text.trim())
  const timeZone = zoned?.[1]
  const rest = zoned?.[2] ?? text.trim()
  if (timeZone !== undefined && !isTimeZone(timeZone)) return undefined
  const every = /^@every (.+)$/.exec(rest)?.[1]
  if (every !== undefined) {
    const milliseconds = durationOf(every)
    return milliseconds === undefined ? undefined : { ...everything, every: milliseconds, ...(timeZone === undefined ? {} : { timeZone }) }
  }
  const expanded = rest.startsWith('@') ? (Object.hasOwn(macros, rest) ? macros[rest] : undefined) : rest
  const parsed = expanded === undefined ? undefined : parseFields(expanded)
  return parsed === undefined ? undefined : { ...parsed, ...(timeZone === undefined ? {} : { timeZone }) }
}

const none: ReadonlySet<number> = new Set()
const everything: CronSchedule = { minutes: none, hours: none, days: none, months: none, weekdays: none, anyDay: true, anyWeekday: true }

function parseFields(text: string): CronSchedule | undefined {
  const fields = text.split(/\s+/)
  const [minute, hour, day, month, weekday] = fields
  if (
    fields.length !== 5 ||
    minute === undefined ||
    hour === undefined ||
    day === undefined ||
    month === undefined ||
    weekday === undefined
  )
    return undefined
  const minutes = parseField(minute, minuteField)
  const hours = parseField(hour, hourField)
  const days = parseField(day, dayField)
  const months = parseField(month, monthField)
  const weekdays = parseField(weekday, weekdayField)
  if (minutes === undefined || hours === undefined || days === undefined || months === undefined || weekdays === undefined) return undefined
  return { minutes, hours, days, months, weekdays, anyDay: hasStar(day), anyWeekday: hasStar(weekday) }
}

const hasStar = (field: string): boolean => field.split(',').some((part) => /^[*?](\/1)?$/.test(part))

function parseField(text: string, field: Field): ReadonlySet<number> | undefined {
  const values = new Set<number>()
  for (const part of text.split(',')) {
    const range = parsePart(part, field)
    if (range === undefined) return undefined
    for (let value = range.from; value <= range.to; value += range.step) values.add(value)
  }
  return values
}

/** `*`, `?`, `a`, `a-b`, each with an optional `/step`; `a/step` goes to the end. */
function parsePart(text: string, field: Field): { readonly from: number; readonly to: number; readonly step: number } | undefined {
  const [range = '', stepText, ...more] = text.split('/')
  const step = stepText === undefined ? 1 : numberOf(stepText, { min: 1, max: 1_000_000 })
  if (more.length > 0 || step === undefined) return undefined
  if (range === '*' || range === '?') return { from: field.min, to: field.max, step }
  const [first = '', last, ...others] = range.split('-')
  const from = numberOf(first, field)
  const to = last === undefined ? (stepText === undefined ? from : field.max) : numberOf(last, field)
  if (others.length > 0 || from === undefined || to === undefined || from > to) return undefined
  return { from, to, step }
}

function numberOf(text: string, { min, max, names }: Field): number | undefined {
  const named = names?.indexOf(text.toLowerCase()) ?? -1
  if (text !== '' && named >= min) return named
  if (!/^\d{1,7}$/.test(text)) return undefined
  const number = Number(text)
  return number >= min && number <= max ? number : undefined
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** A Go duration of at least a second, cut to whole seconds. */
function durationOf(text: string): number | undefined {
  if (!/^(\d{1,9}(\.\d{1,9})?(ms|s|m|h))+$/.test(text)) return undefined
  let total = 0
  for (const [, amount = '0', unit = 's'] of text.matchAll(/(\d{1,9}(?:\.\d{1,9})?)(ms|s|m|h)/g))
    total += Number(amount) * (units[unit] ?? 0)
  return Math.max(1000, Math.floor(total / 1000) * 1000)
}

export function isTimeZone(name: string): boolean {
  try {
    // The only way to ask for a name of a zone.
    void new Intl.DateTimeFormat('en-US', { timeZone: name })
    return true
  } catch {
    return false
  }
}

const minute = 60_000
const day = 86_400_000
/** A schedule that has no date in five years has none. */
const horizonDays = 5 * 366

/**
 * The first moment after `after` at which the schedule fires; undefined for a schedule that is malformed or never fires.
 * The fields are in the schedule's own time zone, else in `timeZone`, else in UTC. A local time that a clock change skips does not fire.
 */
export function nextRun(schedule: string, after: Date, timeZone = 'UTC'): Date | undefined {
  const parsed = parseSchedule(schedule)
  const zone = parsed?.timeZone ?? timeZone
  return parsed === undefined || Number.isNaN(after.getTime()) || !isTimeZone(zone) ? undefined : nextOf(parsed, after, zone)
}

function nextOf(schedule: CronSchedule, after: Date, timeZone: string): Date | undefined {
  if (schedule.every !== undefined) return new Date(Math.floor(after.getTime() / 1000) * 1000 + schedule.every)
  const local = localTime(timeZone)
  const start = Math.floor(after.getTime() / minute) * minute + minute
  const today = startOfDay(local(start))
  for (let offset = 0; offset <= horizonDays; offset++) {
    const date = new Date(today + offset * day)
    if (!matchesDay(schedule, date)) continue
    const found = firstTime(schedule, date.getTime(), start, local)
    if (found !== undefined) return new Date(found)
  }
  return undefined
}

const startOfDay = (time: number): number => Math.floor(time / day) * day

function matchesDay({ days, months, weekdays, anyDay, anyWeekday }: CronSchedule, date: Date): boolean {
  if (!months.has(date.getUTCMonth() + 1)) return false
  const byDate = days.has(date.getUTCDate())
  const byWeekday = weekdays.has(date.getUTCDay())
  return anyDay || anyWeekday ? byDate && byWeekday : byDate || byWeekday
}

const sorted = (values: ReadonlySet<number>): readonly number[] => [...values].sort((a, b) => a - b)

/** The first moment of a local day, not before `start`. */
function firstTime(schedule: CronSchedule, date: number, start: number, local: (time: number) => number): number | undefined {
  // Clocks are turned back by less than that.
  const earliest = local(start) - 3 * 3_600_000
  for (const hour of sorted(schedule.hours)) {
    for (const at of sorted(schedule.minutes)) {
      const wanted = date + hour * 3_600_000 + at * minute
      if (wanted < earliest) continue
      const time = universal(wanted, local)
      if (time !== undefined && time >= start) return time
    }
  }
  return undefined
}

/** The moment whose local time is `wanted`; of two the first, undefined where the clock skips it. */
function universal(wanted: number, local: (time: number) => number): number | undefined {
  const candidates = [wanted - (local(wanted - day) - (wanted - day)), wanted - (local(wanted + day) - (wanted + day))]
  return candidates.sort((a, b) => a - b).find((time) => local(time) === wanted)
}

/** Maps a moment to its local time, written as if it were UTC. */
function localTime(timeZone: string): (time: number) => number {
  if (timeZone === 'UTC') return (time) => time
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  })
  return (time) => {
    const parts = new Map(format.formatToParts(new Date(time)).map(({ type, value }) => [type, Number(value)]))
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0
    return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'))
  }
}
