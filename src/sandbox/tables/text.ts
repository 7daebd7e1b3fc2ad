import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, valueAt } from '../../core/json.ts'

/** Readers for cells: a path of keys, and what stands there in the form a table shows. */
export const at = (object: JsonObject, path: string): Json | undefined => valueAt(object, path.split('.'))
export const text = (object: JsonObject, path: string): string => {
  const value = at(object, path)
  return value === undefined || value === null ? '' : typeof value === 'object' ? '' : String(value)
}
export const number = (object: JsonObject, path: string): number => {
  const value = at(object, path)
  return typeof value === 'number' ? value : 0
}
export const objects = (object: JsonObject, path: string): readonly JsonObject[] => {
  const value = at(object, path)
  return isJsonArray(value) ? value.filter(isJsonObject) : []
}
export const strings = (object: JsonObject, path: string): readonly string[] => {
  const value = at(object, path)
  return isJsonArray(value) ? value.map(String) : []
}
export const map = (object: JsonObject, path: string): JsonObject => {
  const value = at(object, path)
  return isJsonObject(value) ? value : {}
}
export const orNone = (value: string): string => (value === '' ? '<none>' : value)
export const orUnset = (value: string): string => (value === '' ? '<unset>' : value)
export const joined = (values: readonly string[]): string => orNone(values.join(','))

/** `a=b,c=d` in the order of the keys, or `<none>`. */
export const labelText = (labels: JsonObject): string =>
  joined(
    Object.entries(labels)
      .map(([key, value]) => `${key}=${String(value)}`)
      .sort((a, b) => (a < b ? -1 : 1)),
  )

/** A LabelSelector as tables show it. */
export function selectorText(selector: JsonObject | undefined): string {
  if (selector === undefined) return '<none>'
  const labels = Object.entries(map(selector, 'matchLabels')).map(([key, value]) => `${key}=${String(value)}`)
  const expressions = objects(selector, 'matchExpressions').map((expression) => {
    const [key, values] = [text(expression, 'key'), strings(expression, 'values').join(',')]
    switch (expression['operator']) {
      case 'In':
        return `${key} in (${values})`
      case 'NotIn':
        return `${key} notin (${values})`
      case 'Exists':
        return key
      default:
        return `!${key}`
    }
  })
  return joined([...labels.sort((a, b) => (a < b ? -1 : 1)), ...expressions])
}

export const selectorAt = (object: JsonObject, path: string): string => {
  const value = at(object, path)
  return selectorText(isJsonObject(value) ? value : undefined)
}

const [minute, hour, day, year] = [60, 3600, 86_400, 31_536_000]

/** How old something is, in at most two units, as kubectl writes it. */
export function shortDuration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 2 * minute) return `${seconds}s`
  const [minutes, hours, days] = [Math.floor(seconds / minute), Math.floor(seconds / hour), Math.floor(seconds / day)]
  if (minutes < 10) return twoUnits(minutes, 'm', seconds % minute, 's')
  if (minutes < 3 * 60) return `${minutes}m`
  if (hours < 8) return twoUnits(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  if (hours < 24 * 8) return twoUnits(days, 'd', hours % 24, 'h')
  if (days < 2 * 365) return `${days}d`
  const years = Math.floor(seconds / year)
  return days < 8 * 365 ? twoUnits(years, 'y', days - years * 365, 'd') : `${years}y`
}

const twoUnits = (a: number, unit: string, b: number, small: string): string => (b === 0 ? `${a}${unit}` : `${a}${unit}${b}${small}`)

export function ageOf(timestamp: string, now: Date): string {
  const since = Date.parse(timestamp)
  return Number.isNaN(since) ? '<unknown>' : shortDuration(now.getTime() - since)
}

export const keysOf = (object: JsonObject, path: string): number => Object.keys(map(object, path)).length
