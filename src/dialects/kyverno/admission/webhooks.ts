import { listField, numberField, objectField } from '../../../core/fields.ts'
import type { Json, JsonObject } from '../../../core/json.ts'
import { hasWildcard, matchesWildcard } from '../../../core/wildcard.ts'
import type { KubeObject } from '../../../kube/object.ts'
import type { ServedResource, WebhookContext } from '../../../policy/admission.ts'
import type { CompiledPolicy, Effect, ResourceSelector } from '../../../policy/policy.ts'
import { policyKey } from '../../../policy/policy.ts'
import { webhookSettings } from './settings.ts'

/** Kyverno's two kinds of resource webhooks. */
interface Side {
  readonly kind: 'ValidatingWebhookConfiguration' | 'MutatingWebhookConfiguration'
  readonly name: string
  readonly webhook: string
  readonly path: string
  readonly effects: readonly Effect[]
  readonly isMutating: boolean
}

const sides: readonly Side[] = [
  {
    kind: 'ValidatingWebhookConfiguration',
    name: 'kyverno-resource-validating-webhook-cfg',
    webhook: 'validate.kyverno.svc',
    path: '/validate',
    effects: ['validate', 'generate', 'verifyImages'],
    isMutating: false,
  },
  {
    kind: 'MutatingWebhookConfiguration',
    name: 'kyverno-resource-mutating-webhook-cfg',
    webhook: 'mutate.kyverno.svc',
    path: '/mutate',
    effects: ['mutate', 'verifyImages'],
    isMutating: true,
  },
]

const labels = { 'webhook.kyverno.io/managed-by': 'kyverno' }
const defaultTimeout = 10

export const isFineGrained = (policy: CompiledPolicy): boolean => matchConditionsOf(policy).length > 0

const webhookConfigurationOf = (policy: CompiledPolicy): JsonObject | undefined =>
  objectField(objectField(policy.manifest.object, 'spec'), 'webhookConfiguration')
const matchConditionsOf = (policy: CompiledPolicy): readonly Json[] => listField(webhookConfigurationOf(policy), 'matchConditions') ?? []
const timeoutOf = (policy: CompiledPolicy): number =>
  numberField(webhookConfigurationOf(policy), 'timeoutSeconds') ??
  numberField(objectField(policy.manifest.object, 'spec'), 'webhookTimeoutSeconds') ??
  defaultTimeout

/** The part of a path after `/validate` or `/mutate` at which a policy is asked. */
export function pathOf(policy: CompiledPolicy): string {
  const way = policy.failurePolicy === 'Ignore' ? '/ignore' : '/fail'
  return isFineGrained(policy) ? `${way}/finegrained/${policyKey(policy)}` : way
}

export function webhookConfigurations(policies: readonly CompiledPolicy[], context: WebhookContext): readonly KubeObject[] {
  return [...sides.map((side) => resourceConfiguration(side, policies, context)), ...ownConfigurations(context)]
}

function resourceConfiguration(side: Side, all: readonly CompiledPolicy[], context: WebhookContext): KubeObject {
  const policies = all.filter((policy) => policy.admission && side.effects.some((effect) => policy.effects.has(effect)))
  const shared = policies.filter((policy) => !isFineGrained(policy))
  const groups = (['Ignore', 'Fail'] as const).map((failurePolicy) => shared.filter((policy) => policy.failurePolicy === failurePolicy))
  const webhooks = [...groups.filter((group) => group.length > 0), ...policies.filter(isFineGrained).map((policy) => [policy])].flatMap(
    (group) => {
      const webhook = webhookFor(side, group, context)
      return webhook === undefined ? [] : [webhook]
    },
  )
  return configuration(side.kind, side.name, webhooks)
}

const configuration = (kind: string, name: string, webhooks: readonly JsonObject[]): KubeObject => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind,
  metadata: { name, labels },
  ...(webhooks.length === 0 ? {} : { webhooks }),
})

/** One webhook for policies that agree in how to fail. */
function webhookFor(side: Side, policies: readonly CompiledPolicy[], context: WebhookContext): JsonObject | undefined {
  const rules = rulesFor(side, policies, context)
  const [first] = policies
  if (first === undefined || rules.length === 0) return undefined
  const fine = isFineGrained(first)
  const suffix = first.failurePolicy === 'Ignore' ? 'ignore' : 'fail'
  const { namespaceSelector, objectSelector, matchConditions } = webhookSettings(context)
  const conditions = [...matchConditions, ...(fine ? matchConditionsOf(first) : [])]
  return {
    name: `${side.webhook}-${suffix}${fine ? `-finegrained-${policyKey(first).replace('/', '-')}` : ''}`,
    clientConfig: context.clientConfig(`${side.path}${pathOf(first)}`),
    rules,
    failurePolicy: first.failurePolicy,
    sideEffects: 'NoneOnDryRun',
    admissionReviewVersions: ['v1'],
    matchPolicy: 'Equivalent',
    timeoutSeconds: Math.min(30, Math.max(...policies.map(timeoutOf))),
    namespaceSelector,
    objectSelector,
    ...(conditions.length === 0 ? {} : { matchConditions: conditions }),
    ...(side.isMutating ? { reinvocationPolicy: 'IfNeeded' } : {}),
  }
}

interface RuleParts {
  readonly group: string
  readonly version: string
  readonly scope: string
  readonly operations: string
  readonly resources: Set<string>
}

/** Rules with equal groups, versions, scopes and operations are one, with the resources of all. */
function rulesFor(side: Side, policies: readonly CompiledPolicy[], context: WebhookContext): readonly JsonObject[] {
  const rules = new Map<string, RuleParts>()
  for (const policy of policies) {
    for (const selector of policy.selectors) {
      const operations = operationsOf(selector, side)
      if (operations === '') continue
      for (const { group, version, resource, namespaced } of meaningOf(selector, context.resources)) {
        const scope = policy.namespace !== '' || namespaced === true ? 'Namespaced' : namespaced === undefined ? '*' : 'Cluster'
        if (policy.namespace !== '' && namespaced === false) continue
        const key = [group, version, scope, operations].join(' ')
        const rule = rules.get(key) ?? { group, version, scope, operations, resources: new Set<string>() }
        rule.resources.add(resource)
        rules.set(key, rule)
      }
    }
  }
  return [...rules.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { group, version, scope, operations, resources }]) => ({
      apiGroups: [group],
      apiVersions: [version],
      operations: operations.split(','),
      resources: [...resources].sort(),
      scope,
    }))
}

function operationsOf(selector: ResourceSelector, side: Side): string {
  const possible = side.isMutating
    ? selector.operations.filter((operation) => operation === 'CREATE' || operation === 'UPDATE')
    : selector.operations
  return [...possible].sort().join(',')
}

interface Meaning {
  readonly group: string
  readonly version: string
  readonly resource: string
  /** Undefined: either. */
  readonly namespaced: boolean | undefined
}

/** What a kind in a policy means to the API server, by what it serves; a kind that nobody serves means nothing until somebody does. */
function meaningOf({ group, version, kind, subresource }: ResourceSelector, resources: readonly ServedResource[]): readonly Meaning[] {
  if (kind === '*') {
    const own = subresource === '' ? '*' : `*/${subresource}`
    const all: Meaning[] = [{ group, version, resource: own, namespaced: undefined }]
    return subresource === '' && (group === '*' || group === '')
      ? [...all, { group, version, resource: 'pods/ephemeralcontainers', namespaced: undefined }]
      : all
  }
  return resources
    .filter((served) => fits(group, served.group) && fits(version, served.version))
    .flatMap((served) => [...mainMeaning(served, kind, subresource), ...viewMeaning(served, kind, subresource)])
}

const fits = (pattern: string, text: string): boolean => pattern === '*' || matchesWildcard(pattern, text)

function mainMeaning(served: ServedResource, kind: string, subresource: string): readonly Meaning[] {
  if (!fits(kind, served.kind)) return []
  const { group, version, namespaced, resource } = served
  const meaning = (name: string): Meaning => ({ group, version, namespaced, resource: name })
  if (subresource === '') {
    const ephemeral = served.resource === 'pods' && group === ''
    return ephemeral ? [meaning('pods'), meaning('pods/ephemeralcontainers')] : [meaning(resource)]
  }
  if (hasWildcard(subresource))
    return served.subresources.filter(({ name }) => fits(subresource, name)).map(({ name }) => meaning(`${resource}/${name}`))
  return served.subresources.some(({ name }) => name === subresource) ? [meaning(`${resource}/${subresource}`)] : []
}

/** A kind that is only served as a subresource: `Scale`, `PodExecOptions`. */
function viewMeaning(
  { group, version, namespaced, resource, kind: own, subresources }: ServedResource,
  kind: string,
  subresource: string,
): readonly Meaning[] {
  if (subresource !== '') return []
  return subresources
    .filter((view) => view.kind !== own && fits(kind, view.kind) && !hasWildcard(kind))
    .map((view) => ({ group, version, namespaced, resource: `${resource}/${view.name}` }))
}

/** The webhooks that check Kyverno's own kinds, and the one that watches over the others. */
function ownConfigurations(context: WebhookContext): readonly KubeObject[] {
  const every = ['CREATE', 'UPDATE']
  const webhook = (name: string, path: string, more: JsonObject): JsonObject => ({
    name,
    clientConfig: context.clientConfig(path),
    failurePolicy: 'Ignore',
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    timeoutSeconds: defaultTimeout,
    ...more,
  })
  const rule = (group: string, versions: readonly string[], resources: readonly string[]): JsonObject => ({
    apiGroups: [group],
    apiVersions: versions,
    operations: every,
    resources,
    scope: '*',
  })
  const policies = rule('kyverno.io', ['v1', 'v2beta1'], ['clusterpolicies', 'policies'])
  return [
    configuration('ValidatingWebhookConfiguration', 'kyverno-policy-validating-webhook-cfg', [
      webhook('validate-policy.kyverno.svc', '/policyvalidate', { rules: [policies], failurePolicy: 'Fail' }),
    ]),
    configuration('MutatingWebhookConfiguration', 'kyverno-policy-mutating-webhook-cfg', [
      webhook('mutate-policy.kyverno.svc', '/policymutate', { rules: [policies], reinvocationPolicy: 'Never' }),
    ]),
    configuration('ValidatingWebhookConfiguration', 'kyverno-exception-validating-webhook-cfg', [
      webhook('kyverno-svc.kyverno.svc', '/exceptionvalidate', { rules: [rule('kyverno.io', ['v2', 'v2beta1'], ['policyexceptions'])] }),
    ]),
    configuration('MutatingWebhookConfiguration', 'kyverno-verify-mutating-webhook-cfg', [
      webhook('monitor-webhooks.kyverno.svc', '/verifymutate', {
        rules: [{ apiGroups: ['coordination.k8s.io'], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['leases'], scope: '*' }],
        objectSelector: { matchLabels: { 'app.kubernetes.io/name': 'kyverno' } },
        reinvocationPolicy: 'Never',
      }),
    ]),
  ]
}
