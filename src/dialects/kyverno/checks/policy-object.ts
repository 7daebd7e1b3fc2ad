import { anyField, booleanField, objectField, objectsField, stringField } from '../../../core/fields.ts'
import type { JsonObject } from '../../../core/json.ts'
import { annotationsOf, nameOf, namespaceOf } from '../../../kube/object.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { conditionMistake } from '../match-conditions.ts'
import type { Report } from './report.ts'
import { typesOf } from './rule-view.ts'

const longestName = 63
const autogenControllers = 'pod-policies.kyverno.io/autogen-controllers'

/** What a policy must be apart from its rules. */
export function checkPolicyObject(policy: KubeObject, spec: JsonObject, report: Report): void {
  checkMetadata(policy, report)
  checkSwitches(spec, report)
  checkMatchConditions(spec, report)
  checkDeprecations(policy, spec, report)
}

function checkMetadata(policy: KubeObject, report: Report): void {
  const name = nameOf(policy)
  const path = ['metadata', 'name']
  if (name.length > longestName)
    report.error('policy-name', { path }, `invalid policy name ${name}: must be no more than ${longestName} characters`)
  if (policy.kind === 'ClusterPolicy' && namespaceOf(policy) !== '') {
    report.error(
      'cluster-policy-namespace',
      { path: ['metadata', 'namespace'] },
      'a ClusterPolicy must not have a namespace',
      'use the kind `Policy` for one namespace',
    )
  }
  if (annotationsOf(policy)[autogenControllers] === 'all') {
    const at = { path: ['metadata', 'annotations', autogenControllers] }
    report.error(
      'autogen-all',
      at,
      `annotation ${autogenControllers}: all is not supported anymore`,
      'remove the annotation, all controllers are the default',
    )
  }
}

function checkSwitches(spec: JsonObject, report: Report): void {
  const path = ['spec', 'admission']
  if (booleanField(spec, 'admission') === false) {
    if (booleanField(spec, 'background') === false) {
      report.error('nothing-enabled', { path }, 'disabling both admission and background processing is not allowed')
    } else if ((objectsField(spec, 'rules') ?? []).some((rule) => typesOf(rule).some((type) => type !== 'validate'))) {
      report.error('admission-disabled', { path }, 'disabling admission processing is only allowed with validation policies')
    }
  }
  if (anyField(spec, 'generateExistingOnPolicyUpdate') !== undefined) {
    const at = { path: ['spec', 'generateExistingOnPolicyUpdate'], part: 'key' } as const
    report.error(
      'removed-field',
      at,
      '`spec.generateExistingOnPolicyUpdate` is not supported anymore',
      'use `generateExisting` in the generate rule',
    )
  }
}

/** The API server refuses a webhook with a condition that does not compile. */
function checkMatchConditions(spec: JsonObject, report: Report): void {
  const conditions = objectsField(objectField(spec, 'webhookConfiguration'), 'matchConditions') ?? []
  for (const [index, condition] of conditions.entries()) {
    const expression = stringField(condition, 'expression') ?? ''
    const mistake = conditionMistake(expression)
    if (mistake === undefined) continue
    const path = ['spec', 'webhookConfiguration', 'matchConditions', index, 'expression']
    report.error('invalid-expression', { path }, `\`${stringField(condition, 'name') ?? ''}\`: ${mistake}`)
  }
}

/** Fields that moved, and where to. */
const moved: Readonly<Record<string, string>> = {
  failurePolicy: 'use `spec.webhookConfiguration.failurePolicy`',
  generateExisting: 'use `generateExisting` in the generate rule',
  mutateExistingOnPolicyUpdate: 'use `mutateExistingOnPolicyUpdate` in the mutate rule',
  schemaValidation: 'it does nothing and can be removed',
  validationFailureAction: 'use `failureAction` in the validate rule',
  validationFailureActionOverrides: 'use `failureActionOverrides` in the validate rule',
  webhookTimeoutSeconds: 'use `spec.webhookConfiguration.timeoutSeconds`',
}

function checkDeprecations(policy: KubeObject, spec: JsonObject, report: Report): void {
  for (const [field, help] of Object.entries(moved)) {
    if (anyField(spec, field) === undefined) continue
    report.warning('deprecated-field', { path: ['spec', field], part: 'key' }, `\`spec.${field}\` is deprecated`, help)
  }
  const action = stringField(spec, 'validationFailureAction')
  if (action === 'audit' || action === 'enforce') {
    const at = { path: ['spec', 'validationFailureAction'] }
    report.warning('deprecated-value', at, 'Validation failure actions enforce/audit are deprecated, use Enforce/Audit instead.')
  }
  if (policy.kind === 'Policy' && anyField(spec, 'validationFailureActionOverrides') !== undefined) {
    const at = { path: ['spec', 'validationFailureActionOverrides'], part: 'key' } as const
    report.error('cluster-scope-only', at, 'Use of validationFailureActionOverrides is supported only with ClusterPolicy')
  }
}
