import { firstFound } from '../../../core/first.ts'
import { marshalJson } from '../../../core/go-format.ts'
import type { Json, JsonObject } from '../../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../../core/json.ts'
import { unreachable } from '../../../core/unreachable.ts'
import { jsonTypeOf } from '../../../kube/decode/go-types.ts'

/** What upstream decodes a document to. Fields that a struct does not name may be anything. */
export type GoShape =
  | { readonly kind: 'any' | 'bool' | 'time' }
  | { readonly kind: 'float'; readonly type: string }
  | { readonly kind: 'text'; readonly type: string }
  | { readonly kind: 'whole'; readonly type: string }
  /** An integer, or a text where one is written. */
  | { readonly kind: 'wholeOrText'; readonly type: string }
  /** `mark` stands before the type of the elements; `type` is a name of its own. */
  | { readonly kind: 'list'; readonly of: GoShape; readonly mark?: string; readonly type?: string }
  | { readonly kind: 'map'; readonly of: GoShape; readonly type?: string }
  | GoStruct

/** In the order of its fields. They are asked for, because a struct may hold itself. */
export interface GoStruct {
  readonly kind: 'struct'
  /** With its package: `v1.ObjectMeta`. */
  readonly type: string
  readonly fields: () => Readonly<Record<string, GoShape>>
}

export const any: GoShape = { kind: 'any' }
export const text: GoShape = { kind: 'text', type: 'string' }
export const bool: GoShape = { kind: 'bool' }
export const time: GoShape = { kind: 'time' }
export const whole = (type: string): GoShape => ({ kind: 'whole', type })
export const listOf = (of: GoShape, mark = ''): GoShape => ({ kind: 'list', of, mark })
export const mapOf = (of: GoShape): GoShape => ({ kind: 'map', of })
export const struct = (type: string, fields: Readonly<Record<string, GoShape>>): GoStruct => ({
  kind: 'struct',
  type,
  fields: () => fields,
})

/** Documents are no deeper than this when they are read. */
const maxDepth = 1000

/** Why an object cannot be converted to a struct, as the converter of Kubernetes says it. Every number in a file is a float. */
export function conversionProblem(value: Json, shape: GoShape, depth = 0): string | undefined {
  if (value === null || depth > maxDepth) return undefined
  const found = runtimeKind(value)
  switch (shape.kind) {
    case 'any':
      return undefined
    case 'text':
      return typeof value === 'string' ? undefined : 'unrecognized type: string'
    case 'bool':
      return typeof value === 'boolean' ? undefined : 'unrecognized type: bool'
    case 'whole':
    case 'wholeOrText':
      if (typeof value !== 'number') return `unrecognized type: ${shape.type}`
      return Number.isInteger(value) ? undefined : `cannot convert float64 to ${shape.type}`
    case 'float':
      return typeof value === 'number' ? undefined : `unrecognized type: ${shape.type}`
    case 'time':
      return timeProblem(value)
    case 'list':
      if (!isJsonArray(value)) return `cannot restore slice from ${found}`
      return firstFound(value, (item) => conversionProblem(item, shape.of, depth + 1))
    case 'map':
      if (!isJsonObject(value)) return `cannot restore map from ${found}`
      return firstFound(Object.values(value), (item) => conversionProblem(item, shape.of, depth + 1))
    case 'struct':
      if (!isJsonObject(value)) return `cannot restore struct from: ${found}`
      return firstFound(Object.entries(shape.fields()), ([name, field]) =>
        conversionProblem(ownValue(value, name) ?? null, field, depth + 1),
      )
    default:
      return unreachable(shape)
  }
}

function runtimeKind(value: Json): string {
  if (isJsonArray(value)) return 'slice'
  if (isJsonObject(value)) return 'map'
  return typeof value === 'boolean' ? 'bool' : typeof value === 'number' ? 'float64' : 'string'
}

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/

function timeProblem(value: Json): string | undefined {
  if (typeof value !== 'string') return `json: cannot unmarshal ${jsonTypeOf(value)} into Go value of type string`
  if (rfc3339.test(value)) return undefined
  const quoted = JSON.stringify(value)
  return `parsing time ${quoted} as "2006-01-02T15:04:05Z07:00": cannot parse ${quoted} as "2006"`
}

/** Where a value stands, as Go's decoder names it. */
interface Place {
  /** The struct that has the field. */
  readonly owner: string
  /** The names of the fields on the way, without indexes and keys. */
  readonly path: string
  readonly depth: number
}

/** Why JSON cannot be decoded to a type, as Go's decoder says it: the first problem in the order of keys. */
export const decodingProblem = (value: Json, shape: GoShape): string | undefined => decode(value, shape, { owner: '', path: '', depth: 0 })

function decode(value: Json, shape: GoShape, place: Place): string | undefined {
  if (value === null || place.depth > maxDepth) return undefined
  const inside: Place = { ...place, depth: place.depth + 1 }
  const misfit = (found = jsonTypeOf(value)): string =>
    `json: cannot unmarshal ${found} into Go ${place.owner === '' ? 'value' : `struct field ${place.owner}.${place.path}`} of type ${goTypeOf(shape)}`
  switch (shape.kind) {
    case 'any':
      return undefined
    case 'time':
      return timeProblem(value)
    case 'text':
      return typeof value === 'string' ? undefined : misfit()
    case 'bool':
      return typeof value === 'boolean' ? undefined : misfit()
    case 'float':
      return typeof value === 'number' ? undefined : misfit()
    case 'wholeOrText':
    case 'whole':
      if (shape.kind === 'wholeOrText' && typeof value === 'string') return undefined
      if (typeof value !== 'number') return misfit()
      return isWhole(value, shape.type) ? undefined : misfit(`number ${marshalJson(value)}`)
    case 'list':
      return isJsonArray(value) ? firstFound(value, (item) => decode(item, shape.of, inside)) : misfit()
    case 'map':
      return isJsonObject(value) ? firstFound(sortedKeys(value), (key) => decode(ownValue(value, key) ?? null, shape.of, inside)) : misfit()
    case 'struct':
      return isJsonObject(value) ? decodeFields(value, shape, inside) : misfit()
    default:
      return unreachable(shape)
  }
}

function decodeFields(value: JsonObject, { type, fields }: GoStruct, { path, depth }: Place): string | undefined {
  const shapes = fields()
  const owner = type.slice(type.lastIndexOf('.') + 1)
  return firstFound(sortedKeys(value), (key) => {
    const shape = Object.hasOwn(shapes, key) ? shapes[key] : undefined
    if (shape === undefined) return undefined
    return decode(ownValue(value, key) ?? null, shape, { owner, path: path === '' ? key : `${path}.${key}`, depth })
  })
}

const sortedKeys = (value: JsonObject): readonly string[] => Object.keys(value).sort()

const isWhole = (value: number, type: string): boolean =>
  Number.isInteger(value) && (type !== 'int32' || (value >= -0x8000_0000 && value <= 0x7fff_ffff))

function goTypeOf(shape: GoShape): string {
  switch (shape.kind) {
    case 'any':
      return 'v1.JSON'
    case 'bool':
      return 'bool'
    case 'time':
      return 'v1.Time'
    case 'list':
      return shape.type ?? `[]${shape.mark ?? ''}${goTypeOf(shape.of)}`
    case 'map':
      return shape.type ?? `map[string]${goTypeOf(shape.of)}`
    case 'float':
    case 'text':
    case 'whole':
    case 'wholeOrText':
    case 'struct':
      return shape.type
    default:
      return unreachable(shape)
  }
}
