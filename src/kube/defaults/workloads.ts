import { listAt, objectAt } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject, ownValue } from '../../core/json.ts'
import { persistentVolumeClaim } from './core.ts'
import type { Defaulter, Draft } from './draft.ts'
import { canonicalQuantity, each, inside, insideMade, isSet, setAbsent, setAll, setEmpty } from './draft.ts'
import { podTemplateDefaults } from './pod.ts'

export const podTemplate: Defaulter = (object) => insideMade(object, 'template', podTemplateDefaults)

export const deployment: Defaulter = (object) =>
  insideMade(object, 'spec', (spec) => {
    insideMade(spec, 'template', podTemplateDefaults)
    setAbsent(spec, 'replicas', 1)
    insideMade(spec, 'strategy', (strategy) => {
      setEmpty(strategy, 'type', 'RollingUpdate')
      if (strategy['type'] !== 'RollingUpdate') return
      insideMade(strategy, 'rollingUpdate', (update) => setAll(update, setAbsent, { maxUnavailable: '25%', maxSurge: '25%' }))
    })
    setAll(spec, setAbsent, { revisionHistoryLimit: 10, progressDeadlineSeconds: 600 })
  })

export const statefulSet: Defaulter = (object) =>
  insideMade(object, 'spec', (spec) => {
    insideMade(spec, 'template', podTemplateDefaults)
    each(spec, 'volumeClaimTemplates', (claim) => {
      setEmpty(claim, 'apiVersion', 'v1')
      setEmpty(claim, 'kind', 'PersistentVolumeClaim')
      persistentVolumeClaim(claim)
    })
    setEmpty(spec, 'podManagementPolicy', 'OrderedReady')
    insideMade(spec, 'updateStrategy', (strategy) => {
      setEmpty(strategy, 'type', 'RollingUpdate')
      if (strategy['type'] === 'RollingUpdate') insideMade(strategy, 'rollingUpdate', (update) => setAbsent(update, 'partition', 0))
    })
    insideMade(spec, 'persistentVolumeClaimRetentionPolicy', (policy) =>
      setAll(policy, setEmpty, { whenDeleted: 'Retain', whenScaled: 'Retain' }),
    )
    inside(spec, 'ordinals', (ordinals) => setAbsent(ordinals, 'start', 0))
    setAll(spec, setAbsent, { replicas: 1, revisionHistoryLimit: 10 })
  })

export const daemonSet: Defaulter = (object) =>
  insideMade(object, 'spec', (spec) => {
    insideMade(spec, 'template', podTemplateDefaults)
    insideMade(spec, 'updateStrategy', (strategy) => {
      setEmpty(strategy, 'type', 'RollingUpdate')
      if (strategy['type'] !== 'RollingUpdate') return
      insideMade(strategy, 'rollingUpdate', (update) => setAll(update, setAbsent, { maxUnavailable: 1, maxSurge: 0 }))
    })
    setAbsent(spec, 'revisionHistoryLimit', 10)
  })

export const replicaSet: Defaulter = (object) =>
  insideMade(object, 'spec', (spec) => {
    insideMade(spec, 'template', podTemplateDefaults)
    setAbsent(spec, 'replicas', 1)
  })

/** Labels and selector of a ReplicationController are those of its pods, unless it says otherwise. */
export const replicationController: Defaulter = (object) =>
  insideMade(object, 'spec', (spec) => {
    inside(spec, 'template', podTemplateDefaults)
    setAbsent(spec, 'replicas', 1)
    const labels = templateLabels(spec)
    if (labels === undefined) return
    if (Object.keys(objectAt(spec, 'selector')).length === 0) spec['selector'] = labels
    inheritLabels(object, labels)
  })

export const job: Defaulter = (object) =>
  insideMade(object, 'spec', (spec) => {
    insideMade(spec, 'template', podTemplateDefaults)
    jobCounts(spec)
    podFailurePolicyDefaults(spec)
    setAbsent(spec, 'completionMode', 'NonIndexed')
    setAbsent(spec, 'suspend', false)
    setAbsent(spec, 'manualSelector', false)
    setAbsent(spec, 'podReplacementPolicy', isSet(spec, 'podFailurePolicy') ? 'Failed' : 'TerminatingOrFailed')
    inheritLabels(object, templateLabels(spec))
  })

/** Without completions and parallelism a Job is one pod; with parallelism alone it is a work queue. */
function jobCounts(spec: Draft): void {
  if (!isSet(spec, 'completions') && !isSet(spec, 'parallelism')) spec['completions'] = 1
  setAbsent(spec, 'parallelism', 1)
  setAbsent(spec, 'backoffLimit', isSet(spec, 'backoffLimitPerIndex') ? 0x7fff_ffff : 6)
}

function podFailurePolicyDefaults(spec: Draft): void {
  inside(spec, 'podFailurePolicy', (policy) =>
    each(policy, 'rules', (rule) => each(rule, 'onPodConditions', (condition) => setEmpty(condition, 'status', 'True'))),
  )
}

/** The Jobs that a CronJob will make get the other defaults of Jobs when they are made. */
export const cronJob: Defaulter = (object) =>
  insideMade(object, 'spec', (spec) => {
    setEmpty(spec, 'concurrencyPolicy', 'Allow')
    setAbsent(spec, 'suspend', false)
    insideMade(spec, 'jobTemplate', (template) => {
      setAbsent(template, 'metadata', {})
      insideMade(template, 'spec', (jobSpec) => {
        insideMade(jobSpec, 'template', podTemplateDefaults)
        podFailurePolicyDefaults(jobSpec)
      })
    })
    setAll(spec, setAbsent, { successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 })
  })

function templateLabels(spec: JsonObject): JsonObject | undefined {
  const labels = ownValue(objectAt(objectAt(spec, 'template'), 'metadata'), 'labels')
  return isJsonObject(labels) && Object.keys(labels).length > 0 ? labels : undefined
}

function inheritLabels(object: Draft, labels: JsonObject | undefined): void {
  if (labels === undefined) return
  inside(object, 'metadata', (metadata) => {
    if (Object.keys(objectAt(metadata, 'labels')).length === 0) metadata['labels'] = labels
  })
}

const cpuMetric = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
}
const metricSources = ['resource', 'containerResource', 'pods', 'object', 'external'] as const
const metricTarget: Defaulter = (source) =>
  inside(source, 'target', (target) => {
    canonicalQuantity(target, 'value')
    canonicalQuantity(target, 'averageValue')
  })
const percentPolicy = { type: 'Percent', value: 100, periodSeconds: 15 }

export const horizontalPodAutoscaler: Defaulter = (object) =>
  insideMade(object, 'spec', (spec) => {
    setAbsent(spec, 'minReplicas', 1)
    if (listAt(spec, 'metrics').length === 0) spec['metrics'] = [cpuMetric]
    each(spec, 'metrics', (metric) => {
      for (const source of metricSources) inside(metric, source, metricTarget)
    })
    inside(spec, 'behavior', (behavior) => {
      insideMade(behavior, 'scaleUp', (rules) => {
        setAbsent(rules, 'stabilizationWindowSeconds', 0)
        setAbsent(rules, 'selectPolicy', 'Max')
        if (listAt(rules, 'policies').length === 0) rules['policies'] = [{ type: 'Pods', value: 4, periodSeconds: 15 }, percentPolicy]
      })
      insideMade(behavior, 'scaleDown', (rules) => {
        setAbsent(rules, 'selectPolicy', 'Max')
        if (listAt(rules, 'policies').length === 0) rules['policies'] = [percentPolicy]
      })
    })
  })

export const horizontalPodAutoscalerV1: Defaulter = (object) =>
  insideMade(object, 'spec', (spec) => setAll(spec, setAbsent, { minReplicas: 1, targetCPUUtilizationPercentage: 80 }))
