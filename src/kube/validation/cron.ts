import { parseDuration } from '../duration.ts'
import { invalid } from '../field-error.ts'
import type { Errors, Field } from './field.ts'
import { textOf } from './field.ts'

interface Bounds {
  readonly least: number
  readonly most: number
  readonly names: readonly string[]
  /** The number of the first name. */
  readonly first: number
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] as const
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
const bounds: readonly Bounds[] = [
  { least: 0, most: 59, names: [], first: 0 },
  { least: 0, most: 23, names: [], first: 0 },
  { least: 1, most: 31, names: [], first: 0 },
  { least: 1, most: 12, names: months, first: 1 },
  { least: 0, most: 6, names: days, first: 0 },
]
const descriptors = new Set(['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'])
const longest = 4096

export function* validateSchedule(field: Field, hasTimeZone: boolean): Errors {
  const text = textOf(field)
  const wrong = whyNoSchedule(text)
  if (wrong !== undefined) yield invalid(field.path, text, wrong)
  if (!text.includes('TZ')) return
  if (hasTimeZone) yield invalid(field.path, text, 'cannot use both timeZone field and TZ or CRON_TZ in schedule')
  else yield invalid(field.path, text, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead')
}

function whyNoSchedule(text: string): string | undefined {
  if (text.length > longest) return 'schedule is too long'
  const schedule = /^(?:CRON_)?TZ=\S* ?([\s\S]*)$/.exec(text)?.[1]?.trim() ?? text
  if (schedule.startsWith('@')) return whyNoDescriptor(schedule)
  const fields = schedule.split(/\s+/).filter((field) => field !== '')
  if (fields.length !== bounds.length) return `expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`
  for (const [index, field] of fields.entries()) {
    const bound = bounds[index]
    const wrong = bound === undefined ? undefined : whyNoField(field, bound)
    if (wrong !== undefined) return wrong
  }
  return undefined
}

function whyNoDescriptor(text: string): string | undefined {
  if (descriptors.has(text)) return undefined
  if (!text.startsWith('@every ')) return `unrecognized descriptor: ${text}`
  const duration = text.slice('@every '.length)
  if (parseDuration(duration) !== undefined) return undefined
  return `failed to parse duration ${text}: time: invalid duration ${JSON.stringify(duration)}`
}

function whyNoField(field: string, bound: Bounds): string | undefined {
  for (const range of field.split(',').filter((part) => part !== '')) {
    const wrong = whyNoRange(range, bound)
    if (wrong !== undefined) return wrong
  }
  return undefined
}

/** A star, a number or `1-5`, each with a step `/10` or without. */
function whyNoRange(range: string, bound: Bounds): string | undefined {
  const [interval = '', step, ...more] = range.split('/')
  const [low = '', high, ...rest] = interval.split('-')
  let [start, end] = [bound.least, bound.most]
  if (low !== '*' && low !== '?') {
    const first = numberFrom(low, bound)
    if (typeof first === 'string') return first
    start = first
    end = first
    if (rest.length > 0) return `too many hyphens: ${range}`
    const last = high === undefined ? first : numberFrom(high, bound)
    if (typeof last === 'string') return last
    end = last
  }
  if (more.length > 0) return `too many slashes: ${range}`
  const every = step === undefined ? 1 : numberFrom(step, { ...bound, names: [] })
  if (typeof every === 'string') return every
  // A start with a step goes on to the end.
  if (step !== undefined && high === undefined) end = bound.most
  if (start < bound.least) return `beginning of range (${start}) below minimum (${bound.least}): ${range}`
  if (end > bound.most) return `end of range (${end}) above maximum (${bound.most}): ${range}`
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${range}`
  return every === 0 ? `step of range should be a positive number: ${range}` : undefined
}

function numberFrom(text: string, { names, first }: Bounds): number | string {
  const index = names.indexOf(text.toLowerCase())
  if (index >= 0) return index + first
  if (!/^[+-]?\d+$/.test(text)) return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`
  if (text.length > 15) return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: value out of range`
  return Number(text) < 0 ? `negative number (${Number(text)}) not allowed: ${text}` : Number(text)
}

export function* validateTimeZone(field: Field): Errors {
  const name = textOf(field)
  if (name === '') yield invalid(field.path, '', 'timeZone must be nil or non-empty string')
  else if (name.toLowerCase() === 'local')
    yield invalid(field.path, name, 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones')
  else if (!isTimeZone(name)) yield invalid(field.path, name, `unknown time zone ${name}`)
}

/** Zones are files: unlike here their names have a case. */
function isTimeZone(name: string): boolean {
  if (name === 'UTC') return true
  try {
    const resolved = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
    return !/^[+-]/.test(name) && (resolved === name || resolved.toLowerCase() !== name.toLowerCase()) && /^[A-Z]/.test(name)
  } catch {
    return false
  }
}
