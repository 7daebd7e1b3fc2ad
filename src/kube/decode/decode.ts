import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, setOwn } from '../../core/json.ts'
import { parseTime, rfc3339 } from '../go-time.ts'
import { parseQuantity } from '../quantity.ts'
import type { Schema, SchemaSet } from '../schema.ts'
import { resolveSchema } from '../schema.ts'
import { embeddedIn } from './embedded.ts'

/** What became of a body read as a type. */
export interface Decoded {
  /** Without the fields that the type has not, and without nulls, which Go reads as absent. */
  readonly object: JsonObject
  /** `unknown field "spec.replica"`, in the order of the document. */
  readonly unknown: readonly string[]
  /** Why the body is no such object, in the words of Go's decoder; undefined where it is one. */
  readonly mismatch: string | undefined
}

const shortName = (definition: string): string => definition.slice(definition.lastIndexOf('.') + 1)

/** `v1.PodSpec`: Go's name of a type in its package. */
function packageName(definition: string): string {
  const parts = definition.split('.')
  return parts.slice(-2).join('.')
}

const refOf = (schema: Schema): string | undefined => schema.$ref
const isQuantity = (name: string | undefined): boolean => name?.endsWith('.resource.Quantity') ?? false
const isIntOrString = (name: string | undefined): boolean => name?.endsWith('.intstr.IntOrString') ?? false

/** The Go type behind a schema, as error messages name it. */
function goType(schema: Schema): string {
  const ref = refOf(schema)
  if (ref !== undefined) return isQuantity(ref) ? 'resource.Quantity' : packageName(ref)
  switch (schema.type) {
    case 'array':
      return `[]${goType(schema.items ?? {})}`
    case 'object':
      return typeof schema.additionalProperties === 'object'
        ? `map[string]${goType(schema.additionalProperties)}`
        : 'map[string]interface {}'
    case 'string':
      return schema.format === 'byte' ? '[]uint8' : 'string'
    case 'integer':
      return schema.format ?? 'int64'
    case 'number':
      return 'float64'
    case 'boolean':
      return 'bool'
    default:
      return 'interface {}'
  }
}

function jsonType(value: Json): string {
  if (value === null) return 'null'
  if (isJsonArray(value)) return 'array'
  if (typeof value === 'boolean') return 'bool'
  return typeof value
}

/** Where the decoder is: the innermost Go struct, the path without indexes as Go prints it, and the path with indexes as strict decoding does. */
interface Place {
  readonly struct: string
  readonly goPath: string
  readonly path: string
}

class Mismatch {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

const deepest = 100

/** The built-in types. */
export interface DecodeTypes {
  readonly definitions: SchemaSet
  /** By definition, the fields that Go does not write when they are false or 0. */
  readonly zeroOmitted?: Readonly<Record<string, readonly string[]>>
}

class Decoder {
  readonly unknown: string[] = []
  readonly #types: DecodeTypes

  constructor(types: DecodeTypes) {
    this.#types = types
  }

  decode(value: Json, schema: Schema, place: Place, depth: number): Json | Mismatch {
    if (depth > deepest) return new Mismatch('json: the object is nested too deeply')
    const ref = refOf(schema)
    if (isQuantity(ref)) return quantity(value)
    if (isIntOrString(ref))
      return typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value)) ? value : cannot(value, 'int32', place)
    const resolved = resolveSchema(schema, this.#types.definitions)
    if (resolved.format === 'date-time') return time(value, place)
    switch (resolved.type) {
      case 'object':
        return this.#object(value, schema, resolved, place, depth)
      case 'array':
        return this.#array(value, schema, resolved, place, depth)
      default:
        return scalar(value, resolved, schema, place)
    }
  }

  #array(value: Json, schema: Schema, { items = {} }: Schema, place: Place, depth: number): Json | Mismatch {
    if (!isJsonArray(value)) return cannot(value, goType(schema), place)
    const list: Json[] = []
    for (const [index, item] of value.entries()) {
      // A null stays what it is: an element with nothing in it.
      const decoded = item === null ? null : this.decode(item, items, { ...place, path: `${place.path}[${index}]` }, depth + 1)
      if (decoded instanceof Mismatch) return decoded
      list.push(decoded)
    }
    return list
  }

  // oxlint-disable-next-line max-params -- a step of the walk
  #object(value: Json, schema: Schema, resolved: Schema, place: Place, depth: number): Json | Mismatch {
    if (!isJsonObject(value)) return cannot(value, goType(schema), place)
    const { properties, additionalProperties } = resolved
    if (properties === undefined && typeof additionalProperties !== 'object') return value
    const struct = refOf(schema)
    const object: { [key: string]: Json } = {}
    for (const [key, item] of Object.entries(value)) {
      const own = properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : undefined
      const field = own ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined)
      const path = place.path === '' ? key : `${place.path}.${key}`
      if (field === undefined) {
        this.unknown.push(`unknown field ${JSON.stringify(path)}`)
        continue
      }
      if (item === null) continue
      const inside =
        own === undefined
          ? { ...place, path }
          : { struct: struct === undefined ? place.struct : shortName(struct), goPath: goPathOf(place, struct, key), path }
      const decoded = this.decode(item, field, inside, depth + 1)
      if (decoded instanceof Mismatch) return decoded
      const zero = (decoded === false || decoded === 0) && struct !== undefined && this.#types.zeroOmitted?.[struct]?.includes(key) === true
      if (!zero) setOwn(object, key, decoded)
    }
    return object
  }
}

function goPathOf(place: Place, struct: string | undefined, key: string): string {
  const embedded = struct === undefined ? undefined : embeddedIn(shortName(struct), key)
  const field = embedded === undefined ? key : `${embedded}.${key}`
  return place.goPath === '' ? field : `${place.goPath}.${field}`
}

const cannot = (value: Json, type: string, { struct, goPath }: Place, shown = jsonType(value)): Mismatch =>
  new Mismatch(
    goPath === ''
      ? `json: cannot unmarshal ${shown} into Go value of type ${type}`
      : `json: cannot unmarshal ${shown} into Go struct field ${struct}.${goPath} of type ${type}`,
  )

const ranges: Readonly<Record<string, readonly [number, number]>> = { int32: [-(2 ** 31), 2 ** 31 - 1], int64: [-(2 ** 63), 2 ** 63] }

function scalar(value: Json, resolved: Schema, schema: Schema, place: Place): Json | Mismatch {
  switch (resolved.type) {
    case 'string':
      if (typeof value !== 'string') return cannot(value, goType(schema), place)
      return resolved.format === 'byte' ? base64(value) : value
    case 'boolean':
      return typeof value === 'boolean' ? value : cannot(value, 'bool', place)
    case 'integer': {
      const format = resolved.format ?? 'int64'
      if (typeof value !== 'number') return cannot(value, format, place)
      const [least, most] = ranges[format] ?? [-Infinity, Infinity]
      return Number.isInteger(value) && value >= least && value <= most ? value : cannot(value, format, place, `number ${value}`)
    }
    case 'number':
      return typeof value === 'number' ? value : cannot(value, 'float64', place)
    default:
      return value
  }
}

function base64(text: string): string | Mismatch {
  const bad = text.search(/[^A-Za-z0-9+/=\r\n]/)
  if (bad >= 0) return new Mismatch(`illegal base64 data at input byte ${bad}`)
  const body = text.replaceAll(/[\r\n]/g, '')
  return body.length % 4 === 0 ? text : new Mismatch(`illegal base64 data at input byte ${body.length - (body.length % 4)}`)
}

const quantityRule = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

/** Numbers are taken as well, and are quantities of that amount. */
function quantity(value: Json): Json | Mismatch {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && parseQuantity(text) !== undefined ? text : new Mismatch(quantityRule)
}

function time(value: Json, place: Place): Json | Mismatch {
  if (typeof value !== 'string') return cannot(value, 'string', place)
  if (parseTime(rfc3339, value) !== undefined) return value
  return new Mismatch(
    `parsing time ${JSON.stringify(value)} as ${JSON.stringify(rfc3339)}: cannot parse ${JSON.stringify(value)} as "2006"`,
  )
}

/** Reads an object as a built-in type: what kube-apiserver does to a body before anything else. */
export function decodeObject(value: JsonObject, definition: string, types: DecodeTypes): Decoded {
  const decoder = new Decoder(types)
  const decoded = decoder.decode(value, { $ref: definition }, { struct: shortName(definition), goPath: '', path: '' }, 0)
  if (decoded instanceof Mismatch) return { object: value, unknown: decoder.unknown, mismatch: decoded.text }
  return { object: isJsonObject(decoded) ? decoded : value, unknown: decoder.unknown, mismatch: undefined }
}
