import type { Json, JsonObject } from '../../../core/json.ts'
import { isJsonArray, isJsonObject } from '../../../core/json.ts'
import { annotationsOf, nameOf } from '../../../kube/object.ts'
import { ageCell, at, has, map, number, objects, orUnset, quantity, text } from '../text.ts'

const sources: Readonly<Record<string, string>> = {
  Resource: 'resource',
  ContainerResource: 'containerResource',
  Pods: 'pods',
  Object: 'object',
  External: 'external',
}

/** What a metric is at, and where it should be. */
function metricText(metric: JsonObject, status: JsonObject | undefined): string {
  const type = text(metric, 'type')
  const source = Object.hasOwn(sources, type) ? sources[type] : undefined
  if (source === undefined) return '<unknown type>'
  const [target, current] = [map(metric, `${source}.target`), map(status ?? {}, `${source}.current`)]
  const isResource = type === 'Resource' || type === 'ContainerResource'
  const name = isResource ? `${text(metric, `${source}.name`)}: ` : ''
  if (isResource && !has(target, 'averageValue')) {
    const seen = at(current, 'averageUtilization')
    const wanted = at(target, 'averageUtilization')
    return `${name}${typeof seen === 'number' ? `${seen}%` : '<unknown>'}/${typeof wanted === 'number' ? `${wanted}%` : '<auto>'}`
  }
  const byAverage = has(target, 'averageValue')
  const key = byAverage ? 'averageValue' : 'value'
  const mark = byAverage && (type === 'Object' || type === 'External') ? ' (avg)' : ''
  return `${name}${quantity(current, key) || '<unknown>'}/${quantity(target, key)}${mark}`
}

/** At most two, and how many more there are. */
function targetsText(metrics: readonly JsonObject[], statuses: readonly JsonObject[]): string {
  if (metrics.length === 0) return '<none>'
  const most = 2
  const shown = metrics.slice(0, most).map((metric, index) => metricText(metric, statuses[index]))
  return metrics.length > most ? `${shown.join(', ')} + ${metrics.length - most} more...` : shown.join(', ')
}

/** In `autoscaling/v1` everything but the use of CPU is kept in annotations. */
function metricsOf(autoscaler: JsonObject): readonly [readonly JsonObject[], readonly JsonObject[]] {
  if (text(autoscaler, 'apiVersion') !== 'autoscaling/v1') {
    return [objects(autoscaler, 'spec.metrics'), objects(autoscaler, 'status.currentMetrics')]
  }
  const cpu = at(autoscaler, 'spec.targetCPUUtilizationPercentage')
  const own: readonly JsonObject[] =
    typeof cpu === 'number'
      ? [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpu } } }]
      : []
  const statuses = annotated(autoscaler, 'autoscaling.alpha.kubernetes.io/current-metrics').map(newerStatus)
  const seen = at(autoscaler, 'status.currentCPUUtilizationPercentage')
  const ownStatus: readonly JsonObject[] =
    statuses.length === 0 && typeof seen === 'number' ? [{ type: 'Resource', resource: { current: { averageUtilization: seen } } }] : []
  return [
    [...own, ...annotated(autoscaler, 'autoscaling.alpha.kubernetes.io/metrics').map(newerMetric)],
    [...statuses, ...ownStatus],
  ]
}

function annotated(autoscaler: JsonObject, key: string): readonly JsonObject[] {
  const annotations = annotationsOf(autoscaler)
  const written = Object.hasOwn(annotations, key) ? annotations[key] : undefined
  if (written === undefined) return []
  try {
    const parsed = JSON.parse(written) as Json
    return isJsonArray(parsed) ? parsed.filter(isJsonObject) : []
  } catch {
    return []
  }
}

const present = (object: JsonObject): JsonObject => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null))

/** A metric of `v2beta1`, as the annotation holds it, in the words of `v2`. */
function newerMetric(metric: JsonObject): JsonObject {
  const type = text(metric, 'type')
  const source = (Object.hasOwn(sources, type) ? sources[type] : undefined) ?? ''
  const old = map(metric, source)
  const averageValue = old['targetAverageValue'] ?? old['averageValue'] ?? null
  const target = { averageUtilization: old['targetAverageUtilization'] ?? null, averageValue, value: old['targetValue'] ?? null }
  return { type, [source]: { name: old['name'] ?? '', target: present(target) } }
}

function newerStatus(status: JsonObject): JsonObject {
  const type = text(status, 'type')
  const source = (Object.hasOwn(sources, type) ? sources[type] : undefined) ?? ''
  const old = map(status, source)
  const current = {
    averageUtilization: old['currentAverageUtilization'] ?? null,
    averageValue: old['currentAverageValue'] ?? old['averageValue'] ?? null,
    value: old['currentValue'] ?? null,
  }
  return { type, [source]: { current: present(current) } }
}

export function autoscalerCells(autoscaler: JsonObject, now: Date): readonly Json[] {
  return [
    nameOf(autoscaler),
    `${text(autoscaler, 'spec.scaleTargetRef.kind')}/${text(autoscaler, 'spec.scaleTargetRef.name')}`,
    targetsText(...metricsOf(autoscaler)),
    orUnset(text(autoscaler, 'spec.minReplicas')),
    number(autoscaler, 'spec.maxReplicas'),
    number(autoscaler, 'status.currentReplicas'),
    ageCell(autoscaler, now),
  ]
}
