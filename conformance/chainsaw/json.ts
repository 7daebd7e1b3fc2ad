import type { Json, JsonObject } from '../../src/core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../src/core/json.ts'

/** The object at a key, or an empty one. */
export function objectAt(object: JsonObject, key: string): JsonObject {
  const value = ownValue(object, key)
  return isJsonObject(value) ? value : {}
}

/** The objects of the list at a key. */
export function objectsAt(object: JsonObject, key: string): readonly JsonObject[] {
  const value = ownValue(object, key)
  return isJsonArray(value) ? value.filter(isJsonObject) : []
}

/** The text at a key, or an empty one. */
export function textAt(object: JsonObject, key: string): string {
  const value = ownValue(object, key)
  return typeof value === 'string' ? value : ''
}

/** A value in a message, not longer than a line may be. */
export function show(value: Json | undefined): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}
