import { flagAt, has, maybeNumberAt, numberAt, objectAt, objectsAt, textAt, textsAt } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import { annotationsOf, nameOf, namespaceOf } from '../../kube/object.ts'
import { finalizersOf, isDeleting, withField } from './fields.ts'
import { isActive, phaseOf, podFromTemplate } from './pods.ts'

export const trackingFinalizer = 'batch.kubernetes.io/job-tracking'
export const indexAnnotation = 'batch.kubernetes.io/job-completion-index'

export const isIndexed = (job: JsonObject): boolean => textAt(job, 'spec', 'completionMode') === 'Indexed'
export const isSuspended = (job: JsonObject): boolean => flagAt(job, 'spec', 'suspend')
export const completionsOf = (job: JsonObject): number | undefined => maybeNumberAt(job, 'spec', 'completions')
export const parallelismOf = (job: JsonObject): number => maybeNumberAt(job, 'spec', 'parallelism') ?? 1
export const backoffLimitOf = (job: JsonObject): number => maybeNumberAt(job, 'spec', 'backoffLimit') ?? 6
export const perIndexLimitOf = (job: JsonObject): number | undefined => maybeNumberAt(job, 'spec', 'backoffLimitPerIndex')
export const isTracked = (pod: JsonObject): boolean => finalizersOf(pod).includes(trackingFinalizer)

export const finishedCondition = (job: JsonObject): JsonObject | undefined =>
  objectsAt(job, 'status', 'conditions').find(
    (condition) => ['Complete', 'Failed'].includes(textAt(condition, 'type')) && textAt(condition, 'status') === 'True',
  )

/** A Pod that is being deleted before it has ended has failed, unless only ended ones are replaced. */
export const hasFailed = (job: JsonObject, pod: JsonObject): boolean =>
  phaseOf(pod) === 'Failed' ||
  (isDeleting(pod) &&
    phaseOf(pod) !== 'Succeeded' &&
    textAt(job, 'spec', 'podReplacementPolicy') !== 'Failed' &&
    !has(job, 'spec', 'podFailurePolicy'))

/** -1 where the Pod has no index. */
export function indexOf(pod: KubeObject): number {
  const text = annotationsOf(pod)[indexAnnotation] ?? ''
  return /^\d{1,6}$/.test(text) ? Number(text) : -1
}

/** `1,3-5,7` */
export function printIndexes(indexes: Iterable<number>): string {
  const runs: [number, number][] = []
  for (const index of [...new Set(indexes)].sort((a, b) => a - b)) {
    const last = runs.at(-1)
    if (last !== undefined && last[1] === index - 1) last[1] = index
    else runs.push([index, index])
  }
  return runs.map(([from, to]) => (from === to ? String(from) : to === from + 1 ? `${from},${to}` : `${from}-${to}`)).join(',')
}

/** Reads what printIndexes wrote; what is out of `completions` is left out. */
export function parseIndexes(text: string, completions: number): ReadonlySet<number> {
  const indexes = new Set<number>()
  for (const run of text.split(',')) {
    const [from = '', to = from] = run.split('-')
    if (!/^\d{1,9}$/.test(from) || !/^\d{1,9}$/.test(to)) continue
    for (let index = Number(from); index <= Math.min(Number(to), completions - 1); index++) indexes.add(index)
  }
  return indexes
}

const indexVariable = {
  name: 'JOB_COMPLETION_INDEX',
  valueFrom: { fieldRef: { fieldPath: `metadata.labels['${indexAnnotation}']` } },
}

function withIndexVariable(spec: JsonObject, list: 'containers' | 'initContainers'): JsonObject {
  if (!has(spec, list)) return spec
  const containers = objectsAt(spec, list).map((container): JsonObject => {
    const env = objectsAt(container, 'env')
    return env.some((one) => textAt(one, 'name') === indexVariable.name) ? container : { ...container, env: [...env, indexVariable] }
  })
  return { ...spec, [list]: containers }
}

/** A Pod of the Job; of an Indexed Job the one with that index. */
export function jobPod(job: KubeObject, index: number | undefined, indexFailures: number): KubeObject {
  const pod = podFromTemplate(job, objectAt(job, 'spec', 'template'))
  const tracked = withField(pod, ['metadata', 'finalizers'], [...new Set([...textsAt(pod, 'metadata', 'finalizers'), trackingFinalizer])])
  if (index === undefined) return tracked
  const mark = { [indexAnnotation]: String(index) }
  const failures = perIndexLimitOf(job) === undefined ? {} : { 'batch.kubernetes.io/job-index-failure-count': String(indexFailures) }
  const metadata = {
    ...objectAt(tracked, 'metadata'),
    annotations: { ...objectAt(tracked, 'metadata', 'annotations'), ...mark, ...failures },
    labels: { ...objectAt(tracked, 'metadata', 'labels'), ...mark },
    generateName: `${nameOf(job)}-${index}-`,
    namespace: namespaceOf(job),
  }
  const spec = withIndexVariable(withIndexVariable(objectAt(tracked, 'spec'), 'containers'), 'initContainers')
  return { ...tracked, metadata, spec: { ...spec, hostname: `${nameOf(job)}-${index}` } }
}

/** The indexes that have no Pod and are not done, the lowest first. */
export function pendingIndexes(
  job: KubeObject,
  settled: ReadonlySet<number>,
  pods: readonly KubeObject[],
  count: number,
): readonly number[] {
  const busy = new Set(pods.filter((pod) => isActive(pod)).map(indexOf))
  const pending: number[] = []
  for (let index = 0; index < (completionsOf(job) ?? 0) && pending.length < count; index++) {
    if (!settled.has(index) && !busy.has(index)) pending.push(index)
  }
  return pending
}

/** Restarts inside Pods count against the limit of a Job with `restartPolicy: OnFailure`. */
export function restartsExceed(job: KubeObject, pods: readonly KubeObject[]): boolean {
  if (textAt(job, 'spec', 'template', 'spec', 'restartPolicy') !== 'OnFailure') return false
  const running = pods.filter((pod) => phaseOf(pod) === 'Running' || phaseOf(pod) === 'Pending')
  const restarts = running
    .flatMap((pod) => [...objectsAt(pod, 'status', 'containerStatuses'), ...objectsAt(pod, 'status', 'initContainerStatuses')])
    .reduce((total, status) => total + numberAt(status, 'restartCount'), 0)
  return backoffLimitOf(job) === 0 ? restarts > 0 : restarts >= backoffLimitOf(job)
}

export interface FailureRule {
  readonly action: 'FailJob' | 'FailIndex' | 'Ignore' | 'Count'
  /** Why the Job fails. */
  readonly message: string
}

/** The first rule of `podFailurePolicy` that speaks of this failed Pod. */
export function failureRule(job: KubeObject, pod: KubeObject): FailureRule | undefined {
  const rules = objectsAt(job, 'spec', 'podFailurePolicy', 'rules')
  for (const [index, rule] of rules.entries()) {
    const action = textAt(rule, 'action')
    if (action !== 'FailJob' && action !== 'FailIndex' && action !== 'Ignore' && action !== 'Count') continue
    const why = has(rule, 'onExitCodes') ? exitCodeMatch(rule, pod) : conditionMatch(rule, pod)
    if (why !== undefined) {
      const message = `${why.subject} for pod ${namespaceOf(pod)}/${nameOf(pod)} ${why.what}matching ${action} rule at index ${index}`
      return { action, message }
    }
  }
  return undefined
}

interface Match {
  readonly subject: string
  readonly what: string
}

function exitCodeMatch(rule: JsonObject, pod: KubeObject): Match | undefined {
  const requirement = objectAt(rule, 'onExitCodes')
  const values = requirement['values']
  const wanted = Array.isArray(values) ? values : []
  const only = textAt(requirement, 'containerName')
  const statuses = [...objectsAt(pod, 'status', 'containerStatuses'), ...objectsAt(pod, 'status', 'initContainerStatuses')]
  for (const status of statuses) {
    if (only !== '' && textAt(status, 'name') !== only) continue
    const code = maybeNumberAt(status, 'state', 'terminated', 'exitCode')
    if (code === undefined || code === 0) continue
    if (wanted.includes(code) === (textAt(requirement, 'operator') === 'In')) {
      return { subject: `Container ${textAt(status, 'name')}`, what: `failed with exit code ${code} ` }
    }
  }
  return undefined
}

function conditionMatch(rule: JsonObject, pod: KubeObject): Match | undefined {
  for (const condition of objectsAt(pod, 'status', 'conditions')) {
    const matching = objectsAt(rule, 'onPodConditions').some(
      (pattern) =>
        textAt(pattern, 'type') === textAt(condition, 'type') && (textAt(pattern, 'status') || 'True') === textAt(condition, 'status'),
    )
    if (matching) return { subject: 'Pod', what: `has condition ${textAt(condition, 'type')} ` }
  }
  return undefined
}
