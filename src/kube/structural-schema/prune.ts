import { compareText } from '../../core/go-format.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue, setOwn } from '../../core/json.ts'
import type { KubeObject } from '../object.ts'
import type { Schema } from '../schema.ts'
import type { Pruned } from './structural-schema.ts'
import { fieldPath, jsonType, shownValue } from './texts.ts'

/** Reads an ObjectMeta; `unknown` and `mismatch` are as for a whole object: `unknown field "foo"`, `json: cannot unmarshal …`. */
export type DecodeMetadata = (metadata: JsonObject) => {
  readonly object: JsonObject
  readonly unknown: readonly string[]
  readonly mismatch: string | undefined
}

interface Walk {
  readonly unknown: string[]
  readonly unknownMetadata: string[]
  readonly decodeMetadata: DecodeMetadata | undefined
  mismatch: string | undefined
}

const deepest = 1000
const header: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata'])
const nothing: Schema = {}

/** Takes away the fields that the schema does not have, and says which. */
export function prune(object: KubeObject, schema: Schema, decodeMetadata?: DecodeMetadata): Pruned {
  const walk: Walk = { unknown: [], unknownMetadata: [], decodeMetadata, mismatch: undefined }
  const inner: Walk = { ...walk, unknownMetadata: [] }
  const metadata = ownValue(object, 'metadata')
  const root = metadata === undefined ? object : { ...object, metadata: readMetadata(metadata, '', walk) }
  const pruned = pruneObject(root, schema, { walk: inner, path: '', isResource: true, depth: 0 })
  return {
    object: pruned as JsonObject as KubeObject,
    unknown: [...walk.unknownMetadata, ...inner.unknown.sort(compareText), ...inner.unknownMetadata],
    mismatch: walk.mismatch ?? inner.mismatch,
  }
}

/** Whether a value has nothing that the schema does not know. */
export function hasUnknownFields(value: Json, schema: Schema): boolean {
  const walk: Walk = { unknown: [], unknownMetadata: [], decodeMetadata: undefined, mismatch: undefined }
  pruneValue(value, schema, { walk, path: '', isResource: schema['x-kubernetes-embedded-resource'] === true, depth: 0 })
  return walk.unknown.length > 0
}

interface At {
  readonly walk: Walk
  readonly path: string
  /** Here stands an object with apiVersion, kind and metadata. */
  readonly isResource: boolean
  readonly depth: number
}

const inside = (at: At, path: string, schema: Schema): At => ({
  walk: at.walk,
  path,
  isResource: schema['x-kubernetes-embedded-resource'] === true,
  depth: at.depth + 1,
})

function pruneValue(value: Json, schema: Schema, at: At): Json {
  if (typeof value !== 'object' || value === null || at.depth > deepest) return value
  if (isJsonObject(value)) return pruneObject(value, schema, at)
  if (!isJsonArray(value)) return value
  const { items } = schema
  if (items === undefined && isOpen(schema)) return value
  // A list where the schema has none: all fields in it are unknown.
  return value.map((item, i) => pruneValue(item, items ?? nothing, inside(at, `${at.path}[${i}]`, items ?? nothing)))
}

const isOpen = (schema: Schema): boolean => schema['x-kubernetes-preserve-unknown-fields'] === true || schema.additionalProperties === true

function pruneObject(object: JsonObject, schema: Schema, at: At): JsonObject {
  const { properties, additionalProperties } = schema
  const rest = typeof additionalProperties === 'object' ? additionalProperties : undefined
  const open = isOpen(schema)
  const kept: { [key: string]: Json } = {}
  for (const [key, value] of Object.entries(object)) {
    const inner = (properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : undefined) ?? rest
    const path = fieldPath(at.path, key)
    if (at.isResource && header.has(key)) setOwn(kept, key, headerField(key, value, at))
    else if (inner !== undefined) setOwn(kept, key, pruneValue(value, inner, inside(at, path, inner)))
    else if (open) setOwn(kept, key, value)
    else at.walk.unknown.push(`unknown field ${JSON.stringify(path)}`)
  }
  return kept
}

/** The header of an embedded resource; that of the object itself has been read before. */
function headerField(key: string, value: Json, { walk, path }: At): Json {
  if (path === '' || walk.decodeMetadata === undefined) return value
  if (key === 'metadata') return readMetadata(value, path, walk)
  if (typeof value !== 'string' && value !== null) walk.mismatch ??= `${path}.${key}: Invalid value: ${shownValue(value)}: must be a string`
  return value
}

function readMetadata(metadata: Json, path: string, walk: Walk): Json {
  if (walk.decodeMetadata === undefined) return metadata
  if (metadata === null) return {}
  const decoded = isJsonObject(metadata)
    ? walk.decodeMetadata(metadata)
    : { object: {}, unknown: [], mismatch: `json: cannot unmarshal ${goType(metadata)} into Go value of type v1.ObjectMeta` }
  const place = fieldPath(path, 'metadata')
  walk.unknownMetadata.push(
    ...decoded.unknown.map((text) => text.replace(' field "', () => ` field "${JSON.stringify(place).slice(1, -1)}.`)),
  )
  if (decoded.mismatch === undefined) return decoded.object
  walk.mismatch ??= path === '' ? decoded.mismatch : `${place}: Invalid value: ${shownValue(metadata)}: ${decoded.mismatch}`
  return metadata
}

function goType(value: Json): string {
  const type = jsonType(value)
  return type === 'integer' ? 'number' : type === 'boolean' ? 'bool' : type
}
