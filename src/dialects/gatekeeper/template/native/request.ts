import type { Json, JsonObject } from '../../../../core/json.ts'
import { isJsonObject, ownValue } from '../../../../core/json.ts'
import type { PolicyRequest } from '../../../../policy/request.ts'
import { requestFields } from '../../constraint/review.ts'

/** One request is looked at by many constraints. */
const known = new WeakMap<PolicyRequest, JsonObject>()

/** The variable `request`: the AdmissionRequest with nulls for its objects, and without what is empty. */
export function requestVariable(request: PolicyRequest): JsonObject {
  const made = known.get(request) ?? requestOf(requestFields(request))
  known.set(request, made)
  return made
}

/** Upstream takes what was asked for what is evaluated: `requestKind` is `kind`. */
function requestOf(fields: JsonObject): JsonObject {
  const kind = namesIn(fields, 'kind', 'kind')
  const resource = namesIn(fields, 'resource', 'resource')
  const subresource = text(fields, 'subResource')
  return {
    kind,
    resource,
    requestKind: kind,
    requestResource: resource,
    ...present('subResource', subresource),
    ...present('requestSubResource', subresource),
    ...present('name', text(fields, 'name')),
    ...present('namespace', text(fields, 'namespace')),
    operation: text(fields, 'operation'),
    userInfo: userInfo(fields),
    dryRun: ownValue(fields, 'dryRun') === true,
    options: ownValue(fields, 'options') ?? null,
    // No expression gets at them; they show where the whole request is printed.
    uid: '',
    object: null,
    oldObject: null,
  }
}

const text = (object: JsonObject, key: string): string => {
  const value = ownValue(object, key)
  return typeof value === 'string' ? value : ''
}

const present = (key: string, value: string): JsonObject => (value === '' ? {} : { [key]: value })

const objectIn = (object: JsonObject, key: string): JsonObject => {
  const value = ownValue(object, key)
  return value !== undefined && isJsonObject(value) ? value : {}
}

/** A GroupVersionKind or GroupVersionResource, with what is missing as ''. */
function namesIn(fields: JsonObject, key: string, last: string): JsonObject {
  const names = objectIn(fields, key)
  return { group: text(names, 'group'), version: text(names, 'version'), [last]: text(names, last) }
}

const isEmpty = (value: Json): boolean => value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0)

const userInfo = (fields: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(objectIn(fields, 'userInfo')).filter(([, value]) => !isEmpty(value)))
