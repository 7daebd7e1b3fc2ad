import { has, maybeNumberAt, numberAt, objectAt, objectsAt, textAt } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import { compileLabelSelector } from '../../kube/label-selector.ts'
import type { LabelPredicate } from '../../kube/label-selector.ts'
import type { KubeObject } from '../../kube/object.ts'
import { labelsOf, namespaceOf } from '../../kube/object.ts'
import type { GroupResource } from '../../kube/status.ts'
import type { Controller, ControllerContext, Key } from './controller.ts'
import { done, keyOf, writeStatus } from './controller.ts'
import { generationOf, isDeleting, resolveIntOrPercent, timestamp, uidOf } from './fields.ts'
import {
  daemonSets,
  deployments,
  podDisruptionBudgets,
  pods,
  replicaSets,
  replicationControllers,
  sameKind,
  statefulSets,
} from './kinds.ts'
import { controllerOf, selectsNothing } from './owners.ts'
import { isFinished, isReady } from './pods.ts'
import type { Reconciled } from './workqueue.ts'

/** An absent selector selects nothing, an empty one every Pod. */
function selectorOf(budget: KubeObject): LabelPredicate {
  if (!has(budget, 'spec', 'selector')) return selectsNothing
  const compiled = compileLabelSelector(objectAt(budget, 'spec', 'selector'))
  return compiled.ok ? compiled.value : selectsNothing
}

/** Says how many Pods may be evicted. */
export const disruptionController = (context: ControllerContext): Controller => ({
  name: 'disruption',
  kinds: [podDisruptionBudgets, pods, deployments, statefulSets, replicaSets],
  keysOf: ({ type, of, object }) => {
    if (sameKind(of, podDisruptionBudgets)) return type === 'DELETED' ? [] : [keyOf(object)]
    const budgets = context.client.list(podDisruptionBudgets, namespaceOf(object))
    return (sameKind(of, pods) ? budgets.filter((budget) => selectorOf(budget)(labelsOf(object))) : budgets).map(keyOf)
  },
  reconcile: (key) => reconcile(context, key),
})

async function reconcile(context: ControllerContext, { namespace, name }: Key): Promise<Reconciled> {
  const { client, clock } = context
  const budget = client.get(podDisruptionBudgets, namespace, name)
  if (budget === undefined) return done
  const matches = selectorOf(budget)
  const mine = client.list(pods, namespace).filter((pod) => matches(labelsOf(pod)) && !isFinished(pod))
  if (mine.length === 0) context.record(budget, { type: 'Normal', reason: 'NoPods', message: 'No matching pods found' })
  const written = await writeStatus(client, podDisruptionBudgets, budget, statusOf(context, budget, mine, timestamp(clock.now())))
  return written.ok || written.error.reason === 'NotFound' ? done : written
}

function statusOf(context: ControllerContext, budget: KubeObject, mine: readonly KubeObject[], now: string): JsonObject {
  const { expected, desired } = expectation(context, budget, mine)
  const healthy = mine.filter((pod) => !isDeleting(pod) && isReady(pod)).length
  const allowed = expected === 0 ? 0 : Math.max(0, healthy - desired)
  const status = allowed > 0 ? 'True' : 'False'
  const before = objectsAt(budget, 'status', 'conditions').find((one) => textAt(one, 'type') === 'DisruptionAllowed')
  const since = before !== undefined && textAt(before, 'status') === status ? textAt(before, 'lastTransitionTime') : now
  return {
    conditions: [
      {
        lastTransitionTime: since,
        message: '',
        observedGeneration: generationOf(budget),
        reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
        status,
        type: 'DisruptionAllowed',
      },
    ],
    currentHealthy: healthy,
    desiredHealthy: desired,
    disruptionsAllowed: allowed,
    expectedPods: expected,
    observedGeneration: generationOf(budget),
  }
}

/** A number of available Pods is taken as it is; all else is reckoned from what the owners of the Pods ask for. */
function expectation(
  context: ControllerContext,
  budget: KubeObject,
  mine: readonly KubeObject[],
): { readonly expected: number; readonly desired: number } {
  const { minAvailable, maxUnavailable } = objectAt(budget, 'spec')
  if (maxUnavailable === undefined && typeof minAvailable === 'number') return { expected: mine.length, desired: minAvailable }
  const expected = scaleOf(context, mine)
  if (maxUnavailable !== undefined)
    return { expected, desired: Math.max(0, expected - resolveIntOrPercent(maxUnavailable, expected, 'up')) }
  return minAvailable === undefined
    ? { expected: mine.length, desired: 0 }
    : { expected, desired: resolveIntOrPercent(minAvailable, expected, 'up') }
}

const ownerKinds: Readonly<Record<string, GroupResource>> = {
  ReplicaSet: replicaSets,
  ReplicationController: replicationControllers,
  StatefulSet: statefulSets,
  Deployment: deployments,
  DaemonSet: daemonSets,
}

/** The replicas of all owners of the Pods, each counted once; of a ReplicaSet its Deployment speaks. */
function scaleOf({ client }: ControllerContext, mine: readonly KubeObject[]): number {
  const owners = new Map<string, number>()
  for (const pod of mine) {
    let owner: KubeObject | undefined = pod
    for (let depth = 0; depth < 2 && owner !== undefined; depth++) {
      const reference = controllerOf(owner)
      const kind = reference === undefined ? undefined : ownerKinds[textAt(reference, 'kind')]
      const above =
        reference === undefined || kind === undefined ? undefined : client.get(kind, namespaceOf(pod), textAt(reference, 'name'))
      if (above === undefined) break
      owner = above
    }
    if (owner !== undefined && owner !== pod)
      owners.set(uidOf(owner), maybeNumberAt(owner, 'spec', 'replicas') ?? numberAt(owner, 'status', 'desiredNumberScheduled'))
  }
  return [...owners.values()].reduce((sum, replicas) => sum + replicas, 0)
}
