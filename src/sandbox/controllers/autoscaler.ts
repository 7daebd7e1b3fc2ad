import { maybeNumberAt, objectAt, objectsAt, textAt } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import { pluralOf } from '../../kube/resources.ts'
import type { GroupResource } from '../../kube/status.ts'
import { notFound } from '../../kube/status.ts'
import type { Controller, ControllerContext, Key } from './controller.ts'
import { again, done, keyOf, writeStatus } from './controller.ts'
import { timestamp, withField } from './fields.ts'
import { autoscalers } from './kinds.ts'
import type { Condition } from './pods.ts'
import { withCondition } from './pods.ts'
import type { Reconciled } from './workqueue.ts'

/** How often the autoscaler looks. */
const period = 15_000

/** There are no metrics in the sandbox: the autoscaler keeps its target within its bounds, and says what it lacks. */
export const autoscalerController = (context: ControllerContext): Controller => ({
  name: 'horizontal-pod-autoscaler',
  kinds: [autoscalers],
  keysOf: ({ type, object }) => (type === 'DELETED' ? [] : [keyOf(object)]),
  reconcile: (key) => reconcile(context, key),
})

function targetOf(autoscaler: KubeObject): { readonly of: GroupResource; readonly name: string } {
  const reference = objectAt(autoscaler, 'spec', 'scaleTargetRef')
  const version = textAt(reference, 'apiVersion')
  const slash = version.indexOf('/')
  return {
    of: { group: slash < 0 ? '' : version.slice(0, slash), resource: pluralOf(textAt(reference, 'kind')) },
    name: textAt(reference, 'name'),
  }
}

async function reconcile(context: ControllerContext, { namespace, name }: Key): Promise<Reconciled> {
  const { client } = context
  const autoscaler = client.get(autoscalers, namespace, name)
  if (autoscaler === undefined) return done
  const { of, name: targetName } = targetOf(autoscaler)
  const target = client.get(of, namespace, targetName)
  if (target === undefined) {
    const why = notFound(of, targetName).message ?? ''
    context.record(autoscaler, { type: 'Warning', reason: 'FailedGetScale', message: why })
    const message = `the HPA controller was unable to get the target's current scale: ${why}`
    return report(context, autoscaler, { conditions: [{ type: 'AbleToScale', status: 'False', reason: 'FailedGetScale', message }] })
  }
  const replicas = maybeNumberAt(target, 'spec', 'replicas') ?? 1
  const current = { currentReplicas: replicas, desiredReplicas: 0 }
  const able: Condition = {
    type: 'AbleToScale',
    status: 'True',
    reason: 'SucceededGetScale',
    message: "the HPA controller was able to get the target's current scale",
  }
  if (replicas === 0) {
    const message = 'scaling is disabled since the replica count of the target is zero'
    return report(context, autoscaler, {
      ...current,
      conditions: [able, { type: 'ScalingActive', status: 'False', reason: 'ScalingDisabled', message }],
    })
  }
  const most = maybeNumberAt(autoscaler, 'spec', 'maxReplicas') ?? replicas
  const least = maybeNumberAt(autoscaler, 'spec', 'minReplicas') ?? 1
  if (replicas > most)
    return rescale(context, autoscaler, { of, target, size: most, reason: 'Current number of replicas above Spec.MaxReplicas' })
  if (replicas < least)
    return rescale(context, autoscaler, { of, target, size: least, reason: 'Current number of replicas below Spec.MinReplicas' })
  const inactive = missingMetric(context, autoscaler)
  return report(context, autoscaler, { ...current, conditions: [able, inactive] })
}

interface Rescale {
  readonly of: GroupResource
  readonly target: KubeObject
  readonly size: number
  readonly reason: string
}

async function rescale(context: ControllerContext, autoscaler: KubeObject, { of, target, size, reason }: Rescale): Promise<Reconciled> {
  const before = maybeNumberAt(target, 'spec', 'replicas') ?? 1
  const updated = await context.client.update(of, withField(target, ['spec', 'replicas'], size))
  if (!updated.ok) {
    const message = `New size: ${size}; reason: ${reason}; error: ${updated.error.message ?? ''}`
    context.record(autoscaler, { type: 'Warning', reason: 'FailedRescale', message })
    return updated
  }
  context.record(autoscaler, { type: 'Normal', reason: 'SuccessfulRescale', message: `New size: ${size}; reason: ${reason}` })
  const message = `the HPA controller was able to update the target scale to ${size}`
  return report(context, autoscaler, {
    currentReplicas: before,
    desiredReplicas: size,
    lastScaleTime: timestamp(context.clock.now()),
    conditions: [{ type: 'AbleToScale', status: 'True', reason: 'SucceededRescale', message }],
  })
}

const noResourceMetrics =
  'unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)'
const noCustomMetrics = 'unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered'
const noExternalMetrics = 'unable to fetch metrics from external metrics API: no external metrics API (external.metrics.k8s.io) registered'

interface Lack {
  readonly reason: string
  readonly message: string
  readonly kind: string
}

function lackOf(metric: JsonObject): Lack {
  const type = textAt(metric, 'type')
  if (type === 'Resource' || type === 'ContainerResource') {
    const source = type === 'Resource' ? objectAt(metric, 'resource') : objectAt(metric, 'containerResource')
    const name = textAt(source, 'name')
    const what = textAt(source, 'target', 'type') === 'AverageValue' ? 'usage' : 'utilization'
    const message = `failed to get ${name} ${what}: unable to get metrics for resource ${name}: ${noResourceMetrics}`
    return {
      reason: type === 'Resource' ? 'FailedGetResourceMetric' : 'FailedGetContainerResourceMetric',
      message,
      kind: `${name} ${type === 'Resource' ? 'resource' : 'container'} metric`,
    }
  }
  if (type === 'External') {
    const name = textAt(metric, 'external', 'metric', 'name')
    return {
      reason: 'FailedGetExternalMetric',
      message: `unable to get external metric ${name}: ${noExternalMetrics}`,
      kind: `${name} external metric`,
    }
  }
  const field = type === 'Object' ? 'object' : 'pods'
  const name = textAt(metric, field, 'metric', 'name')
  return {
    reason: type === 'Object' ? 'FailedGetObjectMetric' : 'FailedGetPodsMetric',
    message: `unable to get metric ${name}: ${noCustomMetrics}`,
    kind: `${field} metric`,
  }
}

function missingMetric(context: ControllerContext, autoscaler: KubeObject): Condition {
  const lacks = objectsAt(autoscaler, 'spec', 'metrics').map(lackOf)
  for (const { reason, message } of lacks) context.record(autoscaler, { type: 'Warning', reason, message })
  const [first] = lacks
  if (first === undefined) return { type: 'ScalingActive', status: 'True', reason: 'ValidMetricFound', message: '' }
  const summary = `invalid metrics (${lacks.length} invalid out of ${lacks.length}), first error is: failed to get ${first.kind} value: ${first.message}`
  context.record(autoscaler, { type: 'Warning', reason: 'FailedComputeMetricsReplicas', message: summary })
  return {
    type: 'ScalingActive',
    status: 'False',
    reason: first.reason,
    message: `the HPA was unable to compute the replica count: ${first.message}`,
  }
}

interface AutoscalerReport {
  readonly conditions: readonly Condition[]
  readonly currentReplicas?: number
  readonly desiredReplicas?: number
  readonly lastScaleTime?: string
}

async function report(
  context: ControllerContext,
  autoscaler: KubeObject,
  { conditions, ...numbers }: AutoscalerReport,
): Promise<Reconciled> {
  const now = timestamp(context.clock.now())
  const before = objectsAt(autoscaler, 'status', 'conditions')
  const merged = conditions.reduce<readonly JsonObject[]>((all, condition) => withCondition(all, condition, now), before)
  const status = { ...objectAt(autoscaler, 'status'), ...numbers, conditions: merged }
  const written = await writeStatus(context.client, autoscalers, autoscaler, status)
  return written.ok || written.error.reason === 'NotFound' ? again(period) : written
}
