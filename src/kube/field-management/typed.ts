import type { Json } from '../../core/json.ts'
import { isJsonArray, isJsonObject, jsonEqual, ownValue } from '../../core/json.ts'
import type { Schema, SchemaSet } from '../schema.ts'
import { resolveSchema } from '../schema.ts'

/** A type by its schema. Built-in ones refer to other definitions. */
export interface TypeOf {
  readonly schema: Schema
  readonly definitions: SchemaSet
}

/** How a value is merged and owned: as a whole, by fields, or by elements. */
export type Shape =
  | { readonly kind: 'atomic' }
  | { readonly kind: 'map'; readonly field: (key: string) => { readonly type: TypeOf; readonly declared: boolean } }
  | { readonly kind: 'list'; readonly item: TypeOf; readonly keys: readonly string[] | undefined }

const atomic: Shape = { kind: 'atomic' }
const open: Schema = {}

/** The shape of a value: what is not in the schema merges by field where it is an object, and as a whole otherwise. */
export function shapeOf(value: Json, { schema, definitions }: TypeOf): Shape {
  const resolved = resolveSchema(schema, definitions)
  const mapType = schema['x-kubernetes-map-type'] ?? resolved['x-kubernetes-map-type']
  if (isJsonArray(value)) {
    const type = schema['x-kubernetes-list-type'] ?? resolved['x-kubernetes-list-type']
    const item = { schema: resolved.items ?? open, definitions }
    if (type === 'map') return { kind: 'list', item, keys: resolved['x-kubernetes-list-map-keys'] ?? [] }
    return type === 'set' ? { kind: 'list', item, keys: undefined } : atomic
  }
  if (!isJsonObject(value) || mapType === 'atomic') return atomic
  const { properties = {}, additionalProperties } = resolved
  return {
    kind: 'map',
    field: (key) => {
      const own = Object.hasOwn(properties, key) ? properties[key] : undefined
      const rest = typeof additionalProperties === 'object' ? additionalProperties : open
      return { type: { schema: own ?? rest, definitions }, declared: own !== undefined }
    },
  }
}

/** The step to an element: its keys, with defaults of the schema where they are left out; elements of sets are their own keys. */
export function stepOf(item: Json, { item: type, keys }: Extract<Shape, { kind: 'list' }>): string {
  if (keys === undefined) return `v:${JSON.stringify(item)}`
  const { properties = {} } = resolveSchema(type.schema, type.definitions)
  const values: { [key: string]: Json } = {}
  for (const key of keys.toSorted()) {
    const value = isJsonObject(item) ? ownValue(item, key) : undefined
    const fallback = value ?? properties[key]?.default
    if (fallback !== undefined) values[key] = fallback
  }
  return `k:${JSON.stringify(values)}`
}

/** The parts of a value by the steps to them. */
export function partsOf(value: Json, shape: Shape): ReadonlyMap<string, { readonly value: Json; readonly type: TypeOf; readonly declared: boolean }> {
  if (shape.kind === 'map' && isJsonObject(value)) {
    return new Map(Object.entries(value).map(([key, item]) => [`f:${key}`, { value: item, ...shape.field(key) }]))
  }
  if (shape.kind === 'list' && isJsonArray(value)) {
    return new Map(value.map((item) => [stepOf(item, shape), { value: item, type: shape.item, declared: false }]))
  }
  return new Map()
}

export const isEmptyContainer = (value: Json): boolean =>
  (isJsonArray(value) && value.length === 0) || (isJsonObject(value) && Object.keys(value).length === 0)

export const sameValue = (a: Json | undefined, b: Json | undefined): boolean => a !== undefined && b !== undefined && jsonEqual(a, b)
