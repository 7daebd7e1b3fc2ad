import type { Diagnostic } from '../../core/diagnostic.ts'
import type { Json, JsonObject, JsonPath } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../core/json.ts'
import type { Manifest } from '../../kube/manifest.ts'
import { locate } from '../../kube/yaml/yaml.ts'

/** Readers for parts of a manifest: a wrong type reads as absent. */
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

/** A diagnostic that points into a manifest: at the nearest part of the path that exists. */
export function problemAt(
  { document }: Manifest,
  path: JsonPath,
  { code, message, severity = 'error' }: { readonly code: string; readonly message: string; readonly severity?: Diagnostic['severity'] },
): Diagnostic {
  return { code, severity, message, source: document.source, span: locate(document, path, 'value') }
}
