import type { JsonObject } from '../../../core/json.ts'
import type { KubeObject } from '../../../kube/object.ts'
import type { ServedResource, WebhookContext } from '../../../policy/admission.ts'
import type { CompiledPolicy } from '../../../policy/policy.ts'
import { mutatingWebhookConfiguration } from '../mutation/admission.ts'
import { ignoreLabel } from './ignore-label.ts'

/** Subresources that constraints see. */
const subresources: readonly string[] = `
  pods/ephemeralcontainers pods/exec pods/log pods/eviction pods/portforward pods/proxy pods/attach pods/binding pods/resize
  deployments/scale replicasets/scale statefulsets/scale replicationcontrollers/scale services/proxy nodes/proxy services/status`
  .trim()
  .split(/\s+/)

const labels = { 'app.kubernetes.io/part-of': 'kanon', 'gatekeeper.sh/system': 'yes' }
const operations = ['CREATE', 'UPDATE']
/** The groups of Gatekeeper's own kinds, which are checked whatever constraints there are. */
export const ownGroups: readonly string[] = [
  'templates.gatekeeper.sh',
  'constraints.gatekeeper.sh',
  'mutations.gatekeeper.sh',
  'expansion.gatekeeper.sh',
  'externaldata.gatekeeper.sh',
]

/** Gatekeeper's configuration of validating webhooks. Only what some constraint is for is sent. */
export function webhookConfigurations(policies: readonly CompiledPolicy[], context: WebhookContext): readonly KubeObject[] {
  const webhooks = [admit(policies, context), admitLabel(context)]
  return [
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'gatekeeper-validating-webhook-configuration', labels },
      webhooks,
    },
    mutatingWebhookConfiguration(policies, context),
  ]
}

const common = { sideEffects: 'None', admissionReviewVersions: ['v1', 'v1beta1'], matchPolicy: 'Exact', timeoutSeconds: 3 } as const

function admit(policies: readonly CompiledPolicy[], context: WebhookContext): JsonObject {
  return {
    name: 'validation.gatekeeper.sh',
    clientConfig: context.clientConfig('/v1/admit'),
    rules: [rule(ownGroups, ['*']), ...rulesFor(policies, context.resources)],
    failurePolicy: 'Ignore',
    namespaceSelector: {
      matchExpressions: [
        { key: ignoreLabel, operator: 'DoesNotExist' },
        { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: [context.ownNamespace] },
      ],
    },
    objectSelector: {},
    ...common,
  }
}

function admitLabel(context: WebhookContext): JsonObject {
  return {
    name: 'check-ignore-label.gatekeeper.sh',
    clientConfig: context.clientConfig('/v1/admitlabel'),
    rules: [rule([''], ['namespaces'])],
    failurePolicy: 'Fail',
    namespaceSelector: {
      matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: [context.ownNamespace] }],
    },
    objectSelector: {},
    ...common,
  }
}

const rule = (apiGroups: readonly string[], resources: readonly string[]): JsonObject => ({
  apiGroups,
  apiVersions: ['*'],
  operations,
  resources,
  scope: '*',
})

/** The resources of the kinds that constraints are for, by group. A kind that only a subresource shows (a Scale) is asked for with everything. */
function rulesFor(policies: readonly CompiledPolicy[], served: readonly ServedResource[]): readonly JsonObject[] {
  const byGroup = new Map<string, Set<string>>()
  for (const { group, kind } of policies
    .filter(({ admission, effects }) => admission && effects.has('validate'))
    .flatMap(({ selectors }) => selectors)) {
    const found = served.filter((one) => (group === '*' || one.group === group) && one.kind === kind)
    if (kind === '*' && group !== '*') add(byGroup, group, ['*', ...subresources])
    else if (kind === '*' || (found.length === 0 && isView(kind, served))) return [everything]
    for (const one of found) add(byGroup, one.group, [one.resource, ...subresources.filter((name) => name.startsWith(`${one.resource}/`))])
  }
  return [...byGroup].sort(([a], [b]) => (a < b ? -1 : 1)).map(([group, resources]) => rule([group], [...resources].sort()))
}

const isView = (kind: string, served: readonly ServedResource[]): boolean =>
  served.some((one) => one.subresources.some((view) => view.kind === kind))

const everything = rule(['*'], ['*', ...subresources])

function add(byGroup: Map<string, Set<string>>, group: string, resources: readonly string[]): void {
  const known = byGroup.get(group) ?? new Set<string>()
  for (const resource of resources) known.add(resource)
  byGroup.set(group, known)
}
