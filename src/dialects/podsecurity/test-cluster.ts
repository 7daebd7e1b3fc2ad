import type { JsonObject } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf, namespaceOf } from '../../kube/object.ts'
import { resourceOf } from '../../kube/resources.ts'
import { groupVersionKind } from '../../kube/object.ts'
import type { ClusterView } from '../../policy/admission-plugin.ts'
import type { PolicyRequest } from '../../policy/request.ts'
import { creationOf } from '../../policy/request.ts'

/** Pieces of clusters for the tests of this folder. */

const prefix = 'pod-security.kubernetes.io/'

/** `labels` without their prefix: `{enforce: 'baseline'}`. */
export const namespaceOfTest = (name: string, labels: Readonly<Record<string, string>> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: Object.fromEntries(Object.entries(labels).map(([key, value]) => [prefix + key, value])) },
})

export const podOfTest = (name: string, spec: JsonObject = {}, metadata: JsonObject = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'demo', ...metadata },
  spec: { containers: [{ name: 'main', image: 'nginx' }], ...spec },
})

export const deploymentOfTest = (name: string, spec: JsonObject = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'demo' },
  spec: { template: { metadata: {}, spec: { containers: [{ name: 'main', image: 'nginx' }], ...spec } } },
})

export const clusterOfTest = (namespaces: readonly KubeObject[], pods: readonly KubeObject[] = []): ClusterView => ({
  namespace: (name) => namespaces.find((namespace) => nameOf(namespace) === name),
  list: (_, namespace) => pods.filter((pod) => namespaceOf(pod) === namespace),
})

export function requestOfTest(object: KubeObject, changes: Partial<PolicyRequest> = {}): PolicyRequest {
  const kind = groupVersionKind(object)
  return creationOf(object, {
    resource: resourceOf(kind).plural,
    namespace: kind.kind === 'Namespace' ? nameOf(object) : namespaceOf(object),
    requester: { userInfo: { username: 'ann', uid: '', groups: [], extra: {} }, roles: [], clusterRoles: [] },
    now: new Date(0),
    ...changes,
  })
}
