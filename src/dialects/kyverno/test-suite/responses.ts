import type { KubeObject } from '../../../kube/object.ts'
import { generateNameOf, nameOf, namespaceOf } from '../../../kube/object.ts'
import type { CompiledPolicy, PolicyOutcome, RuleOutcome } from '../../../policy/policy.ts'
import type { Operation } from '../../../policy/request.ts'

/** How a test file, and upstream's table, name an object. */
export interface ResourceKey {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

export const keyOf = (object: KubeObject): ResourceKey => ({
  apiVersion: object.apiVersion,
  kind: object.kind,
  namespace: namespaceOf(object),
  name: nameOf(object) || generateNameOf(object),
})

export const sameKey = (a: ResourceKey, b: ResourceKey): boolean =>
  a.name === b.name && a.namespace === b.namespace && a.kind === b.kind && a.apiVersion === b.apiVersion

/** `v1/Pod/default/web`, as the table prints it. */
export const printKey = (key: ResourceKey): string => [key.apiVersion, key.kind, key.namespace, key.name].join('/')

/** What one rule said, with the object as the whole policy left it. */
export interface RuleResponse {
  readonly outcome: RuleOutcome
  readonly object: KubeObject
}

export interface PolicyResponse {
  readonly policy: CompiledPolicy
  readonly rules: readonly RuleResponse[]
}

/** What all policies said about one object in one run. */
export interface ResourceResponses {
  readonly key: ResourceKey
  /** The run: undefined is the ordinary one, an operation is one that expectations asked for. */
  readonly run: Operation | undefined
  /** One for every policy, also for those with nothing to say. */
  readonly policies: readonly PolicyResponse[]
}

/** Sorts outcomes by policy. The object is followed through the mutations, as every rule compares with what its own policy made of it. */
export function policyResponses(
  policies: readonly CompiledPolicy[],
  outcomes: readonly PolicyOutcome[],
  object: KubeObject,
): readonly PolicyResponse[] {
  const rules = new Map<CompiledPolicy, RuleResponse[]>(policies.map((policy) => [policy, []]))
  let current = object
  for (const outcome of outcomes) {
    if (outcome.object !== undefined) current = outcome.object
    const after = current
    rules.get(outcome.policy)?.push(...outcome.rules.map((rule) => ({ outcome: rule, object: after })))
  }
  return [...rules].map(([policy, responses]) => ({ policy, rules: responses }))
}
