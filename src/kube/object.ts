import type { Json, JsonObject } from '../core/json.ts'

/** Any Kubernetes object. Fields beyond the header are reached as JSON, so that nothing a cluster sends is ever dropped. */
export type KubeObject = JsonObject & { readonly apiVersion: string; readonly kind: string }

export function isKubeObject(value: Json): value is KubeObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    typeof (value as JsonObject)['apiVersion'] === 'string' &&
    typeof (value as JsonObject)['kind'] === 'string'
  )
}

export interface GroupVersionKind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

export function groupVersionKind(object: KubeObject): GroupVersionKind {
  const slash = object.apiVersion.indexOf('/')
  return slash < 0
    ? { group: '', version: object.apiVersion, kind: object.kind }
    : { group: object.apiVersion.slice(0, slash), version: object.apiVersion.slice(slash + 1), kind: object.kind }
}

function metadataString(object: JsonObject, key: string): string {
  const metadata = object['metadata']
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) return ''
  const value = (metadata as JsonObject)[key]
  return typeof value === 'string' ? value : ''
}

/** `metadata.name`, or '' where there is none. */
export const nameOf = (object: JsonObject): string => metadataString(object, 'name')
/** `metadata.namespace`, or '' where there is none. */
export const namespaceOf = (object: JsonObject): string => metadataString(object, 'namespace')
export const generateNameOf = (object: JsonObject): string => metadataString(object, 'generateName')

function stringMap(object: JsonObject, key: string): Readonly<Record<string, string>> {
  const metadata = object['metadata']
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) return {}
  const map = (metadata as JsonObject)[key]
  if (typeof map !== 'object' || map === null || Array.isArray(map)) return {}
  return Object.fromEntries(Object.entries(map as JsonObject).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

export const labelsOf = (object: JsonObject): Readonly<Record<string, string>> => stringMap(object, 'labels')
export const annotationsOf = (object: JsonObject): Readonly<Record<string, string>> => stringMap(object, 'annotations')
