import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, setOwn } from '../../core/json.ts'
import type { Schema } from '../schema.ts'
import { resolveSchema } from '../schema.ts'
import type { DecodeTypes } from './go-types.ts'
import { definitionOf, isListed, ownDecodingOf } from './go-types.ts'
import { canonicalBase64, canonicalQuantity } from './leaves.ts'
import { microTimeLayout, readTime, timeLayout } from './time.ts'

const deepest = 100

/**
 * A decoded object as Go writes it back, which is what kube-apiserver stores: times in UTC, quantities in their canonical form, empty optional fields left
 * out, structs and required fields there even if nobody gave them. For configurations that are applied by the server it is not used: what they leave out
 * is not theirs.
 */
export function asWritten(object: JsonObject, definition: string, types: DecodeTypes): JsonObject {
  const written = write(object, { $ref: definition }, types, 0)
  return isJsonObject(written) ? written : object
}

function write(value: Json, schema: Schema, types: DecodeTypes, depth: number): Json {
  if (depth > deepest) return value
  const own = writeOwn(value, schema)
  if (own !== undefined) return own
  const resolved = resolveSchema(schema, types.definitions)
  const given = value ?? zeroOf(resolved)
  if (resolved.format === 'byte' && typeof given === 'string') return canonicalBase64(given)
  if (isJsonArray(given)) {
    const { items = {} } = resolved
    return given.map((item) => write(item, items, types, depth + 1))
  }
  if (!isJsonObject(given)) return given
  if (resolved.properties !== undefined) return writeStruct(given, schema, resolved, { types, depth })
  const { additionalProperties } = resolved
  if (typeof additionalProperties !== 'object') return given
  const map: { [key: string]: Json } = {}
  for (const [key, item] of Object.entries(given)) setOwn(map, key, write(item, additionalProperties, types, depth + 1))
  return map
}

/** Types that write themselves. Undefined is for the others. */
function writeOwn(value: Json, schema: Schema): Json | undefined {
  switch (ownDecodingOf(schema)) {
    case 'quantity':
      return value === null ? '0' : canonicalQuantity(value)
    case 'int-or-string':
      return value ?? 0
    case 'time':
      return timeText(value, timeLayout)
    case 'micro-time':
      return timeText(value, microTimeLayout)
    case 'any':
      return value
    default:
      return undefined
  }
}

function timeText(value: Json, layout: typeof timeLayout | typeof microTimeLayout): Json {
  const read = typeof value === 'string' ? readTime(value, layout) : undefined
  return read !== undefined && 'text' in read ? read.text : value
}

/** What a null element of a list or map is read as. */
function zeroOf({ type, properties }: Schema): Json {
  switch (type) {
    case 'string':
      return ''
    case 'integer':
    case 'number':
      return 0
    case 'boolean':
      return false
    default:
      return properties === undefined ? null : {}
  }
}

interface Within {
  readonly types: DecodeTypes
  readonly depth: number
}

function writeStruct(object: JsonObject, schema: Schema, { properties = {}, required = [] }: Schema, { types, depth }: Within): JsonObject {
  const definition = definitionOf(schema)
  const written: { [key: string]: Json } = {}
  for (const [key, item] of Object.entries(object)) {
    const field = Object.hasOwn(properties, key) ? properties[key] : undefined
    const value = field === undefined ? item : item === null ? undefined : write(item, field, types, depth + 1)
    if (value === undefined) continue
    if (field !== undefined && isOmitted(value, field, { types, definition, key, required: required.includes(key) })) continue
    setOwn(written, key, value)
  }
  for (const [key, field] of Object.entries(properties)) {
    if (Object.hasOwn(written, key)) continue
    const value = unasked(field, { types, definition, key, required: required.includes(key) }, depth)
    if (value !== undefined) setOwn(written, key, value)
  }
  return written
}

interface Field {
  readonly types: DecodeTypes
  readonly definition: string | undefined
  readonly key: string
  readonly required: boolean
}

/** Go leaves out empty optional fields that are no pointers. */
function isOmitted(value: Json, schema: Schema, { types, definition, key, required }: Field): boolean {
  if (value === false || value === 0) return isListed(types.zeroOmitted, definition, key)
  if (!isEmpty(value, schema)) return false
  return required ? isListed(types.emptyOmitted, definition, key) : !isListed(types.emptyKept, definition, key)
}

function isEmpty(value: Json, schema: Schema): boolean {
  if (isJsonArray(value)) return value.length === 0
  if (isJsonObject(value)) return typeof schema.additionalProperties === 'object' && Object.keys(value).length === 0
  return value === '' && definitionOf(schema) === undefined
}

/** What Go writes for a field that was not given; undefined where it writes nothing. The zero among a schema's defaults tells that a field is no pointer. */
function unasked(schema: Schema, field: Field, depth: number): Json | undefined {
  const { types, definition, key, required } = field
  if (isListed(types.nulls, definition, key)) return null
  const { default: zero } = schema
  if (zero === '' || zero === 0 || zero === false) {
    const kept = required || (zero === '' ? isListed(types.emptyKept, definition, key) : !isListed(types.zeroOmitted, definition, key))
    return kept ? zero : undefined
  }
  if (!isJsonObject(zero) || Object.keys(zero).length > 0) return undefined
  const own = ownDecodingOf(schema)
  if (own === 'quantity') return '0'
  return own === undefined && schema.$ref !== undefined ? write({}, schema, types, depth + 1) : undefined
}
