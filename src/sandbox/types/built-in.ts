import { objectAt, textAt } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../core/json.ts'
import type { DecodeTypes } from '../../kube/decode/decode.ts'
import { asWritten, decodeObject } from '../../kube/decode/decode.ts'
import { applyDefaults } from '../../kube/defaults/defaults.ts'
import type { FieldError } from '../../kube/field-error.ts'
import type { KubeObject } from '../../kube/object.ts'
import { validateCreate, validateUpdate } from '../../kube/validation/validation.ts'
import { warningsFor } from '../../kube/validation/warnings.ts'
import { withFields } from '../registry/metadata.ts'
import type { ServedSubresource, ServedType } from '../served-type.ts'
import { groupVersion } from '../served-type.ts'

/** One resource of the generated description of a Kubernetes release. */
export interface BuiltInResource {
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly singular: string
  readonly kind: string
  readonly namespaced: boolean
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly verbs: readonly string[]
  readonly definition: string
  readonly subresources: readonly ServedSubresource[]
}

/** `dist/kubernetes.json` */
export interface KubernetesRelease extends DecodeTypes {
  readonly version: string
  readonly resources: readonly BuiltInResource[]
  /** Field numbers of the protobuf form, by definition. */
  readonly protobuf: Readonly<Record<string, string>>
}

/** Built-in kinds whose changes are counted in `metadata.generation`. */
const generations = new Set([
  '/pods',
  '/replicationcontrollers',
  'apps/deployments',
  'apps/replicasets',
  'apps/statefulsets',
  'apps/daemonsets',
  'batch/jobs',
  'batch/cronjobs',
  'networking.k8s.io/ingresses',
  'networking.k8s.io/ingressclasses',
  'networking.k8s.io/networkpolicies',
  'policy/poddisruptionbudgets',
  'apiextensions.k8s.io/customresourcedefinitions',
  'admissionregistration.k8s.io/mutatingwebhookconfigurations',
  'admissionregistration.k8s.io/validatingwebhookconfigurations',
  'admissionregistration.k8s.io/validatingadmissionpolicies',
  'admissionregistration.k8s.io/validatingadmissionpolicybindings',
  'admissionregistration.k8s.io/mutatingadmissionpolicies',
  'admissionregistration.k8s.io/mutatingadmissionpolicybindings',
  'flowcontrol.apiserver.k8s.io/flowschemas',
  'flowcontrol.apiserver.k8s.io/prioritylevelconfigurations',
  'scheduling.k8s.io/priorityclasses',
  'discovery.k8s.io/endpointslices',
  'resource.k8s.io/deviceclasses',
  'resource.k8s.io/resourceslices',
])

interface Conversion {
  readonly toStorage: (object: KubeObject) => KubeObject
  readonly fromStorage: (object: KubeObject) => KubeObject
  readonly storage?: { readonly group: string; readonly resource: string }
}

const renamed = (object: KubeObject, names: readonly (readonly [string, string])[]): KubeObject => {
  const changes: Record<string, JsonObject[string] | undefined> = {}
  for (const [from, to] of names) {
    changes[to] = ownValue(object, from)
    changes[from] = undefined
  }
  return withFields(object, changes)
}

const eventNames = [
  ['note', 'message'],
  ['regarding', 'involvedObject'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
] as const

/** Kinds that are served in several versions and kept in one. */
const conversions: Readonly<Record<string, Conversion>> = {
  'events.k8s.io/v1/events': {
    storage: { group: '', resource: 'events' },
    toStorage: (event) => ({ ...renamed(event, eventNames), apiVersion: 'v1' }),
    fromStorage: (event) => ({
      ...renamed(
        event,
        eventNames.map(([a, b]) => [b, a] as const),
      ),
      apiVersion: 'events.k8s.io/v1',
    }),
  },
  'autoscaling/v1/horizontalpodautoscalers': { toStorage: autoscalerToV2, fromStorage: autoscalerToV1 },
}

function autoscalerToV2(object: KubeObject): KubeObject {
  const { targetCPUUtilizationPercentage: percentage, ...spec } = objectAt(object, 'spec')
  const metric = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percentage ?? 80 } } }
  return { ...object, apiVersion: 'autoscaling/v2', spec: { ...spec, metrics: [metric] } }
}

function autoscalerToV1(object: KubeObject): KubeObject {
  const { metrics, behavior: _behavior, ...spec } = objectAt(object, 'spec')
  const cpu = (isJsonArray(metrics) ? metrics : [])
    .filter(isJsonObject)
    .map((metric) => objectAt(metric, 'resource'))
    .find((resource) => textAt(resource, 'name') === 'cpu')
  const percentage = cpu === undefined ? undefined : ownValue(objectAt(cpu, 'target'), 'averageUtilization')
  return {
    ...object,
    apiVersion: 'autoscaling/v1',
    spec: { ...spec, ...(percentage === undefined ? {} : { targetCPUUtilizationPercentage: percentage }) },
  }
}

/** Everything that a sandbox can reach is on this machine, so endpoints may have its addresses here. */
const isAbout =
  (resource: string) =>
  ({ message }: FieldError): boolean =>
    !((resource === 'endpoints' || resource === 'endpointslices') && message.includes('may not be in the loopback range'))

const same = (object: KubeObject): KubeObject => object

/** `schemaErrors` says what is wrong with the schemas of a CustomResourceDefinition. */
export function builtInTypes(release: KubernetesRelease, schemaErrors: (crd: KubeObject) => readonly FieldError[]): readonly ServedType[] {
  const { resources, definitions } = release
  return resources.map((resource): ServedType => {
    const { group, version, kind, definition } = resource
    const isDefinition = resource.resource === 'customresourcedefinitions'
    const conversion = conversions[`${group}/${version}/${resource.resource}`]
    return {
      ...resource,
      listKind: `${kind}List`,
      storage: conversion?.storage ?? { group, resource: resource.resource },
      custom: false,
      columns: undefined,
      schema: { schema: { $ref: definition }, definitions },
      countsGenerations: generations.has(`${group}/${resource.resource}`),
      decode: (object) => {
        const decoded = decodeObject(object, definition, release)
        return { ...decoded, object: { ...decoded.object, apiVersion: groupVersion(resource), kind } }
      },
      applyDefaults: (object) =>
        applyDefaults({ ...asWritten(object, definition, release), apiVersion: object.apiVersion, kind: object.kind }),
      toStorage: conversion?.toStorage ?? same,
      fromStorage: conversion?.fromStorage ?? same,
      validateCreate: (object) => [
        ...validateCreate(object).filter(isAbout(resource.resource)),
        ...(isDefinition ? schemaErrors(object) : []),
      ],
      validateUpdate: (object, old) => [
        ...validateUpdate(object, old).filter(isAbout(resource.resource)),
        ...(isDefinition ? schemaErrors(object) : []),
      ],
      warnings: warningsFor,
    }
  })
}
