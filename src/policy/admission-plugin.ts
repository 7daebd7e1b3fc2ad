import type { KubeObject } from '../kube/object.ts'
import type { Status } from '../kube/status.ts'
import type { PolicyRequest } from './request.ts'

/** What a plugin may read of the server it runs in, at this moment. */
export interface ClusterView {
  namespace(name: string): KubeObject | undefined
  /** Objects of a built-in kind in a namespace, by name. */
  list(of: { readonly group: string; readonly resource: string }, namespace: string): readonly KubeObject[]
}

/** What an answer says beside its verdict. */
interface Remarks {
  /** For the user. */
  readonly warnings?: readonly string[]
  /** For the audit log, also of a request that is refused. */
  readonly auditAnnotations?: Readonly<Record<string, string>>
}

export type AdmissionAnswer = Remarks & ({ readonly allowed: true } | { readonly allowed: false; readonly status: Status })

/** An admission step that Kubernetes itself has built in (PodSecurity, ValidatingAdmissionPolicy): it runs in the API server, after defaulting and validation of the object's form and the mutating steps. */
export interface AdmissionPlugin {
  /** As in `--enable-admission-plugins`. */
  readonly name: string
  validate(request: PolicyRequest, cluster: ClusterView): AdmissionAnswer
}
