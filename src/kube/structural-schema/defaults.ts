import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, setOwn } from '../../core/json.ts'
import type { Schema } from '../schema.ts'

const deepest = 1000
const noProperties: Readonly<Record<string, Schema>> = {}

export interface Filling {
  /** Whether a null for which there is no default stays; `always` keeps the others too. */
  readonly keepsNulls: boolean | 'always'
  readonly depth: number
}

/**
 * Fills in defaults inside what is there, and inside defaults. A null where the schema allows none is as if nothing had been written:
 * it becomes the default, or goes. (In a list it stays, for an element cannot go.)
 */
export function withDefaults(value: Json, schema: Schema, filling: Filling): Json {
  if (typeof value !== 'object' || value === null || filling.depth > deepest) return value
  if (isJsonObject(value)) return filledObject(value, schema, filling)
  const { items } = schema
  if (items === undefined || !isJsonArray(value)) return value
  const inside = { ...filling, depth: filling.depth + 1 }
  return value.map((item) => withDefaults(isReplaced(item, items) ? (items.default ?? null) : item, items, inside))
}

const isReplaced = (value: Json, schema: Schema): boolean => value === null && schema.nullable !== true

function filledObject(
  object: JsonObject,
  { properties = noProperties, additionalProperties }: Schema,
  { keepsNulls, depth }: Filling,
): JsonObject {
  const rest = typeof additionalProperties === 'object' ? additionalProperties : undefined
  const inside = { keepsNulls, depth: depth + 1 }
  const filled: { [key: string]: Json } = {}
  for (const [key, value] of Object.entries(object)) {
    const inner = (Object.hasOwn(properties, key) ? properties[key] : undefined) ?? rest
    if (inner === undefined) setOwn(filled, key, value)
    else if (!isReplaced(value, inner) || keepsNulls === 'always') setOwn(filled, key, withDefaults(value, inner, inside))
    else if (inner.default !== undefined) setOwn(filled, key, withDefaults(inner.default, inner, inside))
    else if (keepsNulls) setOwn(filled, key, value)
  }
  for (const [key, inner] of Object.entries(properties)) {
    if (inner.default !== undefined && !Object.hasOwn(object, key)) setOwn(filled, key, withDefaults(inner.default, inner, inside))
  }
  return filled
}
