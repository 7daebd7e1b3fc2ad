import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, setOwn } from '../../core/json.ts'
import type { Schema } from '../schema.ts'

const deepest = 1000
const noProperties: Readonly<Record<string, Schema>> = {}

/**
 * Fills in defaults inside what is there, and inside defaults. A null where the schema allows none is as if nothing had been written:
 * it becomes the default, or goes. (In a list it stays, for an element cannot go.)
 */
export function withDefaults(value: Json, schema: Schema, depth = 0): Json {
  if (typeof value !== 'object' || value === null || depth > deepest) return value
  if (isJsonObject(value)) return filledObject(value, schema, depth)
  const { items } = schema
  if (items === undefined || !isJsonArray(value)) return value
  return value.map((item) => withDefaults(isReplaced(item, items) ? (items.default ?? null) : item, items, depth + 1))
}

const isReplaced = (value: Json, schema: Schema): boolean => value === null && schema.nullable !== true

function filledObject(object: JsonObject, { properties = noProperties, additionalProperties }: Schema, depth: number): JsonObject {
  const rest = typeof additionalProperties === 'object' ? additionalProperties : undefined
  const filled: { [key: string]: Json } = {}
  for (const [key, value] of Object.entries(object)) {
    const inner = (Object.hasOwn(properties, key) ? properties[key] : undefined) ?? rest
    if (inner === undefined) setOwn(filled, key, value)
    else if (!isReplaced(value, inner)) setOwn(filled, key, withDefaults(value, inner, depth + 1))
    else if (inner.default !== undefined) setOwn(filled, key, withDefaults(inner.default, inner, depth + 1))
  }
  for (const [key, inner] of Object.entries(properties)) {
    if (inner.default !== undefined && !Object.hasOwn(object, key)) setOwn(filled, key, withDefaults(inner.default, inner, depth + 1))
  }
  return filled
}
