import type { Diagnostic } from '../../../core/diagnostic.ts'
import type { Manifest } from '../../../kube/manifest.ts'
import { printYaml } from '../../../kube/yaml/yaml.ts'
import type { Verdict } from '../../../policy/admission.ts'
import { allow } from '../../../policy/admission.ts'
import type { PolicyOutcome } from '../../../policy/policy.ts'
import { policyKey } from '../../../policy/policy.ts'
import type { PolicyRequest } from '../../../policy/request.ts'

const isTrouble = (result: string): boolean => result === 'fail' || result === 'error'

/**
 * Blocked if a rule that enforces fails, or if any rule of the enforcing policies errs while one of these policies has failurePolicy Fail
 * (Kyverno folds the failure policy over all of them).
 */
export function validatingVerdict(request: PolicyRequest, outcomes: readonly PolicyOutcome[]): Verdict {
  const bucket = outcomes.filter(({ policy }) => policy.enforces)
  const denies = bucket.some(({ rules }) => rules.some(({ result, enforcement }) => result === 'fail' && enforcement === 'deny'))
  const errs = bucket.some(({ rules }) => rules.some(({ result }) => result === 'error'))
  const blocked = denies || (errs && bucket.some(({ policy }) => policy.failurePolicy === 'Fail'))
  if (blocked) return { ...allow, allowed: false, message: denialText(request, bucket), code: 400 }
  return { ...allow, warnings: warningsOf(outcomes) }
}

/** Every rule of the enforcing policies that neither passed nor was skipped, by policy and rule. */
function denialText(request: PolicyRequest, bucket: readonly PolicyOutcome[]): string {
  const failures = new Map<string, Record<string, string>>()
  for (const { policy, rules } of bucket) {
    for (const { rule, result, message } of rules) {
      if (!isTrouble(result) && result !== 'warn') continue
      const key = policyKey(policy)
      failures.set(key, { ...failures.get(key), [rule]: message })
    }
  }
  return `\n\nresource ${resourceKey(request)} was blocked due to the following policies \n\n${printYaml(sorted(failures), { sortKeys: true })}`
}

const sorted = (failures: ReadonlyMap<string, Record<string, string>>): Record<string, Record<string, string>> =>
  Object.fromEntries([...failures].sort(([a], [b]) => (a < b ? -1 : 1)))

/** `Kind/namespace/name` of the request: without a name where the API server is still to make one. */
function resourceKey({ kind, objectKind, namespace, name }: PolicyRequest): string {
  const shown = (objectKind ?? kind).kind
  return `${shown}/${shown === 'Namespace' ? '' : namespace}/${name}`
}

/** Policies that only warn: one line for each failing rule. */
function warningsOf(outcomes: readonly PolicyOutcome[]): readonly string[] {
  return outcomes.flatMap(({ policy, rules }) =>
    rules
      .filter(({ emitWarning, result }) => emitWarning && isTrouble(result))
      .map(({ rule, message }) => `policy ${policy.name}.${rule}: ${message}`),
  )
}

/** A mutation that cannot be done denies, unless its policy may be ignored. */
export function mutatingVerdict(_request: PolicyRequest, outcomes: readonly PolicyOutcome[]): Verdict {
  for (const { policy, rules } of outcomes) {
    const failed = rules.filter(({ result }) => isTrouble(result))
    if (failed.length === 0 || policy.failurePolicy === 'Ignore') continue
    const said = failed.map(({ rule, message }) => `${rule}: ${message}`).join('; ')
    const message = `mutation policy ${policy.name} error: failed to apply policy ${policy.name} rules [${said}]`
    return { ...allow, allowed: false, message, code: 400 }
  }
  return { ...allow, warnings: mutationWarnings(outcomes) }
}

/** Policies that warn say what they have changed, too. */
function mutationWarnings(outcomes: readonly PolicyOutcome[]): readonly string[] {
  return outcomes.flatMap(({ policy, rules }) =>
    rules
      .filter(({ emitWarning, result }) => emitWarning && result !== 'skip')
      .map(({ rule, message }) => `policy ${policy.name}.${rule}: ${message}`),
  )
}

/** A manifest with an error is refused with the first one's text; warnings are passed on. */
export function manifestVerdict(_manifest: Manifest, diagnostics: readonly Diagnostic[]): Verdict {
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning').map(({ message }) => message)
  const [error] = diagnostics.filter(({ severity }) => severity === 'error')
  return error === undefined ? { ...allow, warnings } : { ...allow, allowed: false, message: error.message, code: 400, warnings }
}
