import { flagAt, maybeNumberAt, objectAt, objectsAt, textAt } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { ok } from '../../core/result.ts'
import type { KubeObject } from '../../kube/object.ts'
import { annotationsOf, labelsOf, nameOf, namespaceOf } from '../../kube/object.ts'
import type { Status } from '../../kube/status.ts'
import type { Controller, ControllerContext, Key } from './controller.ts'
import { again, done, writeStatus } from './controller.ts'
import { isTimeZone, nextRun, parseSchedule } from './cron.ts'
import { createdAt, isDeleting, timestamp, uidOf } from './fields.ts'
import { finishedCondition } from './job-rules.ts'
import { cronJobs, jobs } from './kinds.ts'
import { controllerReference, isControlledBy, workloadKeys } from './owners.ts'
import { namespaceIsTerminating } from './pods.ts'
import type { Reconciled } from './workqueue.ts'

/** Creates the Jobs of a CronJob when their time has come. */
export const cronJobController = (context: ControllerContext): Controller => ({
  name: 'cronjob',
  kinds: [cronJobs, jobs],
  keysOf: workloadKeys(context.client, cronJobs, 'CronJob'),
  reconcile: (key) => reconcile(context, key),
})

type Step<T> = Promise<Result<T, Status>>

/** So late after the scheduled moment it is looked again, so that the moment has surely come. */
const delta = 100
/** More missed runs than that are not looked at one by one. */
const missedLimit = 100

interface Sync {
  readonly context: ControllerContext
  readonly cron: KubeObject
  readonly children: readonly KubeObject[]
  readonly now: Date
}

async function reconcile(context: ControllerContext, { namespace, name }: Key): Promise<Reconciled> {
  const cron = context.client.get(cronJobs, namespace, name)
  if (cron === undefined) return done
  const children = context.client.list(jobs, namespace).filter((job) => isControlledBy(job, cron))
  const sync: Sync = { context, cron, children, now: context.clock.now() }
  const cleaned = await cleanUp(sync)
  if (!cleaned.ok) return cleaned
  const status = observe(sync)
  const run = isDeleting(cron) || flagAt(cron, 'spec', 'suspend') ? ok({ status, wait: undefined }) : await schedule(sync, status)
  if (!run.ok) {
    await writeStatus(context.client, cronJobs, cron, status)
    return namespaceIsTerminating(run.error) ? done : run
  }
  const written = await writeStatus(context.client, cronJobs, cron, run.value.status)
  if (!written.ok) return written.error.reason === 'NotFound' ? done : written
  return run.value.wait === undefined ? done : again(run.value.wait)
}

const record = ({ context, cron }: Sync, reason: string, message: string, type: 'Normal' | 'Warning' = 'Normal'): void =>
  context.record(cron, { type, reason, message })

/** What has become of the active Jobs. */
function observe(sync: Sync): JsonObject {
  const { cron, children } = sync
  const { active: _active, lastSuccessfulTime: _last, ...before } = objectAt(cron, 'status')
  const active = objectsAt(cron, 'status', 'active').filter((reference) => {
    const job = children.find((one) => uidOf(one) === textAt(reference, 'uid'))
    if (job === undefined) {
      record(sync, 'MissingJob', `Active job went missing: ${textAt(reference, 'name')}`)
      return false
    }
    const finished = finishedCondition(job)
    if (finished === undefined) return true
    record(sync, 'SawCompletedJob', `Saw completed job: ${nameOf(job)}, condition: ${textAt(finished, 'type')}`)
    return false
  })
  const successes = children.map((job) => textAt(job, 'status', 'completionTime')).filter((time) => time !== '')
  const last = [textAt(cron, 'status', 'lastSuccessfulTime'), ...successes].sort().at(-1) ?? ''
  return { ...before, ...(active.length === 0 ? {} : { active }), ...(last === '' ? {} : { lastSuccessfulTime: last }) }
}

/** Finished Jobs beyond the history limits go, the oldest first. */
async function cleanUp(sync: Sync): Step<undefined> {
  const { context, cron, children } = sync
  for (const [type, field] of [
    ['Complete', 'successfulJobsHistoryLimit'],
    ['Failed', 'failedJobsHistoryLimit'],
  ] as const) {
    const limit = maybeNumberAt(cron, 'spec', field)
    const finished = children
      .filter((job) => textAt(finishedCondition(job) ?? {}, 'type') === type && !isDeleting(job))
      .sort((a, b) => (textAt(a, 'status', 'startTime') < textAt(b, 'status', 'startTime') ? -1 : 1))
    if (limit === undefined) continue
    for (const job of finished.slice(0, Math.max(0, finished.length - limit))) {
      const deleted = await remove(context, job)
      if (!deleted.ok) return deleted
      record(sync, 'SuccessfulDelete', `Deleted job ${nameOf(job)}`)
    }
  }
  return ok(undefined)
}

async function remove({ client }: ControllerContext, job: KubeObject): Step<undefined> {
  const at = { namespace: namespaceOf(job), name: nameOf(job) }
  const deleted = await client.delete(jobs, at, { propagationPolicy: 'Background', uid: uidOf(job) })
  return deleted.ok || deleted.error.reason === 'NotFound' ? ok(undefined) : deleted
}

interface Scheduled {
  readonly status: JsonObject
  readonly wait: number | undefined
}

async function schedule(sync: Sync, status: JsonObject): Step<Scheduled> {
  const { cron, now } = sync
  const text = textAt(cron, 'spec', 'schedule')
  const zone = textAt(cron, 'spec', 'timeZone') || 'UTC'
  if (!isTimeZone(zone)) {
    record(sync, 'UnknownTimeZone', `invalid timeZone: ${JSON.stringify(zone)}: unknown time zone ${zone}`, 'Warning')
    return ok({ status, wait: undefined })
  }
  if (parseSchedule(text) === undefined) {
    record(sync, 'UnparseableSchedule', `unparseable schedule: ${JSON.stringify(text)}`, 'Warning')
    return ok({ status, wait: undefined })
  }
  const next = nextRun(text, now, zone)
  const wait = next === undefined ? undefined : next.getTime() - now.getTime() + delta
  const due = dueRun(sync, text, zone)
  if (due === undefined) return ok({ status, wait })
  const deadline = maybeNumberAt(cron, 'spec', 'startingDeadlineSeconds')
  if (deadline !== undefined && due.getTime() + deadline * 1000 < now.getTime()) {
    record(sync, 'MissSchedule', `Missed scheduled time to start a job: ${rfc1123(due)}`, 'Warning')
    return ok({ status, wait })
  }
  const active = objectsAt(status, 'active')
  const alreadyDone =
    textAt(status, 'lastScheduleTime') === timestamp(due) || active.some((one) => textAt(one, 'name') === jobName(cron, due))
  if (alreadyDone) return ok({ status, wait })
  const policy = textAt(cron, 'spec', 'concurrencyPolicy')
  if (policy === 'Forbid' && active.length > 0) {
    record(sync, 'JobAlreadyActive', 'Not starting job because prior execution is running and concurrency policy is Forbid')
    return ok({ status, wait })
  }
  const kept = policy === 'Replace' ? await replaceActive(sync, active) : ok(active)
  if (!kept.ok) return kept
  const started = await start(sync, due)
  if (!started.ok) return started
  const reference = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    name: nameOf(started.value),
    namespace: namespaceOf(started.value),
    resourceVersion: textAt(started.value, 'metadata', 'resourceVersion'),
    uid: uidOf(started.value),
  }
  return ok({ status: { ...status, active: [...kept.value, reference], lastScheduleTime: timestamp(due) }, wait })
}

/** `Mon, 02 Jan 2006 15:04:05 +0000` */
const rfc1123 = (date: Date): string => date.toUTCString().replace('GMT', '+0000')

/** The latest moment since the last run that has passed; undefined where none has. */
function dueRun(sync: Sync, text: string, zone: string): Date | undefined {
  const { cron, now } = sync
  const last = Date.parse(textAt(cron, 'status', 'lastScheduleTime')) || createdAt(cron)
  const deadline = maybeNumberAt(cron, 'spec', 'startingDeadlineSeconds')
  const earliest = deadline === undefined ? last : Math.max(last, now.getTime() - deadline * 1000)
  let due: Date | undefined
  let next = nextRun(text, new Date(earliest), zone)
  for (let missed = 0; next !== undefined && next.getTime() <= now.getTime(); missed++) {
    due = next
    if (missed >= missedLimit) {
      const message = 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew'
      record(sync, 'TooManyMissedTimes', message, 'Warning')
      return latestRun(text, now, zone) ?? due
    }
    next = nextRun(text, due, zone)
  }
  return due
}

/** The last moment not after `now`, found by looking back twice as far each time. */
function latestRun(text: string, now: Date, zone: string): Date | undefined {
  for (let window = 60_000; window < 10 * 366 * 86_400_000; window *= 2) {
    let latest: Date | undefined
    let next = nextRun(text, new Date(now.getTime() - window), zone)
    for (let runs = 0; next !== undefined && next.getTime() <= now.getTime() && runs < 1000; runs++) {
      latest = next
      next = nextRun(text, latest, zone)
    }
    if (latest !== undefined) return latest
  }
  return undefined
}

async function replaceActive(sync: Sync, active: readonly JsonObject[]): Step<readonly JsonObject[]> {
  for (const reference of active) {
    const job = sync.children.find((one) => uidOf(one) === textAt(reference, 'uid'))
    if (job === undefined) continue
    const removed = await remove(sync.context, job)
    if (!removed.ok) {
      record(sync, 'FailedDelete', `Deleted job: ${removed.error.message ?? ''}`, 'Warning')
      return removed
    }
    record(sync, 'SuccessfulDelete', `Deleted job ${nameOf(job)}`)
  }
  return ok([])
}

/** Named after the minute, so that one moment starts one Job. */
const jobName = (cron: KubeObject, time: Date): string => `${nameOf(cron)}-${Math.floor(time.getTime() / 60_000)}`

async function start(sync: Sync, time: Date): Step<KubeObject> {
  const { context, cron } = sync
  const template = objectAt(cron, 'spec', 'jobTemplate')
  const labels = labelsOf(template)
  const name = jobName(cron, time)
  const created = await context.client.create(jobs, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace: namespaceOf(cron),
      annotations: { ...annotationsOf(template), 'batch.kubernetes.io/cronjob-scheduled-timestamp': timestamp(time) },
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
      ownerReferences: [controllerReference(cron)],
    },
    spec: objectAt(template, 'spec'),
  })
  if (created.ok) {
    record(sync, 'SuccessfulCreate', `Created job ${nameOf(created.value)}`)
    return created
  }
  const existing = created.error.reason === 'AlreadyExists' ? context.client.get(jobs, namespaceOf(cron), name) : undefined
  if (existing !== undefined && isControlledBy(existing, cron)) return ok(existing)
  if (!namespaceIsTerminating(created.error)) record(sync, 'FailedCreate', `Error creating job: ${created.error.message ?? ''}`, 'Warning')
  return created
}
