import { has, maybeNumberAt, numberAt, objectAt, objectsAt, textAt } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { ok } from '../../core/result.ts'
import type { KubeObject } from '../../kube/object.ts'
import { labelsOf, nameOf, namespaceOf } from '../../kube/object.ts'
import type { Status } from '../../kube/status.ts'
import type { Controller, ControllerContext, Key } from './controller.ts'
import { again, done, writeStatus } from './controller.ts'
import { generationOf, isDeleting, nonZero, resolveIntOrPercent, uidOf } from './fields.ts'
import { claims, pods, statefulSets } from './kinds.ts'
import { claimObjects, workloadKeys, workloadSelector } from './owners.ts'
import { isAvailable, isFinished, isReady, namespaceIsTerminating, nextAvailable, podFromTemplate, phaseOf } from './pods.ts'
import type { Revisions } from './revisions.ts'
import { ensureRevision, revisionTemplate, truncateHistory } from './revisions.ts'
import type { Reconciled } from './workqueue.ts'

const revisionLabel = 'controller-revision-hash'

/** Keeps the numbered Pods of a StatefulSet, each with its own claims. */
export const statefulSetController = (context: ControllerContext): Controller => ({
  name: 'statefulset',
  kinds: [statefulSets, pods],
  keysOf: workloadKeys(context.client, statefulSets, 'StatefulSet'),
  reconcile: (key) => reconcile(context, key),
})

type Step<T> = Promise<Result<T, Status>>

interface Sync {
  readonly context: ControllerContext
  readonly set: KubeObject
  readonly current: KubeObject
  readonly revisions: Revisions
  readonly now: Date
}

async function reconcile(context: ControllerContext, { namespace, name }: Key): Promise<Reconciled> {
  const { client } = context
  const set = client.get(statefulSets, namespace, name)
  if (set === undefined) return done
  const matches = workloadSelector(set)
  const claimed = await claimObjects({ client, of: pods, owner: set, matches })
  if (!claimed.ok) return claimed
  const revisions = await ensureRevision({ client, owner: set, hashLabel: 'controller.kubernetes.io/hash' })
  if (!revisions.ok) return namespaceIsTerminating(revisions.error) ? done : revisions
  const known = textAt(set, 'status', 'currentRevision')
  const current = revisions.value.all.find((revision) => nameOf(revision) === known) ?? revisions.value.update
  const sync: Sync = { context, set, current, revisions: revisions.value, now: context.clock.now() }
  const mine = claimed.value.filter((pod) => ordinalOf(set, pod) >= 0)
  const managed = isDeleting(set) ? ok(undefined) : await manage(sync, mine)
  const after = client.list(pods, namespace).filter((pod) => ordinalOf(set, pod) >= 0 && matches(labelsOf(pod)))
  const written = await writeStatus(client, statefulSets, set, statusOf(sync, after))
  if (!managed.ok) return namespaceIsTerminating(managed.error) ? done : managed
  if (!written.ok) return written.error.reason === 'NotFound' ? done : written
  const live = new Set([nameOf(current), nameOf(revisions.value.update), ...after.map(revisionOf)])
  const truncated = await truncateHistory(client, set, revisions.value, live)
  if (!truncated.ok) return truncated
  const wait = nextAvailable(after, minReadySeconds(set), sync.now)
  return wait === undefined ? done : again(wait)
}

const replicasOf = (set: KubeObject): number => maybeNumberAt(set, 'spec', 'replicas') ?? 1
const startOrdinal = (set: KubeObject): number => numberAt(set, 'spec', 'ordinals', 'start')
const minReadySeconds = (set: KubeObject): number => numberAt(set, 'spec', 'minReadySeconds')
const revisionOf = (pod: KubeObject): string => labelsOf(pod)[revisionLabel] ?? ''
const isMonotonic = (set: KubeObject): boolean => textAt(set, 'spec', 'podManagementPolicy') !== 'Parallel'
const partitionOf = (set: KubeObject): number => numberAt(set, 'spec', 'updateStrategy', 'rollingUpdate', 'partition')

/** The number at the end of the Pod's name; -1 for the Pod of somebody else. */
function ordinalOf(set: KubeObject, pod: KubeObject): number {
  const prefix = `${nameOf(set)}-`
  const rest = nameOf(pod).startsWith(prefix) ? nameOf(pod).slice(prefix.length) : ''
  return /^\d{1,9}$/.test(rest) ? Number(rest) : -1
}

const isHealthy = ({ set, now }: Sync, pod: KubeObject): boolean =>
  phaseOf(pod) === 'Running' && isAvailable(pod, minReadySeconds(set), now) && !isDeleting(pod)

async function manage(sync: Sync, mine: readonly KubeObject[]): Step<undefined> {
  const { set } = sync
  const start = startOrdinal(set)
  const end = start + replicasOf(set)
  const condemned = mine.filter((pod) => ordinalOf(set, pod) < start || ordinalOf(set, pod) >= end)
  const byOrdinal = new Map(mine.map((pod) => [ordinalOf(set, pod), pod]))
  const started = await startReplicas(sync, byOrdinal)
  if (!started.ok || started.value === 'wait') return started.ok ? ok(undefined) : started
  const descending = condemned.sort((a, b) => ordinalOf(set, b) - ordinalOf(set, a))
  const stopped = await stopCondemned(sync, descending)
  if (!stopped.ok || stopped.value === 'wait') return stopped.ok ? ok(undefined) : stopped
  if (textAt(set, 'spec', 'updateStrategy', 'type') === 'OnDelete') return ok(undefined)
  return replaceOutdated(sync, byOrdinal)
}

type Progress = 'go on' | 'wait'

/** The most Pods one look creates. */
const burst = 500

/** In order, each waits for the one before it to be ready; in parallel, nobody waits. */
async function startReplicas(sync: Sync, byOrdinal: ReadonlyMap<number, KubeObject>): Step<Progress> {
  const { context, set } = sync
  const monotonic = isMonotonic(set)
  const start = startOrdinal(set)
  let created = 0
  for (let ordinal = start; ordinal < start + replicasOf(set); ordinal++) {
    const pod = byOrdinal.get(ordinal)
    if (pod !== undefined && isFinished(pod)) {
      if (!isDeleting(pod)) {
        const deleted = await deletePod(context, set, pod)
        if (!deleted.ok) return deleted
      }
      if (monotonic) return ok('wait')
      continue
    }
    if (pod === undefined) {
      const made = await createPod(sync, ordinal)
      if (!made.ok) return made
      created += 1
      if (monotonic || created >= burst) return ok('wait')
      continue
    }
    if (monotonic && !isHealthy(sync, pod)) return ok('wait')
  }
  return ok(created > 0 ? 'wait' : 'go on')
}

/** From the highest number down. */
async function stopCondemned({ context, set }: Sync, condemned: readonly KubeObject[]): Step<Progress> {
  for (const pod of condemned) {
    if (!isDeleting(pod)) {
      const deleted = await deletePod(context, set, pod)
      if (!deleted.ok) return deleted
    }
    if (isMonotonic(set)) return ok('wait')
  }
  return ok(condemned.length > 0 ? 'wait' : 'go on')
}

/** A rolling update replaces Pods from the highest number down to the partition, as many at a time as may be unavailable. */
async function replaceOutdated(sync: Sync, byOrdinal: ReadonlyMap<number, KubeObject>): Step<undefined> {
  const { context, set, revisions } = sync
  const limit = resolveIntOrPercent(objectAt(set, 'spec', 'updateStrategy', 'rollingUpdate')['maxUnavailable'] ?? 1, replicasOf(set), 'up')
  const inOrder = [...byOrdinal.values()].filter((pod) => ordinalOf(set, pod) >= startOrdinal(set))
  let room = Math.max(1, limit) - inOrder.filter((pod) => !isHealthy(sync, pod)).length
  const outdated = inOrder
    .filter(
      (pod) =>
        ordinalOf(set, pod) - startOrdinal(set) >= partitionOf(set) && revisionOf(pod) !== nameOf(revisions.update) && !isDeleting(pod),
    )
    .sort((a, b) => ordinalOf(set, b) - ordinalOf(set, a))
  for (const pod of outdated) {
    if (room <= 0) break
    const deleted = await deletePod(context, set, pod)
    if (!deleted.ok) return deleted
    room -= 1
  }
  return ok(undefined)
}

async function deletePod(context: ControllerContext, set: KubeObject, pod: KubeObject): Step<undefined> {
  const deleted = await context.client.delete(pods, { namespace: namespaceOf(pod), name: nameOf(pod) })
  if (!deleted.ok && deleted.error.reason === 'NotFound') return ok(undefined)
  report(context, set, 'Delete', `Pod ${nameOf(pod)} in StatefulSet ${nameOf(set)}`, deleted)
  return deleted
}

function report(context: ControllerContext, set: KubeObject, verb: string, what: string, result: Result<unknown, Status>): void {
  const message = result.ok ? `${verb} ${what} successful` : `${verb} ${what} failed error: ${result.error.message ?? ''}`
  context.record(set, { type: result.ok ? 'Normal' : 'Warning', reason: `${result.ok ? 'Successful' : 'Failed'}${verb}`, message })
}

async function createPod(sync: Sync, ordinal: number): Step<undefined> {
  const { context, set, revisions, current } = sync
  const rolling = textAt(set, 'spec', 'updateStrategy', 'type') !== 'OnDelete'
  // Below the partition the old revision stays.
  const revision = rolling && ordinal < startOrdinal(set) + partitionOf(set) ? current : revisions.update
  const pod = numberedPod(set, revision, ordinal)
  for (const template of objectsAt(set, 'spec', 'volumeClaimTemplates')) {
    const made = await ensureClaim(sync, template, pod)
    if (!made.ok) return made
  }
  const created = await context.client.create(pods, pod)
  if (!created.ok && (created.error.reason === 'AlreadyExists' || namespaceIsTerminating(created.error))) return created
  report(context, set, 'Create', `Pod ${nameOf(pod)} in StatefulSet ${nameOf(set)}`, created)
  return created.ok ? ok(undefined) : created
}

const claimName = (template: JsonObject, pod: KubeObject): string => `${nameOf(template)}-${nameOf(pod)}`

function numberedPod(set: KubeObject, revision: KubeObject, ordinal: number): KubeObject {
  const pod = podFromTemplate(set, revisionTemplate(revision))
  const name = `${nameOf(set)}-${ordinal}`
  const labels = {
    ...labelsOf(pod),
    'apps.kubernetes.io/pod-index': String(ordinal),
    [revisionLabel]: nameOf(revision),
    'statefulset.kubernetes.io/pod-name': name,
  }
  const own = objectsAt(set, 'spec', 'volumeClaimTemplates').map((template) => ({
    name: nameOf(template),
    persistentVolumeClaim: { claimName: `${nameOf(template)}-${name}` },
  }))
  const others = objectsAt(pod, 'spec', 'volumes').filter((volume) => !own.some((one) => one.name === textAt(volume, 'name')))
  const volumes = [...own, ...others]
  const serviceName = textAt(set, 'spec', 'serviceName')
  return {
    ...pod,
    metadata: { ...objectAt(pod, 'metadata'), name, labels },
    spec: {
      ...objectAt(pod, 'spec'),
      hostname: name,
      ...(serviceName === '' ? {} : { subdomain: serviceName }),
      ...(volumes.length === 0 ? {} : { volumes }),
    },
  }
}

async function ensureClaim({ context, set }: Sync, template: JsonObject, pod: KubeObject): Step<undefined> {
  const name = claimName(template, pod)
  if (context.client.get(claims, namespaceOf(set), name) !== undefined) return ok(undefined)
  const labels = { ...labelsOf(template), ...objectAt(set, 'spec', 'selector', 'matchLabels') }
  const removed = textAt(set, 'spec', 'persistentVolumeClaimRetentionPolicy', 'whenDeleted') === 'Delete'
  const owner = {
    apiVersion: set.apiVersion,
    kind: set.kind,
    name: nameOf(set),
    uid: uidOf(set),
    controller: true,
    blockOwnerDeletion: true,
  }
  const created = await context.client.create(claims, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      ...(has(template, 'metadata', 'annotations') ? { annotations: objectAt(template, 'metadata', 'annotations') } : {}),
      name,
      namespace: namespaceOf(set),
      labels,
      ...(removed ? { ownerReferences: [owner] } : {}),
    },
    spec: objectAt(template, 'spec'),
  })
  const what = `Claim ${name} ${created.ok ? '' : 'for '}Pod ${nameOf(pod)} in StatefulSet ${nameOf(set)}`
  const message = created.ok ? `Create ${what} success` : `Create ${what} failed error: ${created.error.message ?? ''}`
  context.record(set, { type: created.ok ? 'Normal' : 'Warning', reason: created.ok ? 'SuccessfulCreate' : 'FailedCreate', message })
  return created.ok ? ok(undefined) : created
}

function statusOf({ set, current, revisions, now }: Sync, mine: readonly KubeObject[]): JsonObject {
  const ready = mine.filter((pod) => phaseOf(pod) === 'Running' && isReady(pod))
  const staying = mine.filter((pod) => !isDeleting(pod))
  const updated = staying.filter((pod) => revisionOf(pod) === nameOf(revisions.update)).length
  const wanted = replicasOf(set)
  const rolling = textAt(set, 'spec', 'updateStrategy', 'type') !== 'OnDelete'
  const complete = rolling && updated === wanted && ready.length === wanted && mine.length === wanted
  const remaining = staying.filter((pod) => revisionOf(pod) === nameOf(current)).length
  return {
    availableReplicas: ready.filter((pod) => isAvailable(pod, minReadySeconds(set), now)).length,
    collisionCount: numberAt(set, 'status', 'collisionCount'),
    ...nonZero({
      currentReplicas: complete ? updated : remaining,
      observedGeneration: generationOf(set),
      readyReplicas: ready.length,
      updatedReplicas: updated,
    }),
    currentRevision: complete ? nameOf(revisions.update) : nameOf(current),
    replicas: mine.length,
    updateRevision: nameOf(revisions.update),
  }
}
