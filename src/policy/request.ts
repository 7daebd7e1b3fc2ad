import type { Json, JsonObject } from '../core/json.ts'
import type { GroupVersionKind, KubeObject } from '../kube/object.ts'
import { groupVersionKind, nameOf, namespaceOf } from '../kube/object.ts'

export const operations = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] as const
export type Operation = (typeof operations)[number]

export interface UserInfo {
  readonly username: string
  readonly uid: string
  readonly groups: readonly string[]
  readonly extra: Readonly<Record<string, readonly string[]>>
}

/** Who asks. Absent in a background scan and in the CLI without `--userinfo`: policies can tell. */
export interface Requester {
  readonly userInfo: UserInfo
  /** `namespace:name` of every Role that applies to the user. */
  readonly roles: readonly string[]
  readonly clusterRoles: readonly string[]
}

/** What a person supplies in place of what a policy would load: the values file of the CLI and of tests. */
export interface GivenValues {
  /** Dotted variable names (`request.operation`, `element.foo`) to values, for one rule of one policy. */
  readonly variables: (policy: string, rule: string) => Readonly<Record<string, Json>>
  /** For each variable, one value per foreach element. */
  readonly foreachVariables: (policy: string, rule: string) => Readonly<Record<string, readonly Json[]>>
}

/** One thing to decide about: what the API server would send to an admission webhook, or the same made up by another face. */
export interface PolicyRequest {
  readonly uid: string
  readonly operation: Operation
  /** Of the resource, also in requests to its subresources. */
  readonly kind: GroupVersionKind
  /** Of the object, where a subresource shows one of another kind: a Scale, the options of an exec. */
  readonly objectKind?: GroupVersionKind
  /** Lower-case plural, '' where it is not known. */
  readonly resource: string
  /** '' for the object itself. */
  readonly subresource: string
  readonly namespace: string
  readonly name: string
  /** Absent on DELETE. */
  readonly object: KubeObject | undefined
  /** Present on UPDATE and DELETE. */
  readonly oldObject: KubeObject | undefined
  readonly dryRun: boolean
  readonly requester: Requester | undefined
  /** Set by the CLI and by tests: nothing is loaded from a cluster, variables come from here. */
  readonly given: GivenValues | undefined
  readonly background: boolean
  /** The clock of this request: every evaluation of it sees the same time. */
  readonly now: Date
  /** When nobody waits for the answer any more, in milliseconds of `performance.now()`; absent where somebody always does. */
  readonly deadline?: number
  /** The request of the AdmissionReview as it came; absent where there was none. */
  readonly review?: JsonObject
}

/** The request that creating an object would make, as far as the object tells; `known` is what else there is, or takes its place. */
export const creationOf = (object: KubeObject, known: Pick<PolicyRequest, 'now'> & Partial<PolicyRequest>): PolicyRequest => ({
  uid: '',
  operation: 'CREATE',
  kind: groupVersionKind(object),
  resource: '',
  subresource: '',
  namespace: namespaceOf(object),
  name: nameOf(object),
  object,
  oldObject: undefined,
  dryRun: false,
  requester: undefined,
  given: undefined,
  background: false,
  ...known,
})
