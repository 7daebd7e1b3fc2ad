import type { Result } from '../core/result.ts'
import type { KubeObject } from '../kube/object.ts'
import type { GroupResource, Status } from '../kube/status.ts'

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly of: GroupResource
  /** After the change; for DELETED the last state. */
  readonly object: KubeObject
}

export interface DeleteOptions {
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground'
  readonly gracePeriodSeconds?: number
  /** The object is deleted only if this is its uid. */
  readonly uid?: string
}

/**
 * The API server as its own controllers see it: the requests that kubectl could make, in the server's storage versions (apps/v1, batch/v1, v1 …), without the network.
 * Reads are of the state at this moment. Writes pass through admission like anybody's, in the name of the client's user.
 */
export interface SandboxClient {
  get(of: GroupResource, namespace: string, name: string): KubeObject | undefined
  /** Of one namespace, or of all; in the order of the names. */
  list(of: GroupResource, namespace?: string): readonly KubeObject[]
  create(of: GroupResource, object: KubeObject, subresource?: string): Promise<Result<KubeObject, Status>>
  /** Refused with `Conflict` if `metadata.resourceVersion` is given and no longer the current one. */
  update(of: GroupResource, object: KubeObject, subresource?: string): Promise<Result<KubeObject, Status>>
  delete(
    of: GroupResource,
    at: { readonly namespace: string; readonly name: string },
    options?: DeleteOptions,
  ): Promise<Result<undefined, Status>>
  /** Every change from now on, after it has been stored. The returned function ends it. */
  watch(listener: (event: WatchEvent) => void): () => void
  /** The same server as another user, e.g. `system:serviceaccount:kube-system:replicaset-controller`. */
  as(username: string): SandboxClient
}

/** Time, as an argument: tests turn it by hand. */
export interface Clock {
  now(): Date
  /** Calls back once, after so many milliseconds; the returned function cancels. */
  after(milliseconds: number, callback: () => void): () => void
}
