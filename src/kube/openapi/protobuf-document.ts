import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../core/json.ts'

/** Schemas nest no deeper than this in a document. */
const deepest = 64

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  while (rest > 127) {
    bytes.push((rest & 127) | 128)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
  return Buffer.from(bytes)
}

/** A field that holds bytes: text or a message. */
const bytesField = (number: number, bytes: Uint8Array): Buffer => Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes])
const textField = (number: number, value: Json | undefined): Buffer =>
  typeof value === 'string' && value !== '' ? bytesField(number, Buffer.from(value, 'utf8')) : Buffer.alloc(0)
const wholeField = (number: number, value: Json | undefined): Buffer =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 ? Buffer.concat([varint(number * 8), varint(value)]) : Buffer.alloc(0)
const flagField = (number: number, value: Json | undefined): Buffer =>
  value === true ? Buffer.from([...varint(number * 8), 1]) : Buffer.alloc(0)

function numberField(number: number, value: Json | undefined): Buffer {
  if (typeof value !== 'number') return Buffer.alloc(0)
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return Buffer.concat([varint(number * 8 + 1), bytes])
}

/** Any value, as text in YAML, which JSON is. */
const anything = (value: Json): Buffer => textField(2, JSON.stringify(value))

const named = (name: string, value: Buffer): Buffer => Buffer.concat([textField(1, name), bytesField(2, value)])
const entriesOf = (value: Json | undefined): readonly (readonly [string, Json])[] => (isJsonObject(value) ? Object.entries(value) : [])
const listOf = (value: Json | undefined): readonly Json[] => (isJsonArray(value) ? value : [])

/** Fields of a schema that are text, and their numbers. */
const texts = { $ref: 1, format: 2, title: 3, description: 4, pattern: 13 } as const
const numbers = { multipleOf: 6, maximum: 7, minimum: 9 } as const
const flags = { exclusiveMaximum: 8, exclusiveMinimum: 10, uniqueItems: 16 } as const
const wholes = { maxLength: 11, minLength: 12, maxItems: 14, minItems: 15, maxProperties: 17, minProperties: 18 } as const

function schemaMessage(schema: JsonObject, depth: number): Buffer {
  if (depth > deepest) return Buffer.alloc(0)
  const get = (key: string): Json | undefined => ownValue(schema, key)
  const inner = (value: Json | undefined): Buffer => (isJsonObject(value) ? schemaMessage(value, depth + 1) : Buffer.alloc(0))
  const [additional, type, items, byDefault] = [get('additionalProperties'), get('type'), get('items'), get('default')]
  const properties = entriesOf(get('properties'))
  return Buffer.concat([
    ...Object.entries(texts).map(([key, number]) => textField(number, get(key))),
    ...(byDefault === undefined ? [] : [bytesField(5, anything(byDefault))]),
    ...Object.entries(numbers).map(([key, number]) => numberField(number, get(key))),
    ...Object.entries(flags).map(([key, number]) => flagField(number, get(key))),
    ...Object.entries(wholes).map(([key, number]) => wholeField(number, get(key))),
    ...listOf(get('required')).map((name) => textField(19, name)),
    ...listOf(get('enum')).map((value) => bytesField(20, anything(value))),
    ...(isJsonObject(additional) ? [bytesField(21, bytesField(1, inner(additional)))] : []),
    ...(typeof additional === 'boolean' ? [bytesField(21, flagField(2, additional))] : []),
    ...(typeof type === 'string' ? [bytesField(22, textField(1, type))] : []),
    ...(isJsonObject(items) ? [bytesField(23, bytesField(1, inner(items)))] : []),
    ...listOf(get('allOf')).map((one) => bytesField(24, inner(one))),
    ...(properties.length === 0
      ? []
      : [bytesField(25, Buffer.concat(properties.map(([name, property]) => bytesField(1, named(name, inner(property))))))]),
    ...extensions(schema).map((extension) => bytesField(31, extension)),
  ])
}

const extensions = (holder: JsonObject): readonly Buffer[] =>
  Object.entries(holder)
    .filter(([key]) => key.startsWith('x-'))
    .map(([key, value]) => named(key, anything(value)))

/**
 * An OpenAPI 2 document in the protobuf form in which kubectl asks for it. Definitions are whole; paths are left out, as no client of
 * this form looks at them.
 */
export function openApiV2Protobuf(document: JsonObject): Uint8Array {
  const info = ownValue(document, 'info')
  const about = isJsonObject(info)
    ? Buffer.concat([textField(1, ownValue(info, 'title')), textField(2, ownValue(info, 'version'))])
    : Buffer.alloc(0)
  const definitions = entriesOf(ownValue(document, 'definitions')).map(([name, schema]) =>
    bytesField(1, named(name, isJsonObject(schema) ? schemaMessage(schema, 0) : Buffer.alloc(0))),
  )
  return Buffer.concat([
    textField(1, ownValue(document, 'swagger')),
    bytesField(2, about),
    bytesField(8, Buffer.alloc(0)),
    bytesField(9, Buffer.concat(definitions)),
  ])
}
