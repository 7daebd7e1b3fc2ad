const [minute, hour, day] = [60, 3600, 86_400]
const daysOfYear = 365

/** How old something is, in at most two units, as kubectl writes it: `5s`, `2m3s`, `3h4m`, `5d2h`, `10d`, `2y23d`. */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / 1000)
  // Clocks differ a little: a second in the future is now.
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 2 * minute) return `${seconds}s`
  if (seconds < 10 * minute) return twoUnits(Math.floor(seconds / minute), 'm', seconds % minute, 's')
  const minutes = Math.floor(seconds / minute)
  if (seconds < 3 * hour) return `${minutes}m`
  const hours = Math.floor(seconds / hour)
  if (seconds < 8 * hour) return twoUnits(hours, 'h', minutes % 60, 'm')
  if (seconds < 2 * day) return `${hours}h`
  const days = Math.floor(seconds / day)
  if (seconds < 8 * day) return twoUnits(days, 'd', hours % 24, 'h')
  if (days < 2 * daysOfYear) return `${days}d`
  const years = Math.floor(days / daysOfYear)
  return days < 8 * daysOfYear ? twoUnits(years, 'y', days % daysOfYear, 'd') : `${years}y`
}

const twoUnits = (large: number, unit: string, small: number, smaller: string): string =>
  small === 0 ? `${large}${unit}` : `${large}${unit}${small}${smaller}`

const timestamp = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/

/** Milliseconds since 1970 of an RFC 3339 timestamp; undefined where the text is none. */
export function timeOf(text: string): number | undefined {
  if (!timestamp.test(text)) return undefined
  const time = Date.parse(text)
  return Number.isNaN(time) ? undefined : time
}

/** How long ago a timestamp is; `<unknown>` without one. */
export function ageOf(text: string, now: Date): string {
  const since = timeOf(text)
  return since === undefined ? '<unknown>' : humanDuration(now.getTime() - since)
}
