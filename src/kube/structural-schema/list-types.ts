import { marshalJson } from '../../core/go-format.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue, setOwn } from '../../core/json.ts'
import type { FieldError } from '../field-error.ts'
import type { Schema } from '../schema.ts'
import { duplicateValue, fieldPath, invalidValue } from './texts.ts'

type Walk = (value: Json, path: string, into: FieldError[]) => void

/** Finds elements of sets and of lists with keys that are there twice. */
export function compileDuplicates(schema: Schema): (value: Json) => readonly FieldError[] {
  const walk = compile(schema)
  return (value) => {
    const errors: FieldError[] = []
    walk?.(value, '', errors)
    return errors
  }
}

/** Undefined where nothing below must be unique. */
function compile(schema: Schema): Walk | undefined {
  const fields = Object.entries(schema.properties ?? {}).flatMap(([key, inner]): (readonly [string, Walk])[] => {
    const walk = compile(inner)
    return walk === undefined ? [] : [[key, walk]]
  })
  const items = schema.items === undefined ? undefined : compile(schema.items)
  const rest = typeof schema.additionalProperties === 'object' ? compile(schema.additionalProperties) : undefined
  const own = uniqueness(schema)
  if (own === undefined && fields.length === 0 && items === undefined && rest === undefined) return undefined
  const known = new Set(fields.map(([key]) => key))
  return (value, path, into) => {
    if (isJsonArray(value)) {
      own?.(value, path, into)
      if (items !== undefined) value.forEach((item, i) => items(item, `${path}[${i}]`, into))
    }
    if (!isJsonObject(value)) return
    for (const [key, walk] of fields) {
      const field = ownValue(value, key)
      if (field !== undefined) walk(field, fieldPath(path, key), into)
    }
    if (rest === undefined) return
    for (const [key, item] of Object.entries(value)) if (!known.has(key)) rest(item, `${path}[${key}]`, into)
  }
}

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
