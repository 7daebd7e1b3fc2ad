import { marshalJson } from '../../core/go-format.ts'
import type { Json } from '../../core/json.ts'
import { isJsonArray, isJsonObject } from '../../core/json.ts'

/** json.MarshalIndent of structs and sorted maps: keys stay in the order they are in. */
export function printGoJson(value: Json, indent: number, margin = ''): string {
  const inner = `${margin}${' '.repeat(indent)}`
  if (isJsonArray(value)) {
    if (value.length === 0) return '[]'
    return `[\n${value.map((item) => `${inner}${printGoJson(item, indent, inner)}`).join(',\n')}\n${margin}]`
  }
  if (!isJsonObject(value)) return marshalJson(value)
  const entries = Object.entries(value)
  if (entries.length === 0) return '{}'
  return `{\n${entries.map(([key, item]) => `${inner}${marshalJson(key)}: ${printGoJson(item, indent, inner)}`).join(',\n')}\n${margin}}`
}
