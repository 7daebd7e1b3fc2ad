import type { JsonObject, JsonPath } from '../../../core/json.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { nameOf, namespaceOf } from '../../../kube/object.ts'
import type { Result } from '../../../core/result.ts'
import type { Facts } from '../../../policy/facts.ts'
import type { Effect, RuleOutcome } from '../../../policy/policy.ts'
import type { PolicyRequest } from '../../../policy/request.ts'
import type { CompiledConditions } from '../conditions.ts'
import type { ExpandedRule } from '../autogen.ts'
import type { CompiledMatch } from '../match.ts'
import type { CompiledException } from '../policy-exception.ts'
import type { RuleContext } from '../context.ts'
import type { Expressions } from '../expressions.ts'
import type { FailureAction } from './failure-action.ts'

/** What every rule of one policy shares. */
export interface PolicySettings {
  readonly key: string
  readonly kind: string
  readonly name: string
  readonly namespace: string
  readonly emitWarning: boolean
  readonly useServerSideApply: boolean
  readonly expressions: Expressions
  readonly exceptions: readonly CompiledException[]
}

/** One run of one rule on one request. */
export interface RuleRun {
  readonly request: PolicyRequest
  readonly facts: Facts
  readonly context: RuleContext
  /** The object as earlier rules left it; on DELETE the old one. */
  readonly object: KubeObject
  /** Exceptions that excuse part of the rule. Those that excuse all of it never reach a handler. */
  readonly exceptions: readonly CompiledException[]
}

/** What a handler finds; the rule's name, effect and properties are added around it. Undefined: the rule has nothing to say. */
export interface Finding {
  readonly result: RuleOutcome['result']
  readonly message: string
  readonly at?: readonly JsonPath[]
  /** Report properties of this finding. */
  readonly properties?: Readonly<Record<string, string>>
  /** `namespace/name` of the exceptions that made this a skip. */
  readonly exceptions?: readonly string[]
  readonly patched?: KubeObject
  readonly targets?: readonly { readonly before: KubeObject; readonly after: KubeObject }[]
  readonly generated?: readonly KubeObject[]
}
/** Several findings where a rule concerns several objects (mutate targets). */
export type Handler = (run: RuleRun) => readonly Finding[]

export interface CompiledRule {
  readonly name: string
  readonly effect: Effect
  readonly raw: JsonObject
  readonly expanded: ExpandedRule
  readonly match: CompiledMatch
  readonly preconditions: CompiledConditions | undefined
  readonly context: readonly JsonObject[]
  readonly failureAction: FailureAction
  readonly reportProperties: Readonly<Record<string, string>>
  readonly handle: Handler
}

export type Compiled<T> = Result<T, readonly Problem[]>
/** A problem of a manifest before it is given its place in the user's file. */
export interface Problem {
  readonly code: string
  readonly message: string
  readonly path: JsonPath
  readonly help?: string
}

export const pass = (message: string): Finding => ({ result: 'pass', message })
export const skip = (message: string): Finding => ({ result: 'skip', message })
export const failure = (message: string, at: readonly JsonPath[] = []): Finding => ({ result: 'fail', message, at })
/** Upstream's form of a rule error: what failed, then why. */
export const ruleError = (what: string, why?: string): Finding => ({
  result: 'error',
  message: why === undefined ? what : `${what}: ${why}`,
})

export const describeObject = (object: JsonObject): string => {
  const namespace = namespaceOf(object)
  const kind = typeof object['kind'] === 'string' ? object['kind'] : ''
  return `${kind}/${nameOf(object)}${namespace === '' ? '' : ` in namespace ${namespace}`}`
}
