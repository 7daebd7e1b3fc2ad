import type { KubeObject } from '../object.ts'
import type { Field } from './field.ts'
import { at, countOf, entriesOf, isSet, itemsOf, numberOf, rootOf, textOf } from './field.ts'
import { sameValue } from './metadata.ts'
import { dns1123Label } from './names.ts'
import { fractionalBytes, podTemplateWarnings, podWarnings } from './pod/warnings.ts'
import { deprecatedLabel, nodeSelectorWarnings } from './warnings-labels.ts'

/** The API server's own warnings about an object that is created, or (with `old`) updated. */
export function warningsFor(object: KubeObject, old?: KubeObject): readonly string[] {
  const warn = kinds.get(`${object.apiVersion}/${object.kind}`)
  return warn === undefined ? [] : [...warn(rootOf(object), old === undefined ? undefined : rootOf(old))]
}

type Warnings = Iterable<string>
type Warn = (object: Field, old: Field | undefined) => Warnings

const nameText = 'this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended:'

function* nameWarnings(object: Field, text = nameText): Warnings {
  const wrong = dns1123Label(textOf(at(object, 'metadata', 'name')))
  if (wrong.length > 0) yield `metadata.name: ${text} [${wrong.join(' ')}]`
}

/** Pods are not checked again: their updates are many and come from programs. */
function* pod(object: Field, old: Field | undefined): Warnings {
  if (old !== undefined) return
  yield* nameWarnings(object, nameText.replace('Pod names and hostnames', "the Pod's hostname"))
  yield* podWarnings(object)
}

interface WorkloadRules {
  readonly names?: true
  readonly template: readonly string[]
  readonly more?: (object: Field) => Warnings
}

/** A workload is checked when it is made, and again when its generation changes. */
const workload = ({ names, template, more }: WorkloadRules): Warn =>
  function* (object, old) {
    const isSame =
      old !== undefined && sameValue(at(object, 'spec'), at(old, 'spec')) && sameValue(at(object, 'template'), at(old, 'template'))
    if (names === true && old === undefined) yield* nameWarnings(object)
    if (isSame) return
    yield* podTemplateWarnings(at(object, ...template))
    if (more !== undefined) yield* more(object)
  }

function* statefulSetMore(object: Field): Warnings {
  for (const claim of itemsOf(at(object, 'spec', 'volumeClaimTemplates')))
    yield* fractionalBytes({ ...at(claim, 'spec', 'resources', 'requests'), path: `${claim.path}.resources.requests` }, ['storage'])
  const limit = numberOf(at(object, 'spec', 'revisionHistoryLimit'))
  if (limit !== undefined && limit < 0)
    yield 'spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended'
}

function* jobMore(object: Field): Warnings {
  const spec = at(object, 'spec')
  const isLarge = (numberOf(at(spec, 'completions')) ?? 0) > 100_000 && (numberOf(at(spec, 'parallelism')) ?? 0) > 10_000
  if (textOf(at(spec, 'completionMode')) === 'Indexed' && isLarge)
    yield 'spec: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail'
}

function* service(object: Field): Warnings {
  const spec = at(object, 'spec')
  const type = textOf(at(spec, 'type'))
  const isHeadless = textOf(at(spec, 'clusterIP')) === 'None'
  const hasExternal = countOf(at(spec, 'externalIPs')) > 0
  if (type === 'ExternalName') {
    if (hasExternal) yield 'spec.externalIPs is ignored when spec.type is "ExternalName"'
  } else if (textOf(at(spec, 'externalName')) !== '') yield 'spec.externalName is ignored when spec.type is not "ExternalName"'
  if (isHeadless) {
    if (textOf(at(spec, 'loadBalancerIP')) !== '') yield 'spec.loadBalancerIP is ignored for headless services'
    if (hasExternal) yield 'spec.externalIPs is ignored for headless services'
    if (textOf(at(spec, 'sessionAffinity')) !== 'None' && isSet(at(spec, 'sessionAffinity')))
      yield 'spec.SessionAffinity is ignored for headless services'
  }
  if (hasExternal && !isHeadless && type !== 'ExternalName')
    yield 'spec.externalIPs is deprecated and may no longer be implemented in some clusters'
  if (textOf(at(spec, 'trafficDistribution')) === 'PreferClose')
    yield 'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'
}

const oldClass = 'volume.beta.kubernetes.io/storage-class'
const deprecatedClass = `metadata.annotations[${oldClass}]: deprecated since v1.8; use "storageClassName" attribute instead`

/** Sources of PersistentVolumes that are gone. */
const goneSources = [
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
] as const

function* persistentVolume(object: Field): Warnings {
  const spec = at(object, 'spec')
  if (isSet(at(object, 'metadata', 'annotations', oldClass))) yield deprecatedClass
  if (textOf(at(spec, 'persistentVolumeReclaimPolicy')) === 'Recycle')
    yield 'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.'
  yield* nodeSelectorWarnings(at(spec, 'nodeAffinity', 'required'))
  for (const [key, shown, text] of goneSources) if (isSet(at(spec, key))) yield `spec.${shown}: ${text}`
}

function* persistentVolumeClaim(object: Field): Warnings {
  if (isSet(at(object, 'metadata', 'annotations', oldClass))) yield deprecatedClass
  yield* fractionalBytes(at(object, 'spec', 'resources', 'requests'), ['storage'])
}

function* storageClass(object: Field): Warnings {
  for (const term of itemsOf(at(object, 'allowedTopologies')))
    for (const requirement of itemsOf(at(term, 'matchLabelExpressions'))) {
      const text = deprecatedLabel(textOf(at(requirement, 'key')))
      if (text !== undefined) yield `${at(requirement, 'key').path}: ${text}`
    }
}

function* runtimeClass(object: Field): Warnings {
  const selector = at(object, 'scheduling', 'nodeSelector')
  for (const [key] of entriesOf(selector)) {
    const text = deprecatedLabel(key)
    if (text !== undefined) yield `${selector.path}: ${text}`
  }
}

function* ingress(object: Field, old: Field | undefined): Warnings {
  const key = 'kubernetes.io/ingress.class'
  if (old === undefined && isSet(at(object, 'metadata', 'annotations', key)))
    yield `annotation ${JSON.stringify(key)} is deprecated, please use 'spec.ingressClassName' instead`
}

function* csiDriver(object: Field): Warnings {
  const spec = at(object, 'spec')
  if (countOf(at(spec, 'tokenRequests')) > 0 && !isSet(at(spec, 'serviceAccountTokenInSecrets')))
    yield 'spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes'
}

function* node(object: Field): Warnings {
  if (textOf(at(object, 'spec', 'externalID')) !== '') yield 'spec.externalID: this field is deprecated, and is unused by Kubernetes'
}

function* endpointSlice(object: Field): Warnings {
  if (textOf(at(object, 'addressType')) === 'FQDN') yield 'spec.addressType: FQDN endpoints are deprecated'
}

function* endpoints(): Warnings {
  yield 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice'
}

const template = ['spec', 'template'] as const

const kinds: ReadonlyMap<string, Warn> = new Map<string, Warn>([
  ['v1/Pod', pod],
  ['v1/PodTemplate', workload({ template: ['template'] })],
  ['v1/ReplicationController', workload({ names: true, template })],
  ['apps/v1/Deployment', workload({ names: true, template })],
  ['apps/v1/ReplicaSet', workload({ names: true, template })],
  ['apps/v1/StatefulSet', workload({ template, more: statefulSetMore })],
  ['apps/v1/DaemonSet', workload({ template })],
  ['batch/v1/Job', workload({ names: true, template, more: jobMore })],
  ['batch/v1/CronJob', workload({ names: true, template: ['spec', 'jobTemplate', 'spec', 'template'] })],
  ['v1/Service', service],
  ['v1/Node', node],
  ['v1/Endpoints', endpoints],
  ['v1/PersistentVolume', persistentVolume],
  ['v1/PersistentVolumeClaim', persistentVolumeClaim],
  ['storage.k8s.io/v1/StorageClass', storageClass],
  ['storage.k8s.io/v1/CSIDriver', csiDriver],
  ['node.k8s.io/v1/RuntimeClass', runtimeClass],
  ['networking.k8s.io/v1/Ingress', ingress],
  ['discovery.k8s.io/v1/EndpointSlice', endpointSlice],
])
