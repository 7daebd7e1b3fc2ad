import { maybeNumberAt, numberAt, objectAt, textAt } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import { jsonEqual } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import { annotationsOf, nameOf } from '../../kube/object.ts'
import { createdAt, resolveIntOrPercent, withField } from './fields.ts'

/** The arithmetic of a rollout: pure functions of a Deployment and its ReplicaSets. */
export interface Rollout {
  readonly deployment: KubeObject
  /** The ReplicaSet of the current template. */
  readonly newSet: KubeObject | undefined
  /** The others, oldest first. */
  readonly oldSets: readonly KubeObject[]
}

export const revisionAnnotation = 'deployment.kubernetes.io/revision'
export const revisionHistoryAnnotation = 'deployment.kubernetes.io/revision-history'
export const desiredReplicasAnnotation = 'deployment.kubernetes.io/desired-replicas'
export const maxReplicasAnnotation = 'deployment.kubernetes.io/max-replicas'
export const hashLabel = 'pod-template-hash'

export const replicasOf = (object: JsonObject): number => maybeNumberAt(object, 'spec', 'replicas') ?? 1
export const isRecreate = (deployment: JsonObject): boolean => textAt(deployment, 'spec', 'strategy', 'type') === 'Recreate'
export const allSets = ({ newSet, oldSets }: Rollout): readonly KubeObject[] => (newSet === undefined ? oldSets : [...oldSets, newSet])
export const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
export const specReplicas = (sets: readonly KubeObject[]): number => sum(sets.map(replicasOf))
export const statusCount = (sets: readonly KubeObject[], field: string): number => sum(sets.map((set) => numberAt(set, 'status', field)))

export const byCreation = (a: KubeObject, b: KubeObject): number => createdAt(a) - createdAt(b) || (nameOf(a) < nameOf(b) ? -1 : 1)

const revisionPattern = /^\d{1,15}$/
export const revisionOf = (object: JsonObject): number => {
  const text = annotationsOf(object)[revisionAnnotation] ?? ''
  return revisionPattern.test(text) ? Number(text) : 0
}

/** `maxSurge` and `maxUnavailable` in Pods. Both zero would never move, so one may then be unavailable. */
export function rollingLimits(deployment: JsonObject): { readonly surge: number; readonly unavailable: number } {
  const replicas = replicasOf(deployment)
  if (isRecreate(deployment)) return { surge: 0, unavailable: 0 }
  const rolling = objectAt(deployment, 'spec', 'strategy', 'rollingUpdate')
  const surge = resolveIntOrPercent(rolling['maxSurge'] ?? '25%', replicas, 'up')
  const unavailable = resolveIntOrPercent(rolling['maxUnavailable'] ?? '25%', replicas, 'down')
  const atLeastOne = surge === 0 && unavailable === 0 ? 1 : unavailable
  return { surge, unavailable: replicas === 0 ? 0 : Math.min(atLeastOne, replicas) }
}

export const maxReplicas = (deployment: JsonObject): number => replicasOf(deployment) + rollingLimits(deployment).surge

const withoutHash = (template: JsonObject): JsonObject => {
  const { [hashLabel]: _hash, ...labels } = objectAt(template, 'metadata', 'labels')
  const { labels: _labels, creationTimestamp: _time, ...metadata } = objectAt(template, 'metadata')
  return { ...template, metadata: Object.keys(labels).length === 0 ? metadata : withField(metadata, ['labels'], labels) }
}

export const sameTemplate = (a: JsonObject, b: JsonObject): boolean => jsonEqual(withoutHash(a), withoutHash(b))

/** The ReplicaSet with the Deployment's template; of several the oldest. */
export const findNewSet = (deployment: JsonObject, sets: readonly KubeObject[]): KubeObject | undefined =>
  [...sets].sort(byCreation).find((set) => sameTemplate(objectAt(set, 'spec', 'template'), objectAt(deployment, 'spec', 'template')))

/** How large the new ReplicaSet may be now. */
export function newSetSize(deployment: KubeObject, sets: readonly KubeObject[], newReplicas: number): number {
  const wanted = replicasOf(deployment)
  if (isRecreate(deployment)) return wanted
  const room = maxReplicas(deployment) - specReplicas(sets)
  return room <= 0 ? newReplicas : newReplicas + Math.min(room, wanted - newReplicas)
}

export interface Resize {
  readonly set: KubeObject
  readonly replicas: number
}

/** How far old ReplicaSets may shrink without going below the promised availability: Pods that do not work go first. */
export function shrinkOldSets({ deployment, newSet, oldSets }: Rollout): readonly Resize[] {
  const sets = newSet === undefined ? oldSets : [...oldSets, newSet]
  const minAvailable = replicasOf(deployment) - rollingLimits(deployment).unavailable
  const newUnavailable = newSet === undefined ? 0 : replicasOf(newSet) - numberAt(newSet, 'status', 'availableReplicas')
  const most = specReplicas(sets) - minAvailable - newUnavailable
  if (most <= 0) return []
  const sizes = new Map(oldSets.map((set) => [set, replicasOf(set)]))
  let unhealthy = most
  for (const set of oldSets) {
    const down = Math.min(unhealthy, Math.max(0, replicasOf(set) - numberAt(set, 'status', 'availableReplicas')))
    sizes.set(set, replicasOf(set) - down)
    unhealthy -= down
  }
  let healthy = Math.max(0, statusCount(sets, 'availableReplicas') - minAvailable)
  for (const set of oldSets) {
    const size = sizes.get(set) ?? 0
    const down = Math.min(size, healthy)
    sizes.set(set, size - down)
    healthy -= down
  }
  return oldSets.map((set) => ({ set, replicas: sizes.get(set) ?? 0 })).filter(({ set, replicas }) => replicas !== replicasOf(set))
}

const isSaturated = ({ deployment, newSet }: Rollout): boolean =>
  newSet !== undefined &&
  replicasOf(newSet) === replicasOf(deployment) &&
  annotationsOf(newSet)[desiredReplicasAnnotation] === String(replicasOf(deployment)) &&
  numberAt(newSet, 'status', 'availableReplicas') === replicasOf(deployment)

/** The one ReplicaSet a change of `spec.replicas` concerns: the only active one, or the latest where none is. */
function onlyActive({ newSet, oldSets }: Rollout): KubeObject | undefined {
  const active = [...oldSets, ...(newSet === undefined ? [] : [newSet])].filter((set) => replicasOf(set) > 0)
  if (active.length === 0) return newSet ?? oldSets.at(-1)
  return active.length === 1 ? active[0] : undefined
}

/** What a change of `spec.replicas` means for the ReplicaSets; in the middle of a rollout each gets its share. */
export function scaleSets(rollout: Rollout): readonly Resize[] {
  const { deployment, oldSets } = rollout
  const wanted = replicasOf(deployment)
  const only = onlyActive(rollout)
  if (only !== undefined) return replicasOf(only) === wanted ? [] : [{ set: only, replicas: wanted }]
  if (isSaturated(rollout)) return oldSets.filter((set) => replicasOf(set) > 0).map((set) => ({ set, replicas: 0 }))
  return isRecreate(deployment) ? [] : proportionalSizes(rollout)
}

function proportionalSizes(rollout: Rollout): readonly Resize[] {
  const { deployment } = rollout
  const active = allSets(rollout).filter((set) => replicasOf(set) > 0)
  const allowed = replicasOf(deployment) > 0 ? maxReplicas(deployment) : 0
  const toAdd = allowed - specReplicas(active)
  // The larger gets its share first; of equals the newer when growing, the older when shrinking.
  const order = [...active].sort((a, b) => replicasOf(b) - replicasOf(a) || (toAdd > 0 ? byCreation(b, a) : byCreation(a, b)))
  let added = 0
  const sizes = order.map((set): Resize => {
    if (toAdd === 0 || toAdd === added) return { set, replicas: replicasOf(set) }
    const share = shareOf(set, deployment)
    const part = toAdd > 0 ? Math.min(share, toAdd - added) : Math.max(share, toAdd - added)
    added += part
    return { set, replicas: replicasOf(set) + part }
  })
  const [first, ...others] = sizes
  if (first === undefined) return []
  return [{ set: first.set, replicas: Math.max(0, first.replicas + toAdd - added) }, ...others]
}

function shareOf(set: KubeObject, deployment: KubeObject): number {
  if (replicasOf(deployment) === 0) return -replicasOf(set)
  const annotated = Number(annotationsOf(set)[maxReplicasAnnotation] ?? '')
  const before = Number.isInteger(annotated) && annotated > 0 ? annotated : numberAt(deployment, 'status', 'replicas')
  if (before === 0) return 0
  return Math.round((replicasOf(set) * maxReplicas(deployment)) / before) - replicasOf(set)
}

/** Whether `spec.replicas` has changed since the ReplicaSets were last sized. */
export const isScalingEvent = ({ deployment, newSet, oldSets }: Rollout): boolean =>
  [...oldSets, ...(newSet === undefined ? [] : [newSet])].some((set) => {
    const desired = annotationsOf(set)[desiredReplicasAnnotation]
    return replicasOf(set) > 0 && desired !== undefined && desired !== String(replicasOf(deployment))
  })
