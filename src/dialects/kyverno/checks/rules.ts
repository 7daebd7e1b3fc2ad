import { anyField, booleanField, stringField } from '../../../core/fields.ts'
import type { JsonObject } from '../../../core/json.ts'
import { namespaceOf } from '../../../kube/object.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { checkConditions } from './conditions.ts'
import { checkContext } from './context-entries.ts'
import { checkGenerate } from './generate.ts'
import { checkVerifyImages } from './images.ts'
import { checkMatch } from './match.ts'
import { checkMutate } from './mutate.ts'
import type { Report } from './report.ts'
import { contextNamesIn, itemsAt, nameOfRule, typesOf } from './rule-view.ts'
import type { RuleView } from './rule-view.ts'
import { checkValidate, checkWildcardRule } from './validate.ts'
import { checkVariables } from './variables.ts'

/** What every rule must be, in the order a rule is written. */
const checks: readonly ((view: RuleView, report: Report) => void)[] = [
  checkOperation,
  checkMatch,
  checkWildcardRule,
  (view, report) => checkContext(view.rule, view.path, view.policyNamespace, report),
  (view, report) => checkConditions(anyField(view.rule, 'preconditions'), [...view.path, 'preconditions'], report),
  checkValidate,
  checkMutate,
  checkGenerate,
  checkVariables,
]

export function checkRules(policy: KubeObject, spec: JsonObject, report: Report): void {
  const rules = itemsAt(spec, 'rules', ['spec'])
  if (rules.length === 0) report.error('no-rules', { path: ['spec'], part: 'key' }, 'expected at least one rule in `spec.rules`')
  const background = booleanField(spec, 'background') ?? true
  const namespaced = policy.kind === 'Policy'
  const policyNamespace = namespaced ? namespaceOf(policy) : ''
  const contextNames = contextNamesIn(spec)
  const names = new Set<string>()
  for (const { item, path } of rules) {
    const name = nameOfRule(item)
    if (name !== '' && names.has(name)) report.error('duplicate-rule-name', { path: [...path, 'name'] }, `Duplicate rule name: '${name}'`)
    names.add(name)
    const view: RuleView = { rule: item, name, path, background, namespaced, policyNamespace, contextNames }
    for (const check of checks) check(view, report)
    checkVerifyImages(view, stringField(spec, 'validationFailureAction') ?? 'Audit', report)
  }
}

function checkOperation({ rule, name, path }: RuleView, report: Report): void {
  const types = typesOf(rule)
  if (types.length === 0) {
    report.error(
      'no-operation',
      { path: [...path, 'name'] },
      `No operation defined in the rule '${name}'.(supported operations: mutate,validate,generate,verifyImages)`,
    )
  } else if (types.length > 1) {
    const second = types[1] ?? ''
    report.error(
      'several-operations',
      { path: [...path, second], part: 'key' },
      `Multiple operations defined in the rule '${name}', only one operation (mutate,validate,generate,verifyImages) is allowed per rule`,
      'split it into several rules',
    )
  }
}
