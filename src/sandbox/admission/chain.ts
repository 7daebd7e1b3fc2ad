import type { Result } from '../../core/result.ts'
import { ok } from '../../core/result.ts'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf } from '../../kube/object.ts'
import type { Status } from '../../kube/status.ts'
import type { AdmissionPlugin, ClusterView } from '../../policy/admission-plugin.ts'
import type { PolicyRequest } from '../../policy/request.ts'
import type { Clock } from '../client.ts'
import type { AdmissionAttributes, AdmissionChain } from '../registry/operation.ts'
import type { Store } from '../storage/store.ts'
import { mutatingBuiltIns } from './built-in.ts'
import { whyOutOfBounds } from './limit-ranger.ts'
import { whyOverQuota } from './quota.ts'
import type { WebhookParts } from './webhooks.ts'
import { mutateByWebhooks, validateByWebhooks } from './webhooks.ts'

export interface ChainParts extends WebhookParts {
  readonly clock: Clock
  /** Steps that dialects bring, in order. */
  readonly plugins: readonly AdmissionPlugin[]
}

/** kube-apiserver's admission: built-in mutating plugins, mutating webhooks, then validation, plugins of dialects, validating webhooks, and quota last. */
export function admissionChain(parts: ChainParts): AdmissionChain {
  return {
    mutate: async (attributes): Promise<Result<KubeObject | undefined, Status>> => {
      let { object } = attributes
      for (const builtIn of mutatingBuiltIns) {
        const next = await builtIn({ ...attributes, object }, parts)
        if (!next.ok) return next
        object = next.value
      }
      return mutateByWebhooks({ ...attributes, object }, parts).then((done) => (done.ok ? ok(done.value) : done))
    },
    validate: async (attributes): Promise<Status | undefined> => {
      const refused = whyOutOfBounds(attributes, parts.store) ?? runPlugins(attributes, parts)
      if (refused !== undefined) return refused
      const denied = await validateByWebhooks(attributes, parts)
      return denied ?? whyOverQuota(attributes, parts.store)
    },
  }
}

function runPlugins(attributes: AdmissionAttributes, { plugins, store, clock }: ChainParts): Status | undefined {
  if (plugins.length === 0) return undefined
  const request = policyRequest(attributes, clock.now())
  for (const plugin of plugins) {
    const answer = plugin.validate(request, viewOf(store))
    answer.warnings?.forEach(attributes.options.warn)
    for (const [key, value] of Object.entries(answer.auditAnnotations ?? {})) attributes.options.annotate(key, value)
    if (!answer.allowed) return answer.status
  }
  return undefined
}

const viewOf = (store: Store): ClusterView => ({
  namespace: (name) => store.get({ group: '', resource: 'namespaces' }, '', name),
  list: (of, namespace) => store.list(of, namespace),
})

function policyRequest(attributes: AdmissionAttributes, now: Date): PolicyRequest {
  const { type, operation, subresource, namespace, name, object, oldObject, kind, options } = attributes
  return {
    uid: '',
    operation,
    kind: { group: type.group, version: type.version, kind: type.kind },
    ...(kind.kind === type.kind ? {} : { objectKind: kind }),
    resource: type.resource,
    subresource,
    namespace: type.resource === 'namespaces' && type.group === '' ? name || nameOf(object ?? {}) : namespace,
    name: name || nameOf(object ?? {}),
    object,
    oldObject,
    dryRun: options.dryRun,
    requester: { userInfo: options.user, roles: [], clusterRoles: [] },
    given: undefined,
    background: false,
    now,
  }
}
