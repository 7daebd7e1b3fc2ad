import type { Json, JsonObject } from './json.ts'
import { isJsonArray, isJsonObject, ownValue, valueAt } from './json.ts'

/**
 * Readers of single fields. `…Field` gives the value at a key, undefined where it is absent or of another type. `…At` goes along a path of
 * keys and gives the zero value then, as a field of a Go struct has it.
 */

export function objectField(object: JsonObject | undefined, key: string): JsonObject | undefined {
  const value = object === undefined ? undefined : ownValue(object, key)
  return value !== undefined && isJsonObject(value) ? value : undefined
}

export function listField(object: JsonObject | undefined, key: string): readonly Json[] | undefined {
  const value = object === undefined ? undefined : ownValue(object, key)
  return value !== undefined && isJsonArray(value) ? value : undefined
}

/** The objects of a list; what else is in it is passed over. */
export function objectsField(object: JsonObject | undefined, key: string): readonly JsonObject[] | undefined {
  return listField(object, key)?.filter(isJsonObject)
}

/** The texts of a list; what else is in it is passed over. */
export function stringsField(object: JsonObject | undefined, key: string): readonly string[] | undefined {
  return listField(object, key)?.filter((item): item is string => typeof item === 'string')
}

export function stringField(object: JsonObject | undefined, key: string): string | undefined {
  const value = object === undefined ? undefined : ownValue(object, key)
  return typeof value === 'string' ? value : undefined
}

export function booleanField(object: JsonObject | undefined, key: string): boolean | undefined {
  const value = object === undefined ? undefined : ownValue(object, key)
  return typeof value === 'boolean' ? value : undefined
}

export function numberField(object: JsonObject | undefined, key: string): number | undefined {
  const value = object === undefined ? undefined : ownValue(object, key)
  return typeof value === 'number' ? value : undefined
}

/** A present field that is not null, whatever its type. */
export function anyField(object: JsonObject | undefined, key: string): Json | undefined {
  const value = object === undefined ? undefined : ownValue(object, key)
  return value === null ? undefined : value
}

type FieldPath = readonly string[]

export const textAt = (root: JsonObject, ...path: FieldPath): string => {
  const value = valueAt(root, path)
  return typeof value === 'string' ? value : ''
}

export const maybeNumberAt = (root: JsonObject, ...path: FieldPath): number | undefined => {
  const value = valueAt(root, path)
  return typeof value === 'number' ? value : undefined
}

export const numberAt = (root: JsonObject, ...path: FieldPath): number => maybeNumberAt(root, ...path) ?? 0

export const flagAt = (root: JsonObject, ...path: FieldPath): boolean => valueAt(root, path) === true

export const objectAt = (root: JsonObject, ...path: FieldPath): JsonObject => {
  const value = valueAt(root, path)
  return value !== undefined && isJsonObject(value) ? value : {}
}

export const listAt = (root: JsonObject, ...path: FieldPath): readonly Json[] => {
  const value = valueAt(root, path)
  return value !== undefined && isJsonArray(value) ? value : []
}

export const objectsAt = (root: JsonObject, ...path: FieldPath): readonly JsonObject[] => listAt(root, ...path).filter(isJsonObject)

export const textsAt = (root: JsonObject, ...path: FieldPath): readonly string[] =>
  listAt(root, ...path).filter((item) => typeof item === 'string')

/** Neither absent nor null. */
export const has = (root: JsonObject, ...path: FieldPath): boolean => (valueAt(root, path) ?? null) !== null
