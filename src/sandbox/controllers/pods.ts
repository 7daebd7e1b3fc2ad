import { numberAt, objectAt, objectsAt, textAt } from '../../core/fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { ok } from '../../core/result.ts'
import type { KubeObject } from '../../kube/object.ts'
import { annotationsOf, nameOf, namespaceOf } from '../../kube/object.ts'
import type { Status } from '../../kube/status.ts'
import type { ControllerContext } from './controller.ts'
import { createdAt, isDeleting, present } from './fields.ts'
import { pods } from './kinds.ts'
import { controllerReference } from './owners.ts'

export const phaseOf = (pod: JsonObject): string => textAt(pod, 'status', 'phase')
export const nodeNameOf = (pod: JsonObject): string => textAt(pod, 'spec', 'nodeName')
export const isFinished = (pod: JsonObject): boolean => phaseOf(pod) === 'Succeeded' || phaseOf(pod) === 'Failed'
/** Neither finished nor on its way out. */
export const isActive = (pod: JsonObject): boolean => !isFinished(pod) && !isDeleting(pod)
/** On its way out, but not there yet. */
export const isTerminating = (pod: JsonObject): boolean => !isFinished(pod) && isDeleting(pod)

export const conditionOf = (object: JsonObject, type: string): JsonObject | undefined =>
  objectsAt(object, 'status', 'conditions').find((condition) => textAt(condition, 'type') === type)
export const conditionIsTrue = (object: JsonObject, type: string): boolean => textAt(conditionOf(object, type) ?? {}, 'status') === 'True'

export const isReady = (pod: JsonObject): boolean => conditionIsTrue(pod, 'Ready')
export const readySince = (pod: JsonObject): number => Date.parse(textAt(conditionOf(pod, 'Ready') ?? {}, 'lastTransitionTime')) || 0

/** Ready for at least `minReadySeconds`. */
export const isAvailable = (pod: JsonObject, minReadySeconds: number, now: Date): boolean =>
  isReady(pod) && (minReadySeconds === 0 || readySince(pod) + minReadySeconds * 1000 <= now.getTime())

/** Milliseconds until the first ready Pod becomes available; undefined where none is waiting. */
export function nextAvailable(all: readonly JsonObject[], minReadySeconds: number, now: Date): number | undefined {
  const waits = all
    .filter((pod) => isReady(pod) && !isAvailable(pod, minReadySeconds, now))
    .map((pod) => readySince(pod) + minReadySeconds * 1000 - now.getTime())
  return waits.length === 0 ? undefined : Math.max(1, Math.min(...waits))
}

/** The Pod of a template: `<owner>-<random>`, with the owner as its controller. */
export function podFromTemplate(owner: KubeObject, template: JsonObject): KubeObject {
  const metadata = objectAt(template, 'metadata')
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...present({ labels: metadata['labels'], annotations: metadata['annotations'], finalizers: metadata['finalizers'] }),
      generateName: `${nameOf(owner)}-`,
      namespace: namespaceOf(owner),
      ownerReferences: [controllerReference(owner)],
    },
    spec: objectAt(template, 'spec'),
  }
}

export async function createPod(context: ControllerContext, owner: KubeObject, pod: KubeObject): Promise<Result<KubeObject, Status>> {
  const created = await context.client.create(pods, pod)
  if (created.ok) {
    context.record(owner, { type: 'Normal', reason: 'SuccessfulCreate', message: `Created pod: ${nameOf(created.value)}` })
  } else if (!namespaceIsTerminating(created.error)) {
    context.record(owner, { type: 'Warning', reason: 'FailedCreate', message: `Error creating: ${created.error.message ?? ''}` })
  }
  return created
}

/** Nothing can be created in a namespace on its way out, and that is nobody's fault. */
export const namespaceIsTerminating = (status: Status): boolean =>
  (status.details?.causes ?? []).some(({ reason }) => reason === 'NamespaceTerminating')

export async function deletePod(context: ControllerContext, owner: KubeObject, pod: KubeObject): Promise<Result<undefined, Status>> {
  const deleted = await context.client.delete(pods, { namespace: namespaceOf(pod), name: nameOf(pod) })
  if (deleted.ok) context.record(owner, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${nameOf(pod)}` })
  else if (deleted.error.reason === 'NotFound') return ok(undefined)
  else context.record(owner, { type: 'Warning', reason: 'FailedDelete', message: `Error deleting: ${deleted.error.message ?? ''}` })
  return deleted
}

/** The most Pods one look at an owner creates or deletes. */
export const burstReplicas = 500

/**
 * Creates so many Pods in batches of 1, 2, 4 …: when one is refused the rest of its batch is still tried and no further batch is begun.
 * The answer is how many there are and the first refusal.
 */
export async function slowStart(
  count: number,
  create: (index: number) => Promise<Result<unknown, Status>>,
): Promise<{ readonly created: number; readonly error?: Status }> {
  let created = 0
  let started = 0
  for (let batch = 1; started < count; batch *= 2) {
    const size = Math.min(batch, count - started)
    let error: Status | undefined
    for (let i = 0; i < size; i++) {
      const result = await create(started + i)
      if (result.ok) created += 1
      else error ??= result.error
    }
    started += size
    if (error !== undefined) return { created, error }
  }
  return { created }
}

const phaseRank: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }

const deletionCost = (pod: KubeObject): number => {
  const text = annotationsOf(pod)['controller.kubernetes.io/pod-deletion-cost'] ?? '0'
  return /^-?\d{1,10}$/.test(text) ? Number(text) : 0
}

const restarts = (pod: KubeObject): number =>
  Math.max(0, ...objectsAt(pod, 'status', 'containerStatuses').map((status) => numberAt(status, 'restartCount')))

/** Which of two Pods is given up first: the one that does less. Unassigned, pending, not ready, cheap, crowded, newly ready, restarting, young. */
export function deletionOrder(crowd: (pod: KubeObject) => number, now: Date): (a: KubeObject, b: KubeObject) => number {
  const age = (since: number): number => Math.floor(Math.log2(Math.max(1, now.getTime() - since)))
  const keys: readonly ((pod: KubeObject) => number)[] = [
    (pod) => (nodeNameOf(pod) === '' ? 0 : 1),
    (pod) => phaseRank[phaseOf(pod)] ?? 0,
    (pod) => (isReady(pod) ? 1 : 0),
    deletionCost,
    (pod) => -crowd(pod),
    (pod) => (isReady(pod) ? age(readySince(pod)) : 0),
    (pod) => -restarts(pod),
    (pod) => age(createdAt(pod)),
  ]
  return (a, b) => {
    for (const key of keys) {
      const difference = key(a) - key(b)
      if (difference !== 0) return difference
    }
    return 0
  }
}

export interface Condition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
}

/** Conditions with one set: unchanged if status and reason are the same, and the time of the transition kept if only the reason is new. */
export function withCondition(
  conditions: readonly JsonObject[],
  { type, status, reason, message }: Condition,
  now: string,
): readonly JsonObject[] {
  const current = conditions.find((condition) => textAt(condition, 'type') === type)
  if (current !== undefined && textAt(current, 'status') === status && textAt(current, 'reason') === reason) return conditions
  const since: Json = current !== undefined && textAt(current, 'status') === status ? (current['lastTransitionTime'] ?? now) : now
  const others = conditions.filter((condition) => condition !== current)
  return [...others, { ...present({ type, reason, message }), status, lastTransitionTime: since }]
}

export const withoutCondition = (conditions: readonly JsonObject[], type: string): readonly JsonObject[] =>
  conditions.filter((condition) => textAt(condition, 'type') !== type)
