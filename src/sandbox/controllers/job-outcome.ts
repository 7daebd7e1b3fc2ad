import { maybeNumberAt, numberAt, objectsAt, textAt, textsAt } from '../../core/fields.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { ControllerContext } from './controller.ts'
import { uidOf } from './fields.ts'
import {
  backoffLimitOf,
  completionsOf,
  failureRule,
  hasFailed,
  indexOf,
  isIndexed,
  isSuspended,
  isTracked,
  parseIndexes,
  perIndexLimitOf,
  restartsExceed,
} from './job-rules.ts'
import { phaseOf } from './pods.ts'

/** How a Job is going to end. */
export interface Outcome {
  readonly type: 'FailureTarget' | 'SuccessCriteriaMet'
  readonly reason: string
  readonly message: string
}

/** A Job as one look at it finds it. */
export interface Sync {
  readonly context: ControllerContext
  readonly job: KubeObject
  readonly pods: readonly KubeObject[]
  /** Including Pods that have ended and are not yet in the status. */
  readonly succeeded: number
  readonly failed: number
  readonly doneIndexes: ReadonlySet<number>
  readonly failedIndexes: ReadonlySet<number>
  readonly now: Date
}

/** Counts what has become of the Pods. */
export function look(context: ControllerContext, job: KubeObject, mine: readonly KubeObject[]): Sync {
  const counted = new Set([
    ...textsAt(job, 'status', 'uncountedTerminatedPods', 'succeeded'),
    ...textsAt(job, 'status', 'uncountedTerminatedPods', 'failed'),
  ])
  const fresh = mine.filter((pod) => isTracked(pod) && !counted.has(uidOf(pod)))
  const completions = completionsOf(job) ?? 0
  const doneIndexes = new Set(isIndexed(job) ? parseIndexes(textAt(job, 'status', 'completedIndexes'), completions) : [])
  for (const pod of isIndexed(job) ? mine : []) {
    if (phaseOf(pod) === 'Succeeded' && indexOf(pod) >= 0 && indexOf(pod) < completions) doneIndexes.add(indexOf(pod))
  }
  const waiting = (list: string): number => textsAt(job, 'status', 'uncountedTerminatedPods', list).length
  const plain = numberAt(job, 'status', 'succeeded') + waiting('succeeded') + fresh.filter((pod) => phaseOf(pod) === 'Succeeded').length
  const newlyFailed = fresh.filter((pod) => hasFailed(job, pod) && failureRule(job, pod)?.action !== 'Ignore')
  return {
    context,
    job,
    pods: mine,
    succeeded: isIndexed(job) ? doneIndexes.size : plain,
    failed: numberAt(job, 'status', 'failed') + waiting('failed') + newlyFailed.length,
    doneIndexes,
    failedIndexes: failedIndexesOf(job, mine, doneIndexes),
    now: context.clock.now(),
  }
}

export const failuresOfIndex = (job: KubeObject, mine: readonly KubeObject[], index: number): number =>
  mine.filter((pod) => indexOf(pod) === index && hasFailed(job, pod) && failureRule(job, pod)?.action !== 'Ignore').length

/** With `backoffLimitPerIndex` each index has its own limit. */
function failedIndexesOf(job: KubeObject, mine: readonly KubeObject[], succeeded: ReadonlySet<number>): ReadonlySet<number> {
  const limit = perIndexLimitOf(job)
  if (limit === undefined || !isIndexed(job)) return new Set()
  const failed = new Set(parseIndexes(textAt(job, 'status', 'failedIndexes'), completionsOf(job) ?? 0))
  for (const pod of mine) {
    const index = indexOf(pod)
    if (index < 0 || succeeded.has(index) || !hasFailed(job, pod)) continue
    if (failureRule(job, pod)?.action === 'FailIndex' || failuresOfIndex(job, mine, index) > limit) failed.add(index)
  }
  return failed
}

/** What an earlier look has decided already. */
export function pendingOutcome(job: KubeObject): Outcome | undefined {
  for (const type of ['SuccessCriteriaMet', 'FailureTarget'] as const) {
    const condition = objectsAt(job, 'status', 'conditions').find((one) => textAt(one, 'type') === type && textAt(one, 'status') === 'True')
    if (condition !== undefined) return { type, reason: textAt(condition, 'reason'), message: textAt(condition, 'message') }
  }
  return undefined
}

const failure = (reason: string, message: string): Outcome => ({ type: 'FailureTarget', reason, message })

export function failureOf(sync: Sync): Outcome | undefined {
  const { job, pods: mine, failed, failedIndexes, doneIndexes } = sync
  const fatal = mine
    .filter((pod) => hasFailed(job, pod))
    .map((pod) => failureRule(job, pod))
    .find((rule) => rule?.action === 'FailJob')
  if (fatal !== undefined) return failure('PodFailurePolicy', fatal.message)
  if (failed > backoffLimitOf(job) || restartsExceed(job, mine))
    return failure('BackoffLimitExceeded', 'Job has reached the specified backoff limit')
  const deadline = untilDeadline(sync)
  if (deadline !== undefined && deadline <= 0) return failure('DeadlineExceeded', 'Job was active longer than specified deadline')
  const most = maybeNumberAt(job, 'spec', 'maxFailedIndexes')
  if (most !== undefined && failedIndexes.size > most) {
    return failure('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes')
  }
  if (failedIndexes.size > 0 && failedIndexes.size + doneIndexes.size >= (completionsOf(job) ?? 0))
    return failure('FailedIndexes', 'Job has failed indexes')
  return undefined
}

/** Milliseconds until `activeDeadlineSeconds` have passed. */
export function untilDeadline({ job, now }: Sync): number | undefined {
  const seconds = maybeNumberAt(job, 'spec', 'activeDeadlineSeconds')
  const since = Date.parse(textAt(job, 'status', 'startTime'))
  if (seconds === undefined || isSuspended(job)) return undefined
  return (Number.isNaN(since) ? now.getTime() : since) + seconds * 1000 - now.getTime()
}

export function successPolicyOf({ job, doneIndexes }: Sync): Outcome | undefined {
  if (!isIndexed(job)) return undefined
  for (const [position, rule] of objectsAt(job, 'spec', 'successPolicy', 'rules').entries()) {
    const named = textAt(rule, 'succeededIndexes')
    const wanted = named === '' ? undefined : parseIndexes(named, completionsOf(job) ?? 0)
    const met = wanted === undefined ? doneIndexes.size : [...wanted].filter((index) => doneIndexes.has(index)).length
    const needed = maybeNumberAt(rule, 'succeededCount') ?? wanted?.size ?? Number.POSITIVE_INFINITY
    if (met >= needed) return { type: 'SuccessCriteriaMet', reason: 'SuccessPolicy', message: `Matched rules at index ${position}` }
  }
  return undefined
}

/** Milliseconds to wait after failures in a row: 10 s, doubling, up to 10 minutes. */
export function failureBackoff({ job, pods: mine, now }: Sync): number {
  const ended = mine
    .filter((pod) => hasFailed(job, pod) || phaseOf(pod) === 'Succeeded')
    .map((pod) => ({ failed: phaseOf(pod) !== 'Succeeded', at: endOf(pod) }))
    .sort((a, b) => b.at - a.at)
  const success = ended.findIndex(({ failed }) => !failed)
  const failures = success < 0 ? ended : ended.slice(0, success)
  const [last] = failures
  if (last === undefined) return 0
  return Math.max(0, last.at + Math.min(600_000, 10_000 * 2 ** Math.min(failures.length - 1, 10)) - now.getTime())
}

function endOf(pod: KubeObject): number {
  const finished = objectsAt(pod, 'status', 'containerStatuses').map(
    (status) => Date.parse(textAt(status, 'state', 'terminated', 'finishedAt')) || 0,
  )
  return (
    Math.max(...finished, 0) ||
    Date.parse(textAt(pod, 'metadata', 'deletionTimestamp')) ||
    Date.parse(textAt(pod, 'metadata', 'creationTimestamp')) ||
    0
  )
}
