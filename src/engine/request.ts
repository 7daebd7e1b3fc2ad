import type { KubeObject } from '../kube/object.ts'
import { generateNameOf, groupVersionKind, nameOf, namespaceOf } from '../kube/object.ts'
import { resourceOf } from '../kube/resources.ts'
import type { GivenValues, Operation, PolicyRequest, Requester } from '../policy/request.ts'
import { creationOf } from '../policy/request.ts'

export interface RequestOptions {
  readonly operation?: Operation
  readonly oldObject?: KubeObject
  readonly subresource?: string
  readonly requester?: Requester
  readonly given?: GivenValues
  readonly background?: boolean
  readonly now: Date
}

/** The request that creating (or, on DELETE, deleting) an object would make. */
export function requestFor(object: KubeObject, options: RequestOptions): PolicyRequest {
  const kind = groupVersionKind(object)
  const isDelete = options.operation === 'DELETE'
  return creationOf(object, {
    operation: options.operation ?? 'CREATE',
    resource: resourceOf(kind).plural,
    subresource: options.subresource ?? '',
    namespace: kind.kind === 'Namespace' ? nameOf(object) : namespaceOf(object),
    name: nameOf(object) || generateNameOf(object),
    object: isDelete ? undefined : object,
    oldObject: isDelete ? object : options.oldObject,
    requester: options.requester,
    given: options.given,
    background: options.background ?? false,
    now: options.now,
  })
}
