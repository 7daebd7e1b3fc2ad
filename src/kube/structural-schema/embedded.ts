import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../core/json.ts'
import type { FieldError } from '../field-error.ts'
import { required } from '../field-error.ts'
import type { Schema } from '../schema.ts'
import { fieldOf } from '../validation/field.ts'
import { validateMetadata } from '../validation/metadata.ts'
import { kindName } from '../validation/names.ts'
import { fieldPath, invalidValue } from './texts.ts'

type Walk = (value: Json, path: string, into: FieldError[]) => void

/** Checks the headers of embedded resources (`x-kubernetes-embedded-resource`): they are never ratcheted. */
export function compileEmbedded(schema: Schema): (value: Json) => readonly FieldError[] {
  const walk = compile(schema)
  return (value) => {
    const errors: FieldError[] = []
    walk?.(value, '', errors)
    return errors
  }
}

/** The header of a default that stands for an object, which the object itself has had checked elsewhere. */
export function validateHeader(value: Json, path: string): readonly FieldError[] {
  const errors: FieldError[] = []
  if (isJsonObject(value)) header(value, path, errors)
  return errors
}

/** Undefined where nothing below is embedded. */
function compile(schema: Schema): Walk | undefined {
  const fields = Object.entries(schema.properties ?? {}).flatMap(([key, inner]): (readonly [string, Walk])[] => {
    const walk = embeddedWalk(inner)
    return walk === undefined ? [] : [[key, walk]]
  })
  const items = schema.items === undefined ? undefined : embeddedWalk(schema.items)
  const rest = typeof schema.additionalProperties === 'object' ? embeddedWalk(schema.additionalProperties) : undefined
  if (fields.length === 0 && items === undefined && rest === undefined) return undefined
  const known = new Set(fields.map(([key]) => key))
  return (value, path, into) => {
    if (isJsonArray(value)) value.forEach((item, i) => items?.(item, `${path}[${i}]`, into))
    if (!isJsonObject(value)) return
    for (const [key, walk] of fields) {
      const field = ownValue(value, key)
      if (field !== undefined) walk(field, fieldPath(path, key), into)
    }
    if (rest === undefined) return
    for (const [key, item] of Object.entries(value)) if (!known.has(key)) rest(item, `${path}[${key}]`, into)
  }
}

function embeddedWalk(schema: Schema): Walk | undefined {
  const inner = compile(schema)
  if (schema['x-kubernetes-embedded-resource'] !== true) return inner
  return (value, path, into) => {
    if (isJsonObject(value)) header(value, path, into)
    inner?.(value, path, into)
  }
}

function header(object: JsonObject, path: string, into: FieldError[]): void {
  const [apiVersion, kind, metadata] = [ownValue(object, 'apiVersion'), ownValue(object, 'kind'), ownValue(object, 'metadata')]
  into.push(...headerText(apiVersion, fieldPath(path, 'apiVersion'), groupVersion))
  into.push(...headerText(kind, fieldPath(path, 'kind'), kindName))
  if (metadata === undefined || path === '') return
  const place = `${path}.metadata`
  const errors = validateMetadata(fieldOf(place, metadata), { name: () => [], namespaced: undefined })
  // What is embedded may do without a name.
  for (const error of errors) if (error.field !== `${place}.name`) into.push(error)
}

function headerText(value: Json | undefined, path: string, check: (text: string) => readonly string[]): readonly FieldError[] {
  if (value === undefined) return [required(path)]
  if (typeof value !== 'string') return [invalidValue(path, value, 'must be a string')]
  if (value === '') return [invalidValue(path, value, 'must not be empty')]
  return check(value).map((message) => invalidValue(path, value, message))
}

const groupVersion = (text: string): readonly string[] => (text.split('/').length > 2 ? [`unexpected GroupVersion string: ${text}`] : [])
