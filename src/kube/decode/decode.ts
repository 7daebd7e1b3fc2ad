import { quoteGo } from '../../core/go-quote.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, setOwn } from '../../core/json.ts'
import type { Schema } from '../schema.ts'
import { resolveSchema } from '../schema.ts'
import { embeddedIn } from './embedded.ts'
import type { DecodeTypes, OwnDecoding } from './go-types.ts'
import { definitionOf, goTypeOf, goTypeOfElement, goTypeOfField, isListed, jsonTypeOf, ownDecodingOf, shortName } from './go-types.ts'
import { badBase64At, badQuantity } from './leaves.ts'
import { microTimeLayout, readTime, timeLayout } from './time.ts'

export type { DecodeTypes } from './go-types.ts'
export { asWritten } from './written.ts'

/** What became of a body read as a type. */
export interface Decoded {
  /** Without the fields that the type has not, and without nulls, which Go reads as absent. */
  readonly object: JsonObject
  /** `unknown field "spec.replica"`, in the order of the document. */
  readonly unknown: readonly string[]
  /** Why the body is no such object, in the words of Go's decoder; undefined where it is one. */
  readonly mismatch: string | undefined
}

/** Where the decoder is: the innermost Go struct, the path without indexes as Go prints it, the path with indexes as strict decoding does. */
interface Place {
  readonly struct: string
  readonly goPath: string
  readonly path: string
  /** The Go type of what stands here. */
  readonly type: string
}

interface Walk {
  readonly types: DecodeTypes
  readonly unknown: string[]
  /** Inside types that decode themselves nobody looks for unknown fields. */
  readonly strict: boolean
  /** The first value of a wrong type: decoding goes on after it. */
  mismatch: string | undefined
  /** The error of a type that decodes itself: it ends decoding, and is told instead of a mismatch before it. */
  failure: string | undefined
}

const deepest = 100
/** Strict decoding stops counting here. */
const mostUnknown = 100

/** Reads an object as a built-in type: what kube-apiserver does to a body before anything else. */
export function decodeObject(value: JsonObject, definition: string, types: DecodeTypes): Decoded {
  const walk: Walk = { types, unknown: [], strict: true, mismatch: undefined, failure: undefined }
  const root: Schema = { $ref: definition }
  const place: Place = { struct: shortName(definition), goPath: '', path: '', type: goTypeOf(root) }
  const decoded = decode(value, root, { place, walk, depth: 0 })
  const mismatch = walk.failure ?? walk.mismatch
  return { object: mismatch === undefined && isJsonObject(decoded) ? decoded : value, unknown: walk.unknown, mismatch }
}

interface At {
  readonly place: Place
  readonly walk: Walk
  readonly depth: number
}

function decode(value: Json, schema: Schema, at: At): Json {
  if (at.walk.failure !== undefined) return null
  if (at.depth > deepest) return fail(at, 'json: the object is nested too deeply')
  const own = ownDecodingOf(schema)
  if (own !== undefined) return decodeOwn(value, own, schema, at)
  const resolved = resolveSchema(
    schema.type === undefined && schema.allOf?.[0] !== undefined ? schema.allOf[0] : schema,
    at.walk.types.definitions,
  )
  switch (resolved.type) {
    case 'object':
      if (!isJsonObject(value)) return mismatched(value, at)
      return resolved.properties === undefined && typeof resolved.additionalProperties === 'object'
        ? decodeMap(value, resolved.additionalProperties, at)
        : decodeStruct(value, schema, resolved, at)
    case 'array':
      return isJsonArray(value) ? decodeList(value, resolved.items ?? {}, at) : mismatched(value, at)
    default:
      return decodeScalar(value, resolved, at)
  }
}

function fail({ walk }: At, error: string): null {
  walk.failure ??= error
  return null
}

const cannotUnmarshal = (value: Json, { struct, goPath, type }: Place, shown = jsonTypeOf(value)): string =>
  goPath === ''
    ? `json: cannot unmarshal ${shown} into Go value of type ${type}`
    : `json: cannot unmarshal ${shown} into Go struct field ${struct}.${goPath} of type ${type}`

function mismatched(value: Json, { place, walk }: At, shown = jsonTypeOf(value)): null {
  walk.mismatch ??= cannotUnmarshal(value, place, shown)
  return null
}

function decodeList(list: readonly Json[], items: Schema, at: At): Json {
  const type = goTypeOfElement(at.place.type, items)
  const decoded: Json[] = []
  for (const [index, item] of list.entries()) {
    const place = { ...at.place, path: `${at.place.path}[${index}]`, type }
    decoded.push(item === null ? null : decode(item, items, { ...at, place, depth: at.depth + 1 }))
  }
  return decoded
}

const joined = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`)

function decodeMap(map: JsonObject, values: Schema, at: At): Json {
  const type = goTypeOfElement(at.place.type, values)
  const decoded: { [key: string]: Json } = {}
  for (const [key, item] of Object.entries(map)) {
    const place = { ...at.place, path: joined(at.place.path, key), type }
    setOwn(decoded, key, item === null ? null : decode(item, values, { ...at, place, depth: at.depth + 1 }))
  }
  return decoded
}

function decodeStruct(value: JsonObject, schema: Schema, { properties = {} }: Schema, at: At): Json {
  const definition = definitionOf(schema)
  // An object about which the schema says nothing is whatever it is.
  if (definition === undefined && Object.keys(properties).length === 0) return value
  const { types } = at.walk
  const decoded: { [key: string]: Json } = {}
  for (const [key, item] of Object.entries(value)) {
    const field = Object.hasOwn(properties, key) ? properties[key] : undefined
    if (field === undefined) {
      unknownField(joined(at.place.path, key), at)
      continue
    }
    if (item === null) continue
    const place = fieldPlace(key, field, definition, at)
    const inside = decode(item, field, { ...at, place, depth: at.depth + 1 })
    const zero = (inside === false || inside === 0) && isListed(types.zeroOmitted, definition, key)
    if (!zero) setOwn(decoded, key, inside)
  }
  return decoded
}

function unknownField(path: string, { walk }: At): void {
  if (walk.strict && walk.unknown.length < mostUnknown) walk.unknown.push(`unknown field ${quoteGo(path)}`)
}

/** Apart from the root, whose header is read before, types with a kind of their own have its header from an embedded struct. */
function isHeader(key: string, definition: string | undefined, { place, walk }: At): boolean {
  if ((key !== 'apiVersion' && key !== 'kind') || definition === undefined || place.goPath === '') return false
  return walk.types.definitions[definition]?.['x-kubernetes-group-version-kind'] !== undefined
}

function fieldPlace(key: string, field: Schema, definition: string | undefined, at: At): Place {
  const { place, walk } = at
  const struct = definition === undefined ? place.struct : shortName(definition)
  const embedded = isHeader(key, definition, at) ? 'TypeMeta' : embeddedIn(struct, key)
  return {
    // Errors inside a type that decodes itself are told by the struct around it.
    struct: walk.strict ? struct : place.struct,
    goPath: joined(place.goPath, embedded === undefined ? key : `${embedded}.${key}`),
    path: joined(place.path, key),
    type: goTypeOfField(walk.types, definition, key, field),
  }
}

const integers: Readonly<Record<string, readonly [least: number, most: number]>> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  // Numbers are 64-bit floats here: the largest int64 is read as 2⁶³.
  int64: [-(2 ** 63), 2 ** 63],
  uint8: [0, 255],
}

function isInteger(value: number, format: string): boolean {
  const [least, most] = integers[format] ?? [-Infinity, Infinity]
  return Number.isInteger(value) && value >= least && value <= most
}

function decodeScalar(value: Json, { type, format }: Schema, at: At): Json {
  switch (type) {
    case 'string':
      if (format === 'byte') return decodeBytes(value, at)
      return typeof value === 'string' ? value : mismatched(value, at)
    case 'boolean':
      return typeof value === 'boolean' ? value : mismatched(value, at)
    case 'integer':
      if (typeof value !== 'number') return mismatched(value, at)
      return isInteger(value, format ?? 'int64') ? value : mismatched(value, at, `number ${value}`)
    case 'number':
      return typeof value === 'number' ? value : mismatched(value, at)
    default:
      return value
  }
}

/** Bytes are base64, or a list of numbers. */
function decodeBytes(value: Json, at: At): Json {
  if (isJsonArray(value)) return decodeByteList(value, { ...at, place: { ...at.place, type: 'uint8' } })
  if (typeof value !== 'string') return mismatched(value, at)
  const bad = badBase64At(value)
  if (bad !== undefined) at.walk.mismatch ??= `illegal base64 data at input byte ${bad}`
  return value
}

function decodeByteList(list: readonly Json[], at: At): Json {
  const bytes: number[] = []
  for (const item of list) {
    if (typeof item === 'number' && !isInteger(item, 'uint8')) mismatched(item, at, `number ${item}`)
    else if (typeof item !== 'number' && item !== null) mismatched(item, at)
    else bytes.push(item ?? 0)
  }
  return Buffer.from(bytes).toString('base64')
}

function decodeOwn(value: Json, own: OwnDecoding, schema: Schema, at: At): Json {
  switch (own) {
    case 'any':
      return value
    case 'quantity': {
      const bad = badQuantity(value)
      if (bad !== undefined) return fail(at, bad)
      return typeof value === 'number' ? String(value) : value
    }
    case 'int-or-string':
      return decodeIntOrString(value, at)
    case 'time':
      return decodeTime(value, timeLayout, at)
    case 'micro-time':
      return decodeTime(value, microTimeLayout, at)
    case 'schema-or-bool':
      if (typeof value === 'boolean') return value
      return isJsonObject(value) ? decodeApart(value, schemaBeside(schema), at) : fail(at, 'boolean or JSON schema expected')
    case 'schema-or-array':
      if (isJsonArray(value)) return decodeApart(value, { type: 'array', items: schemaBeside(schema) }, at)
      return isJsonObject(value) ? decodeApart(value, schemaBeside(schema), at) : null
    case 'schema-or-strings':
      if (isJsonArray(value)) return decodeApart(value, { type: 'array', items: { type: 'string' } }, at)
      return isJsonObject(value) ? decodeApart(value, schemaBeside(schema), at) : null
  }
}

function decodeIntOrString(value: Json, at: At): Json {
  if (typeof value === 'string') return value
  const place = { ...at.place, type: 'int32' }
  if (typeof value !== 'number') return fail(at, cannotUnmarshal(value, place))
  return isInteger(value, 'int32') ? value : fail(at, cannotUnmarshal(value, place, `number ${value}`))
}

function decodeTime(value: Json, layout: typeof timeLayout | typeof microTimeLayout, at: At): Json {
  if (typeof value !== 'string') return fail(at, cannotUnmarshal(value, { ...at.place, type: 'string' }))
  const read = readTime(value, layout)
  return 'error' in read ? fail(at, read.error) : value
}

/** `JSONSchemaProps` beside `JSONSchemaPropsOrBool`. */
const schemaBeside = (schema: Schema): Schema => ({ $ref: (definitionOf(schema) ?? '').replace(/Or(?:Bool|Array|StringArray)$/, '') })

/** Decodes as Go does inside a method of a type: with a decoder of its own, whose error is the end. */
function decodeApart(value: Json, schema: Schema, at: At): Json {
  const walk: Walk = { ...at.walk, strict: false, mismatch: undefined }
  const decoded = decode(value, schema, { place: { ...at.place, type: goTypeOf(schema) }, walk, depth: at.depth + 1 })
  const error = walk.failure ?? walk.mismatch
  return error === undefined ? decoded : fail(at, error)
}
