import type { Json } from '../../core/json.ts'
import { isJsonArray, isJsonObject, setOwn } from '../../core/json.ts'
import type { Schema } from '../schema.ts'

const deepest = 200

/**
 * Fills in defaults inside what is there, and inside defaults. A null where the schema allows none is as if nothing had been written:
 * it becomes the default, or goes.
 */
export function withDefaults(value: Json, schema: Schema, depth = 0): Json {
  if (depth > deepest) return value
  if (isJsonArray(value)) {
    const { items } = schema
    return items === undefined ? value : value.map((item) => withDefaults(item, items, depth + 1))
  }
  if (!isJsonObject(value)) return value
  const { properties = {}, additionalProperties } = schema
  const filled: { [key: string]: Json } = {}
  for (const [key, item] of Object.entries(value)) {
    const own = Object.hasOwn(properties, key) ? properties[key] : undefined
    const inner = own ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined)
    if (item === null && own !== undefined && own.nullable !== true && !isOpen(own)) {
      if (own.default === undefined) {
        if (depth > 0 || key !== 'metadata') setOwn(filled, key, item)
      }
      continue
    }
    setOwn(filled, key, inner === undefined ? item : withDefaults(item, inner, depth + 1))
  }
  for (const [key, inner] of Object.entries(properties)) {
    if (inner.default === undefined || Object.hasOwn(filled, key)) continue
    setOwn(filled, key, withDefaults(inner.default, inner, depth + 1))
  }
  return filled
}

/** Without a type anything is allowed, null too. */
const isOpen = (schema: Schema): boolean => schema.type === undefined && schema['x-kubernetes-int-or-string'] !== true
