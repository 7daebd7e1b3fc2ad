import { booleanField, objectField, stringField, stringsField } from '../../../core/fields.ts'
import type { JsonObject } from '../../../core/json.ts'
import { ownValue } from '../../../core/json.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { GroupVersionKind, KubeObject } from '../../../kube/object.ts'
import { groupVersionKind, isKubeObject } from '../../../kube/object.ts'
import type { GivenValues, PolicyRequest, UserInfo } from '../../../policy/request.ts'
import { creationOf, operations } from '../../../policy/request.ts'

/** Marks a request as one that no API server has sent. */
const given: GivenValues = { variables: () => ({}), foreachVariables: () => ({}) }

/** The request about an object of a case: an AdmissionReview is one itself. */
export function requestOf(object: KubeObject, now: Date): Result<PolicyRequest, string> {
  return object.kind === 'AdmissionReview' ? reviewRequest(object, now) : ok(objectRequest(object, now))
}

/** The request about an object that nobody has sent anywhere. */
export function objectRequest(object: KubeObject, now: Date): PolicyRequest {
  return creationOf(object, { given, now })
}

function reviewRequest(review: KubeObject, now: Date): Result<PolicyRequest, string> {
  const request = objectField(review, 'request')
  if (request === undefined) return err('missing an AdmissionRequest object: request did not actually pass in an AdmissionRequest')
  const [object, oldObject] = [kubeObject(request, 'object'), kubeObject(request, 'oldObject')]
  const either = object ?? oldObject
  if (either === undefined)
    return err('no object or oldObject found to review: AdmissionRequest does not contain an "object" or "oldObject" to review')
  return ok({
    uid: stringField(request, 'uid') ?? '',
    operation: operations.find((one) => one === request['operation']) ?? 'CREATE',
    kind: kindIn(objectField(request, 'kind')) ?? groupVersionKind(either),
    resource: stringField(objectField(request, 'resource'), 'resource') ?? '',
    subresource: stringField(request, 'subResource') ?? '',
    namespace: stringField(request, 'namespace') ?? '',
    name: stringField(request, 'name') ?? '',
    object,
    oldObject,
    dryRun: booleanField(request, 'dryRun') ?? false,
    requester: { userInfo: userInfo(objectField(request, 'userInfo')), roles: [], clusterRoles: [] },
    given,
    background: false,
    now,
    review: { ...emptyRequest, ...request },
  })
}

/** The fields that an AdmissionRequest always has. */
const emptyRequest: JsonObject = {
  uid: '',
  kind: { group: '', version: '', kind: '' },
  resource: { group: '', version: '', resource: '' },
  operation: '',
  userInfo: {},
}

function kubeObject(request: JsonObject, key: string): KubeObject | undefined {
  const value = ownValue(request, key)
  return value !== undefined && isKubeObject(value) ? value : undefined
}

function kindIn(kind: JsonObject | undefined): GroupVersionKind | undefined {
  if (kind === undefined) return undefined
  return { group: stringField(kind, 'group') ?? '', version: stringField(kind, 'version') ?? '', kind: stringField(kind, 'kind') ?? '' }
}

const userInfo = (user: JsonObject | undefined): UserInfo => ({
  username: stringField(user, 'username') ?? '',
  uid: stringField(user, 'uid') ?? '',
  groups: stringsField(user, 'groups') ?? [],
  extra: {},
})
