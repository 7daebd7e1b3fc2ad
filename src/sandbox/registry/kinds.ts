import { objectAt } from '../../core/fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, jsonEqual, ownValue, valueAt } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { ok } from '../../core/result.ts'
import { fillAppArmorFields } from '../../kube/app-armor.ts'
import type { KubeObject } from '../../kube/object.ts'
import { annotationsOf, labelsOf, nameOf } from '../../kube/object.ts'
import { isZeroQuantity, parseQuantity } from '../../kube/quantity.ts'
import type { Status } from '../../kube/status.ts'
import type { Clock } from '../client.ts'
import type { ServedType } from '../served-type.ts'
import type { Store } from '../storage/store.ts'
import { metadataOf, timestamp, uidOf, withFields, withMetadata } from './metadata.ts'
import { withServiceAddresses } from './service-addresses.ts'
import type { Strategies } from './strategies.ts'

type Prepare = (
  object: KubeObject,
  context: { readonly store: Store; readonly now: Date; readonly old: KubeObject | undefined },
) => KubeObject

const key = ({ group, resource }: { readonly group: string; readonly resource: string }): string => `${group}/${resource}`

/** The status a new object has before any controller has seen it. */
const firstStatus: Readonly<Record<string, (object: KubeObject) => Json>> = {
  '/pods': (pod) => ({ phase: 'Pending', qosClass: qosClass(objectAt(pod, 'spec')) }),
  '/namespaces': () => ({ phase: 'Active' }),
  '/persistentvolumes': () => ({ phase: 'Pending' }),
  '/persistentvolumeclaims': () => ({ phase: 'Pending' }),
  '/services': () => ({ loadBalancer: {} }),
  '/replicationcontrollers': () => ({ replicas: 0 }),
  'apps/replicasets': () => ({ replicas: 0 }),
  'apps/statefulsets': () => ({ availableReplicas: 0, replicas: 0 }),
  'apps/daemonsets': () => ({ currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 }),
  'networking.k8s.io/ingresses': () => ({ loadBalancer: {} }),
  'policy/poddisruptionbudgets': () => ({ currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 }),
  'autoscaling/horizontalpodautoscalers': () => ({ currentMetrics: null, desiredReplicas: 0 }),
}

/** Kinds whose first status is what the client sends: a node reports itself. */
const ownStatus = new Set(['/nodes', 'apiregistration.k8s.io/apiservices', 'storage.k8s.io/volumeattachments'])

const onCreate: Readonly<Record<string, Prepare>> = {
  '/namespaces': (object) => withFields(object, { spec: { finalizers: ['kubernetes'] } }),
  '/secrets': mergeStringData,
  'batch/jobs': labelJob,
  '/persistentvolumeclaims': (object) => addFinalizer(object, 'kubernetes.io/pvc-protection'),
  '/persistentvolumes': (object) => addFinalizer(object, 'kubernetes.io/pv-protection'),
  'apps/daemonsets': (object) => withTemplateGeneration(object, undefined),
  'networking.k8s.io/servicecidrs': readyRange,
  'apiextensions.k8s.io/customresourcedefinitions': establish,
}

const onUpdate: Readonly<Record<string, Prepare>> = {
  'apps/daemonsets': (object, { old }) => withTemplateGeneration(object, old),
  '/secrets': mergeStringData,
  'apiextensions.k8s.io/customresourcedefinitions': establish,
}

export function createStrategies(store: Store, clock: Clock): Strategies {
  return {
    prepareCreate: (type, created, options): Result<KubeObject, Status> => {
      const object = key(type) === '/pods' ? withAppArmorFields(created, options.warn) : created
      const started = hasStatus(type) && !ownStatus.has(key(type)) ? withFields(object, { status: startStatus(type, object) }) : object
      if (key(type) === '/services') return withServiceAddresses(started, { store, old: undefined })
      const prepare = onCreate[key(type)]
      return ok(prepare === undefined ? started : prepare(started, { store, now: clock.now(), old: undefined }))
    },
    prepareUpdate: ({ type, subresource, object, old }): Result<KubeObject, Status> => {
      if (subresource === 'status')
        return ok(withFields(old, { status: ownValue(object, 'status'), metadata: statusMetadata(type, object, old) }))
      const kept = hasStatus(type) ? withFields(object, { status: ownValue(old, 'status') }) : object
      if (subresource === 'finalize') return ok(withFields(kept, { spec: ownValue(object, 'spec') }))
      const part = parts[subresource]
      if (part !== undefined) return ok(withFields(old, { ...part(object, old), metadata: metadataOf(object) }))
      if (key(type) === '/services') return withServiceAddresses(kept, { store, old })
      const prepare = onUpdate[key(type)]
      const spec = key(type) === '/namespaces' ? withFields(kept, { spec: ownValue(old, 'spec') }) : kept
      return ok(prepare === undefined ? spec : prepare(spec, { store, now: clock.now(), old }))
    },
    createsOnUpdate: ({ group, resource }) =>
      (group === 'coordination.k8s.io' && resource === 'leases') ||
      resource === 'events' ||
      resource === 'endpoints' ||
      resource === 'limitranges',
  }
}

function withAppArmorFields(created: KubeObject, warn: (text: string) => void): KubeObject {
  const { pod, warnings } = fillAppArmorFields(created)
  for (const text of warnings) warn(text)
  return pod
}

/** The part of an object that some subresources write; all else stays as it was. */
const parts: Readonly<Record<string, (object: KubeObject, old: KubeObject) => { readonly [key: string]: Json | undefined }>> = {
  binding: (object, old) => ({ spec: { ...objectAt(old, 'spec'), nodeName: objectAt(object, 'spec')['nodeName'] ?? '' } }),
  ephemeralcontainers: (object, old) => ({
    spec: { ...objectAt(old, 'spec'), ephemeralContainers: objectAt(object, 'spec')['ephemeralContainers'] ?? [] },
  }),
  resize: (object, old) => ({ spec: { ...objectAt(old, 'spec'), containers: objectAt(object, 'spec')['containers'] ?? [] } }),
  approval: (object, old) => ({ status: { ...objectAt(old, 'status'), conditions: objectAt(object, 'status')['conditions'] ?? [] } }),
}

const hasStatus = (type: ServedType): boolean => type.subresources.some(({ name }) => name === 'status')

function startStatus(type: ServedType, object: KubeObject): Json | undefined {
  const first = firstStatus[key(type)]
  if (first !== undefined) return first(object)
  return type.custom ? undefined : {}
}

/** Writing a status may change labels and annotations of built-in kinds, never who owns the object. Of custom kinds it changes nothing else. */
function statusMetadata(type: ServedType, object: KubeObject, old: KubeObject): JsonObject {
  if (type.custom) return metadataOf(old)
  const { labels, annotations, managedFields } = metadataOf(object)
  const chosen: { [key: string]: Json } = { ...metadataOf(old) }
  for (const [name, value] of Object.entries({ labels, annotations, managedFields })) {
    if (value === undefined) delete chosen[name]
    else chosen[name] = value
  }
  return chosen
}

function mergeStringData(object: KubeObject): KubeObject {
  const strings = ownValue(object, 'stringData')
  if (!isJsonObject(strings)) return object
  const encoded = Object.entries(strings).map(([name, text]) => [name, Buffer.from(String(text)).toString('base64')])
  return withFields(object, {
    stringData: undefined,
    data: { ...objectAt(object, 'data'), ...(Object.fromEntries(encoded) as JsonObject) },
  })
}

function addFinalizer(object: KubeObject, finalizer: string): KubeObject {
  const finalizers = ownValue(metadataOf(object), 'finalizers')
  const known = isJsonArray(finalizers) ? finalizers : []
  return known.includes(finalizer) ? object : withMetadata(object, { finalizers: [...known, finalizer] })
}

/** A Job finds its Pods by its uid, unless its author selects them by hand. */
function labelJob(job: KubeObject): KubeObject {
  const spec = objectAt(job, 'spec')
  if (spec['manualSelector'] === true) return job
  const template = objectAt(spec, 'template')
  const uid = uidOf(job)
  const labels = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': nameOf(job),
    'controller-uid': uid,
    'job-name': nameOf(job),
  }
  return withFields(job, {
    spec: {
      ...spec,
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } },
      template: { ...template, metadata: { ...metadataOf(template), labels: { ...labelsOf(template), ...labels } } },
    },
  })
}

const templateGeneration = 'deprecated.daemonset.template.generation'

/** How often the template has changed, in the annotation that was a field once. Clients cannot write it. */
function withTemplateGeneration(object: KubeObject, old: KubeObject | undefined): KubeObject {
  const before = old === undefined ? 0 : Number(annotationsOf(old)[templateGeneration] ?? '0')
  const template = (set: KubeObject): Json => valueAt(set, ['spec', 'template']) ?? null
  const changed = old === undefined || !jsonEqual(template(object), template(old))
  const annotations = { ...objectAt(metadataOf(object), 'annotations'), [templateGeneration]: String(changed ? before + 1 : before) }
  return withMetadata(object, { annotations })
}

function readyRange(object: KubeObject, { now }: { readonly now: Date }): KubeObject {
  const condition = {
    type: 'Ready',
    status: 'True',
    reason: '',
    message: 'Kubernetes Service CIDR is ready',
    lastTransitionTime: timestamp(now),
  }
  const held = addFinalizer(object, 'networking.k8s.io/service-cidr-finalizer')
  return withFields(held, { status: { conditions: [condition] } })
}

/** Names are taken as asked for at once, where kube-apiserver lets a controller look at them first. */
function establish(crd: KubeObject, { now, old }: { readonly now: Date; readonly old: KubeObject | undefined }): KubeObject {
  const spec = objectAt(crd, 'spec')
  const names = objectAt(spec, 'names')
  const versions = ownValue(spec, 'versions')
  const stored = (isJsonArray(versions) ? versions : []).filter(isJsonObject).filter((version) => version['storage'] === true)
  const known = old === undefined ? undefined : valueAt(old, ['status', 'storedVersions'])
  const storedVersions = [...new Set([...(isJsonArray(known) ? known : []), ...stored.map((version) => version['name'] ?? '')])]
  const since = old === undefined ? undefined : valueAt(old, ['status', 'conditions'])
  const kind = names['kind'] ?? ''
  return withFields(crd, {
    status: {
      acceptedNames: {
        ...names,
        singular: names['singular'] ?? String(kind).toLowerCase(),
        listKind: names['listKind'] ?? `${String(kind)}List`,
      },
      conditions: since ?? [
        { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found', lastTransitionTime: timestamp(now) },
        {
          type: 'Established',
          status: 'True',
          reason: 'InitialNamesAccepted',
          message: 'the initial names have been accepted',
          lastTransitionTime: timestamp(now),
        },
      ],
      storedVersions,
    },
  })
}

/** Guaranteed where every container's limits equal its requests, BestEffort where there are none, Burstable otherwise. */
function qosClass(spec: JsonObject): string {
  const containers = ['containers', 'initContainers'].flatMap((list) => {
    const value = ownValue(spec, list)
    return isJsonArray(value) ? value.filter(isJsonObject) : []
  })
  const amounts = (container: JsonObject, which: string): ReadonlyMap<string, string> =>
    new Map(
      Object.entries(objectAt(objectAt(container, 'resources'), which))
        .filter(([name, amount]) => (name === 'cpu' || name === 'memory') && !isNothing(amount))
        .map(([name, amount]) => [name, String(amount)]),
    )
  const all = containers.map((container) => ({ limits: amounts(container, 'limits'), requests: amounts(container, 'requests') }))
  if (all.every(({ limits, requests }) => limits.size === 0 && requests.size === 0)) return 'BestEffort'
  const guaranteed = all.every(
    ({ limits, requests }) => limits.size === 2 && [...limits].every(([name, amount]) => (requests.get(name) ?? amount) === amount),
  )
  return guaranteed ? 'Guaranteed' : 'Burstable'
}

function isNothing(amount: Json): boolean {
  const quantity = parseQuantity(String(amount))
  return quantity !== undefined && isZeroQuantity(quantity)
}
