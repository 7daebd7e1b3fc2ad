import { listAt, objectAt, textAt } from '../../core/fields.ts'
import { setOwn } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Defaulter, Draft } from './draft.ts'
import { canonicalQuantities, each, inside, insideMade, isSet, setAbsent, setAll, setEmpty } from './draft.ts'
import { claimSpecDefaults, sourceDefaults } from './volumes.ts'

export const service: Defaulter = (object) =>
  insideMade(object, 'spec', (spec) => {
    setEmpty(spec, 'sessionAffinity', 'None')
    setEmpty(spec, 'type', 'ClusterIP')
    sessionAffinityDefaults(spec)
    each(spec, 'ports', (port) => {
      setEmpty(port, 'protocol', 'TCP')
      if (typeof port['port'] === 'number') setEmpty(port, 'targetPort', port['port'])
    })
    trafficDefaults(spec, textAt(spec, 'type'))
  })

function sessionAffinityDefaults(spec: Draft): void {
  if (spec['sessionAffinity'] === 'None') delete spec['sessionAffinityConfig']
  if (spec['sessionAffinity'] !== 'ClientIP') return
  insideMade(spec, 'sessionAffinityConfig', (config) =>
    insideMade(config, 'clientIP', (client) => setAbsent(client, 'timeoutSeconds', 10_800)),
  )
}

function trafficDefaults(spec: Draft, type: string): void {
  const isBalanced = type === 'LoadBalancer'
  const isReachable = isBalanced || type === 'NodePort' || (type === 'ClusterIP' && listAt(spec, 'externalIPs').length > 0)
  if (isReachable) setEmpty(spec, 'externalTrafficPolicy', 'Cluster')
  if (isBalanced || type === 'NodePort' || type === 'ClusterIP') setAbsent(spec, 'internalTrafficPolicy', 'Cluster')
  if (isBalanced) setAbsent(spec, 'allocateLoadBalancerNodePorts', true)
}

export const endpoints: Defaulter = (object) =>
  each(object, 'subsets', (subset) => each(subset, 'ports', (port) => setEmpty(port, 'protocol', 'TCP')))

export const endpointSlice: Defaulter = (object) => {
  each(object, 'endpoints', (endpoint) => setAbsent(endpoint, 'conditions', {}))
  each(object, 'ports', (port) => {
    setAbsent(port, 'name', '')
    setAbsent(port, 'protocol', 'TCP')
  })
}

export const secret: Defaulter = (object) => setEmpty(object, 'type', 'Opaque')

export const namespace: Defaulter = (object) => {
  const name = textAt(objectAt(object, 'metadata'), 'name')
  if (name !== '') insideMade(object, 'metadata', (metadata) => insideMade(metadata, 'labels', (labels) => (labels[nameLabel] = name)))
  setPhase(object, 'Active')
}

const nameLabel = 'kubernetes.io/metadata.name'

function setPhase(object: Draft, phase: string): void {
  insideMade(object, 'status', (status) => setEmpty(status, 'phase', phase))
}

export const persistentVolume: Defaulter = (object) => {
  insideMade(object, 'spec', (spec) => {
    canonicalQuantities(spec, 'capacity')
    sourceDefaults(spec)
    setEmpty(spec, 'persistentVolumeReclaimPolicy', 'Retain')
    setAbsent(spec, 'volumeMode', 'Filesystem')
  })
  setPhase(object, 'Pending')
}

export const persistentVolumeClaim: Defaulter = (object) => {
  insideMade(object, 'spec', (spec) => {
    claimSpecDefaults(spec)
    inside(spec, 'resources', (resources) => {
      canonicalQuantities(resources, 'limits')
      canonicalQuantities(resources, 'requests')
    })
  })
  setPhase(object, 'Pending')
}

/** What a node has it can also give to pods, unless it says otherwise. */
export const node: Defaulter = (object) =>
  inside(object, 'status', (status) => {
    canonicalQuantities(status, 'capacity')
    canonicalQuantities(status, 'allocatable')
    if (isSet(status, 'capacity')) setAbsent(status, 'allocatable', objectAt(status, 'capacity'))
  })

export const resourceQuota: Defaulter = (object) => {
  inside(object, 'spec', (spec) => canonicalQuantities(spec, 'hard'))
  inside(object, 'status', (status) => {
    canonicalQuantities(status, 'hard')
    canonicalQuantities(status, 'used')
  })
}

export const limitRange: Defaulter = (object) =>
  inside(object, 'spec', (spec) =>
    each(spec, 'limits', (limit) => {
      for (const key of ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio']) canonicalQuantities(limit, key)
      if (limit['type'] === 'Container') containerLimits(limit)
    }),
  )

/** A maximum is the default limit; a default limit, or else a minimum, is the default request. */
function containerLimits(limit: Draft): void {
  const filled = fill(objectAt(limit, 'default'), objectAt(limit, 'max'))
  const requests = fill(fill(objectAt(limit, 'defaultRequest'), filled), objectAt(limit, 'min'))
  if (Object.keys(filled).length > 0) limit['default'] = filled
  if (Object.keys(requests).length > 0) limit['defaultRequest'] = requests
}

function fill(amounts: JsonObject, others: JsonObject): JsonObject {
  const out: Draft = {}
  for (const source of [others, amounts]) for (const [name, amount] of Object.entries(source)) setOwn(out, name, amount)
  return out
}

export const networkPolicy: Defaulter = (object) =>
  inside(object, 'spec', (spec) => {
    for (const direction of ['ingress', 'egress'])
      each(spec, direction, (rule) => each(rule, 'ports', (port) => setAbsent(port, 'protocol', 'TCP')))
    if (listAt(spec, 'policyTypes').length > 0) return
    spec['policyTypes'] = listAt(spec, 'egress').length > 0 ? ['Ingress', 'Egress'] : ['Ingress']
  })

export const ingressClass: Defaulter = (object) =>
  inside(object, 'spec', (spec) => inside(spec, 'parameters', (parameters) => setAbsent(parameters, 'scope', 'Cluster')))

export const storageClass: Defaulter = (object) => setAll(object, setAbsent, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' })

export const csiDriver: Defaulter = (object) =>
  insideMade(object, 'spec', (spec) => {
    setAbsent(spec, 'attachRequired', true)
    for (const key of ['podInfoOnMount', 'storageCapacity', 'requiresRepublish', 'seLinuxMount']) setAbsent(spec, key, false)
    setAbsent(spec, 'fsGroupPolicy', 'ReadWriteOnceWithFSType')
    if (listAt(spec, 'volumeLifecycleModes').length === 0) spec['volumeLifecycleModes'] = ['Persistent']
  })

export const priorityClass: Defaulter = (object) => setAbsent(object, 'preemptionPolicy', 'PreemptLowerPriority')

const deviceRequest: Defaulter = (request) => {
  setEmpty(request, 'allocationMode', 'ExactCount')
  if (request['allocationMode'] === 'ExactCount') setEmpty(request, 'count', 1)
  each(request, 'tolerations', (toleration) => setEmpty(toleration, 'operator', 'Equal'))
}

const claimDevices: Defaulter = (spec) =>
  inside(spec, 'devices', (devices) =>
    each(devices, 'requests', (request) => {
      inside(request, 'exactly', deviceRequest)
      each(request, 'firstAvailable', deviceRequest)
    }),
  )

export const resourceClaim: Defaulter = (object) => inside(object, 'spec', claimDevices)
export const resourceClaimTemplate: Defaulter = (object) =>
  inside(object, 'spec', (template) => {
    setAbsent(template, 'metadata', {})
    inside(template, 'spec', claimDevices)
  })
