import type { Json, JsonPath } from './json.ts'
import { isJsonArray, isJsonObject, jsonEqual, ownValue } from './json.ts'

/** A part that differs; undefined is what is not there. */
export interface JsonChange {
  readonly path: JsonPath
  readonly before: Json | undefined
  readonly after: Json | undefined
}

const mostChanges = 20
const deepest = 64

/** The smallest parts that differ, at most twenty; lists of different length differ as a whole. */
export function changesOf(before: Json | undefined, after: Json | undefined, path: JsonPath = []): readonly JsonChange[] {
  if (before === undefined && after === undefined) return []
  if (before === undefined || after === undefined) return [{ path, before, after }]
  if (jsonEqual(before, after)) return []
  if (path.length < deepest) {
    if (isJsonObject(before) && isJsonObject(after)) {
      const keys = new Set([...Object.keys(before), ...Object.keys(after)])
      return [...keys].flatMap((key) => changesOf(ownValue(before, key), ownValue(after, key), [...path, key])).slice(0, mostChanges)
    }
    if (isJsonArray(before) && isJsonArray(after) && before.length === after.length)
      return before.flatMap((item, at) => changesOf(item, after[at], [...path, at])).slice(0, mostChanges)
  }
  return [{ path, before, after }]
}
