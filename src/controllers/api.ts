import type { Json, JsonObject } from '../core/json.ts'
import { isJsonArray, isJsonObject, jsonEqual, ownValue } from '../core/json.ts'
import type { Result } from '../core/result.ts'
import type { Status } from '../kube/status.ts'

/** The API server as controllers write to it. */
export interface Api {
  call(call: {
    readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
    readonly path: string
    readonly body?: Json
    readonly contentType?: string
  }): Promise<Result<JsonObject, Status>>
}

/** Everything that is wanted is there as wanted; what the API server filled in beside it does not matter. */
export function covers(actual: Json | undefined, wanted: Json): boolean {
  if (isJsonArray(wanted))
    return isJsonArray(actual) && actual.length === wanted.length && wanted.every((item, i) => covers(actual[i], item))
  if (isJsonObject(wanted))
    return isJsonObject(actual) && Object.entries(wanted).every(([key, value]) => covers(ownValue(actual, key), value))
  return actual !== undefined && jsonEqual(actual, wanted)
}

export const resourceVersionOf = (object: JsonObject): string => {
  const metadata = ownValue(object, 'metadata')
  const version = isJsonObject(metadata) ? metadata['resourceVersion'] : undefined
  return typeof version === 'string' ? version : ''
}

/** A new object in place of the one there, which may have changed since it was read: then the error is a Conflict. */
export function replacing(wanted: JsonObject, actual: JsonObject): JsonObject {
  const metadata = ownValue(wanted, 'metadata')
  return { ...wanted, metadata: { ...(isJsonObject(metadata) ? metadata : {}), resourceVersion: resourceVersionOf(actual) } }
}
