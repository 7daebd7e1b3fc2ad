import type { Diagnostic } from '../../core/diagnostic.ts'
import { anyField, booleanField, listField, objectField, stringField } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Manifest } from '../../kube/manifest.ts'
import { checkConditions } from './checks/conditions.ts'
import { checkBackgroundUsers, checkSubjects } from './checks/match.ts'
import { policyException } from './checks/exception-shape.ts'
import { policyV1, policyV2beta1 } from './checks/policy-shape.ts'
import { checkPolicyObject } from './checks/policy-object.ts'
import { createReport } from './checks/report.ts'
import type { Report } from './checks/report.ts'
import { filtersOf, isEmpty, itemsAt } from './checks/rule-view.ts'
import { checkRules } from './checks/rules.ts'
import type { ObjectShape } from './checks/shape.ts'
import { checkStructure } from './checks/structure.ts'
import { checkPodSecurityExclusions } from './checks/validate.ts'

/** Everything that Kyverno's admission refuses (errors) or warns about in a ClusterPolicy or Policy, its structure first. */
export function checkPolicy(manifest: Manifest): readonly Diagnostic[] {
  const report = createReport(manifest)
  checkStructure(manifest.object, shapeOf(manifest), [], { report, check: 'all' })
  const spec = objectField(manifest.object, 'spec')
  if (spec !== undefined) {
    checkPolicyObject(manifest.object, spec, report)
    checkRules(manifest.object, spec, report)
  }
  return withoutRepeats(report.diagnostics())
}

/** The same for a PolicyException of `kyverno.io`; the CEL kind of the same name has other fields. */
export function checkException(manifest: Manifest): readonly Diagnostic[] {
  if (!manifest.object.apiVersion.startsWith('kyverno.io/')) return []
  const report = createReport(manifest)
  checkStructure(manifest.object, policyException, [], { report, check: 'all' })
  const spec = objectField(manifest.object, 'spec')
  if (spec !== undefined) checkExceptionSpec(spec, report)
  return withoutRepeats(report.diagnostics())
}

/** Only the fields that nobody reads, of a policy or an exception. */
export function checkUnknownFields(manifest: Manifest): readonly Diagnostic[] {
  const report = createReport(manifest)
  checkStructure(manifest.object, shapeOf(manifest), [], { report, check: 'unknown-fields' })
  return report.diagnostics()
}

function shapeOf({ object }: Manifest): ObjectShape {
  if (object.kind === 'PolicyException') return policyException
  return object.apiVersion === 'kyverno.io/v2beta1' ? policyV2beta1 : policyV1
}

function checkExceptionSpec(spec: JsonObject, report: Report): void {
  const match = objectField(spec, 'match')
  if (match !== undefined && isEmpty(match)) {
    report.warning(
      'empty-match',
      { path: ['spec', 'match'], part: 'key' },
      'an empty `match` does not narrow the exception',
      'name the kinds it is meant for',
    )
  }
  for (const { filter, path } of filtersOf(match, ['spec', 'match'])) checkSubjects(filter, path, report)
  if (booleanField(spec, 'background') ?? true) checkBackgroundUsers(spec, ['spec'], report)
  const exceptions = itemsAt(spec, 'exceptions', ['spec'])
  if (exceptions.length === 0)
    report.error('empty-list', { path: ['spec'], part: 'key' }, 'expected at least one item in `spec.exceptions`')
  for (const { item, path } of exceptions) {
    if (stringField(item, 'policyName') === '')
      report.error('missing-field', { path: [...path, 'policyName'] }, 'expected the name of a policy')
    if ((listField(item, 'ruleNames') ?? ['']).length === 0)
      report.error(
        'empty-list',
        { path: [...path, 'ruleNames'], part: 'key' },
        'expected at least one name in `ruleNames`',
        'use "*" for every rule',
      )
  }
  checkConditions(anyField(spec, 'conditions'), ['spec', 'conditions'], report)
  checkPodSecurityExclusions(spec, 'podSecurity', ['spec'], report)
}

/** A part that both the structure and a rule of meaning find is reported once. */
function withoutRepeats(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>()
  return diagnostics.filter(({ code, message, span }) => {
    const key = `${code} ${span.start} ${span.end} ${message}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}
