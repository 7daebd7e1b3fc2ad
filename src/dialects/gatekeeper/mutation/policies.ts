import { objectField } from '../../../core/fields.ts'
import type { Result } from '../../../core/result.ts'
import type { Manifest } from '../../../kube/manifest.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { groupVersionKind } from '../../../kube/object.ts'
import type { Compilation } from '../../../policy/dialect.ts'
import type { ExplainedRule } from '../../../policy/explain.ts'
import type { Facts } from '../../../policy/facts.ts'
import type { CompiledPolicy, Effect, PolicyOutcome, ResourceSelector, RuleOutcome } from '../../../policy/policy.ts'
import { ruleOutcome } from '../../../policy/policy.ts'
import type { PolicyRequest } from '../../../policy/request.ts'
import type { Configuration } from '../config.ts'
import { kindEntries } from '../constraint/match.ts'
import { labelsOfNamespace, namespaceOfRequest } from '../constraint/request-match.ts'
import { explainMutator } from '../explain/mutator.ts'
import type { Providers } from '../external-data.ts'
import { problemAt } from '../read.ts'
import { kindsOf } from './apply-to.ts'
import { diagnoseProblem, isMutator } from './check.ts'
import { compileMutator } from './compile.ts'
import type { MutationTarget, Mutator } from './mutator.ts'
import { conflictText } from './schema-conflicts.ts'
import type { Mutation, MutationSystem } from './system.ts'
import { createMutationSystem, mutateAlone } from './system.ts'

/** What mutators know of the other manifests. */
export interface Surroundings {
  readonly configuration: Pick<Configuration, 'isExcluded'>
  /** Null: there is no certificate to ask anybody with. */
  readonly providers: Providers | null
}

/** The mutators among some manifests. */
export interface CompiledMutators extends Pick<Compilation, 'policies' | 'rejected'> {
  /** All of them together, as expansions need them. */
  readonly system: MutationSystem
}

/** Compiles the mutators among `manifests`; the others are not looked at. Those in conflict with each other are all rejected, as upstream does. */
export function compileMutators(manifests: readonly Manifest[], surroundings: Surroundings): CompiledMutators {
  const rejected: Compilation['rejected'][number][] = []
  const mutators: Mutator[] = []
  for (const manifest of manifests.filter(isMutator)) {
    const compiled = compileMutator(manifest)
    if (compiled.ok) mutators.push(compiled.value)
    else rejected.push({ manifest, diagnostics: [diagnoseProblem(manifest, compiled.error)] })
  }
  const system = createMutationSystem(mutators, surroundings.providers)
  for (const [{ manifest }, conflicting] of system.conflicts) {
    const problem = { code: 'conflicting-mutators', message: conflictText(conflicting) }
    rejected.push({ manifest, diagnostics: [problemAt(manifest, ['spec', 'location'], problem)] })
  }
  const run = createRunner(system, surroundings)
  const explain = createExplainer(run, surroundings)
  return { system, rejected, policies: system.mutators.map((mutator) => policyOf(mutator, run, explain)) }
}

/** What all mutators together make of one object of one request. The first policy that is asked tells what went wrong. */
interface Run {
  readonly request: PolicyRequest
  readonly facts: Facts
  readonly reporter: Mutator
  readonly mutation: Result<Mutation, string>
}

type Runner = (mutator: Mutator, request: PolicyRequest, facts: Facts) => Run | undefined

/**
 * Mutators act together until the object stays as it is, but the engine asks one after the other. So the first one asked does it all, and
 * the others look up their part by the object: the one before or, since the engine goes on with it, the one after.
 * INVARIANT: a run is a function of what it is kept under, so that nobody can tell whether it was kept.
 */
function createRunner(system: MutationSystem, { configuration }: Surroundings): Runner {
  const runs = new WeakMap<KubeObject, Run>()
  return (mutator, request, facts) => {
    const { object, operation, subresource } = request
    if (object === undefined || subresource !== '' || (operation !== 'CREATE' && operation !== 'UPDATE')) return undefined
    if (configuration.isExcluded('mutation-webhook', namespaceOfRequest(request))) return undefined
    const known = runs.get(object)
    if (known !== undefined && known.facts === facts && isSameRequest(known.request, request)) return known
    const mutation = system.mutate(targetOf(request, object, facts), facts)
    const run: Run = { request, facts, reporter: mutator, mutation }
    if (facts.missing.length > 0) return run
    runs.set(object, run)
    if (mutation.ok) runs.set(mutation.value.object, run)
    return run
  }
}

const isSameRequest = (a: PolicyRequest, b: PolicyRequest): boolean =>
  a.uid === b.uid && a.operation === b.operation && a.namespace === b.namespace && a.requester === b.requester

/** Names a mutation where no request does. */
const noId = '00000000-0000-0000-0000-000000000000'

/** What mutators are told of a request. */
export const targetOf = (request: PolicyRequest, object: KubeObject, facts: Facts): MutationTarget => ({
  id: request.uid === '' ? noId : request.uid,
  object,
  namespace: namespaceOfRequest(request),
  namespaceLabels: () => labelsOfNamespace(namespaceOfRequest(request), facts),
  source: 'Original',
  operation: request.operation,
  username: request.requester?.userInfo.username ?? '',
})

const effects: ReadonlySet<Effect> = new Set<Effect>(['mutate'])

type Explainer = (mutator: Mutator, request: PolicyRequest, facts: Facts) => ExplainedRule

const createExplainer =
  (run: Runner, { configuration, providers }: Surroundings): Explainer =>
  (mutator, request, facts) => {
    const target = request.object === undefined ? undefined : targetOf(request, request.object, facts)
    return explainMutator(mutator, {
      request,
      target,
      isExcluded: configuration.isExcluded('mutation-webhook', namespaceOfRequest(request)),
      together: run(mutator, request, facts)?.mutation,
      alone: target === undefined ? undefined : mutateAlone(mutator, target, { providers, facts }),
    })
  }

function policyOf(mutator: Mutator, run: Runner, explain: Explainer): CompiledPolicy {
  const { manifest, kind, name } = mutator
  const policy: CompiledPolicy = {
    apiVersion: manifest.object.apiVersion,
    kind,
    name,
    namespace: '',
    manifest,
    rules: [{ name: '', effect: 'mutate', derived: false }],
    effects,
    selectors: selectorsOf(mutator),
    failurePolicy: 'Ignore',
    admission: true,
    background: false,
    enforces: false,
    scored: true,
    severity: '',
    category: '',
    reportSource: 'gatekeeper',
    evaluate: (phase, request, facts) =>
      phase === 'mutate' ? outcomeOf(policy, mutator, run(mutator, request, facts), request) : { policy, rules: [] },
    explain: (request, facts) => [explain(mutator, request, facts)],
  }
  return policy
}

function outcomeOf(policy: CompiledPolicy, mutator: Mutator, run: Run | undefined, { object }: PolicyRequest): PolicyOutcome {
  if (run === undefined) return { policy, rules: [] }
  const { mutation, reporter } = run
  if (!mutation.ok) return { policy, rules: reporter === mutator ? [outcome('error', mutation.error)] : [] }
  const patched = mutation.value.object
  const rules = mutation.value.applied.includes(mutator) ? [{ ...outcome('pass', 'mutated'), patched }] : []
  return patched === object ? { policy, rules } : { policy, rules, object: patched }
}

const outcome = (result: 'pass' | 'error', message: string): RuleOutcome => ruleOutcome({ effect: 'mutate', result, message })

/** The kinds of `applyTo`; AssignMetadata has only those of its match. */
function selectorsOf({ applyTo, manifest }: Mutator): readonly ResourceSelector[] {
  const rest = { subresource: '', operations: ['CREATE', 'UPDATE'] } as const
  if (applyTo !== undefined) return kindsOf(applyTo).map((kind) => ({ ...kind, ...rest }))
  const entries = kindEntries(objectField(objectField(manifest.object, 'spec'), 'match'))
  const all = (words: readonly string[]): readonly string[] => (words.length === 0 || words.includes('*') ? ['*'] : words)
  const selectors = entries.flatMap(({ groups, kinds }) =>
    all(groups).flatMap((group) => all(kinds).map((kind) => ({ group, version: '*', kind, ...rest }))),
  )
  return selectors.length === 0 ? [{ group: '*', version: '*', kind: '*', ...rest }] : selectors
}

/** Whether a policy is one of these. */
export const isMutatorPolicy = ({ manifest }: CompiledPolicy): boolean =>
  groupVersionKind(manifest.object).group === 'mutations.gatekeeper.sh'
