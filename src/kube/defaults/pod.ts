import { listAt, objectAt, textAt } from '../../core/fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonObject, ownValue, setOwn } from '../../core/json.ts'
import type { Quantity } from '../quantity.ts'
import { addQuantities, compareQuantities, formatQuantity, parseQuantity } from '../quantity.ts'
import type { Defaulter, Draft } from './draft.ts'
import { canonicalQuantities, divisorDefault, each, inside, insideMade, isSet, setAbsent, setAll, setEmpty } from './draft.ts'
import { pullPolicyOf } from './image.ts'
import { volumeDefaults } from './volumes.ts'

/** Of a Pod itself: what a template in a workload gets, and more that only a Pod gets. */
export const podDefaults: Defaulter = (pod) => {
  insideMade(pod, 'spec', (spec) => {
    podSpecDefaults(spec)
    for (const list of ['initContainers', 'containers']) each(spec, list, requestLimits)
    inside(spec, 'resources', (resources) => requestPodLimits(resources, spec))
    setAbsent(spec, 'enableServiceLinks', true)
    if (spec['hostNetwork'] !== true) return
    for (const list of ['containers', 'initContainers']) each(spec, list, publishPorts)
  })
}

/** A `PodTemplateSpec`. */
export const podTemplateDefaults: Defaulter = (template) => {
  setAbsent(template, 'metadata', {})
  insideMade(template, 'spec', podSpecDefaults)
}

const podSpecDefaults: Defaulter = (spec) => {
  shareServiceAccount(spec)
  each(spec, 'volumes', volumeDefaults)
  for (const list of ['initContainers', 'containers', 'ephemeralContainers']) each(spec, list, containerDefaults)
  setAll(spec, setEmpty, { restartPolicy: 'Always' })
  setAbsent(spec, 'terminationGracePeriodSeconds', 30)
  setEmpty(spec, 'dnsPolicy', 'ClusterFirst')
  setAbsent(spec, 'securityContext', {})
  setEmpty(spec, 'schedulerName', 'default-scheduler')
  inside(spec, 'resources', resourceDefaults)
  canonicalQuantities(spec, 'overhead')
}

/** `serviceAccount` is the old name of `serviceAccountName`; both are kept, and the new one wins. */
function shareServiceAccount(spec: Draft): void {
  const name = textAt(spec, 'serviceAccountName') || textAt(spec, 'serviceAccount')
  if (name === '') return
  spec['serviceAccountName'] = name
  spec['serviceAccount'] = name
}

const containerDefaults: Defaulter = (container) => {
  each(container, 'ports', (port) => setEmpty(port, 'protocol', 'TCP'))
  each(container, 'env', (variable) => inside(variable, 'valueFrom', envSourceDefaults))
  setAbsent(container, 'resources', {})
  inside(container, 'resources', resourceDefaults)
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) inside(container, probe, probeDefaults)
  inside(container, 'lifecycle', (lifecycle) => {
    for (const hook of ['postStart', 'preStop']) inside(lifecycle, hook, (handler) => inside(handler, 'httpGet', httpGetDefaults))
  })
  setEmpty(container, 'terminationMessagePath', '/dev/termination-log')
  setEmpty(container, 'terminationMessagePolicy', 'File')
  setEmpty(container, 'imagePullPolicy', pullPolicyOf(textAt(container, 'image')))
}

const resourceDefaults: Defaulter = (resources) => {
  canonicalQuantities(resources, 'limits')
  canonicalQuantities(resources, 'requests')
}

const envSourceDefaults: Defaulter = (source) => {
  inside(source, 'fieldRef', (reference) => setEmpty(reference, 'apiVersion', 'v1'))
  inside(source, 'resourceFieldRef', divisorDefault)
  inside(source, 'fileKeyRef', (reference) => setAbsent(reference, 'optional', false))
}

const probeDefaults: Defaulter = (probe) => {
  inside(probe, 'httpGet', httpGetDefaults)
  inside(probe, 'grpc', (grpc) => setAbsent(grpc, 'service', ''))
  setAll(probe, setEmpty, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 })
}

const httpGetDefaults: Defaulter = (get) => {
  setEmpty(get, 'path', '/')
  setEmpty(get, 'scheme', 'HTTP')
}

/** What a container is limited to it also requests, unless it says otherwise. */
const requestLimits: Defaulter = (container) => {
  inside(container, 'resources', (resources) => {
    if (isJsonObject(ownValue(resources, 'limits'))) fillRequests(resources, objectAt(resources, 'limits'))
  })
}

function fillRequests(resources: Draft, amounts: JsonObject): void {
  setAbsent(resources, 'requests', {})
  inside(resources, 'requests', (requests) => {
    for (const [name, amount] of Object.entries(amounts)) if (!isSet(requests, name)) setOwn(requests, name, amount)
  })
}

/** A limit of the whole pod without a request: what its containers request together, else the limit itself. */
function requestPodLimits(resources: Draft, spec: JsonObject): void {
  const hasLimits = isJsonObject(ownValue(resources, 'limits'))
  if (!hasLimits && !isSet(resources, 'requests')) return
  const limits = Object.entries(objectAt(resources, 'limits'))
  const together = requestsOf(spec)
  const requests: Draft = {}
  for (const [name, limit] of limits) {
    if (name.startsWith('hugepages-')) setOwn(requests, name, limit)
    else if (isPodResource(name)) setOwn(requests, name, together.get(name) ?? limit)
  }
  for (const [name, amount] of together) if (isPodResource(name)) setOwn(requests, name, amount)
  fillRequests(resources, requests)
}

const isPodResource = (name: string): boolean => name === 'cpu' || name === 'memory'

/** The containers run together with the restartable init containers; other init containers run alone, after those before them. */
function requestsOf(spec: JsonObject): ReadonlyMap<string, string> {
  const running = listAt(spec, 'containers').reduce((sum: Amounts, container) => plus(sum, amountsOf(container)), new Map())
  let sidecars: Amounts = new Map()
  let peak: Amounts = new Map()
  for (const container of listAt(spec, 'initContainers')) {
    const isSidecar = isJsonObject(container) && container['restartPolicy'] === 'Always'
    const together = plus(sidecars, amountsOf(container))
    if (isSidecar) sidecars = together
    peak = larger(peak, together)
  }
  return new Map([...larger(plus(running, sidecars), peak)].map(([name, amount]) => [name, formatQuantity(amount)]))
}

type Amounts = ReadonlyMap<string, Quantity>

function amountsOf(container: Json): Amounts {
  if (!isJsonObject(container)) return new Map()
  const amounts = Object.entries(objectAt(objectAt(container, 'resources'), 'requests'))
  return new Map(
    amounts.flatMap(([name, text]) => {
      const amount = typeof text === 'string' ? parseQuantity(text) : undefined
      return amount === undefined ? [] : [[name, amount] as const]
    }),
  )
}

const plus = (a: Amounts, b: Amounts): Amounts => merged(a, b, addQuantities)
const larger = (a: Amounts, b: Amounts): Amounts => merged(a, b, (x, y) => (compareQuantities(x, y) < 0 ? y : x))

function merged(a: Amounts, b: Amounts, merge: (x: Quantity, y: Quantity) => Quantity): Amounts {
  const out = new Map(a)
  for (const [name, amount] of b) {
    const known = out.get(name)
    out.set(name, known === undefined ? amount : merge(known, amount))
  }
  return out
}

/** In the network of the host a port of the container is the host's. */
const publishPorts: Defaulter = (container) => {
  each(container, 'ports', (port) => {
    if (typeof port['containerPort'] === 'number') setEmpty(port, 'hostPort', port['containerPort'])
  })
}
