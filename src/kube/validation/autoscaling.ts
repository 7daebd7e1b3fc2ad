import { forbidden, invalid, notSupported, required } from '../field-error.ts'
import type { Errors, Field } from './field.ts'
import { at, countOf, exactlyOneOf, invalidAll, isSet, itemsOf, numberOf, oneOf, textOf } from './field.ts'
import { goValue } from './go-view.ts'
import { pathSegment } from './names.ts'
import { quantityOf } from './pod/resources.ts'
import { validateLabelSelector } from './selectors.ts'
import { validateAtMostAll, validatePercentOrCount } from './workloads.ts'

export function* validateAutoscaler(object: Field): Errors {
  const spec = at(object, 'spec')
  const [min, max] = [at(spec, 'minReplicas'), at(spec, 'maxReplicas')]
  const [least, most] = [numberOf(min), numberOf(max) ?? 0]
  if (least !== undefined && least < 1) yield invalid(min.path, least, 'must be greater than or equal to 1')
  if (most < 0) yield invalid(max.path, most, 'must be greater than or equal to 1')
  if (most === 0) yield required(max.path, 'must be set and greater than 0')
  if (least !== undefined && most < least) yield invalid(max.path, most, 'must be greater than or equal to `minReplicas`')
  yield* validateTargetReference(at(spec, 'scaleTargetRef'))
  yield* validateMetrics(at(spec, 'metrics'), least)
  yield* validateBehavior(at(spec, 'behavior'))
}

/** The older version has one metric only, and no behavior. */
export function* validateAutoscalerV1(object: Field): Errors {
  yield* validateAutoscaler(object)
  const percent = numberOf(at(object, 'spec', 'targetCPUUtilizationPercentage'))
  if (percent !== undefined && percent < 1)
    yield invalid('spec.metrics[0].resource.target.averageUtilization', percent, 'must be greater than 0')
}

function* validateTargetReference(reference: Field): Errors {
  yield* validateReference(reference)
  const version = at(reference, 'apiVersion')
  const slashes = textOf(version).split('/').length - 1
  if (slashes > 1) yield invalid(version.path, textOf(version), `unexpected GroupVersion string: ${textOf(version)}`)
  else if (slashes === 0) {
    const isCore = textOf(version) === 'v1' && textOf(at(reference, 'kind')) === 'ReplicationController'
    if (!isCore) yield invalid(version.path, textOf(version), 'apiVersion must specify API group')
  }
}

function* validateReference(reference: Field): Errors {
  for (const key of ['kind', 'name']) {
    const field = at(reference, key)
    if (textOf(field) === '') yield required(field.path)
    else yield* invalidAll(field, pathSegment(textOf(field)))
  }
}

const metricKinds = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'] as const
const sourceOf = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
} as const

function* validateMetrics(metrics: Field, least: number | undefined): Errors {
  const types = itemsOf(metrics).map((metric) => textOf(at(metric, 'type')))
  if (least === 0 && !types.includes('Object') && !types.includes('External'))
    yield forbidden(metrics.path, 'must specify at least one Object or External metric to support scaling to zero replicas')
  for (const metric of itemsOf(metrics)) yield* validateMetric(metric)
}

function* validateMetric(metric: Field): Errors {
  const type = at(metric, 'type')
  const kind = metricKinds.find((name) => name === textOf(type))
  if (textOf(type) === '') yield required(type.path, 'must specify a metric source type')
  if (kind === undefined) {
    yield notSupported(type.path, textOf(type), metricKinds)
    if (textOf(type) !== '') yield notSupported(type.path, textOf(type), metricKinds)
    return
  }
  const source = at(metric, sourceOf[kind])
  const others = metricKinds.map((name) => at(metric, sourceOf[name])).filter((field) => isSet(field) && field.path !== source.path)
  if (!isSet(source)) yield required(source.path, 'must populate information for the given metric source')
  else {
    yield* validateMetricSource(kind, source)
    for (const other of others) yield forbidden(other.path, 'must populate the given metric source only')
  }
}

function* validateMetricSource(kind: (typeof metricKinds)[number], source: Field): Errors {
  const target = at(source, 'target')
  switch (kind) {
    case 'Object':
      yield* validateReference(at(source, 'describedObject'))
      yield* validateMetricName(at(source, 'metric'))
      yield* validateTarget(target)
      yield* validateOneValue(target)
      return
    case 'External':
      yield* validateMetricName(at(source, 'metric'))
      yield* validateTarget(target)
      yield* validateExternalValue(target)
      return
    case 'Pods':
      yield* validateMetricName(at(source, 'metric'))
      yield* validateTarget(target)
      if (!isPositive(at(target, 'averageValue')))
        yield required(at(target, 'averageValue').path, 'must specify a positive target averageValue')
      return
    case 'ContainerResource':
    case 'Resource':
      yield* validateResourceMetric(kind, source)
  }
}

function* validateResourceMetric(kind: 'ContainerResource' | 'Resource', source: Field): Errors {
  const target = at(source, 'target')
  if (textOf(at(source, 'name')) === '') yield required(at(source, 'name').path, 'must specify a resource name')
  if (kind === 'ContainerResource' && textOf(at(source, 'container')) === '')
    yield required(at(source, 'container').path, 'must specify a container')
  yield* validateTarget(target)
  const [utilization, average] = [at(target, 'averageUtilization'), at(target, 'averageValue')]
  if (!isSet(utilization) && !isSet(average)) yield required(utilization.path, 'must set either a target raw value or a target utilization')
  else if (isSet(utilization) && isSet(average))
    yield forbidden(average.path, 'may not set both a target raw value and a target utilization')
}

const isPositive = (field: Field): boolean => isSet(field) && (quantityOf(field)?.nanos ?? 0n) > 0n

function* validateMetricName(metric: Field): Errors {
  const name = at(metric, 'name')
  if (textOf(name) === '') yield required(name.path, 'must specify a metric name')
  else yield* invalidAll(name, pathSegment(textOf(name)))
  if (isSet(at(metric, 'selector'))) yield* validateLabelSelector(at(metric, 'selector'))
}

function* validateTarget(target: Field): Errors {
  const [type, value, average, utilization] = (['type', 'value', 'averageValue', 'averageUtilization'] as const).map((key) =>
    at(target, key),
  )
  if (type === undefined || value === undefined || average === undefined || utilization === undefined) return
  if (textOf(type) === '') yield required(type.path, 'must specify a metric target type')
  if (!['Utilization', 'Value', 'AverageValue'].includes(textOf(type)))
    yield invalid(type.path, textOf(type), 'must be either Utilization, Value, or AverageValue')
  for (const field of [value, average]) if (isSet(field) && !isPositive(field)) yield invalid(field.path, field.value, 'must be positive')
  const percent = numberOf(utilization)
  if (percent !== undefined && percent < 1) yield invalid(utilization.path, percent, 'must be greater than 0')
}

function* validateOneValue(target: Field): Errors {
  if (!isSet(at(target, 'value')) && !isSet(at(target, 'averageValue')))
    yield required(at(target, 'averageValue').path, 'must set either a target value or averageValue')
}

function* validateExternalValue(target: Field): Errors {
  const [value, average] = [at(target, 'value'), at(target, 'averageValue')]
  if (!isSet(value) && !isSet(average)) yield required(average.path, 'must set either a target value for metric or a per-pod target')
  else if (isSet(value) && isSet(average)) yield forbidden(value.path, 'may not set both a target value for metric and a per-pod target')
}

function* validateBehavior(behavior: Field): Errors {
  for (const direction of ['scaleUp', 'scaleDown']) {
    const rules = at(behavior, direction)
    if (isSet(rules)) yield* validateScaling(rules)
  }
}

function* validateScaling(rules: Field): Errors {
  const window = at(rules, 'stabilizationWindowSeconds')
  const seconds = numberOf(window)
  if (seconds !== undefined && seconds < 0) yield invalid(window.path, seconds, 'must be greater than or equal to zero')
  if (seconds !== undefined && seconds > 3600) yield invalid(window.path, seconds, 'must be less than or equal to 3600')
  yield* oneOf(at(rules, 'selectPolicy'), ['Disabled', 'Max', 'Min'])
  const policies = at(rules, 'policies')
  if (countOf(policies) === 0) yield required(policies.path, 'must specify at least one Policy')
  for (const policy of itemsOf(policies)) {
    const [value, period] = [at(policy, 'value'), at(policy, 'periodSeconds')]
    yield* exactlyOneOf(at(policy, 'type'), ['Percent', 'Pods'])
    if ((numberOf(value) ?? 0) <= 0) yield invalid(value.path, numberOf(value) ?? 0, 'must be greater than zero')
    if ((numberOf(period) ?? 0) <= 0) yield invalid(period.path, numberOf(period) ?? 0, 'must be greater than zero')
    if ((numberOf(period) ?? 0) > 1800) yield invalid(period.path, numberOf(period) ?? 0, 'must be less than or equal to 1800')
  }
}

export function* validatePodDisruptionBudget(object: Field): Errors {
  const spec = at(object, 'spec')
  const [min, max] = [at(spec, 'minAvailable'), at(spec, 'maxUnavailable')]
  if (isSet(min) && isSet(max))
    yield invalid(spec.path, goValue('PodDisruptionBudgetSpec', spec.value), 'minAvailable and maxUnavailable cannot be both set')
  for (const field of [min, max]) {
    yield* validatePercentOrCount(field)
    yield* validateAtMostAll(field)
  }
  yield* validateLabelSelector(at(spec, 'selector'))
  yield* oneOf(at(spec, 'unhealthyPodEvictionPolicy'), ['AlwaysAllow', 'IfHealthyBudget'])
}
