import type { Diagnostic } from '../../core/diagnostic.ts'
import { anyField, listField, objectField, objectsField, stringField } from '../../core/fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import { compileWildcard } from '../../core/wildcard.ts'
import type { Manifest } from '../../kube/manifest.ts'
import { nameOf, namespaceOf } from '../../kube/object.ts'
import { locate } from '../../kube/yaml/yaml.ts'
import type { Facts } from '../../policy/facts.ts'
import type { PolicyRequest } from '../../policy/request.ts'
import type { CompiledMatch } from './match.ts'
import { compileMatch } from './match.ts'
import { compilePolicyConditions } from './match-conditions.ts'

export interface ExemptedRule {
  /** `namespace/name` of a Policy, the name of a ClusterPolicy. */
  readonly policyKey: string
  readonly policyKind: string
  readonly ruleName: string
}

export interface CompiledException {
  readonly name: string
  readonly namespace: string
  /** Pod Security controls that are exempt, instead of the whole rule. */
  readonly podSecurity: readonly Json[]
  readonly exempts: (rule: ExemptedRule, request: PolicyRequest, facts: Facts, holds: (conditions: Json) => boolean) => boolean
}

/** Compiles a PolicyException of kyverno.io, or one of policies.kyverno.io as far as it names ClusterPolicies and Policies. */
export function compileException(manifest: Manifest): Result<CompiledException, readonly Diagnostic[]> {
  const { object, document } = manifest
  const spec = objectField(object, 'spec') ?? {}
  const problem = (message: string, field: string): Result<never, readonly Diagnostic[]> =>
    err([
      { code: 'invalid-exception', severity: 'error', message, source: document.source, span: locate(document, ['spec', field], 'key') },
    ])
  const namesKinds = object.apiVersion.startsWith('policies.kyverno.io/')
  const expressions = compilePolicyConditions(namesKinds ? (objectsField(spec, 'matchConditions') ?? []) : [])
  const match =
    anyField(spec, 'match') === undefined ? ok(undefined) : compileMatch(spec, { namespace: '', namespacesIgnoreSelector: true })
  if (!match.ok) return problem(match.error, 'match')
  const covers = namesKinds
    ? coveredByReference(objectsField(spec, 'policyRefs') ?? [])
    : coveredByName(objectsField(spec, 'exceptions') ?? [])
  const conditions = anyField(spec, 'conditions')
  return ok({
    name: nameOf(object),
    namespace: namespaceOf(object),
    podSecurity: listField(spec, 'podSecurity') ?? [],
    exempts: (rule, request, facts, holds) =>
      covers(rule) &&
      matches(match.value, namesKinds, request, facts) &&
      // What cannot be decided excuses nothing.
      expressions(request) === true &&
      (conditions === undefined || holds(conditions)),
  })
}

/** kyverno.io exceptions must say what they are about; those of policies.kyverno.io are about everything their policies are. */
function matches(match: CompiledMatch | undefined, namesKinds: boolean, request: PolicyRequest, facts: Facts): boolean {
  return match === undefined ? namesKinds : match.whyNot(request, facts) === undefined
}

type Covers = (rule: ExemptedRule) => boolean

/** Rules made by autogen are rules of their own: they must be named, or matched by a wildcard. */
function coveredByName(exceptions: readonly JsonObject[]): Covers {
  const entries = exceptions.map((exception) => ({
    policy: stringField(exception, 'policyName') ?? '',
    rules: (listField(exception, 'ruleNames') ?? []).filter((name): name is string => typeof name === 'string').map(compileWildcard),
  }))
  return ({ policyKey, ruleName }) => entries.some(({ policy, rules }) => policy === policyKey && rules.some((names) => names(ruleName)))
}

function coveredByReference(references: readonly JsonObject[]): Covers {
  const entries = references.map((reference) => ({
    kind: stringField(reference, 'kind') ?? '',
    name: stringField(reference, 'name') ?? '',
  }))
  return ({ policyKey, policyKind }) => entries.some(({ kind, name }) => kind === policyKind && name === policyKey)
}
