import { isJsonArray, isJsonObject } from '../../core/json.ts'
import type { Json } from '../../core/json.ts'

/** Nesting that is printed; upstream's messages show whole patches. */
const maxDepth = 64

/** A value as Go prints it with `%v`: `map[name:a ports:[80 443]]`. */
export function goText(value: Json, depth = 0): string {
  if (depth > maxDepth) return '...'
  if (value === null) return '<nil>'
  if (isJsonArray(value)) return `[${value.map((item) => goText(item, depth + 1)).join(' ')}]`
  if (!isJsonObject(value)) return String(value)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `map[${entries.map(([key, item]) => `${key}:${goText(item, depth + 1)}`).join(' ')}]`
}

/** The kind of Go value that JSON is decoded into. */
export function goType(value: Json): 'nil' | 'slice' | 'map' | 'string' | 'number' | 'bool' {
  if (value === null) return 'nil'
  if (isJsonArray(value)) return 'slice'
  if (isJsonObject(value)) return 'map'
  return typeof value === 'boolean' ? 'bool' : typeof value === 'string' ? 'string' : 'number'
}
