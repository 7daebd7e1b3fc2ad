import type { KubeObject } from '../../../kube/object.ts'
import type { PolicyRoute, Verdict, WebhookContext } from '../../../policy/admission.ts'
import { allow } from '../../../policy/admission.ts'
import type { CompiledPolicy, PolicyOutcome } from '../../../policy/policy.ts'
import type { PolicyRequest } from '../../../policy/request.ts'
import { ignoreLabel } from '../admission/ignore-label.ts'
import { isMutatorPolicy } from './policies.ts'

/** The path of Gatekeeper's mutating webhook. */
export const mutateRoute: PolicyRoute = {
  path: '/v1/mutate',
  phases: ['mutate'],
  takes: (policy) => policy.admission && isMutatorPolicy(policy),
  answer: mutatingVerdict,
}

/** A mutation that cannot be done is an error of the webhook, which lets the object pass as it is unless it is set to Fail. */
function mutatingVerdict(_request: PolicyRequest, outcomes: readonly PolicyOutcome[]): Verdict {
  const broken = outcomes.flatMap(({ rules }) => rules).find(({ result }) => result === 'error')
  return broken === undefined ? allow : { ...allow, allowed: false, message: broken.message, code: 500 }
}

/** Gatekeeper's configuration of the mutating webhook; without mutators it has no webhook. */
export function mutatingWebhookConfiguration(policies: readonly CompiledPolicy[], context: WebhookContext): KubeObject {
  const webhook = {
    name: 'mutation.gatekeeper.sh',
    clientConfig: context.clientConfig(mutateRoute.path),
    rules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['CREATE', 'UPDATE'], resources: ['*'], scope: '*' }],
    failurePolicy: 'Ignore',
    matchPolicy: 'Exact',
    namespaceSelector: {
      matchExpressions: [
        { key: ignoreLabel, operator: 'DoesNotExist' },
        { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: [context.ownNamespace] },
      ],
    },
    objectSelector: {},
    reinvocationPolicy: 'Never',
    sideEffects: 'None',
    admissionReviewVersions: ['v1', 'v1beta1'],
    timeoutSeconds: 1,
  }
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: {
      name: 'gatekeeper-mutating-webhook-configuration',
      labels: { 'app.kubernetes.io/part-of': 'kanon', 'gatekeeper.sh/system': 'yes' },
    },
    ...(policies.some(isMutatorPolicy) ? { webhooks: [webhook] } : {}),
  }
}
