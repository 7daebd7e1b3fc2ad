import { numberAt, objectAt, objectsAt, textAt, textsAt } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf, namespaceOf } from '../../kube/object.ts'
import type { Status } from '../../kube/status.ts'
import type { Controller, ControllerContext, Key } from './controller.ts'
import { again, done, writeStatus } from './controller.ts'
import { finalizersOf, isDeleting, nonZero, timestamp, uidOf, withField } from './fields.ts'
import type { Outcome, Sync } from './job-outcome.ts'
import { failureBackoff, failureOf, failuresOfIndex, look, pendingOutcome, successPolicyOf, untilDeadline } from './job-outcome.ts'
import {
  completionsOf,
  failureRule,
  finishedCondition,
  hasFailed,
  isIndexed,
  isSuspended,
  isTracked,
  jobPod,
  parallelismOf,
  pendingIndexes,
  perIndexLimitOf,
  printIndexes,
  trackingFinalizer,
} from './job-rules.ts'
import { jobs, pods } from './kinds.ts'
import { claimObjects, isControlledBy, workloadKeys, workloadSelector } from './owners.ts'
import {
  burstReplicas,
  createPod,
  deletePod,
  isActive,
  isReady,
  isTerminating,
  namespaceIsTerminating,
  phaseOf,
  slowStart,
} from './pods.ts'
import type { Reconciled } from './workqueue.ts'

/** Runs the Pods of a Job until enough have succeeded or too many failed. */
export const jobController = (context: ControllerContext): Controller => ({
  name: 'job',
  kinds: [jobs, pods],
  keysOf: workloadKeys(context.client, jobs, 'Job'),
  reconcile: (key) => reconcile(context, key),
})

type Step<T> = Promise<Result<T, Status>>

async function reconcile(context: ControllerContext, { namespace, name }: Key): Promise<Reconciled> {
  const { client } = context
  const job = client.get(jobs, namespace, name)
  if (job === undefined) return release(context, namespace)
  const manager = textAt(job, 'spec', 'managedBy')
  if (manager !== '' && manager !== 'kubernetes.io/job-controller') return done
  const claimed = await claimObjects({ client, of: pods, owner: job, matches: workloadSelector(job) })
  if (!claimed.ok) return claimed
  if (finishedCondition(job) !== undefined || isDeleting(job)) {
    const released = await untrack(context, claimed.value.filter(isTracked))
    return released.ok ? done : released
  }
  const sync = look(context, job, claimed.value)
  const outcome = pendingOutcome(job) ?? failureOf(sync) ?? successPolicyOf(sync)
  const managed = outcome === undefined ? await manage(sync) : await stopActive(sync)
  const tracked = await track(sync, outcome)
  if (!managed.ok) return namespaceIsTerminating(managed.error) ? done : managed
  if (!tracked.ok) return tracked.error.reason === 'NotFound' ? done : tracked
  const waits = [managed.value, untilDeadline(sync)].filter((wait) => wait !== undefined)
  return waits.length === 0 ? done : again(Math.min(...waits))
}

/** The Job is gone: nobody counts its Pods any more. */
async function release(context: ControllerContext, namespace: string): Promise<Reconciled> {
  const orphans = context.client.list(pods, namespace).filter((pod) => {
    const owner = objectsAt(pod, 'metadata', 'ownerReferences').find((reference) => textAt(reference, 'kind') === 'Job')
    if (!isTracked(pod) || owner === undefined) return isTracked(pod) && owner === undefined
    const job = context.client.get(jobs, namespace, textAt(owner, 'name'))
    return job === undefined || uidOf(job) !== textAt(owner, 'uid')
  })
  const released = await untrack(context, orphans)
  return released.ok ? done : released
}

async function untrack({ client }: ControllerContext, tracked: readonly KubeObject[]): Step<undefined> {
  for (const pod of tracked) {
    const current = client.get(pods, namespaceOf(pod), nameOf(pod))
    if (current === undefined || uidOf(current) !== uidOf(pod)) continue
    const rest = finalizersOf(current).filter((one) => one !== trackingFinalizer)
    const updated = await client.update(pods, withField(current, ['metadata', 'finalizers'], rest.length === 0 ? undefined : rest))
    if (!updated.ok && updated.error.reason !== 'NotFound') return updated
  }
  return ok(undefined)
}

async function stopActive({ context, job, pods: mine }: Sync): Step<undefined> {
  for (const pod of mine.filter(isActive)) {
    const deleted = await deletePod(context, job, pod)
    if (!deleted.ok) return deleted
  }
  return ok(undefined)
}

/** Starts or stops Pods; the answer is how long to wait before more are started. */
async function manage(sync: Sync): Step<number | undefined> {
  const { context, job, succeeded } = sync
  const active = sync.pods.filter(isActive)
  if (isSuspended(job)) return stopActive(sync)
  const completions = completionsOf(job)
  const free =
    completions === undefined ? (succeeded > 0 ? active.length : parallelismOf(job)) : Math.min(parallelismOf(job), completions - succeeded)
  const wanted = Math.max(0, free - (perIndexLimitOf(job) === undefined ? 0 : Math.max(0, free - openIndexes(sync))))
  const excess = active.slice(wanted)
  for (const pod of excess) {
    const deleted = await deletePod(context, job, pod)
    if (!deleted.ok) return deleted
  }
  const terminating = textAt(job, 'spec', 'podReplacementPolicy') === 'Failed' ? sync.pods.filter(isTerminating).length : 0
  const missing = Math.min(wanted - terminating - active.length, burstReplicas)
  if (missing <= 0) return ok(undefined)
  const wait = failureBackoff(sync)
  if (wait > 0) return ok(wait)
  const settled = new Set([...sync.doneIndexes, ...sync.failedIndexes])
  const indexes = isIndexed(job) ? pendingIndexes(job, settled, sync.pods, missing) : undefined
  const count = indexes?.length ?? missing
  const { error } = await slowStart(count, (i) => {
    const index = indexes?.[i]
    return createPod(context, job, jobPod(job, index, index === undefined ? 0 : failuresOfIndex(job, sync.pods, index)))
  })
  return error === undefined || namespaceIsTerminating(error) ? ok(undefined) : err(error)
}

const openIndexes = ({ job, doneIndexes, failedIndexes }: Sync): number => (completionsOf(job) ?? 0) - doneIndexes.size - failedIndexes.size

/**
 * Counting is safe against being interrupted: uids of ended Pods are first written down as not yet counted, then their finalizers
 * are removed, and only then are they added to the counters.
 */
async function track(sync: Sync, outcome: Outcome | undefined): Step<undefined> {
  const { context, job, now } = sync
  const { client } = context
  const mine = client.list(pods, namespaceOf(job)).filter((pod) => isControlledBy(pod, job))
  const ended = mine.filter((pod) => isTracked(pod) && (phaseOf(pod) === 'Succeeded' || hasFailed(job, pod) || outcome !== undefined))
  const active = mine.filter(isActive)
  const complete = isComplete(sync, active.length)
  const verdict: Outcome | undefined =
    outcome ??
    (complete
      ? { type: 'SuccessCriteriaMet', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' }
      : undefined)
  const stamp = timestamp(now)
  const noted = noteEnded(sync, ended, verdict)
  const base = baseStatus(sync, mine, active, stamp)
  const conditions = [
    ...objectsAt(base, 'conditions'),
    ...(verdict === undefined || pendingOutcome(job) !== undefined ? [] : [condition(verdict.type, verdict, stamp)]),
  ]
  const first = await writeStatus(client, jobs, job, { ...base, ...withConditions(conditions), uncountedTerminatedPods: noted.uncounted })
  if (!first.ok) return first
  const untracked = await untrack(context, ended)
  if (!untracked.ok) return untracked
  const counters = countersOf(sync, first.value, noted)
  const finished = verdict !== undefined && active.length === 0
  const final = finished ? condition(verdict.type === 'FailureTarget' ? 'Failed' : 'Complete', verdict, stamp) : undefined
  const second = await writeStatus(client, jobs, first.value, {
    ...withoutCounters(objectAt(first.value, 'status')),
    ...counters,
    ...withConditions(final === undefined ? conditions : [...conditions, final]),
    ...(final !== undefined && final['type'] === 'Complete' ? { completionTime: stamp } : {}),
    uncountedTerminatedPods: {},
  })
  if (!second.ok) return second
  if (final !== undefined) recordEnd(context, job, final)
  return ok(undefined)
}

const withConditions = (conditions: readonly JsonObject[]): JsonObject => (conditions.length === 0 ? {} : { conditions })

function isComplete({ job, succeeded }: Sync, active: number): boolean {
  if (isSuspended(job) && succeeded < (completionsOf(job) ?? 1)) return false
  const completions = completionsOf(job)
  return active === 0 && (completions === undefined ? succeeded > 0 : succeeded >= completions)
}

interface Noted {
  readonly uncounted: JsonObject
  readonly succeeded: readonly string[]
  readonly failed: readonly string[]
}

function noteEnded({ job }: Sync, ended: readonly KubeObject[], verdict: Outcome | undefined): Noted {
  const succeeded = new Set(textsAt(job, 'status', 'uncountedTerminatedPods', 'succeeded'))
  const failed = new Set(textsAt(job, 'status', 'uncountedTerminatedPods', 'failed'))
  for (const pod of ended) {
    if (phaseOf(pod) === 'Succeeded' && !failed.has(uidOf(pod))) {
      if (!isIndexed(job)) succeeded.add(uidOf(pod))
    } else if ((hasFailed(job, pod) && failureRule(job, pod)?.action !== 'Ignore') || verdict?.type === 'FailureTarget') {
      failed.add(uidOf(pod))
    }
  }
  const lists = { ...(failed.size === 0 ? {} : { failed: [...failed] }), ...(succeeded.size === 0 ? {} : { succeeded: [...succeeded] }) }
  return { uncounted: lists, succeeded: [...succeeded], failed: [...failed] }
}

function withoutCounters(status: JsonObject): JsonObject {
  const { succeeded: _succeeded, failed: _failed, completedIndexes: _completed, failedIndexes: _failedIndexes, ...rest } = status
  return rest
}

function countersOf(sync: Sync, job: KubeObject, noted: Noted): JsonObject {
  const completed = printIndexes(sync.doneIndexes)
  return {
    ...nonZero({
      succeeded: isIndexed(job) ? sync.doneIndexes.size : numberAt(job, 'status', 'succeeded') + noted.succeeded.length,
      failed: numberAt(job, 'status', 'failed') + noted.failed.length,
    }),
    ...(completed === '' ? {} : { completedIndexes: completed }),
    ...(perIndexLimitOf(job) === undefined ? {} : { failedIndexes: printIndexes(sync.failedIndexes) }),
  }
}

function baseStatus(sync: Sync, mine: readonly KubeObject[], active: readonly KubeObject[], stamp: string): JsonObject {
  const { job, context } = sync
  const { active: _active, startTime, conditions: _conditions, ...before } = objectAt(job, 'status')
  const conditions = objectsAt(job, 'status', 'conditions')
  const suspended = conditions.find((one) => textAt(one, 'type') === 'Suspended')
  const others = conditions.filter((one) => one !== suspended)
  const wasSuspended = textAt(suspended ?? {}, 'status') === 'True'
  const common = {
    ...before,
    ...nonZero({ active: active.length }),
    ready: active.filter(isReady).length,
    terminating: mine.filter(isTerminating).length,
  }
  if (isSuspended(job)) {
    if (wasSuspended) return { ...common, conditions }
    context.record(job, { type: 'Normal', reason: 'Suspended', message: 'Job suspended' })
    const now = jobCondition('Suspended', 'True', { reason: 'JobSuspended', message: 'Job suspended' }, stamp)
    return { ...common, conditions: [...others, now] }
  }
  if (!wasSuspended) return { ...common, ...withConditions(conditions), startTime: startTime ?? stamp }
  context.record(job, { type: 'Normal', reason: 'Resumed', message: 'Job resumed' })
  const now = jobCondition('Suspended', 'False', { reason: 'JobResumed', message: 'Job resumed' }, stamp)
  return { ...common, conditions: [...others, now], startTime: stamp }
}

const condition = (type: string, outcome: Outcome, stamp: string): JsonObject => jobCondition(type, 'True', outcome, stamp)

const jobCondition = (
  type: string,
  status: 'True' | 'False',
  { reason, message }: { readonly reason: string; readonly message: string },
  stamp: string,
): JsonObject => ({ lastProbeTime: stamp, lastTransitionTime: stamp, message, reason, status, type })

function recordEnd(context: ControllerContext, job: KubeObject, final: JsonObject): void {
  if (textAt(final, 'type') === 'Complete') context.record(job, { type: 'Normal', reason: 'Completed', message: 'Job completed' })
  else context.record(job, { type: 'Warning', reason: textAt(final, 'reason'), message: textAt(final, 'message') })
}
