import { marshalJson } from '../../core/go-format.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue, setOwn } from '../../core/json.ts'
import type { FieldError } from '../field-error.ts'
import type { Schema } from '../schema.ts'
import { duplicateValue, invalidValue } from './texts.ts'
import { compileWalk } from './value-walk.ts'

/** Finds elements of sets and of lists with keys that are there twice. */
export const compileDuplicates = (schema: Schema): ((value: Json) => readonly FieldError[]) =>
  compileWalk(schema, (one) => {
    const unique = uniqueness(one)
    return unique === undefined ? undefined : (value, path, into) => isJsonArray(value) && unique(value, path, into)
  })

function uniqueness(schema: Schema): ((list: readonly Json[], path: string, into: FieldError[]) => void) | undefined {
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return (list, path, into) =>
        repeated(
          list,
          (item) => item,
          (value, i) => into.push(duplicateValue(`${path}[${i}]`, value)),
        )
    case 'map':
      return (list, path, into) => {
        const stranger = list.findIndex((item) => !isJsonObject(item) && item !== null)
        if (stranger >= 0) {
          into.push(invalidValue(`${path}[${stranger}]`, list[stranger] ?? null, 'must be an object for an array of list-type map'))
          return
        }
        repeated(
          list,
          (item) => keyOf(item, keys),
          (value, i) => into.push(duplicateValue(`${path}[${i}]`, value)),
        )
      }
    default:
      return undefined
  }
}

/** The fields of an element that tell it from the others. */
export function keyOf(item: Json, keys: readonly string[]): JsonObject {
  const out: { [key: string]: Json } = {}
  for (const key of keys) {
    const value = isJsonObject(item) ? ownValue(item, key) : undefined
    if (value !== undefined) setOwn(out, key, value)
  }
  return out
}

/** The elements of a list by their keys; of two with the same keys the first. */
export function byKey(list: readonly Json[], keys: readonly string[]): ReadonlyMap<string, Json> {
  const found = new Map<string, Json>()
  for (const item of list) {
    const key = marshalJson(keyOf(item, keys))
    if (!found.has(key)) found.set(key, item)
  }
  return found
}

/** Told once for each value: at its second place. */
function repeated(list: readonly Json[], identity: (item: Json) => Json, tell: (value: Json, index: number) => void): void {
  if (list.length < 2) return
  const times = new Map<string, number>()
  list.forEach((item, i) => {
    const value = identity(item)
    const text = marshalJson(value)
    const before = times.get(text) ?? 0
    times.set(text, before + 1)
    if (before === 1) tell(value, i)
  })
}
