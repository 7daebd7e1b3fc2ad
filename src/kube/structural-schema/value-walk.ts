import type { Json } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../core/json.ts'
import type { FieldError } from '../field-error.ts'
import type { Schema } from '../schema.ts'
import { fieldPath } from './texts.ts'

/** Looks at a value and puts what is wrong into `into`; the path of the root is ''. */
export type Look = (value: Json, path: string, into: FieldError[]) => void

/** Makes a check of values out of what a schema itself says of its values: `own` is asked of the schema and of all below it. */
export function compileWalk(schema: Schema, own: (schema: Schema) => Look | undefined): (value: Json) => readonly FieldError[] {
  const walk = compile(schema, own)
  return (value) => {
    const errors: FieldError[] = []
    walk?.(value, '', errors)
    return errors
  }
}

/** Undefined where there is nothing to look at. */
function compile(schema: Schema, own: (schema: Schema) => Look | undefined): Look | undefined {
  const fields = Object.entries(schema.properties ?? {}).flatMap(([key, inner]): (readonly [string, Look])[] => {
    const walk = compile(inner, own)
    return walk === undefined ? [] : [[key, walk]]
  })
  const items = schema.items === undefined ? undefined : compile(schema.items, own)
  const rest = typeof schema.additionalProperties === 'object' ? compile(schema.additionalProperties, own) : undefined
  const look = own(schema)
  if (fields.length === 0 && items === undefined && rest === undefined) return look
  const known = new Set(fields.map(([key]) => key))
  return (value, path, into) => {
    look?.(value, path, into)
    if (items !== undefined && isJsonArray(value)) value.forEach((item, i) => items(item, `${path}[${i}]`, into))
    if (!isJsonObject(value)) return
    for (const [key, walk] of fields) {
      const field = ownValue(value, key)
      if (field !== undefined) walk(field, fieldPath(path, key), into)
    }
    if (rest === undefined) return
    for (const [key, item] of Object.entries(value)) if (!known.has(key)) rest(item, `${path}[${key}]`, into)
  }
}
