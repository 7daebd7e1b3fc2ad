import type { JsonPath } from '../core/json.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Manifest } from '../kube/manifest.ts'
import type { ExplainedRule } from './explain.ts'
import type { Facts } from './facts.ts'
import type { Operation, PolicyRequest } from './request.ts'

export const effects = ['mutate', 'validate', 'generate', 'verifyImages'] as const
/** What a rule does. Phases run in this order; a later phase sees what earlier ones made of the object. */
export type Effect = (typeof effects)[number]

export const results = ['pass', 'fail', 'warn', 'error', 'skip'] as const
/** PolicyReport's word for the outcome of one rule on one object. */
export type RuleResult = (typeof results)[number]

/** What a failing rule means for the request. `audit` only reports. */
export type Enforcement = 'deny' | 'warn' | 'audit'

/** What one rule says about one object. */
export interface RuleOutcome {
  /** As users name it; '' for kinds whose results carry no rule. */
  readonly rule: string
  readonly effect: Effect
  readonly result: RuleResult
  /** The upstream engine's text, byte for byte. */
  readonly message: string
  readonly enforcement: Enforcement
  /** A failure is shown as an admission warning as well (Kyverno: `emitWarning`). */
  readonly emitWarning: boolean
  /** The nodes of the object that broke the rule, nearest existing ones, to point at in the user's file. */
  readonly at: readonly JsonPath[]
  /** Report properties. */
  readonly properties: Readonly<Record<string, string>>
  /** `namespace/name` of the exceptions that made this a skip. */
  readonly exceptions: readonly string[]
  /** Mutations of the object itself: the object after this rule. */
  readonly patched?: KubeObject
  /** Mutations of existing objects: each before and after. */
  readonly targets?: readonly { readonly before: KubeObject; readonly after: KubeObject }[]
  /** What a generate rule would create. */
  readonly generated?: readonly KubeObject[]
}

/** An outcome of a rule without a name that denies and has nothing else to tell; `known` is what there is. */
export function ruleOutcome(known: Pick<RuleOutcome, 'effect' | 'result' | 'message'> & Partial<RuleOutcome>): RuleOutcome {
  const { rule = '', effect, result, message, enforcement = 'deny', emitWarning = false } = known
  const { at = nothing, properties = noProperties, exceptions = nothing } = known
  const told: RuleOutcome = { rule, effect, result, message, enforcement, emitWarning, at, properties, exceptions }
  const changesNothing = known.patched === undefined && known.targets === undefined && known.generated === undefined
  return changesNothing ? told : { ...told, ...known }
}

const nothing: readonly never[] = []
const noProperties: RuleOutcome['properties'] = {}

/** What one policy says about one request, in one phase. */
export interface PolicyOutcome {
  readonly policy: CompiledPolicy
  readonly rules: readonly RuleOutcome[]
  /** The object after the mutations of this policy; absent where nothing changed. */
  readonly object?: KubeObject
}

/** One rule as lists, reports and `apply`'s count show it. */
export interface RuleSummary {
  readonly name: string
  readonly effect: Effect
  /** Made by the engine from another rule (autogen). */
  readonly derived: boolean
}

/**
 * Which requests a policy may concern: the index of the engine and the webhook configuration are made from it. May be wider than what the policy
 * really matches, never narrower. Each part may be a wildcard; `subresource` '' is the object itself.
 */
export interface ResourceSelector {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly subresource: string
  readonly operations: readonly Operation[]
}

/** A policy ready to run. Everything that depends only on manifests has been done. */
export interface CompiledPolicy {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  /** '' for cluster-scoped policies. */
  readonly namespace: string
  readonly manifest: Manifest
  readonly rules: readonly RuleSummary[]
  readonly effects: ReadonlySet<Effect>
  readonly selectors: readonly ResourceSelector[]
  readonly failurePolicy: 'Fail' | 'Ignore'
  readonly admission: boolean
  readonly background: boolean
  /** Some failing rule of it may deny. */
  readonly enforces: boolean
  /** False turns `fail` into `warn` in reports (`policies.kyverno.io/scored`). */
  readonly scored: boolean
  readonly severity: string
  readonly category: string
  /** `source` of its report results. */
  readonly reportSource: string
  /** Never throws for anything a user wrote; reads the world only through `facts`. */
  evaluate(phase: Effect, request: PolicyRequest, facts: Facts): PolicyOutcome
  /** The way that each rule takes with a request. Kinds without it are explained by their outcomes alone. */
  explain?(request: PolicyRequest, facts: Facts): readonly ExplainedRule[]
}

/** `namespace/name`, or the name of a cluster-scoped policy. */
export const policyKey = (policy: Pick<CompiledPolicy, 'namespace' | 'name'>): string =>
  policy.namespace === '' ? policy.name : `${policy.namespace}/${policy.name}`
