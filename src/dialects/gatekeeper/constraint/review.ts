import type { Json, JsonObject } from '../../../core/json.ts'
import { isJsonArray, setOwn } from '../../../core/json.ts'
import { formatExponent } from '../../../core/go-format.ts'
import type { RegoValue } from '../../../languages/rego/rego.ts'
import { numberFromText } from '../../../languages/rego/rego.ts'
import { namespaceOf } from '../../../kube/object.ts'
import type { PolicyRequest } from '../../../policy/request.ts'

/** One request is looked at by many constraints. */
const reviews = new WeakMap<PolicyRequest, RegoValue>()

/** `input.review` of a request: the AdmissionRequest, with the Namespace of the object. The object that is deleted stands as `object` too. */
export function reviewOf(request: PolicyRequest, namespace: Json): RegoValue {
  if (namespace !== null) return rounded(reviewJson(request, namespace), 'floats')
  const known = reviews.get(request)
  if (known !== undefined) return known
  const review = rounded(reviewJson(request, {}), 'floats')
  reviews.set(request, review)
  return review
}

function reviewJson(request: PolicyRequest, namespaceObject: Json): JsonObject {
  const objects = {
    object: request.object ?? request.oldObject ?? null,
    oldObject: request.oldObject ?? null,
    namespaceObject,
  }
  return { ...requestFields(request), ...objects }
}

/** The AdmissionRequest that a request is, or would be. Only the objects of one that came as a review are in it. */
export function requestFields(request: PolicyRequest): JsonObject {
  if (request.review !== undefined) return { options: null, ...request.review }
  return isWrapped(request) ? wrapped(request) : admissionRequest(request)
}

/** An object that nobody sends anywhere: a file, or what a scan finds. */
const isWrapped = ({ requester, operation }: PolicyRequest): boolean => requester === undefined && operation === 'CREATE'

function wrapped({ kind, name, namespace, object }: PolicyRequest): JsonObject {
  const inNamespace = object?.kind === 'Namespace' ? namespaceOf(object) : namespace
  return {
    uid: '',
    kind: { ...kind },
    resource: { group: '', version: '', resource: '' },
    ...(name === '' ? {} : { name }),
    ...(inNamespace === '' ? {} : { namespace: inNamespace }),
    operation: '',
    userInfo: {},
    options: null,
  }
}

function admissionRequest(request: PolicyRequest): JsonObject {
  const { uid, kind, objectKind, resource, subresource, name, namespace, operation, requester, dryRun } = request
  const shown = objectKind ?? kind
  const place = { group: kind.group, version: kind.version, resource }
  const sub = subresource === '' ? {} : { subResource: subresource, requestSubResource: subresource }
  return {
    uid,
    kind: { ...shown },
    resource: place,
    requestKind: { ...shown },
    requestResource: place,
    ...sub,
    ...(name === '' ? {} : { name }),
    ...(namespace === '' ? {} : { namespace }),
    operation,
    userInfo: requester === undefined ? {} : userInfo(requester.userInfo),
    dryRun,
    options: null,
  }
}

function userInfo({ username, uid, groups, extra }: NonNullable<PolicyRequest['requester']>['userInfo']): JsonObject {
  return {
    ...(username === '' ? {} : { username }),
    ...(uid === '' ? {} : { uid }),
    ...(groups.length === 0 ? {} : { groups }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  }
}

/** How numbers are read: whole ones as integers, as from a cluster, or all as floats. */
export type Numbers = 'exact' | 'floats'

/** Numbers of a review are floats to upstream, which shows in texts: a million is `1e+06`. Objects without such numbers stay as they are. */
export function rounded(value: Json, numbers: Numbers): RegoValue {
  if (typeof value === 'number') return numberOf(value, numbers)
  if (typeof value !== 'object' || value === null || !hasLongNumber(value)) return value
  if (isJsonArray(value)) return value.map((item) => rounded(item, numbers))
  const copy: { [key: string]: Json } = {}
  // Rego values are a superset of JSON; only how a key is set matters here.
  for (const [key, item] of Object.entries(value)) setOwn(copy, key, rounded(item, numbers) as Json)
  return copy
}

function numberOf(value: number, numbers: Numbers): RegoValue {
  if (isPlain(value)) return value
  const isLong = numbers === 'exact' && Number.isInteger(value) && Math.abs(value) < 2 ** 63
  return numberFromText(isLong ? BigInt(value).toString() : formatExponent(value, 'e'))
}

const isPlain = (value: number): boolean => {
  const size = Math.abs(value)
  return size < 1e6 && (size >= 1e-4 || size === 0)
}

/** Documents are bounded in depth where they are read. */
function hasLongNumber(value: Json): boolean {
  if (typeof value !== 'object') return typeof value === 'number' && !isPlain(value)
  if (value === null) return false
  if (isJsonArray(value)) {
    for (const item of value) if (typeof item !== 'string' && hasLongNumber(item)) return true
    return false
  }
  for (const key in value) {
    const item = value[key]
    if (typeof item !== 'string' && item !== undefined && hasLongNumber(item)) return true
  }
  return false
}
