import { has, objectAt, objectsAt, textAt, textsAt } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import { jsonEqual } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import { namespaceOf } from '../../kube/object.ts'
import type { Quantity } from '../../kube/quantity.ts'
import { addQuantities, formatQuantity, parseQuantity } from '../../kube/quantity.ts'
import type { SandboxClient } from '../client.ts'
import type { Controller, ControllerContext, Key } from './controller.ts'
import { done, keyOf, writeStatus } from './controller.ts'
import { claims, events, pods, resourceQuotas, sameKind, services } from './kinds.ts'
import { podAmounts } from './pod-resources.ts'
import { isFinished } from './pods.ts'
import { qosClass } from './pod-status.ts'
import type { Reconciled } from './workqueue.ts'

/** Counts what a namespace has used of each of its quotas. */
export const resourceQuotaController = (context: ControllerContext): Controller => ({
  name: 'resourcequota',
  kinds: 'all',
  keysOf: (event) => {
    if (sameKind(event.of, resourceQuotas)) return event.type === 'DELETED' ? [] : [keyOf(event.object)]
    const namespace = namespaceOf(event.object)
    // Only Pods, claims and Services use more or less by being changed.
    const changes = event.type !== 'MODIFIED' || [pods, claims, services].some((of) => sameKind(of, event.of))
    if (namespace === '' || !changes || sameKind(event.of, events)) return []
    return context.client.list(resourceQuotas, namespace).map(keyOf)
  },
  reconcile: (key) => reconcile(context, key),
})

async function reconcile({ client }: ControllerContext, { namespace, name }: Key): Promise<Reconciled> {
  const quota = client.get(resourceQuotas, namespace, name)
  if (quota === undefined) return done
  const hard = objectAt(quota, 'spec', 'hard')
  const used = usedOf(client, quota)
  const before = objectAt(quota, 'status')
  if (jsonEqual(objectAt(before, 'hard'), hard) && jsonEqual(objectAt(before, 'used'), used)) return done
  const written = await writeStatus(client, resourceQuotas, quota, { hard, used })
  return written.ok || written.error.reason === 'NotFound' ? done : written
}

/** The usage of every resource that the quota limits. */
export function usedOf(client: SandboxClient, quota: KubeObject): JsonObject {
  const namespace = namespaceOf(quota)
  const live = client.list(pods, namespace).filter((pod) => !isFinished(pod) && inScope(quota, pod))
  const amounts = live.map((pod) => ({ requests: podAmounts(pod, 'requests'), limits: podAmounts(pod, 'limits') }))
  const total = (which: 'requests' | 'limits', name: string): string => sumText(amounts.flatMap((pod) => pod[which].get(name) ?? []))
  const usage = (name: string): string => {
    if (name === 'pods') return String(live.length)
    if (name.startsWith('limits.')) return total('limits', name.slice('limits.'.length))
    if (['cpu', 'memory', 'ephemeral-storage'].includes(name)) return total('requests', name)
    const storage = storageUsage(client, namespace, name)
    if (storage !== undefined) return storage
    if (name.startsWith('requests.')) return total('requests', name.slice('requests.'.length))
    if (name.startsWith('hugepages-')) return total('requests', name)
    return String(objectCount(client, namespace, name))
  }
  return Object.fromEntries(Object.keys(objectAt(quota, 'spec', 'hard')).map((name) => [name, usage(name)]))
}

const zero: Quantity = { nanos: 0n, exponent: 0, format: 'DecimalSI' }
const sumText = (amounts: readonly Quantity[]): string =>
  formatQuantity(amounts.reduce((sum, one) => (sum === zero ? one : addQuantities(sum, one)), zero))

const classSuffix = '.storageclass.storage.k8s.io/'

/** `requests.storage` and `<class>.storageclass.storage.k8s.io/…`; undefined where the name is about something else. */
function storageUsage(client: SandboxClient, namespace: string, name: string): string | undefined {
  const at = name.indexOf(classSuffix)
  const what = at < 0 ? name : name.slice(at + classSuffix.length)
  if (what !== 'requests.storage' && !(at >= 0 && what === 'persistentvolumeclaims')) return undefined
  const storageClass = at < 0 ? undefined : name.slice(0, at)
  const mine = client
    .list(claims, namespace)
    .filter((claim) => storageClass === undefined || textAt(claim, 'spec', 'storageClassName') === storageClass)
  if (what === 'persistentvolumeclaims') return String(mine.length)
  return sumText(mine.flatMap((claim) => parseQuantity(textAt(claim, 'spec', 'resources', 'requests', 'storage')) ?? []))
}

/** `count/<resource>.<group>`, the older plain names, and the kinds of Services. */
function objectCount(client: SandboxClient, namespace: string, name: string): number {
  if (name === 'services.loadbalancers')
    return client.list(services, namespace).filter((one) => textAt(one, 'spec', 'type') === 'LoadBalancer').length
  if (name === 'services.nodeports') return client.list(services, namespace).reduce((sum, one) => sum + nodePorts(one), 0)
  const path = name.startsWith('count/') ? name.slice('count/'.length) : name
  const dot = path.indexOf('.')
  const of = dot < 0 ? { group: '', resource: path } : { resource: path.slice(0, dot), group: path.slice(dot + 1) }
  return client.list(of, namespace).length
}

function nodePorts(service: KubeObject): number {
  const type = textAt(service, 'spec', 'type')
  if (type === 'NodePort') return objectsAt(service, 'spec', 'ports').length
  if (type !== 'LoadBalancer' || objectAt(service, 'spec')['allocateLoadBalancerNodePorts'] === false) return 0
  return objectsAt(service, 'spec', 'ports').length
}

/** A quota with scopes counts only the Pods in all of them. */
function inScope(quota: KubeObject, pod: KubeObject): boolean {
  const plain = textsAt(quota, 'spec', 'scopes').every((scope) => matchesScope(scope, pod))
  return plain && objectsAt(quota, 'spec', 'scopeSelector', 'matchExpressions').every((one) => matchesExpression(one, pod))
}

function matchesScope(scope: string, pod: KubeObject): boolean {
  switch (scope) {
    case 'BestEffort':
      return qosClass(pod) === 'BestEffort'
    case 'NotBestEffort':
      return qosClass(pod) !== 'BestEffort'
    case 'Terminating':
      return has(pod, 'spec', 'activeDeadlineSeconds')
    case 'NotTerminating':
      return !has(pod, 'spec', 'activeDeadlineSeconds')
    case 'PriorityClass':
      return textAt(pod, 'spec', 'priorityClassName') !== ''
    case 'CrossNamespacePodAffinity':
      return hasCrossNamespaceAffinity(pod)
    default:
      return false
  }
}

const hasCrossNamespaceAffinity = (pod: KubeObject): boolean =>
  ['podAffinity', 'podAntiAffinity'].some((kind) => {
    const affinity = objectAt(pod, 'spec', 'affinity', kind)
    const preferred = objectsAt(affinity, 'preferredDuringSchedulingIgnoredDuringExecution').map((one) => objectAt(one, 'podAffinityTerm'))
    return [...objectsAt(affinity, 'requiredDuringSchedulingIgnoredDuringExecution'), ...preferred].some(
      (term) => textsAt(term, 'namespaces').length > 0 || has(term, 'namespaceSelector'),
    )
  })

function matchesExpression(expression: JsonObject, pod: KubeObject): boolean {
  const scope = textAt(expression, 'scopeName')
  if (scope !== 'PriorityClass') return matchesScope(scope, pod)
  const name = textAt(pod, 'spec', 'priorityClassName')
  switch (textAt(expression, 'operator')) {
    case 'In':
      return textsAt(expression, 'values').includes(name)
    case 'NotIn':
      return !textsAt(expression, 'values').includes(name)
    case 'Exists':
      return name !== ''
    case 'DoesNotExist':
      return name === ''
    default:
      return false
  }
}
