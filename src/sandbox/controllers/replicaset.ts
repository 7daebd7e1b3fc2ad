import { maybeNumberAt, numberAt, objectAt, objectsAt } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { LabelPredicate } from '../../kube/label-selector.ts'
import type { KubeObject } from '../../kube/object.ts'
import { labelsOf, namespaceOf } from '../../kube/object.ts'
import type { GroupResource, Status } from '../../kube/status.ts'
import type { Controller, ControllerContext, Key } from './controller.ts'
import { again, done, keyOf, writeStatus } from './controller.ts'
import { generationOf, isDeleting, nonZero, timestamp } from './fields.ts'
import { pods, replicaSets, replicationControllers } from './kinds.ts'
import { claimObjects, controllerOf, ownerReferencesOf, workloadKeys, workloadSelector, selectsNothing } from './owners.ts'
import {
  burstReplicas,
  createPod,
  deletePod,
  deletionOrder,
  isActive,
  isAvailable,
  isReady,
  isTerminating,
  namespaceIsTerminating,
  nextAvailable,
  nodeNameOf,
  podFromTemplate,
  slowStart,
  withCondition,
  withoutCondition,
} from './pods.ts'
import type { Reconciled } from './workqueue.ts'

interface Kind {
  readonly of: GroupResource
  readonly kind: 'ReplicaSet' | 'ReplicationController'
  readonly selector: (owner: KubeObject) => LabelPredicate
}

/** A ReplicationController's selector is a plain map of labels. */
function mapSelector(owner: KubeObject): LabelPredicate {
  const wanted = Object.entries(objectAt(owner, 'spec', 'selector'))
  if (wanted.length === 0) return selectsNothing
  return (labels) => wanted.every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value)
}

/** Keeps as many Pods of a template as a ReplicaSet asks for. */
export const replicaSetController = (context: ControllerContext): Controller =>
  replicaController(context, { of: replicaSets, kind: 'ReplicaSet', selector: workloadSelector })

/** The same for the older ReplicationController. */
export function replicationController(context: ControllerContext): Controller {
  const controller = replicaController(context, { of: replicationControllers, kind: 'ReplicationController', selector: mapSelector })
  return {
    ...controller,
    keysOf: (event) => {
      if (event.of.resource !== 'pods' || controllerOf(event.object) !== undefined) return controller.keysOf(event)
      const labels = labelsOf(event.object)
      return context.client
        .list(replicationControllers, namespaceOf(event.object))
        .filter((owner) => mapSelector(owner)(labels))
        .map(keyOf)
    },
  }
}

const replicaController = (context: ControllerContext, kind: Kind): Controller => ({
  name: kind.kind.toLowerCase(),
  kinds: [kind.of, pods],
  keysOf: workloadKeys(context.client, kind.of, kind.kind),
  reconcile: (key) => reconcile(context, kind, key),
})

async function reconcile(context: ControllerContext, kind: Kind, { namespace, name }: Key): Promise<Reconciled> {
  const owner = context.client.get(kind.of, namespace, name)
  if (owner === undefined) return done
  const claimed = await claimObjects({ client: context.client, of: pods, owner, matches: kind.selector(owner) })
  if (!claimed.ok) return claimed
  const active = claimed.value.filter(isActive)
  const managed = isDeleting(owner) ? ok(undefined) : await manageReplicas(context, owner, active)
  const now = context.clock.now()
  // Read again: what was just created and deleted is part of the status.
  const mine = context.client
    .list(pods, namespace)
    .filter((pod) => ownerReferencesOf(pod).some((r) => r['uid'] === objectAt(owner, 'metadata')['uid']))
  const written = await writeStatus(context.client, kind.of, owner, statusOf({ kind, owner, pods: mine, now }, managed))
  if (!managed.ok) return managed
  if (!written.ok) return written.error.reason === 'NotFound' ? done : written
  const wait = nextAvailable(mine.filter(isActive), numberAt(owner, 'spec', 'minReadySeconds'), now)
  return wait === undefined ? done : again(wait)
}

const replicasOf = (owner: KubeObject): number => maybeNumberAt(owner, 'spec', 'replicas') ?? 1

interface Refusal {
  readonly reason: 'FailedCreate' | 'FailedDelete'
  readonly status: Status
}

async function manageReplicas(
  context: ControllerContext,
  owner: KubeObject,
  active: readonly KubeObject[],
): Promise<Result<undefined, Status>> {
  const missing = replicasOf(owner) - active.length
  if (missing > 0) {
    const template = objectAt(owner, 'spec', 'template')
    const { error } = await slowStart(Math.min(missing, burstReplicas), () => createPod(context, owner, podFromTemplate(owner, template)))
    return error === undefined || namespaceIsTerminating(error) ? ok(undefined) : err(error)
  }
  for (const pod of podsToDelete(context, active, Math.min(-missing, burstReplicas))) {
    const deleted = await deletePod(context, owner, pod)
    if (!deleted.ok) return deleted
  }
  return ok(undefined)
}

function podsToDelete(context: ControllerContext, active: readonly KubeObject[], count: number): readonly KubeObject[] {
  if (count <= 0) return []
  if (count >= active.length) return active
  const crowds = new Map<string, number>()
  for (const pod of active) crowds.set(nodeNameOf(pod), (crowds.get(nodeNameOf(pod)) ?? 0) + 1)
  const order = deletionOrder((pod) => crowds.get(nodeNameOf(pod)) ?? 0, context.clock.now())
  return [...active].sort(order).slice(0, count)
}

interface Observed {
  readonly kind: Kind
  readonly owner: KubeObject
  readonly pods: readonly KubeObject[]
  readonly now: Date
}

function statusOf(observed: Observed, managed: Result<undefined, Status>): JsonObject {
  const { kind, owner, now } = observed
  const active = observed.pods.filter(isActive)
  const templateLabels = Object.entries(objectAt(owner, 'spec', 'template', 'metadata', 'labels'))
  const minReadySeconds = numberAt(owner, 'spec', 'minReadySeconds')
  const refusal = managed.ok ? undefined : refusalOf(owner, active, managed.error)
  const conditions = conditionsOf(owner, refusal, timestamp(now))
  return {
    replicas: active.length,
    ...nonZero({
      fullyLabeledReplicas: active.filter((pod) => templateLabels.every(([key, value]) => labelsOf(pod)[key] === value)).length,
      readyReplicas: active.filter(isReady).length,
      availableReplicas: active.filter((pod) => isAvailable(pod, minReadySeconds, now)).length,
      observedGeneration: Math.max(generationOf(owner), numberAt(owner, 'status', 'observedGeneration')),
    }),
    ...(kind.kind === 'ReplicaSet' ? { terminatingReplicas: observed.pods.filter(isTerminating).length } : {}),
    ...(conditions.length === 0 ? {} : { conditions }),
  }
}

const refusalOf = (owner: KubeObject, active: readonly KubeObject[], status: Status): Refusal => ({
  reason: replicasOf(owner) >= active.length ? 'FailedCreate' : 'FailedDelete',
  status,
})

function conditionsOf(owner: KubeObject, refusal: Refusal | undefined, now: string): readonly JsonObject[] {
  const conditions = objectsAt(owner, 'status', 'conditions')
  if (refusal === undefined) return withoutCondition(conditions, 'ReplicaFailure')
  // While it fails, the first refusal stays: each new one only names another Pod.
  if (conditions.some((condition) => condition['type'] === 'ReplicaFailure')) return conditions
  return withCondition(
    conditions,
    { type: 'ReplicaFailure', status: 'True', reason: refusal.reason, message: refusal.status.message ?? '' },
    now,
  )
}
