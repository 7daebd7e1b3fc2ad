import type { Json, JsonObject } from '../../../../core/json.ts'
import { isJsonObject, ownValue } from '../../../../core/json.ts'
import type { PolicyRequest } from '../../../../policy/request.ts'
import { requestFields } from '../../constraint/review.ts'

/** The request that was looked at last, which many constraints look at one after the other. */
let last: { readonly request: PolicyRequest; readonly made: JsonObject } | undefined

/** The variable `request`: the AdmissionRequest with nulls for its objects, and without what is empty. */
export function requestVariable(request: PolicyRequest): JsonObject {
  if (last?.request !== request) last = { request, made: requestOf(requestFields(request)) }
  return last.made
}

/** Upstream takes what was asked for what is evaluated: `requestKind` is `kind`. */
function requestOf(fields: JsonObject): JsonObject {
  const kindNames = objectIn(fields, 'kind')
  const kind = { group: text(kindNames, 'group'), version: text(kindNames, 'version'), kind: text(kindNames, 'kind') }
  const names = objectIn(fields, 'resource')
  const resource = { group: text(names, 'group'), version: text(names, 'version'), resource: text(names, 'resource') }
  const made: { [key: string]: Json } = { kind, resource, requestKind: kind, requestResource: resource }
  const subresource = text(fields, 'subResource')
  if (subresource !== '') {
    made['subResource'] = subresource
    made['requestSubResource'] = subresource
  }
  const name = text(fields, 'name')
  if (name !== '') made['name'] = name
  const namespace = text(fields, 'namespace')
  if (namespace !== '') made['namespace'] = namespace
  made['operation'] = text(fields, 'operation')
  made['userInfo'] = userInfo(fields)
  made['dryRun'] = ownValue(fields, 'dryRun') === true
  made['options'] = ownValue(fields, 'options') ?? null
  // No expression gets at them; they show where the whole request is printed.
  made['uid'] = ''
  made['object'] = null
  made['oldObject'] = null
  return made
}

const text = (object: JsonObject, key: string): string => {
  const value = ownValue(object, key)
  return typeof value === 'string' ? value : ''
}

const objectIn = (object: JsonObject, key: string): JsonObject => {
  const value = ownValue(object, key)
  return value !== undefined && isJsonObject(value) ? value : {}
}

const isEmpty = (value: Json): boolean => value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0)

const userInfo = (fields: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(objectIn(fields, 'userInfo')).filter(([, value]) => !isEmpty(value)))
