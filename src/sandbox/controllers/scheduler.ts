import { has, objectAt, objectsAt, textAt } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf, namespaceOf } from '../../kube/object.ts'
import type { Controller, ControllerContext, Key } from './controller.ts'
import { done, keyOf, writeStatus } from './controller.ts'
import { isDeleting, timestamp, uidOf } from './fields.ts'
import { claims, nodes, pods, storageClasses } from './kinds.ts'
import type { Misfit } from './node-fit.ts'
import { misfitOf } from './node-fit.ts'
import { conditionOf, isFinished, nodeNameOf } from './pods.ts'
import type { Reconciled } from './workqueue.ts'

const schedulerName = 'default-scheduler'

/** Finds a node for each Pod that has none, or says why there is none. */
export const scheduler = (context: ControllerContext): Controller => ({
  name: 'scheduler',
  kinds: [pods, nodes, claims],
  keysOf: (event) => {
    if (event.of.resource === 'pods' && event.type !== 'DELETED') return waits(event.object) ? [keyOf(event.object)] : []
    // Room, a node or a volume may have come.
    return context.client.list(pods).filter(waits).map(keyOf)
  },
  reconcile: (key) => schedule(context, key),
})

const waits = (pod: KubeObject): boolean =>
  nodeNameOf(pod) === '' &&
  !isDeleting(pod) &&
  !isFinished(pod) &&
  (textAt(pod, 'spec', 'schedulerName') || schedulerName) === schedulerName

async function schedule(context: ControllerContext, { namespace, name }: Key): Promise<Reconciled> {
  const pod = context.client.get(pods, namespace, name)
  if (pod === undefined || !waits(pod)) return done
  if (objectsAt(pod, 'spec', 'schedulingGates').length > 0) {
    return unscheduled(context, pod, { reason: 'SchedulingGated', message: 'Scheduling is blocked due to non-empty scheduling gates' })
  }
  const all = context.client.list(nodes)
  if (all.length === 0) return refuse(context, pod, 'no nodes available to schedule pods')
  const missing = missingVolume(context, pod)
  if (missing !== undefined) return refuse(context, pod, noneAvailable(all.length, [missing], all.length))
  const running = context.client.list(pods)
  const misfits: Misfit[] = []
  for (const node of all) {
    const misfit = misfitOf(
      pod,
      node,
      running.filter((other) => nodeNameOf(other) === nameOf(node)),
    )
    if (misfit === undefined) return bind(context, pod, node)
    misfits.push(misfit)
  }
  return refuse(context, pod, messageOf(misfits))
}

async function bind(context: ControllerContext, pod: KubeObject, node: KubeObject): Promise<Reconciled> {
  const bound = await context.client.create(
    pods,
    {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: nameOf(pod), namespace: namespaceOf(pod), uid: uidOf(pod) },
      target: { kind: 'Node', name: nameOf(node) },
    },
    'binding',
  )
  if (!bound.ok) return bound.error.reason === 'NotFound' ? done : bound
  const message = `Successfully assigned ${namespaceOf(pod)}/${nameOf(pod)} to ${nameOf(node)}`
  context.record(pod, { type: 'Normal', reason: 'Scheduled', message })
  return done
}

function counted(reasons: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ')
}

function messageOf(misfits: readonly Misfit[]): string {
  const helpless = misfits.filter((misfit) => misfit.hopeless).length
  return noneAvailable(misfits.length, [counted(misfits.flatMap(({ reasons }) => reasons))], helpless)
}

/** What each step of the scheduler has to say, the attempt to make room by preemption last. */
function noneAvailable(count: number, reasons: readonly string[], helpless: number): string {
  const preemption = [
    ...(count > helpless ? [`${count - helpless} No preemption victims found for incoming pod`] : []),
    ...(helpless > 0 ? [`${helpless} Preemption is not helpful for scheduling`] : []),
  ]
  const none = `0/${count} nodes are available:`
  return `${none} ${reasons.join(', ')}. no new claims to deallocate, preemption: ${none} ${preemption.sort().join(', ')}.`
}

/** A Pod waits for its claims; one that is bound only when a consumer comes is no obstacle. */
function missingVolume(context: ControllerContext, pod: KubeObject): string | undefined {
  for (const volume of objectsAt(pod, 'spec', 'volumes')) {
    const name = has(volume, 'ephemeral')
      ? `${nameOf(pod)}-${textAt(volume, 'name')}`
      : textAt(volume, 'persistentVolumeClaim', 'claimName')
    if (name === '') continue
    const claim = context.client.get(claims, namespaceOf(pod), name)
    if (claim === undefined) return has(volume, 'ephemeral') ? undefined : `persistentvolumeclaim "${name}" not found`
    if (isDeleting(claim)) return `persistentvolumeclaim "${name}" is being deleted`
    if (textAt(claim, 'spec', 'volumeName') === '' && !bindsLater(context, claim)) {
      return 'pod has unbound immediate PersistentVolumeClaims'
    }
  }
  return undefined
}

function bindsLater(context: ControllerContext, claim: JsonObject): boolean {
  const storageClass = context.client.get(storageClasses, '', textAt(claim, 'spec', 'storageClassName'))
  return storageClass !== undefined && textAt(storageClass, 'volumeBindingMode') === 'WaitForFirstConsumer'
}

async function refuse(context: ControllerContext, pod: KubeObject, message: string): Promise<Reconciled> {
  const before = conditionOf(pod, 'PodScheduled')
  const known = before !== undefined && textAt(before, 'message') === message
  if (!known) context.record(pod, { type: 'Warning', reason: 'FailedScheduling', message })
  return unscheduled(context, pod, { reason: 'Unschedulable', message })
}

async function unscheduled(
  context: ControllerContext,
  pod: KubeObject,
  { reason, message }: { readonly reason: string; readonly message: string },
): Promise<Reconciled> {
  const before = conditionOf(pod, 'PodScheduled')
  const since = before !== undefined && textAt(before, 'status') === 'False' ? textAt(before, 'lastTransitionTime') : ''
  const condition = {
    lastProbeTime: null,
    lastTransitionTime: since || timestamp(context.clock.now()),
    message,
    reason,
    status: 'False',
    type: 'PodScheduled',
    observedGeneration: objectAt(pod, 'metadata')['generation'] ?? 1,
  }
  const others = objectsAt(pod, 'status', 'conditions').filter((one) => one !== before)
  const status = { ...objectAt(pod, 'status'), conditions: [...others, condition] }
  const written = await writeStatus(context.client, pods, pod, status)
  return written.ok || written.error.reason === 'NotFound' ? done : written
}
