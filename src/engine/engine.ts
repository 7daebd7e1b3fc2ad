import type { Manifest } from '../kube/manifest.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Compilation, Dialect } from '../policy/dialect.ts'
import { claims } from '../policy/dialect.ts'
import type { Facts, FactSource } from '../policy/facts.ts'
import type { CompiledPolicy, Effect, PolicyOutcome } from '../policy/policy.ts'
import { effects } from '../policy/policy.ts'
import type { PolicyRequest } from '../policy/request.ts'
import type { KnownFacts } from './facts.ts'
import { FactTable, withFacts } from './facts.ts'
import type { PolicyIndex } from './select.ts'
import { indexPolicies } from './select.ts'

/** What all policies say about one request. */
export interface Decision {
  /** By phase, and in a phase in the order of the policies; policies with nothing to say are left out. */
  readonly outcomes: readonly PolicyOutcome[]
  /** The object after all mutations. */
  readonly object: KubeObject | undefined
}

export interface Engine {
  readonly compilation: Compilation
  /** The decision, if no fact has to be fetched for it. `known` answers what is at hand. */
  decideNow(request: PolicyRequest, known?: KnownFacts): Decision | undefined
  decide(request: PolicyRequest, source: FactSource): Promise<Decision>
}

/** Compiles manifests of all dialects together. Manifests that belong to no dialect are not looked at. */
export function compileManifests(dialects: readonly Dialect[], manifests: readonly Manifest[]): Compilation {
  const compilations = dialects.map((dialect) =>
    dialect.compile(manifests.filter(({ object }) => dialect.kinds.some((kind) => claims(kind, object)))),
  )
  return {
    policies: compilations.flatMap(({ policies }) => policies),
    companions: compilations.flatMap(({ companions = [] }) => companions),
    rejected: compilations.flatMap(({ rejected }) => rejected),
  }
}

export function createEngine(dialects: readonly Dialect[], manifests: readonly Manifest[]): Engine {
  const compilation = compileManifests(dialects, manifests)
  const decideWith = decider(compilation.policies)
  return {
    compilation,
    decideNow: (request, known) => {
      const facts = new FactTable(known)
      const decision = decideWith(request, facts)
      return facts.missing.length === 0 ? decision : undefined
    },
    decide: (request, source) => withFacts((facts) => decideWith(request, facts), source),
  }
}

/** Evaluates some policies on one request. */
export function evaluatePolicies(policies: readonly CompiledPolicy[], request: PolicyRequest, source: FactSource): Promise<Decision> {
  return createDecider(policies).decide(request, source)
}

/** What some policies say about requests, in some phases. */
export interface Decider {
  /** `known` answers what needs no fetching, such as what a watch keeps. */
  decide(request: PolicyRequest, source: FactSource, known?: KnownFacts): Promise<Decision>
}

export function createDecider(policies: readonly CompiledPolicy[], phases: readonly Effect[] = effects): Decider {
  const decideWith = decider(policies, phases)
  return { decide: (request, source, known) => withFacts((facts) => decideWith(request, facts), source, new FactTable(known)) }
}

function decider(
  policies: readonly CompiledPolicy[],
  phases: readonly Effect[] = effects,
): (request: PolicyRequest, facts: Facts) => Decision {
  const indexes = phases.map((phase): readonly [Effect, PolicyIndex] => [
    phase,
    indexPolicies(policies.filter((policy) => policy.effects.has(phase))),
  ])
  return (original, facts) => {
    let request = original
    const outcomes: PolicyOutcome[] = []
    for (const [phase, index] of indexes) {
      for (const policy of index.select(request)) {
        const outcome = policy.evaluate(phase, request, facts)
        if (outcome.rules.length > 0) outcomes.push(outcome)
        if (outcome.object !== undefined) request = { ...request, object: outcome.object }
      }
    }
    return { outcomes, object: request.object }
  }
}
