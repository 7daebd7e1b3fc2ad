import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../core/json.ts'

/** Readers for the parts of a manifest that the structural checks have vouched for: a wrong type reads as absent. */
export function objectField(object: JsonObject | undefined, key: string): JsonObject | undefined {
  const value = object === undefined ? undefined : ownValue(object, key)
  return value !== undefined && isJsonObject(value) ? value : undefined
}

export function listField(object: JsonObject | undefined, key: string): readonly Json[] | undefined {
  const value = object === undefined ? undefined : ownValue(object, key)
  return value !== undefined && isJsonArray(value) ? value : undefined
}

export function objectsField(object: JsonObject | undefined, key: string): readonly JsonObject[] | undefined {
  return listField(object, key)?.filter(isJsonObject)
}

export function stringField(object: JsonObject | undefined, key: string): string | undefined {
  const value = object === undefined ? undefined : ownValue(object, key)
  return typeof value === 'string' ? value : undefined
}

export function booleanField(object: JsonObject | undefined, key: string): boolean | undefined {
  const value = object === undefined ? undefined : ownValue(object, key)
  return typeof value === 'boolean' ? value : undefined
}

/** A present field that is not null, whatever its type. */
export function anyField(object: JsonObject | undefined, key: string): Json | undefined {
  const value = object === undefined ? undefined : ownValue(object, key)
  return value === null ? undefined : value
}

export function numberField(object: JsonObject | undefined, key: string): number | undefined {
  const value = anyField(object, key)
  return typeof value === 'number' ? value : undefined
}
