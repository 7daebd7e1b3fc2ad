import { formatValue } from '../../core/go-format.ts'
import type { Json } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import { invalid } from '../../kube/field-error.ts'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf, namespaceOf } from '../../kube/object.ts'
import { applyJsonPatch, parseJsonPatch } from '../../kube/patch/json-patch.ts'
import { applyMergePatch } from '../../kube/patch/merge-patch.ts'
import { applyStrategicMerge } from '../../kube/patch/strategic-merge.ts'
import type { Status } from '../../kube/status.ts'
import { badRequest, failure, invalidStatus } from '../../kube/status.ts'
import { applyConfiguration } from './field-owners.ts'
import { withFields, withMetadata } from './metadata.ts'
import { groupVersion } from '../served-type.ts'
import type { WriteOptions } from './operation.ts'
import type { Place } from './registry.ts'
import { jsonKind, whyUnfit } from './patch-mismatch.ts'

export interface Patch {
  readonly kind: 'json' | 'merge' | 'strategic' | 'apply'
  readonly body: Json
}

export interface Patched {
  readonly object: KubeObject
  /** The patch names the state it is for: it is not tried on another. */
  readonly pinned: boolean
}

/** A request that the server understands and cannot do; what exactly is wrong is not said, as by kube-apiserver. */
const unprocessable = (): Status =>
  failure({
    code: 422,
    reason: 'Invalid',
    message: 'the server rejected our request due to an error in our request',
    details: {},
  })

export function applyPatch(
  place: Place,
  patch: Patch,
  live: KubeObject | undefined,
  options: WriteOptions,
  now: Date,
): Result<Patched, Status> {
  if (patch.kind === 'apply') return applyServerSide(place, patch.body, live, options, now)
  if (live === undefined) return err(unprocessable())
  const merged = merge(place, patch, live)
  if (!merged.ok) return merged
  if (!isJsonObject(merged.value)) return err(unprocessable())
  const object = withFields(merged.value as KubeObject, {
    apiVersion: ownValue(merged.value, 'apiVersion') ?? live.apiVersion,
    kind: ownValue(merged.value, 'kind') ?? live.kind,
  })
  if (object.apiVersion !== live.apiVersion || object.kind !== live.kind)
    return err(
      badRequest(`the kind of an object cannot be patched: ${live.apiVersion} ${live.kind} to ${object.apiVersion} ${object.kind}`),
    )
  const why = wrongName(place, object)
  if (why !== undefined) return err(badRequest(why))
  const decoded = place.view === undefined ? place.type.decode(object) : { object, unknown: [], mismatch: undefined }
  const wrong =
    decoded.mismatch ??
    (options.fieldValidation === 'Strict' && decoded.unknown.length > 0
      ? `strict decoding error: ${decoded.unknown.join(', ')}`
      : undefined)
  if (wrong !== undefined) return err(invalidStatus({ group: '', kind: '' }, '', [invalid('patch', JSON.stringify(object), wrong)]))
  if (options.fieldValidation === 'Warn') decoded.unknown.forEach(options.warn)
  return ok({ object: decoded.object, pinned: pins(patch) })
}

function merge(place: Place, { kind, body }: Patch, live: KubeObject): Result<Json, Status> {
  switch (kind) {
    case 'json': {
      const mismatch = patchMismatch(body)
      if (mismatch !== undefined) return err(badRequest(`json: cannot unmarshal ${mismatch}`))
      const operations = parseJsonPatch(body)
      if (!operations.ok) return err(unprocessable())
      const applied = applyJsonPatch(live, operations.value)
      return applied.ok ? applied : err(unprocessable())
    }
    case 'merge':
      return isJsonObject(body) ? ok(applyMergePatch(live, body)) : err(badRequest('a merge patch must be an object'))
    case 'strategic': {
      if (!isJsonObject(body))
        return err(badRequest(`json: cannot unmarshal ${jsonKind(body)} into Go value of type map[string]interface {}`))
      const { schema } = place.type
      const unfit = schema === undefined || place.view !== undefined ? undefined : whyUnfit(body, schema.schema, schema.definitions)
      if (unfit !== undefined) return err(invalidStatus({ group: '', kind: '' }, '', [invalid('patch', formatValue(body), unfit)]))
      const applied = applyStrategicMerge(live, body, place.view ?? place.type)
      return applied.ok ? applied : err(failure({ code: 400, reason: 'BadRequest', message: applied.error }))
    }
    case 'apply':
      return err(unprocessable())
  }
}

/** What is no list of objects, as Go says it. */
function patchMismatch(body: Json): string | undefined {
  if (!isJsonArray(body)) return `${jsonKind(body)} into Go value of type jsonpatch.Patch`
  const item = body.find((one) => one !== null && !isJsonObject(one))
  return item === undefined ? undefined : `${jsonKind(item)} into Go value of type jsonpatch.Operation`
}

function pins({ body }: Patch): boolean {
  if (!isJsonObject(body)) return false
  const metadata = ownValue(body, 'metadata')
  return isJsonObject(metadata) && Object.hasOwn(metadata, 'resourceVersion')
}

function applyServerSide(
  place: Place,
  body: Json,
  live: KubeObject | undefined,
  options: WriteOptions,
  now: Date,
): Result<Patched, Status> {
  if (options.fieldManager === '')
    return err(
      failure({
        code: 422,
        reason: 'Invalid',
        message: 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
        details: {
          group: 'meta.k8s.io',
          kind: 'PatchOptions',
          causes: [{ reason: 'FieldValueRequired', message: 'Required value: is required for apply patch', field: 'fieldManager' }],
        },
      }),
    )
  if (!isJsonObject(body)) return err(badRequest('error decoding YAML: an object is expected'))
  if (typeof body['apiVersion'] !== 'string' || typeof body['kind'] !== 'string') return err(badRequest('invalid object type: /, Kind='))
  const applied = body as KubeObject
  const wanted = groupVersion(place.type)
  if (applied.kind !== place.type.kind || applied.apiVersion !== wanted)
    return err(badRequest(`invalid object type: ${applied.apiVersion}, Kind=${applied.kind}`))
  const why = wrongName(place, applied)
  if (why !== undefined) return err(badRequest(why))
  const merged = applyConfiguration({ place, live, applied: named(place, applied), options, now })
  if (!merged.ok) return merged
  const decoded = place.type.decode(merged.value)
  if (decoded.mismatch !== undefined) {
    const at = `${place.namespace === '' ? '' : `${place.namespace}/`}${place.name}; ${wanted}, Kind=${applied.kind}`
    const message = `failed to convert new object (${at}) to proper version: unable to convert unstructured object to ${wanted}, Kind=${applied.kind}: ${decoded.mismatch}`
    return err(failure({ code: 500, reason: '', message }))
  }
  return ok({ object: decoded.object, pinned: false })
}

function wrongName({ name, namespace, type }: Place, applied: KubeObject): string | undefined {
  const own = nameOf(applied)
  if (own !== '' && own !== name) return `the name of the object (${own}) does not match the name on the URL (${name})`
  if (own === '') return `the name of the object (${name} based on URL) was undeterminable: name must be provided`
  const where = namespaceOf(applied)
  return type.namespaced && where !== '' && where !== namespace
    ? `the namespace of the object (${where}) does not match the namespace on the request (${namespace})`
    : undefined
}

const named = ({ type, namespace }: Place, applied: KubeObject): KubeObject =>
  type.namespaced ? withMetadata(applied, { namespace }) : applied
