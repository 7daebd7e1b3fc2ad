import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { groupVersionKind, nameOf, namespaceOf } from '../../../kube/object.ts'
import type { Facts } from '../../../policy/facts.ts'
import type { PolicyRequest } from '../../../policy/request.ts'
import { pointOf } from '../constraint/enforcement.ts'
import { targetOf } from '../mutation/policies.ts'
import type { MutationTarget } from '../mutation/mutator.ts'
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
  return keeping(expander, (target, facts) => expander.expand(target, mutations, facts))
}

/** For files: no webhook has mutated the object itself before, and what is in no namespace counts as in one without a name. */
export function createFileExpander(expander: Expander, mutations: MutationSystem): RequestExpander {
  return keeping(expander, (target, facts) => {
    const inFile: MutationTarget = { ...target, hasUnnamedNamespace: true }
    const mutated = mutations.mutate(inFile, facts)
    if (!mutated.ok) return err(`error mutating base resource ${nameOf(target.object)}: ${mutated.error}`)
    return expander.expand({ ...inFile, object: mutated.value.object }, mutations, facts)
  })
}

type Expand = (target: MutationTarget, facts: Facts) => Result<readonly ExpandedObject[], string>

function keeping(expander: Expander, expand: Expand): RequestExpander {
  const known = new WeakMap<KubeObject, Kept>()
  return (request, facts) => {
    const { object, namespace } = request
    if (object === undefined || expander.templates.length === 0) return ok([])
    const kept = known.get(object)
    if (kept !== undefined && kept.facts === facts && kept.namespace === namespace) return kept.expanded
    // Generated objects are not what is being created: entries for one operation alone are not for them.
    const expanded = expand({ ...targetOf(request, object, facts), operation: '' }, facts)
    if (facts.missing.length === 0) known.set(object, { namespace, facts, expanded })
    return expanded
  }
}
