import { randomInt, randomUUID } from 'node:crypto'
import { objectAt, textAt, textsAt } from '../../core/fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, jsonEqual, ownValue } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import { generateNameOf, nameOf } from '../../kube/object.ts'

export const metadataOf = (object: JsonObject): JsonObject => objectAt(object, 'metadata')
export const metadataText = (object: JsonObject, key: string): string => textAt(object, 'metadata', key)
export const finalizersOf = (object: JsonObject): readonly string[] => textsAt(object, 'metadata', 'finalizers')
export const uidOf = (object: JsonObject): string => metadataText(object, 'uid')
export const resourceVersionOf = (object: JsonObject): string => metadataText(object, 'resourceVersion')
export const isTerminating = (object: JsonObject): boolean => metadataText(object, 'deletionTimestamp') !== ''

/** The object with changed metadata; undefined removes a key. */
export function withMetadata(object: KubeObject, changes: Readonly<Record<string, Json | undefined>>): KubeObject {
  const metadata: { [key: string]: Json } = { ...metadataOf(object) }
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) delete metadata[key]
    else metadata[key] = value
  }
  return { ...object, metadata }
}

/** The object with changed top-level fields; undefined removes a key. */
export function withFields(object: KubeObject, changes: Readonly<Record<string, Json | undefined>>): KubeObject {
  const next: { [key: string]: Json } = { ...object }
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) delete next[key]
    else next[key] = value
  }
  return next as KubeObject
}

/** RFC 3339 in whole seconds, as `metav1.Time` is written. */
export const timestamp = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`

const suffixAlphabet = 'bcdfghjklmnpqrstvwxz2456789'
/** A name as the API server makes it from `generateName`: at most 63 characters, the last five at random. */
export function generatedName(prefix: string): string {
  let suffix = ''
  for (let i = 0; i < 5; i += 1) suffix += suffixAlphabet[randomInt(suffixAlphabet.length)] ?? ''
  return prefix.slice(0, 58) + suffix
}

/** What the server alone decides about a new object. */
export function withSystemFields(object: KubeObject, now: Date): KubeObject {
  const generateName = generateNameOf(object)
  const name = nameOf(object)
  return withMetadata(object, {
    ...(name === '' && generateName !== '' ? { name: generatedName(generateName) } : {}),
    uid: randomUUID(),
    creationTimestamp: timestamp(now),
    resourceVersion: undefined,
    selfLink: undefined,
    deletionTimestamp: undefined,
    deletionGracePeriodSeconds: undefined,
    generation: undefined,
  })
}

const contentOf = (object: JsonObject, subject: (key: string) => boolean): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([key]) => subject(key)))

/** Everything but metadata and status is the same. */
export const sameSpec = (a: JsonObject, b: JsonObject): boolean => {
  const isSpec = (key: string): boolean => key !== 'metadata' && key !== 'status' && key !== 'apiVersion' && key !== 'kind'
  return jsonEqual(contentOf(a, isSpec), contentOf(b, isSpec))
}

/** Nothing that is stored differs, the bookkeeping of managers and versions aside. */
export function sameContent(a: KubeObject, b: KubeObject): boolean {
  const strip = (object: KubeObject): KubeObject => withMetadata(object, { resourceVersion: undefined, managedFields: undefined })
  return jsonEqual(strip(a), strip(b))
}

export const sameOwners = (a: KubeObject, b: KubeObject): boolean =>
  jsonEqual(ownValue(metadataOf(a), 'managedFields') ?? null, ownValue(metadataOf(b), 'managedFields') ?? null)

/** Go writes no empty maps and lists of metadata. */
export function tidyMetadata(object: KubeObject): KubeObject {
  const metadata = metadataOf(object)
  const kept = Object.entries(metadata).filter(([, value]) => {
    if (value === null || value === '') return false
    if (isJsonArray(value)) return value.length > 0
    return !isJsonObject(value) || Object.keys(value).length > 0
  })
  return kept.length === Object.keys(metadata).length ? object : { ...object, metadata: Object.fromEntries(kept) }
}
