import { flagAt, objectAt, objectsAt, textAt } from '../../core/fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { jsonEqual } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { ok } from '../../core/result.ts'
import type { KubeObject } from '../../kube/object.ts'
import { annotationsOf, labelsOf, nameOf, namespaceOf } from '../../kube/object.ts'
import type { Status } from '../../kube/status.ts'
import type { WatchEvent } from '../client.ts'
import type { Controller, ControllerContext, Key } from './controller.ts'
import { done, keyOf } from './controller.ts'
import { createdAt, isDeleting, timestamp, uidOf } from './fields.ts'
import { endpoints, endpointSlices, pods, services } from './kinds.ts'
import { controllerReference, isControlledBy } from './owners.ts'
import { isFinished, isReady, namespaceIsTerminating, nodeNameOf } from './pods.ts'
import type { Reconciled } from './workqueue.ts'

const triggerTime = 'endpoints.kubernetes.io/last-change-trigger-time'
const headlessLabel = 'service.kubernetes.io/headless'
/** The most endpoints of one slice, and of an Endpoints object. */
const sliceSize = 100
const endpointsLimit = 1000

const selects = (service: KubeObject, labels: Readonly<Record<string, string>>): boolean => {
  const selector = Object.entries(objectAt(service, 'spec', 'selector'))
  return selector.length > 0 && selector.every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value)
}

function serviceKeys({ client }: ControllerContext, { of, object }: WatchEvent): readonly Key[] {
  if (of.resource === 'services' || of.resource === 'endpoints') return [keyOf(object)]
  if (of.resource === 'endpointslices') {
    const name = labelsOf(object)['kubernetes.io/service-name']
    return name === undefined ? [] : [{ namespace: namespaceOf(object), name }]
  }
  const there = client.list(services, namespaceOf(object))
  return there
    .filter(
      (service) => selects(service, labelsOf(object)) || mentions(client.get(endpoints, namespaceOf(service), nameOf(service)), object),
    )
    .map(keyOf)
}

/** A Pod whose labels no longer match has to leave. */
const mentions = (current: KubeObject | undefined, pod: KubeObject): boolean =>
  current !== undefined &&
  objectsAt(current, 'subsets').some((subset) =>
    [...objectsAt(subset, 'addresses'), ...objectsAt(subset, 'notReadyAddresses')].some(
      (one) => textAt(one, 'targetRef', 'uid') === uidOf(pod),
    ),
  )

/** Keeps the Endpoints of Services with a selector. */
export const endpointsController = (context: ControllerContext): Controller => ({
  name: 'endpoints',
  kinds: [services, pods, endpoints],
  keysOf: (event) => serviceKeys(context, event),
  reconcile: (key) => withService(context, key, syncEndpoints),
})

/** The same as EndpointSlices. */
export const endpointSliceController = (context: ControllerContext): Controller => ({
  name: 'endpointslice',
  kinds: [services, pods, endpointSlices],
  keysOf: (event) => serviceKeys(context, event),
  reconcile: (key) => withService(context, key, syncSlices),
})

interface Sync {
  readonly context: ControllerContext
  readonly service: KubeObject
  readonly pods: readonly KubeObject[]
}

async function withService(
  context: ControllerContext,
  { namespace, name }: Key,
  sync: (sync: Sync) => Promise<Result<unknown, Status>>,
): Promise<Reconciled> {
  const service = context.client.get(services, namespace, name)
  if (service === undefined || isDeleting(service) || Object.keys(objectAt(service, 'spec', 'selector')).length === 0) return done
  if (textAt(service, 'spec', 'type') === 'ExternalName') return done
  const selected = context.client
    .list(pods, namespace)
    .filter((pod) => selects(service, labelsOf(pod)) && !isFinished(pod) && textAt(pod, 'status', 'podIP') !== '')
  const synced = await sync({ context, service, pods: selected })
  if (synced.ok || synced.error.reason === 'NotFound' || namespaceIsTerminating(synced.error)) return done
  return synced
}

const byAddress = (a: KubeObject, b: KubeObject): number => (textAt(a, 'status', 'podIP') < textAt(b, 'status', 'podIP') ? -1 : 1)
const isHeadless = (service: KubeObject): boolean => textAt(service, 'spec', 'clusterIP') === 'None'

/** The number behind a port of the Service on this Pod; undefined where the Pod does not have the named port. */
function targetPort(port: JsonObject, pod: KubeObject): number | undefined {
  const target = port['targetPort'] ?? port['port']
  if (typeof target === 'number') return target === 0 && typeof port['port'] === 'number' ? port['port'] : target
  const containers = [...objectsAt(pod, 'spec', 'containers'), ...objectsAt(pod, 'spec', 'initContainers')]
  const found = containers
    .flatMap((container) => objectsAt(container, 'ports'))
    .find((one) => textAt(one, 'name') === target && (textAt(one, 'protocol') || 'TCP') === (textAt(port, 'protocol') || 'TCP'))
  const number = found?.['containerPort']
  return typeof number === 'number' ? number : undefined
}

function portsOn({ service }: Sync, pod: KubeObject): readonly JsonObject[] {
  return objectsAt(service, 'spec', 'ports').flatMap((port): readonly JsonObject[] => {
    const number = targetPort(port, pod)
    if (number === undefined) return []
    const appProtocol = textAt(port, 'appProtocol')
    return [
      {
        ...(appProtocol === '' ? {} : { appProtocol }),
        name: textAt(port, 'name'),
        port: number,
        protocol: textAt(port, 'protocol') || 'TCP',
      },
    ]
  })
}

/** Pods grouped by the ports they offer. */
function groups(
  sync: Sync,
  chosen: readonly KubeObject[],
): readonly { readonly ports: readonly JsonObject[]; readonly pods: readonly KubeObject[] }[] {
  const headlessWithoutPorts = isHeadless(sync.service) && objectsAt(sync.service, 'spec', 'ports').length === 0
  const found = new Map<string, { readonly ports: readonly JsonObject[]; readonly pods: KubeObject[] }>()
  for (const pod of [...chosen].sort(byAddress)) {
    const ports = portsOn(sync, pod)
    if (ports.length === 0 && !headlessWithoutPorts) continue
    const key = JSON.stringify(ports)
    const group = found.get(key) ?? { ports, pods: [] }
    group.pods.push(pod)
    found.set(key, group)
  }
  return [...found.values()]
}

const targetRef = (pod: KubeObject): JsonObject => ({ kind: 'Pod', name: nameOf(pod), namespace: namespaceOf(pod), uid: uidOf(pod) })

/** A named Pod of a headless Service has a name of its own in DNS. */
const hostname = ({ service }: Sync, pod: KubeObject): JsonObject => {
  const name = textAt(pod, 'spec', 'hostname')
  return name !== '' && textAt(pod, 'spec', 'subdomain') === nameOf(service) ? { hostname: name } : {}
}

const publishesNotReady = ({ service }: Sync): boolean => flagAt(service, 'spec', 'publishNotReadyAddresses')

/** The last change of the Service or one of its Pods that is worth a new list of addresses. */
function changedAt({ service, pods: all, context }: Sync): string {
  const times = all.map(
    (pod) =>
      Date.parse(
        textAt(objectsAt(pod, 'status', 'conditions').find((one) => textAt(one, 'type') === 'Ready') ?? {}, 'lastTransitionTime'),
      ) || 0,
  )
  const latest = Math.max(createdAt(service), ...times)
  return timestamp(latest === 0 ? context.clock.now() : new Date(latest))
}

function syncEndpoints(sync: Sync): Promise<Result<unknown, Status>> {
  const { context, service } = sync
  const current = context.client.get(endpoints, namespaceOf(service), nameOf(service))
  const subsets = groups(sync, sync.pods.filter((pod) => publishesNotReady(sync) || !isDeleting(pod)).slice(0, endpointsLimit)).map(
    (group): Json => {
      const address = (pod: KubeObject): JsonObject => ({
        ...hostname(sync, pod),
        ip: textAt(pod, 'status', 'podIP'),
        nodeName: nodeNameOf(pod),
        targetRef: targetRef(pod),
      })
      const isUp = (pod: KubeObject): boolean => publishesNotReady(sync) || isReady(pod)
      const ready = group.pods.filter(isUp).map(address)
      const rest = group.pods.filter((pod) => !isUp(pod)).map(address)
      const ports = group.ports.map((port) => (textAt(port, 'name') === '' ? withoutName(port) : port))
      return {
        ...(ready.length === 0 ? {} : { addresses: ready }),
        ...(rest.length === 0 ? {} : { notReadyAddresses: rest }),
        ...(ports.length === 0 ? {} : { ports }),
      }
    },
  )
  const labels = {
    ...labelsOf(service),
    'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
    ...(isHeadless(service) ? { [headlessLabel]: '' } : {}),
  }
  if (current !== undefined && jsonEqual(current['subsets'] ?? [], subsets) && jsonEqual(labelsOf(current), labels))
    return Promise.resolve(ok(undefined))
  const annotations = { ...(current === undefined ? {} : annotationsOf(current)), [triggerTime]: changedAt(sync) }
  const wanted: KubeObject = {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      ...(current === undefined ? {} : objectAt(current, 'metadata')),
      name: nameOf(service),
      namespace: namespaceOf(service),
      labels,
      annotations,
    },
    ...(subsets.length === 0 ? {} : { subsets }),
  }
  return current === undefined ? context.client.create(endpoints, wanted) : context.client.update(endpoints, wanted)
}

const withoutName = ({ name: _name, ...port }: JsonObject): JsonObject => port

interface SliceContent {
  readonly endpoints: readonly JsonObject[]
  readonly ports: readonly JsonObject[]
}

function wantedSlices(sync: Sync): readonly SliceContent[] {
  const slices = groups(sync, sync.pods).flatMap(({ ports, pods: there }) => {
    const all = there.map((pod) => sliceEndpoint(sync, pod))
    return Array.from({ length: Math.ceil(all.length / sliceSize) }, (_, i) => ({
      ports,
      endpoints: all.slice(i * sliceSize, (i + 1) * sliceSize),
    }))
  })
  // A Service without Pods has an empty slice, so that watchers know of it.
  return slices.length === 0 ? [{ endpoints: [], ports: [] }] : slices
}

function sliceEndpoint(sync: Sync, pod: KubeObject): JsonObject {
  const terminating = isDeleting(pod)
  const serving = isReady(pod)
  return {
    addresses: [textAt(pod, 'status', 'podIP')],
    conditions: { ready: publishesNotReady(sync) || (serving && !terminating), serving, terminating },
    ...hostname(sync, pod),
    nodeName: nodeNameOf(pod),
    targetRef: targetRef(pod),
  }
}

async function syncSlices(sync: Sync): Promise<Result<unknown, Status>> {
  const { context, service } = sync
  const { client } = context
  const current = client.list(endpointSlices, namespaceOf(service)).filter((slice) => isControlledBy(slice, service))
  const wanted = wantedSlices(sync)
  for (const [i, content] of wanted.entries()) {
    const written = await writeSlice(sync, current[i], content)
    if (!written.ok) return written
  }
  for (const slice of current.slice(wanted.length)) {
    const deleted = await client.delete(endpointSlices, { namespace: namespaceOf(slice), name: nameOf(slice) })
    if (!deleted.ok && deleted.error.reason !== 'NotFound') return deleted
  }
  return ok(undefined)
}

function writeSlice(sync: Sync, current: KubeObject | undefined, content: SliceContent): Promise<Result<unknown, Status>> {
  const { context, service } = sync
  const labels = {
    ...labelsOf(service),
    'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    'kubernetes.io/service-name': nameOf(service),
    ...(isHeadless(service) ? { [headlessLabel]: '' } : {}),
  }
  const body = { endpoints: content.endpoints, ports: content.ports }
  if (current !== undefined) {
    const same = jsonEqual(current['endpoints'] ?? [], body.endpoints) && jsonEqual(current['ports'] ?? [], body.ports)
    if (same && jsonEqual(labelsOf(current), labels)) return Promise.resolve(ok(undefined))
    const annotations = { ...annotationsOf(current), [triggerTime]: changedAt(sync) }
    return context.client.update(endpointSlices, {
      ...current,
      ...body,
      metadata: { ...objectAt(current, 'metadata'), labels, annotations },
    })
  }
  return context.client.create(endpointSlices, {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${nameOf(service)}-`,
      namespace: namespaceOf(service),
      labels,
      annotations: { [triggerTime]: changedAt(sync) },
      ownerReferences: [controllerReference(service)],
    },
    addressType: 'IPv4',
    ...body,
  })
}
