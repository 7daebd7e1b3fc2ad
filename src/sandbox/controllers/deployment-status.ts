import { flagAt, maybeNumberAt, numberAt, objectAt, objectsAt, textAt } from '../../core/fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf } from '../../kube/object.ts'
import type { Rollout } from './deployment-rules.ts'
import { allSets, replicasOf, rollingLimits, specReplicas, statusCount } from './deployment-rules.ts'
import { generationOf, nonZero } from './fields.ts'
import type { Condition } from './pods.ts'
import { conditionOf } from './pods.ts'

/** As withCondition, with the `lastUpdateTime` that Deployments also keep. */
export function setCondition(conditions: readonly JsonObject[], condition: Condition, now: string): readonly JsonObject[] {
  const current = conditions.find(({ type }) => type === condition.type)
  if (current?.['status'] === condition.status && current['reason'] === condition.reason) return conditions
  const since: Json = current?.['status'] === condition.status ? (current['lastTransitionTime'] ?? now) : now
  return [...conditions.filter((other) => other !== current), { ...condition, lastTransitionTime: since, lastUpdateTime: now }]
}

const without = (conditions: readonly JsonObject[], type: string): readonly JsonObject[] => conditions.filter((c) => c['type'] !== type)

/** The largest int32 stands for "no deadline". */
export const progressDeadline = (deployment: JsonObject): number | undefined => {
  const seconds = maybeNumberAt(deployment, 'spec', 'progressDeadlineSeconds')
  return seconds === 2_147_483_647 ? undefined : seconds
}

function countsOf(rollout: Rollout): JsonObject {
  const { deployment, newSet } = rollout
  const sets = allSets(rollout)
  const available = statusCount(sets, 'availableReplicas')
  const collisionCount = maybeNumberAt(deployment, 'status', 'collisionCount')
  return {
    ...nonZero({
      observedGeneration: generationOf(deployment),
      replicas: statusCount(sets, 'replicas'),
      updatedReplicas: newSet === undefined ? 0 : numberAt(newSet, 'status', 'replicas'),
      readyReplicas: statusCount(sets, 'readyReplicas'),
      availableReplicas: available,
      unavailableReplicas: Math.max(0, specReplicas(sets) - available),
    }),
    terminatingReplicas: statusCount(sets, 'terminatingReplicas'),
    ...(collisionCount === undefined ? {} : { collisionCount }),
  }
}

const availability = (deployment: KubeObject, available: number): Condition =>
  available >= replicasOf(deployment) - rollingLimits(deployment).unavailable
    ? { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      }

/** `status` as the ReplicaSets are now, without a judgement of the progress. */
export function statusOf(rollout: Rollout, now: string): JsonObject {
  const counts = countsOf(rollout)
  const conditions = setCondition(
    objectsAt(rollout.deployment, 'status', 'conditions'),
    availability(rollout.deployment, numberAt(counts, 'availableReplicas')),
    now,
  )
  return { ...counts, conditions }
}

/** All Pods are new, available, and no old ones are left. */
export function isComplete(deployment: KubeObject, status: JsonObject): boolean {
  const wanted = replicasOf(deployment)
  return (
    numberAt(status, 'updatedReplicas') === wanted &&
    numberAt(status, 'replicas') === wanted &&
    numberAt(status, 'availableReplicas') === wanted &&
    numberAt(status, 'observedGeneration') >= generationOf(deployment)
  )
}

function hasProgressed(before: JsonObject, status: JsonObject): boolean {
  const old = (of: JsonObject): number => numberAt(of, 'replicas') - numberAt(of, 'updatedReplicas')
  const grew = (field: string): boolean => numberAt(status, field) > numberAt(before, field)
  return grew('updatedReplicas') || old(status) < old(before) || grew('readyReplicas') || grew('availableReplicas')
}

/** Milliseconds until the deadline passes without progress; undefined where no deadline runs. */
export function untilDeadline(deployment: KubeObject, now: Date): number | undefined {
  const deadline = progressDeadline(deployment)
  const condition = conditionOf(deployment, 'Progressing')
  if (deadline === undefined || condition === undefined) return undefined
  if (['NewReplicaSetAvailable', 'ProgressDeadlineExceeded'].includes(textAt(condition, 'reason'))) return undefined
  const since = Date.parse(textAt(condition, 'lastUpdateTime')) || now.getTime()
  return since + deadline * 1000 - now.getTime()
}

/** `status` during a rollout: complete, progressing, or stuck. */
export function rolloutStatus(rollout: Rollout, now: Date, stamp: string): JsonObject {
  const { deployment, newSet } = rollout
  const status = statusOf(rollout, stamp)
  const counted = objectsAt(status, 'conditions')
  if (progressDeadline(deployment) === undefined) return withFailure(rollout, status, without(counted, 'Progressing'), stamp)
  const subject = newSet === undefined ? `Deployment "${nameOf(deployment)}"` : `ReplicaSet "${nameOf(newSet)}"`
  const current = counted.find((condition) => condition['type'] === 'Progressing')
  const settled = numberAt(status, 'replicas') === numberAt(status, 'updatedReplicas') && current?.['reason'] === 'NewReplicaSetAvailable'
  return withFailure(rollout, status, settled ? counted : progressOf(), stamp)

  function progressOf(): readonly JsonObject[] {
    if (isComplete(deployment, status)) {
      const message = `${subject} has successfully progressed.`
      return setCondition(counted, { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message }, stamp)
    }
    if (hasProgressed(objectAt(deployment, 'status'), status)) {
      const since: Json = current?.['status'] === 'True' ? (current['lastTransitionTime'] ?? stamp) : stamp
      const condition = { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', message: `${subject} is progressing.` }
      return [...without(counted, 'Progressing'), { ...condition, lastTransitionTime: since, lastUpdateTime: stamp }]
    }
    const left = untilDeadline(deployment, now)
    if (left === undefined || left > 0) return counted
    const message = `${subject} has timed out progressing.`
    return setCondition(counted, { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message }, stamp)
  }
}

/** A ReplicaSet that cannot create its Pods shows on the Deployment too; the new one's failure counts first. */
function withFailure({ newSet, oldSets }: Rollout, status: JsonObject, conditions: readonly JsonObject[], stamp: string): JsonObject {
  const failure = [...(newSet === undefined ? [] : [newSet]), ...oldSets]
    .map((set) => conditionOf(set, 'ReplicaFailure'))
    .find((condition) => condition !== undefined)
  if (failure === undefined) return { ...status, conditions: without(conditions, 'ReplicaFailure') }
  const condition: Condition = {
    type: 'ReplicaFailure',
    status: textAt(failure, 'status') === 'True' ? 'True' : 'False',
    reason: textAt(failure, 'reason'),
    message: textAt(failure, 'message'),
  }
  return { ...status, conditions: setCondition(conditions, condition, stamp) }
}

/** While paused the deadline does not run; a condition says so. Undefined where nothing changes. */
export function pauseCondition(deployment: KubeObject): Condition | undefined {
  if (progressDeadline(deployment) === undefined) return undefined
  const reason = textAt(conditionOf(deployment, 'Progressing') ?? {}, 'reason')
  const isPaused = pausedOf(deployment)
  if (reason === 'ProgressDeadlineExceeded') return undefined
  if (isPaused && reason !== 'DeploymentPaused') {
    return { type: 'Progressing', status: 'Unknown', reason: 'DeploymentPaused', message: 'Deployment is paused' }
  }
  if (!isPaused && reason === 'DeploymentPaused') {
    return { type: 'Progressing', status: 'Unknown', reason: 'DeploymentResumed', message: 'Deployment is resumed' }
  }
  return undefined
}

export const pausedOf = (deployment: JsonObject): boolean => flagAt(deployment, 'spec', 'paused')
