import type { Result } from '../../../core/result.ts'
import { ok } from '../../../core/result.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { groupVersionKind, nameOf, namespaceOf } from '../../../kube/object.ts'
import type { Facts } from '../../../policy/facts.ts'
import type { PolicyRequest } from '../../../policy/request.ts'
import { pointOf } from '../constraint/enforcement.ts'
import { targetOf } from '../mutation/policies.ts'
import type { MutationSystem } from '../mutation/system.ts'
import type { ExpandedObject, Expander } from './expand.ts'

/** What the object of a request would make. Every constraint asks, so the answer is kept with the object. */
export type RequestExpander = (request: PolicyRequest, facts: Facts) => Result<readonly ExpandedObject[], string>

/**
 * The request in which a generated object is judged. Nobody has sent it: its review has no operation and no user.
 */
export function generatedRequest(request: PolicyRequest, object: KubeObject): PolicyRequest {
  const { review: _, ...rest } = request
  const namespace = namespaceOf(object) || request.namespace
  // A scan has no user either, and knows the cluster as the webhook does.
  const background = pointOf(request) !== 'gator.gatekeeper.sh'
  const place = { kind: groupVersionKind(object), resource: '', subresource: '', namespace, name: nameOf(object) }
  return { ...rest, ...place, operation: 'CREATE', object, oldObject: undefined, requester: undefined, background }
}

interface Kept {
  readonly namespace: string
  readonly facts: Facts
  readonly expanded: Result<readonly ExpandedObject[], string>
}

/**
 * For the validation of requests: generated objects are mutated before they are judged, the object itself is taken as it is.
 * INVARIANT: an expansion is a function of what it is kept under, so that nobody can tell whether it was kept.
 */
export function createRequestExpander(expander: Expander, mutations: MutationSystem): RequestExpander {
  const known = new WeakMap<KubeObject, Kept>()
  return (request, facts) => {
    const { object, namespace } = request
    if (object === undefined || expander.templates.length === 0) return ok([])
    const kept = known.get(object)
    if (kept !== undefined && kept.facts === facts && kept.namespace === namespace) return kept.expanded
    // Generated objects are not what is being created: entries for one operation alone are not for them.
    const expanded = expander.expand({ ...targetOf(request, object, facts), operation: '' }, mutations, facts)
    if (facts.missing.length === 0) known.set(object, { namespace, facts, expanded })
    return expanded
  }
}
