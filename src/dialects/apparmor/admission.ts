import type { JsonObject } from '../../core/json.ts'
import type { Diagnostic } from '../../core/diagnostic.ts'
import type { Manifest } from '../../kube/manifest.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { AdmissionFace, Verdict, WebhookContext } from '../../policy/admission.ts'
import { allow } from '../../policy/admission.ts'
import type { CompiledPolicy, PolicyOutcome, ResourceSelector } from '../../policy/policy.ts'
import type { PolicyRequest } from '../../policy/request.ts'

const paths = { mutate: '/apparmor-mutate', validate: '/apparmor-validate', policy: '/apparmor-policy' } as const

/** How AppArmor policies meet the API server. */
export const appArmorAdmission: AdmissionFace = {
  policyRoutes: [
    { path: paths.mutate, phases: ['mutate'], takes: () => true, answer: () => allow },
    { path: paths.validate, phases: ['validate'], takes: () => true, answer: validatingVerdict },
  ],
  manifestRoutes: [{ path: paths.policy, answer: manifestVerdict }],
  webhookConfigurations,
  ignores: () => false,
}

/** Refused where a rule that denies fails, or errs. What only warns warns, also beside a refusal by another policy. */
function validatingVerdict(_request: PolicyRequest, outcomes: readonly PolicyOutcome[]): Verdict {
  const texts = (enforcement: 'deny' | 'warn'): readonly string[] =>
    outcomes.flatMap(({ policy, rules }) =>
      rules
        .filter((rule) => (rule.result === 'fail' || rule.result === 'error') && rule.enforcement === enforcement)
        .map(({ message }) => `AppArmor policy ${policy.name}: ${message}`),
    )
  const denied = texts('deny')
  const warnings = texts('warn')
  return denied.length === 0
    ? { ...allow, warnings }
    : { ...allow, allowed: false, message: denied.join('; '), code: 403, reason: 'Forbidden', warnings }
}

function manifestVerdict(_manifest: Manifest, diagnostics: readonly Diagnostic[]): Verdict {
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning').map(({ message }) => message)
  const errors = diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message)
  return errors.length === 0
    ? { ...allow, warnings }
    : { ...allow, allowed: false, message: [...new Set(errors)].join('; '), code: 400, reason: 'BadRequest', warnings }
}

function webhookConfigurations(policies: readonly CompiledPolicy[], context: WebhookContext): readonly KubeObject[] {
  const mutating = policies.filter(({ effects }) => effects.has('mutate'))
  const validating = policies.filter(({ effects }) => effects.has('validate'))
  return [
    configuration(
      'MutatingWebhookConfiguration',
      'kanon-apparmor-mutating',
      mutating.length === 0
        ? []
        : [webhook('mutate.apparmor.kanon.dev', paths.mutate, context, { rules: podRules, reinvocationPolicy: 'IfNeeded' })],
    ),
    configuration(
      'ValidatingWebhookConfiguration',
      'kanon-apparmor-validating',
      validating.length === 0
        ? []
        : [webhook('validate.apparmor.kanon.dev', paths.validate, context, { rules: [...podRules, ...workloadRules(validating)] })],
    ),
    configuration('ValidatingWebhookConfiguration', 'kanon-apparmor-policy', [
      {
        ...webhook('policy.apparmor.kanon.dev', paths.policy, context, {
          rules: [rule('kanon.dev', ['apparmorpolicies'], ['CREATE', 'UPDATE'], 'Cluster')],
        }),
        failurePolicy: 'Ignore',
      },
    ]),
  ]
}

const configuration = (kind: string, name: string, webhooks: readonly JsonObject[]): KubeObject => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind,
  metadata: { name, labels: { 'app.kubernetes.io/part-of': 'kanon' } },
  ...(webhooks.length === 0 ? {} : { webhooks }),
})

const webhook = (name: string, path: string, context: WebhookContext, more: JsonObject): JsonObject => ({
  name,
  clientConfig: context.clientConfig(path),
  failurePolicy: 'Fail',
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
  matchPolicy: 'Equivalent',
  timeoutSeconds: 10,
  // Where Kanon itself runs is never guarded, so that it can be repaired.
  namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: [context.ownNamespace] }] },
  ...more,
})

const rule = (group: string, resources: readonly string[], operations: readonly string[], scope = 'Namespaced'): JsonObject => ({
  apiGroups: [group],
  apiVersions: group === 'kanon.dev' ? ['*'] : ['v1'],
  operations,
  resources,
  scope,
})

const podRules: readonly JsonObject[] = [rule('', ['pods'], ['CREATE', 'UPDATE']), rule('', ['pods/ephemeralcontainers'], ['UPDATE'])]

/** What makes Pods, by its group. */
function workloadRules(policies: readonly CompiledPolicy[]): readonly JsonObject[] {
  const selectors = policies.flatMap((policy) => policy.selectors).filter(({ kind }) => kind !== 'Pod')
  const groups = [...new Set(selectors.map(({ group }) => group))].sort()
  return groups.map((group) => rule(group, resourcesOf(selectors.filter((selector) => selector.group === group)), ['CREATE', 'UPDATE']))
}

const resourcesOf = (selectors: readonly ResourceSelector[]): readonly string[] =>
  [...new Set(selectors.map(({ kind }) => `${kind.toLowerCase()}s`))].sort()
