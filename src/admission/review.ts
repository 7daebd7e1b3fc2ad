import { objectAt, textAt } from '../core/fields.ts'
import type { Json, JsonObject } from '../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../core/json.ts'
import type { Result } from '../core/result.ts'
import { err, ok } from '../core/result.ts'
import type { GroupVersionKind, KubeObject } from '../kube/object.ts'
import { isKubeObject } from '../kube/object.ts'
import type { Verdict } from '../policy/admission.ts'
import type { Operation, PolicyRequest, Requester, UserInfo } from '../policy/request.ts'
import { operations } from '../policy/request.ts'

/** An AdmissionReview as it came: its version, to answer in, and the request. */
export interface Review {
  readonly apiVersion: 'admission.k8s.io/v1' | 'admission.k8s.io/v1beta1'
  readonly uid: string
  readonly request: PolicyRequest
}

const kubeObject = (value: Json | undefined): KubeObject | undefined => (value !== undefined && isKubeObject(value) ? value : undefined)
const kindIn = (value: JsonObject): GroupVersionKind => ({
  group: textAt(value, 'group'),
  version: textAt(value, 'version'),
  kind: textAt(value, 'kind'),
})

function userInfoOf(value: JsonObject): UserInfo {
  const { groups, extra } = value
  return {
    username: textAt(value, 'username'),
    uid: textAt(value, 'uid'),
    groups: isJsonArray(groups) ? groups.filter((one): one is string => typeof one === 'string') : [],
    extra: isJsonObject(extra)
      ? Object.fromEntries(Object.entries(extra).map(([key, values]) => [key, isJsonArray(values) ? values.map(String) : []]))
      : {},
  }
}

export interface ReviewContext {
  readonly requesterOf: (user: UserInfo) => Requester
  /** The kind of a resource; undefined where it is not known. */
  readonly kindOf: (group: string, version: string, resource: string) => string | undefined
  readonly now: Date
}

/** Reads a body. The error says what an AdmissionReview lacks. */
export function readReview(body: string, context: ReviewContext): Result<Review, string> {
  let value: Json
  try {
    value = JSON.parse(body) as Json
  } catch (error) {
    return err(`the body is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (!isJsonObject(value)) return err('the body is no AdmissionReview: an object is expected')
  const apiVersion = textAt(value, 'apiVersion')
  if (apiVersion !== 'admission.k8s.io/v1' && apiVersion !== 'admission.k8s.io/v1beta1')
    return err(`expected an AdmissionReview of admission.k8s.io/v1 or v1beta1, not apiVersion ${JSON.stringify(apiVersion)}`)
  if (textAt(value, 'kind') !== 'AdmissionReview') return err(`expected kind AdmissionReview, not ${JSON.stringify(textAt(value, 'kind'))}`)
  const request = ownValue(value, 'request')
  if (!isJsonObject(request)) return err('the AdmissionReview has no request')
  const uid = textAt(request, 'uid')
  if (uid === '') return err('the request of the AdmissionReview has no uid')
  const operation = operations.find((one) => one === request['operation'])
  if (operation === undefined)
    return err(`unknown operation ${JSON.stringify(request['operation'] ?? null)} in the request of the AdmissionReview`)
  return ok({ apiVersion, uid, request: policyRequest(request, operation, context) })
}

function policyRequest(request: JsonObject, operation: Operation, { requesterOf, kindOf, now }: ReviewContext): PolicyRequest {
  const objectKind = kindIn(objectAt(request, 'kind'))
  const resource = objectAt(request, 'resource')
  const [group, version, plural] = [textAt(resource, 'group'), textAt(resource, 'version'), textAt(resource, 'resource')]
  const own = textAt(request, 'subResource') === '' ? undefined : kindOf(group, version, plural)
  const kind = own === undefined ? objectKind : { group, version, kind: own }
  const object = kubeObject(ownValue(request, 'object'))
  return {
    uid: textAt(request, 'uid'),
    operation,
    kind,
    ...(own === undefined || own === objectKind.kind ? {} : { objectKind }),
    resource: plural,
    subresource: textAt(request, 'subResource'),
    namespace: textAt(request, 'namespace'),
    name: textAt(request, 'name'),
    object: operation === 'DELETE' ? undefined : object,
    oldObject: kubeObject(ownValue(request, 'oldObject')),
    dryRun: request['dryRun'] === true,
    requester: requesterOf(userInfoOf(objectAt(request, 'userInfo'))),
    given: undefined,
    background: false,
    now,
    review: request,
  }
}

/** The AdmissionReview that answers. `patch` is a JSON patch; an empty one is left out. */
export function answerReview(
  { apiVersion, uid }: Pick<Review, 'apiVersion' | 'uid'>,
  verdict: Verdict,
  patch: readonly Json[] = [],
): string {
  const { allowed, message, code, reason, warnings, auditAnnotations } = verdict
  const status = {
    ...(message === undefined ? {} : { status: 'Failure', message }),
    ...(reason === undefined ? {} : { reason }),
    ...(code === undefined ? {} : { code }),
  }
  return JSON.stringify({
    kind: 'AdmissionReview',
    apiVersion,
    response: {
      uid,
      allowed,
      ...(Object.keys(status).length === 0 ? {} : { status }),
      ...(patch.length === 0 || !allowed ? {} : { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') }),
      ...(Object.keys(auditAnnotations).length === 0 ? {} : { auditAnnotations }),
      ...(warnings.length === 0 ? {} : { warnings }),
    },
  })
}
