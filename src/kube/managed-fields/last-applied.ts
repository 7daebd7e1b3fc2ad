import { marshalJson } from '../../core/go-format.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonObject, ownValue } from '../../core/json.ts'
import type { KubeObject } from '../object.ts'
import { annotationsOf } from '../object.ts'
import { compare, fieldsOf } from './compare.ts'
import { metadataOf } from './entries.ts'
import type { FieldSet } from './field-set.ts'
import { difference, emptySet } from './field-set.ts'
import type { TypeOf } from './shape.ts'
import { objectType } from './shape.ts'
import { withStructs } from './structs.ts'
import { typedError } from './validate.ts'

/** `kubectl apply` without server-side apply keeps here what it applied. */
const annotation = 'kubectl.kubernetes.io/last-applied-configuration'

/** The only manager whose applies go on from what client-side apply left. */
export const migratingManager = 'kubectl'

/** What client-side apply wrote and nobody changed since: no conflict keeps its manager from applying it otherwise. */
export function lastAppliedFields(live: KubeObject, apiVersion: string, type: TypeOf): FieldSet {
  const applied = parsed(annotationsOf(live)[annotation] ?? '')
  if (applied === undefined || applied['apiVersion'] !== apiVersion) return emptySet
  const whole = objectType(type)
  if (typedError(applied, whole) !== undefined) return emptySet
  const { added, modified, removed } = compare(applied, withStructs(live, type), whole)
  return [added, modified, removed].reduce(difference, fieldsOf(applied, whole))
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as Json
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

const mostAnnotationBytes = 256 * 1024

/** The annotation, where there is one, follows what is applied on the server: client-side apply can go on from there. */
export function withLastApplied(object: KubeObject, applied: KubeObject): KubeObject {
  const annotations = annotationsOf(object)
  if ((annotations[annotation] ?? '') === '') return object
  const next: { [key: string]: string } = { ...annotations, [annotation]: `${marshalJson(withoutBookkeeping(applied))}\n` }
  const size = Object.entries(next).reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0)
  if (size > mostAnnotationBytes) delete next[annotation]
  return { ...object, metadata: { ...metadataOf(object), annotations: next } }
}

function withoutBookkeeping(applied: KubeObject): JsonObject {
  const { managedFields: _fields, ...metadata } = metadataOf(applied)
  const annotations = ownValue(metadata, 'annotations')
  if (!isJsonObject(annotations)) return { ...applied, metadata }
  const { [annotation]: _old, ...others } = annotations
  return { ...applied, metadata: { ...metadata, annotations: others } }
}
