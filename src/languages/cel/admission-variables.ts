import { authorizerType, resourceCheckType } from './libraries/authorizer.ts'
import type { CelType } from './types.ts'
import { celType, objectType } from './types.ts'

/*
 * The variables of admission: of policies and of webhooks' match conditions.
 */

const text = celType.string
const texts = celType.list(text)
const textMap = celType.map(text, text)

const kindType = objectType('kubernetes.GroupVersionKind', { group: text, version: text, kind: text })
const resourceType = objectType('kubernetes.GroupVersionResource', { group: text, version: text, resource: text })
const userType = objectType('kubernetes.UserInfo', { username: text, uid: text, groups: texts, extra: celType.map(text, texts) })

/** The variable `request`: an AdmissionRequest without its objects. */
export const requestType: CelType = objectType('kubernetes.AdmissionRequest', {
  kind: kindType,
  resource: resourceType,
  subResource: text,
  requestKind: kindType,
  requestResource: resourceType,
  requestSubResource: text,
  name: text,
  namespace: text,
  operation: text,
  userInfo: userType,
  dryRun: celType.bool,
  options: celType.dyn,
})

/** The variable `namespaceObject`: what a namespace says of itself, without who manages it. */
export const namespaceType: CelType = objectType('kubernetes.Namespace', {
  metadata: objectType('kubernetes.NamespaceMetadata', {
    name: text,
    generateName: text,
    namespace: text,
    labels: textMap,
    annotations: textMap,
    UID: text,
    creationTimestamp: celType.timestamp,
    deletionGracePeriodSeconds: celType.int,
    deletionTimestamp: celType.timestamp,
    generation: celType.int,
    resourceVersion: text,
    finalizers: texts,
  }),
  spec: objectType('kubernetes.NamespaceSpec', { finalizers: texts }),
  status: objectType('kubernetes.NamespaceStatus', {
    conditions: celType.list(
      objectType('kubernetes.NamespaceCondition', {
        status: text,
        type: text,
        lastTransitionTime: celType.timestamp,
        message: text,
        reason: text,
      }),
    ),
    phase: text,
  }),
})

export interface AdmissionVariableOptions {
  /** Whether there is a `params`: where a policy has a paramKind. */
  readonly params?: boolean
  /** Whether there is an `authorizer`. */
  readonly authorizer?: boolean
  /** Whether there is a `namespaceObject`: in policies. */
  readonly namespace?: boolean
  /** The types of `variables.x` by name: in policies. */
  readonly composed?: Readonly<Record<string, CelType>>
}

/** What the expressions of policies and match conditions may mention. */
export function admissionVariables(options: AdmissionVariableOptions = {}): Readonly<Record<string, CelType>> {
  const { params = false, authorizer = true, namespace = false, composed } = options
  return {
    object: celType.dyn,
    oldObject: celType.dyn,
    request: requestType,
    ...(namespace ? { namespaceObject: namespaceType } : {}),
    ...(params ? { params: celType.dyn } : {}),
    ...(authorizer ? { authorizer: authorizerType, 'authorizer.requestResource': resourceCheckType } : {}),
    ...(composed === undefined ? {} : { variables: objectType('kubernetes.variables', composed) }),
  }
}
