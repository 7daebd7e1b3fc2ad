import { flagAt, numberAt, objectAt, objectsAt, textAt, textsAt } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { KubeObject } from '../../kube/object.ts'
import { annotationsOf, labelsOf, nameOf, namespaceOf } from '../../kube/object.ts'
import type { Status } from '../../kube/status.ts'
import { matchesNode, untolerated } from '../../kube/node-placement.ts'
import type { Controller, ControllerContext, Key } from './controller.ts'
import { again, done, keyOf, writeStatus } from './controller.ts'
import { createdAt, generationOf, isDeleting, nonZero, resolveIntOrPercent, withField } from './fields.ts'
import { daemonSets, nodes, pods } from './kinds.ts'
import { claimObjects, workloadKeys, workloadSelector } from './owners.ts'
import {
  burstReplicas,
  createPod,
  deletePod,
  isAvailable,
  isReady,
  namespaceIsTerminating,
  nextAvailable,
  nodeNameOf,
  phaseOf,
  podFromTemplate,
  slowStart,
} from './pods.ts'
import { ensureRevision, truncateHistory } from './revisions.ts'
import type { Reconciled } from './workqueue.ts'

const revisionLabel = 'controller-revision-hash'
const templateGeneration = 'deprecated.daemonset.template.generation'

/** Keeps one Pod on every node that fits. */
export function daemonSetController(context: ControllerContext): Controller {
  const own = workloadKeys(context.client, daemonSets, 'DaemonSet')
  return {
    name: 'daemonset',
    kinds: [daemonSets, pods, nodes],
    keysOf: (event) => (event.of.resource === 'nodes' ? context.client.list(daemonSets).map(keyOf) : own(event)),
    reconcile: (key) => reconcile(context, key),
  }
}

type Step<T> = Promise<Result<T, Status>>

interface Sync {
  readonly context: ControllerContext
  readonly set: KubeObject
  readonly hash: string
  readonly now: Date
}

async function reconcile(context: ControllerContext, { namespace, name }: Key): Promise<Reconciled> {
  const { client } = context
  const set = client.get(daemonSets, namespace, name)
  if (set === undefined || isDeleting(set)) return done
  const matches = workloadSelector(set)
  const revisions = await ensureRevision({ client, owner: set, hashLabel: revisionLabel })
  if (!revisions.ok) return namespaceIsTerminating(revisions.error) ? done : revisions
  const hash = labelsOf(revisions.value.update)[revisionLabel] ?? ''
  const sync: Sync = { context, set, hash, now: context.clock.now() }
  const claimed = await claimObjects({ client, of: pods, owner: set, matches })
  if (!claimed.ok) return claimed
  const managed = await manage(sync, claimed.value)
  const after = client.list(pods, namespace).filter((pod) => matches(labelsOf(pod)) && claimedBy(pod, set))
  const written = await writeStatus(client, daemonSets, set, statusOf(sync, after))
  if (!managed.ok) return namespaceIsTerminating(managed.error) ? done : managed
  if (!written.ok) return written.error.reason === 'NotFound' ? done : written
  const hashes = new Set(after.map((pod) => labelsOf(pod)[revisionLabel] ?? ''))
  const live = new Set(
    revisions.value.all.filter((one) => one === revisions.value.update || hashes.has(labelsOf(one)[revisionLabel] ?? '')).map(nameOf),
  )
  const truncated = await truncateHistory(client, set, revisions.value, live)
  if (!truncated.ok) return truncated
  const wait = nextAvailable(after, numberAt(set, 'spec', 'minReadySeconds'), sync.now)
  return wait === undefined ? done : again(wait)
}

const claimedBy = (pod: KubeObject, set: KubeObject): boolean =>
  objectsAt(pod, 'metadata', 'ownerReferences').some((reference) => reference['uid'] === objectAt(set, 'metadata')['uid'])

/** The tolerations that every daemon Pod gets: it stays whatever befalls the node. */
function daemonTolerations(set: KubeObject): readonly JsonObject[] {
  const exists = (effect: string, condition: string): JsonObject => ({ effect, key: `node.kubernetes.io/${condition}`, operator: 'Exists' })
  return [
    exists('NoExecute', 'not-ready'),
    exists('NoExecute', 'unreachable'),
    exists('NoSchedule', 'disk-pressure'),
    exists('NoSchedule', 'memory-pressure'),
    exists('NoSchedule', 'pid-pressure'),
    exists('NoSchedule', 'unschedulable'),
    ...(flagAt(set, 'spec', 'template', 'spec', 'hostNetwork') ? [exists('NoSchedule', 'network-unavailable')] : []),
  ]
}

/** The Pod for a node; it is the scheduler that binds it there. */
function daemonPod({ set, hash }: Sync, nodeName: string): KubeObject {
  const pod = podFromTemplate(set, objectAt(set, 'spec', 'template'))
  const generation = annotationsOf(set)[templateGeneration]
  const labels = { ...labelsOf(pod), [revisionLabel]: hash, ...(generation === undefined ? {} : { 'pod-template-generation': generation }) }
  const own = objectsAt(pod, 'spec', 'tolerations')
  const added = daemonTolerations(set).filter(
    (one) => !own.some((other) => textAt(other, 'key') === one['key'] && textAt(other, 'effect') === one['effect']),
  )
  const path = ['affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms']
  const onNode: JsonObject = { matchFields: [{ key: 'metadata.name', operator: 'In', values: [nodeName] }] }
  const terms = objectsAt(pod, 'spec', ...path)
  const bound = terms.length === 0 ? [onNode] : terms.map((term): JsonObject => ({ ...term, ...onNode }))
  const spec = withField(withField(objectAt(pod, 'spec'), path, bound), ['tolerations'], [...own, ...added])
  return { ...withField(pod, ['metadata', 'labels'], labels), spec }
}

/** Before the scheduler has bound it, the node is in the affinity. */
function targetNode(pod: KubeObject): string {
  if (nodeNameOf(pod) !== '') return nodeNameOf(pod)
  const terms = objectsAt(pod, 'spec', 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms')
  const field = terms.flatMap((term) => objectsAt(term, 'matchFields')).find((one) => textAt(one, 'key') === 'metadata.name')
  return field === undefined ? '' : (textsAt(field, 'values')[0] ?? '')
}

/** A taint that only keeps new Pods away does not send old ones off. */
function placement(sync: Sync, node: KubeObject): { readonly run: boolean; readonly stay: boolean } {
  const pod = daemonPod(sync, nameOf(node))
  if (!matchesNode(pod, node)) return { run: false, stay: false }
  const pinned = textAt(sync.set, 'spec', 'template', 'spec', 'nodeName')
  if (pinned !== '' && pinned !== nameOf(node)) return { run: false, stay: false }
  return { run: !untolerated(pod, node, ['NoSchedule', 'NoExecute']), stay: !untolerated(pod, node, ['NoExecute']) }
}

const isUpdated = ({ hash }: Sync, pod: KubeObject): boolean => labelsOf(pod)[revisionLabel] === hash
const minReadySeconds = (set: KubeObject): number => numberAt(set, 'spec', 'minReadySeconds')
const available = ({ set, now }: Sync, pod: KubeObject): boolean => isAvailable(pod, minReadySeconds(set), now)
const oldestFirst = (a: KubeObject, b: KubeObject): number => createdAt(a) - createdAt(b) || (nameOf(a) < nameOf(b) ? -1 : 1)

interface Plan {
  readonly create: string[]
  readonly remove: KubeObject[]
}

async function manage(sync: Sync, mine: readonly KubeObject[]): Step<undefined> {
  const { context, set } = sync
  const all = context.client.list(nodes)
  const byNode = new Map(all.map((node) => [nameOf(node), mine.filter((pod) => targetNode(pod) === nameOf(node)).sort(oldestFirst)]))
  const plan: Plan = { create: [], remove: mine.filter((pod) => !byNode.has(targetNode(pod)) && !isDeleting(pod)) }
  for (const node of all) planNode(sync, node, byNode.get(nameOf(node)) ?? [], plan)
  if (textAt(set, 'spec', 'updateStrategy', 'type') !== 'OnDelete' && plan.create.length + plan.remove.length === 0) {
    planUpdate(sync, [...byNode.values()], plan)
  }
  const created = await slowStart(Math.min(plan.create.length, burstReplicas), (i) =>
    createPod(context, set, daemonPod(sync, plan.create[i] ?? '')),
  )
  if (created.error !== undefined) return err(created.error)
  for (const pod of plan.remove.slice(0, burstReplicas)) {
    const deleted = await deletePod(context, set, pod)
    if (!deleted.ok) return deleted
  }
  return ok(undefined)
}

function planNode(sync: Sync, node: KubeObject, there: readonly KubeObject[], plan: Plan): void {
  const { run, stay } = placement(sync, node)
  const { context, set } = sync
  if (run && there.length === 0) return void plan.create.push(nameOf(node))
  if (!stay) return void plan.remove.push(...there.filter((pod) => !isDeleting(pod)))
  const running: KubeObject[] = []
  for (const pod of there.filter((one) => !isDeleting(one))) {
    const ended = phaseOf(pod) === 'Failed' ? 'failed' : phaseOf(pod) === 'Succeeded' ? 'succeeded' : undefined
    if (ended === undefined) {
      running.push(pod)
      continue
    }
    const failed = ended === 'failed'
    const message = `Found ${ended} daemon pod ${namespaceOf(pod)}/${nameOf(pod)} on node ${nameOf(node)}, will try to ${failed ? 'kill' : 'delete'} it`
    context.record(set, { type: failed ? 'Warning' : 'Normal', reason: failed ? 'FailedDaemonPod' : 'SucceededDaemonPod', message })
    plan.remove.push(pod)
  }
  // While surging an old and a new one run side by side.
  const surging = surgeOf(sync) > 0 && running.length === 2 && running.filter((pod) => isUpdated(sync, pod)).length === 1
  if (!surging) plan.remove.push(...running.slice(1))
}

const rolling = ({ set }: Sync): JsonObject => objectAt(set, 'spec', 'updateStrategy', 'rollingUpdate')
const surgeOf = (sync: Sync): number => resolveIntOrPercent(rolling(sync)['maxSurge'] ?? 0, 1, 'up')

function planUpdate(sync: Sync, byNode: readonly (readonly KubeObject[])[], plan: Plan): void {
  const surge = surgeOf(sync)
  const live = byNode.map((there) => there.filter((pod) => !isDeleting(pod)))
  const wanted = byNode.length
  const limit = resolveIntOrPercent(rolling(sync)['maxUnavailable'] ?? 1, wanted, 'up')
  const pairs = live.map((there) => ({ fresh: there.find((pod) => isUpdated(sync, pod)), old: there.find((pod) => !isUpdated(sync, pod)) }))
  if (surge > 0) {
    let extra = pairs.filter(({ fresh, old }) => fresh !== undefined && old !== undefined && !available(sync, fresh)).length
    for (const { fresh, old } of pairs) {
      if (old === undefined) continue
      if (fresh !== undefined && available(sync, fresh)) plan.remove.push(old)
      else if (fresh === undefined && (extra < surge || !available(sync, old))) {
        plan.create.push(targetNode(old))
        extra += 1
      }
    }
    return
  }
  let down = pairs.filter(({ fresh, old }) => (old ?? fresh) === undefined || (fresh !== undefined && !available(sync, fresh))).length
  for (const { old } of pairs.filter((pair) => pair.old !== undefined && !available(sync, pair.old))) {
    if (old !== undefined) plan.remove.push(old)
    down += 1
  }
  for (const { old } of pairs) {
    if (old === undefined || down >= Math.max(1, limit) || plan.remove.includes(old)) continue
    plan.remove.push(old)
    down += 1
  }
}

function statusOf(sync: Sync, mine: readonly KubeObject[]): JsonObject {
  const { context, set } = sync
  const count = { desired: 0, current: 0, misscheduled: 0, ready: 0, available: 0, updated: 0 }
  for (const node of context.client.list(nodes)) {
    const [pod] = mine.filter((one) => targetNode(one) === nameOf(node)).sort(oldestFirst)
    if (!placement(sync, node).run) {
      if (pod !== undefined) count.misscheduled += 1
      continue
    }
    count.desired += 1
    if (pod === undefined) continue
    count.current += 1
    if (isReady(pod)) count.ready += 1
    if (available(sync, pod)) count.available += 1
    if (isUpdated(sync, pod)) count.updated += 1
  }
  return {
    currentNumberScheduled: count.current,
    desiredNumberScheduled: count.desired,
    numberMisscheduled: count.misscheduled,
    numberReady: count.ready,
    ...nonZero({
      numberAvailable: count.available,
      numberUnavailable: count.desired - count.available,
      observedGeneration: generationOf(set),
      updatedNumberScheduled: count.updated,
    }),
  }
}
