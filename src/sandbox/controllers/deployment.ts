import { maybeNumberAt, numberAt, objectAt, objectsAt } from '../../core/fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { jsonEqual } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { KubeObject } from '../../kube/object.ts'
import { annotationsOf, labelsOf, nameOf, namespaceOf } from '../../kube/object.ts'
import type { Status } from '../../kube/status.ts'
import type { Controller, ControllerContext, Key } from './controller.ts'
import { done, writeStatus } from './controller.ts'
import type { Resize, Rollout } from './deployment-rules.ts'
import {
  allSets,
  byCreation,
  desiredReplicasAnnotation,
  findNewSet,
  hashLabel,
  isRecreate,
  isScalingEvent,
  maxReplicas,
  maxReplicasAnnotation,
  newSetSize,
  replicasOf,
  revisionAnnotation,
  revisionHistoryAnnotation,
  revisionOf,
  sameTemplate,
  scaleSets,
  shrinkOldSets,
} from './deployment-rules.ts'
import {
  isComplete,
  pauseCondition,
  pausedOf,
  progressDeadline,
  rolloutStatus,
  setCondition,
  statusOf,
  untilDeadline,
} from './deployment-status.ts'
import { generationOf, isDeleting, timestamp, withField } from './fields.ts'
import { deployments, pods, replicaSets } from './kinds.ts'
import { shortHash } from './naming.ts'
import { claimObjects, controllerOf, controllerReference, isControlledBy, ownerKeys, workloadSelector } from './owners.ts'
import type { Condition } from './pods.ts'
import { conditionOf, isFinished, namespaceIsTerminating } from './pods.ts'
import type { Reconciled } from './workqueue.ts'

/** Rolls the ReplicaSets of a Deployment from one template to the next. */
export const deploymentController = (context: ControllerContext): Controller => ({
  name: 'deployment',
  kinds: [deployments, replicaSets, pods],
  keysOf: (event) => {
    if (event.of.resource === 'deployments') return [{ namespace: namespaceOf(event.object), name: nameOf(event.object) }]
    if (event.of.resource === 'replicasets') return ownerKeys(event, { client: context.client, of: deployments, kind: 'Deployment' })
    // Recreate waits for the last old Pod to go.
    if (event.type !== 'DELETED') return []
    const set = context.client.get(replicaSets, namespaceOf(event.object), String(controllerOf(event.object)?.['name'] ?? ''))
    return set === undefined
      ? []
      : ownerKeys({ ...event, of: replicaSets, object: set }, { client: context.client, of: deployments, kind: 'Deployment' })
  },
  reconcile: (key) => reconcile(context, key),
})

type Step<T> = Promise<Result<T, Status>>

async function reconcile(context: ControllerContext, { namespace, name }: Key): Promise<Reconciled> {
  const deployment = context.client.get(deployments, namespace, name)
  if (deployment === undefined) return done
  const matches = workloadSelector(deployment)
  const sets = await claimObjects({ client: context.client, of: replicaSets, owner: deployment, matches })
  if (!sets.ok) return sets
  const newSet = findNewSet(deployment, sets.value)
  const rollout: Rollout = { deployment, newSet, oldSets: sets.value.filter((set) => set !== newSet).sort(byCreation) }
  if (isDeleting(deployment)) return settled(await writePlain(context, rollout))
  const pause = pauseCondition(deployment)
  if (pause !== undefined) return settled(await writeCondition(context, deployment, pause))
  if (pausedOf(deployment) || isScalingEvent(rollout)) return settled(await syncScale(context, rollout))
  return settled(await (isRecreate(deployment) ? recreate(context, rollout) : roll(context, rollout)))
}

/** A Deployment that is gone in the meantime needs nothing more. */
const settled = (result: Result<number | undefined, Status>): Reconciled =>
  !result.ok && result.error.reason === 'NotFound' ? done : result

async function writePlain(context: ControllerContext, rollout: Rollout): Step<undefined> {
  const status = statusOf(rollout, timestamp(context.clock.now()))
  const written = await writeStatus(context.client, deployments, rollout.deployment, status)
  return written.ok ? ok(undefined) : written
}

async function writeCondition(context: ControllerContext, deployment: KubeObject, condition: Condition): Step<undefined> {
  const conditions = setCondition(objectsAt(deployment, 'status', 'conditions'), condition, timestamp(context.clock.now()))
  const written = await writeStatus(context.client, deployments, deployment, { ...objectAt(deployment, 'status'), conditions })
  return written.ok ? ok(undefined) : written
}

/** Paused, or another number of replicas: no new template is rolled out, only sizes change. */
async function syncScale(context: ControllerContext, rollout: Rollout): Step<undefined> {
  const prepared = rollout.newSet === undefined ? ok(rollout) : await annotateNewSet(context, rollout, rollout.newSet)
  if (!prepared.ok) return prepared
  const sizes = scaleSets(prepared.value)
  const scaled = await resizeAll(context, prepared.value.deployment, sizes)
  if (!scaled.ok) return scaled
  // A set whose size stays keeps the wrong annotation otherwise, and would ask for scaling for ever.
  const untouched = allSets(prepared.value).filter((set) => replicasOf(set) > 0 && !sizes.some((size) => size.set === set))
  const annotated = await resizeAll(
    context,
    prepared.value.deployment,
    untouched.map((set) => ({ set, replicas: replicasOf(set) })),
  )
  return annotated.ok ? writePlain(context, current(context, prepared.value)) : annotated
}

async function roll(context: ControllerContext, rollout: Rollout): Step<number | undefined> {
  const prepared = await ensureNewSet(context, rollout)
  if (!prepared.ok) return prepared
  const { deployment, newSet } = prepared.value
  if (newSet === undefined) return ok(undefined)
  const size = replicasOf(newSet)
  const target = size >= replicasOf(deployment) ? replicasOf(deployment) : newSetSize(deployment, allSets(prepared.value), size)
  const grown = target === size ? ok(undefined) : await resizeAll(context, deployment, [{ set: newSet, replicas: target }])
  if (!grown.ok) return grown
  if (target === size) {
    const shrunk = await resizeAll(context, deployment, shrinkOldSets(prepared.value))
    if (!shrunk.ok) return shrunk
  }
  return finish(context, prepared.value)
}

async function recreate(context: ControllerContext, rollout: Rollout): Step<number | undefined> {
  const old = rollout.oldSets.filter((set) => replicasOf(set) > 0).map((set): Resize => ({ set, replicas: 0 }))
  if (old.length > 0) {
    const scaled = await resizeAll(context, rollout.deployment, old)
    return scaled.ok ? finish(context, rollout) : scaled
  }
  if (oldPodsRun(context, rollout)) return finish(context, rollout)
  const prepared = await ensureNewSet(context, rollout)
  if (!prepared.ok) return prepared
  const { deployment, newSet } = prepared.value
  const wanted = replicasOf(deployment)
  const sizes = newSet === undefined || replicasOf(newSet) === wanted ? [] : [{ set: newSet, replicas: wanted }]
  const scaled = await resizeAll(context, deployment, sizes)
  return scaled.ok ? finish(context, prepared.value) : scaled
}

const oldPodsRun = (context: ControllerContext, { deployment, oldSets }: Rollout): boolean =>
  context.client.list(pods, namespaceOf(deployment)).some((pod) => !isFinished(pod) && oldSets.some((set) => isControlledBy(pod, set)))

/** Old ReplicaSets beyond the history limit go, and the status is written. */
async function finish(context: ControllerContext, before: Rollout): Step<number | undefined> {
  const rollout = current(context, before)
  const { deployment } = rollout
  if (isComplete(deployment, objectAt(deployment, 'status'))) {
    const cleaned = await cleanUp(context, rollout)
    if (!cleaned.ok) return cleaned
  }
  const now = context.clock.now()
  const written = await writeStatus(context.client, deployments, deployment, rolloutStatus(rollout, now, timestamp(now)))
  if (!written.ok) return written
  const left = untilDeadline(written.value, now)
  // One second late, so that the deadline has passed.
  return ok(left === undefined ? undefined : Math.max(left, 0) + 1000)
}

/** The same objects as they are stored now. */
function current(context: ControllerContext, { deployment, newSet, oldSets }: Rollout): Rollout {
  const read = (set: KubeObject): KubeObject => context.client.get(replicaSets, namespaceOf(set), nameOf(set)) ?? set
  return { deployment, newSet: newSet === undefined ? undefined : read(newSet), oldSets: oldSets.map(read) }
}

async function cleanUp(context: ControllerContext, { deployment, oldSets }: Rollout): Step<undefined> {
  const limit = maybeNumberAt(deployment, 'spec', 'revisionHistoryLimit')
  if (limit === undefined) return ok(undefined)
  const alive = oldSets.filter((set) => !isDeleting(set)).sort((a, b) => revisionOf(a) - revisionOf(b))
  for (const set of alive.slice(0, Math.max(0, alive.length - limit))) {
    const inUse = numberAt(set, 'status', 'replicas') !== 0 || replicasOf(set) !== 0
    if (inUse || generationOf(set) > numberAt(set, 'status', 'observedGeneration')) continue
    const deleted = await context.client.delete(replicaSets, { namespace: namespaceOf(set), name: nameOf(set) })
    if (!deleted.ok && deleted.error.reason !== 'NotFound') return deleted
  }
  return ok(undefined)
}

async function resizeAll(context: ControllerContext, deployment: KubeObject, sizes: readonly Resize[]): Step<undefined> {
  for (const { set, replicas } of sizes) {
    const annotations = { ...annotationsOf(set), ...sizeAnnotations(deployment) }
    if (replicas === replicasOf(set) && jsonEqual(annotations, annotationsOf(set))) continue
    const resized = withField(withField(set, ['metadata', 'annotations'], annotations), ['spec', 'replicas'], replicas)
    const updated = await context.client.update(replicaSets, resized)
    if (!updated.ok) return updated
    recordScale(context, deployment, { set, replicas })
  }
  return ok(undefined)
}

function recordScale(context: ControllerContext, deployment: KubeObject, { set, replicas }: Resize, from = replicasOf(set)): void {
  if (replicas === from) return
  const direction = replicas > from ? 'up' : 'down'
  const message = `Scaled ${direction} replica set ${nameOf(set)} from ${from} to ${replicas}`
  context.record(deployment, { type: 'Normal', reason: 'ScalingReplicaSet', message })
}

const sizeAnnotations = (deployment: KubeObject): Readonly<Record<string, string>> => ({
  [desiredReplicasAnnotation]: String(replicasOf(deployment)),
  [maxReplicasAnnotation]: String(maxReplicas(deployment)),
})

/** Annotations that speak of the Deployment itself and are not handed down. */
const ownAnnotations = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deprecated.deployment.rollback.to',
  revisionAnnotation,
  revisionHistoryAnnotation,
  desiredReplicasAnnotation,
  maxReplicasAnnotation,
])

const handedDown = (deployment: KubeObject): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(annotationsOf(deployment)).filter(([key]) => !ownAnnotations.has(key)))

const nextRevision = (oldSets: readonly KubeObject[]): number => Math.max(0, ...oldSets.map(revisionOf)) + 1

async function ensureNewSet(context: ControllerContext, rollout: Rollout): Step<Rollout> {
  return rollout.newSet === undefined ? createNewSet(context, rollout) : annotateNewSet(context, rollout, rollout.newSet)
}

/** The ReplicaSet of the template is always the latest revision: a rollback moves an old one to the front. */
async function annotateNewSet(context: ControllerContext, rollout: Rollout, set: KubeObject): Step<Rollout> {
  const { deployment } = rollout
  const before = annotationsOf(set)
  const revision = Math.max(nextRevision(rollout.oldSets), revisionOf(set))
  const history = [before[revisionHistoryAnnotation], before[revisionAnnotation]].filter((text) => text !== undefined).join(',')
  const annotations = {
    ...before,
    ...handedDown(deployment),
    [revisionAnnotation]: String(revision),
    ...(revision !== revisionOf(set) && history !== '' ? { [revisionHistoryAnnotation]: history } : {}),
  }
  const minReadySeconds = maybeNumberAt(deployment, 'spec', 'minReadySeconds') ?? 0
  const same = jsonEqual(annotations, before) && numberAt(set, 'spec', 'minReadySeconds') === minReadySeconds
  const updated: Result<KubeObject, Status> = same
    ? ok(set)
    : await context.client.update(
        replicaSets,
        withField(withField(set, ['metadata', 'annotations'], annotations), ['spec', 'minReadySeconds'], minReadySeconds || undefined),
      )
  if (!updated.ok) return updated
  const found: Condition = {
    type: 'Progressing',
    status: 'True',
    reason: 'FoundNewReplicaSet',
    message: `Found new replica set "${nameOf(set)}"`,
  }
  const needsCondition = progressDeadline(deployment) !== undefined && conditionOf(deployment, 'Progressing') === undefined
  const noted = await noteRevision(context, deployment, updated.value, needsCondition ? found : undefined)
  return noted.ok ? ok({ ...rollout, deployment: noted.value, newSet: updated.value }) : noted
}

/** The Deployment's own revision annotation and condition follow its new ReplicaSet; both are written with the status. */
async function noteRevision(
  context: ControllerContext,
  deployment: KubeObject,
  set: KubeObject,
  condition: Condition | undefined,
): Step<KubeObject> {
  const revision = annotationsOf(set)[revisionAnnotation] ?? ''
  if (annotationsOf(deployment)[revisionAnnotation] === revision && condition === undefined) return ok(deployment)
  const annotations = { ...annotationsOf(deployment), [revisionAnnotation]: revision }
  const before = objectsAt(deployment, 'status', 'conditions')
  const conditions = condition === undefined ? before : setCondition(before, condition, timestamp(context.clock.now()))
  const status = { ...objectAt(deployment, 'status'), ...(conditions.length === 0 ? {} : { conditions }) }
  return context.client.update(deployments, { ...withField(deployment, ['metadata', 'annotations'], annotations), status }, 'status')
}

async function createNewSet(context: ControllerContext, rollout: Rollout): Step<Rollout> {
  const { deployment } = rollout
  const set = newReplicaSet(rollout)
  const created = await context.client.create(replicaSets, set)
  if (!created.ok)
    return created.error.reason === 'AlreadyExists' ? collision(context, rollout, set) : refused(context, rollout, set, created.error)
  recordScale(context, deployment, { set: created.value, replicas: replicasOf(set) }, 0)
  const condition: Condition = {
    type: 'Progressing',
    status: 'True',
    reason: 'NewReplicaSetCreated',
    message: `Created new replica set "${nameOf(set)}"`,
  }
  const noted = await noteRevision(context, deployment, created.value, progressDeadline(deployment) === undefined ? undefined : condition)
  return noted.ok ? ok({ ...rollout, deployment: noted.value, newSet: created.value }) : noted
}

function newReplicaSet({ deployment, oldSets }: Rollout): KubeObject {
  const template = objectAt(deployment, 'spec', 'template')
  const hash = shortHash(template, maybeNumberAt(deployment, 'status', 'collisionCount'))
  const labels = { ...labelsOf(template), [hashLabel]: hash }
  const selector = withField(objectAt(deployment, 'spec', 'selector'), ['matchLabels', hashLabel], hash)
  const minReadySeconds = numberAt(deployment, 'spec', 'minReadySeconds')
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${nameOf(deployment)}-${hash}`,
      namespace: namespaceOf(deployment),
      labels,
      annotations: { ...handedDown(deployment), [revisionAnnotation]: String(nextRevision(oldSets)), ...sizeAnnotations(deployment) },
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas: newSetSize(deployment, oldSets, 0),
      selector,
      template: withField(template, ['metadata', 'labels'], labels),
      ...(minReadySeconds === 0 ? {} : { minReadySeconds }),
    },
  }
}

/** The name is taken by a set of another template: the next attempt hashes with a counter. */
async function collision(context: ControllerContext, rollout: Rollout, set: KubeObject): Step<Rollout> {
  const { deployment } = rollout
  const existing = context.client.get(replicaSets, namespaceOf(set), nameOf(set))
  const template = (of: JsonObject): JsonObject => objectAt(of, 'spec', 'template')
  if (existing !== undefined && isControlledBy(existing, deployment) && sameTemplate(template(existing), template(deployment))) {
    return annotateNewSet(context, rollout, existing)
  }
  const collisionCount: Json = numberAt(deployment, 'status', 'collisionCount') + 1
  const counted = await writeStatus(context.client, deployments, deployment, { ...objectAt(deployment, 'status'), collisionCount })
  return counted.ok ? ok({ ...rollout, deployment: counted.value }) : counted
}

async function refused(context: ControllerContext, { deployment }: Rollout, set: KubeObject, error: Status): Step<Rollout> {
  if (namespaceIsTerminating(error)) return err(error)
  const message = `Failed to create new replica set "${nameOf(set)}": ${error.message ?? ''}`
  context.record(deployment, { type: 'Warning', reason: 'ReplicaSetCreateError', message })
  if (progressDeadline(deployment) !== undefined) {
    await writeCondition(context, deployment, { type: 'Progressing', status: 'False', reason: 'ReplicaSetCreateError', message })
  }
  return err(error)
}
