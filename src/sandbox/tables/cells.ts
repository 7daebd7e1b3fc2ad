import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { containerImages, containerNames, podCells } from './pods.ts'
import {
  ageOf,
  at,
  joined,
  keysOf,
  labelText,
  map,
  number,
  objects,
  orNone,
  orUnset,
  selectorAt,
  shortDuration,
  strings,
  text,
} from './text.ts'

/** Columns as `Name|Other|Wide*`, `:int` and the like for types, and the cells after the name. */
export interface Printer {
  readonly columns: string
  readonly cells: (object: JsonObject, now: Date) => readonly Json[]
}

const age = (object: JsonObject, now: Date): string => ageOf(text(object, 'metadata.creationTimestamp'), now)
const template = (object: JsonObject, path = 'spec.template.spec'): readonly [string, string] => {
  const spec = map(object, path)
  return [containerNames(spec), containerImages(spec)]
}
const plain = (columns: string, cells: Printer['cells']): Printer => ({ columns, cells })
const onlyAge = plain('Age', (object, now) => [age(object, now)])
const createdAt = plain('Created At:date', (object) => [text(object, 'metadata.creationTimestamp')])

function servicePorts(service: JsonObject): string {
  return joined(
    objects(service, 'spec.ports').map((port) => {
      const node = number(port, 'nodePort')
      return `${number(port, 'port')}${node === 0 ? '' : `:${node}`}/${text(port, 'protocol')}`
    }),
  )
}

function externalAddress(service: JsonObject): string {
  const ips = strings(service, 'spec.externalIPs')
  const ingress = objects(service, 'status.loadBalancer.ingress').map((one) => text(one, 'ip') || text(one, 'hostname'))
  switch (text(service, 'spec.type')) {
    case 'LoadBalancer':
      return [...ingress, ...ips].join(',') || '<pending>'
    case 'ExternalName':
      return text(service, 'spec.externalName')
    default:
      return joined(ips)
  }
}

function nodeStatus(node: JsonObject): string {
  const ready = objects(node, 'status.conditions').find((one) => one['type'] === 'Ready')
  const word = ready === undefined ? 'Unknown' : ready['status'] === 'True' ? 'Ready' : 'NotReady'
  return at(node, 'spec.unschedulable') === true ? `${word},SchedulingDisabled` : word
}

function nodeRoles(node: JsonObject): string {
  const prefix = 'node-role.kubernetes.io/'
  const roles = Object.entries(map(node, 'metadata.labels')).flatMap(([key, value]) =>
    key.startsWith(prefix) ? [key.slice(prefix.length)] : key === 'kubernetes.io/role' ? [String(value)] : [],
  )
  return joined(roles.filter((role) => role !== '').sort((a, b) => (a < b ? -1 : 1)))
}

const nodeAddress = (node: JsonObject, type: string): string =>
  orNone(text(objects(node, 'status.addresses').find((one) => one['type'] === type) ?? {}, 'address'))
const orUnknown = (value: string): string => (value === '' ? '<unknown>' : value)

const accessModes: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
}
const modes = (object: JsonObject, path: string): string =>
  strings(object, path)
    .map((mode) => accessModes[mode] ?? mode)
    .join(',')

const subjects = (binding: JsonObject, kind: string): string =>
  objects(binding, 'subjects')
    .filter((one) => one['kind'] === kind)
    .map((one) => (kind === 'ServiceAccount' ? `${text(one, 'namespace')}/${text(one, 'name')}` : text(one, 'name')))
    .join(', ')

const bindings = plain('Role|Age|Users*|Groups*|ServiceAccounts*', (binding, now) => [
  `${text(binding, 'roleRef.kind')}/${text(binding, 'roleRef.name')}`,
  age(binding, now),
  subjects(binding, 'User'),
  subjects(binding, 'Group'),
  subjects(binding, 'ServiceAccount'),
])

function endpointsText(endpoints: JsonObject): string {
  const most = 3
  const all = objects(endpoints, 'subsets').flatMap((subset) => {
    const ports = objects(subset, 'ports')
    const addresses = objects(subset, 'addresses').map((one) => text(one, 'ip'))
    return ports.length === 0 ? addresses : ports.flatMap((port) => addresses.map((ip) => `${ip}:${number(port, 'port')}`))
  })
  if (all.length === 0) return '<none>'
  return all.length > most ? `${all.slice(0, most).join(',')} + ${all.length - most} more...` : all.join(',')
}

function eventCells(event: JsonObject, now: Date): readonly Json[] {
  const object = map(event, 'involvedObject')
  const first = text(event, 'firstTimestamp') || text(event, 'eventTime')
  const last = text(event, 'series.lastObservedTime') || text(event, 'lastTimestamp') || text(event, 'eventTime')
  const component = text(event, 'source.component') || text(event, 'reportingComponent')
  const host = text(event, 'source.host') || text(event, 'reportingInstance')
  return [
    orUnknown(ageOf(last, now)),
    text(event, 'type'),
    text(event, 'reason'),
    `${text(object, 'kind').toLowerCase()}/${text(object, 'name')}`,
    text(object, 'fieldPath'),
    host === '' ? component : `${component}, ${host}`,
    text(event, 'message').trim(),
    ageOf(first, now),
    String(number(event, 'series.count') || number(event, 'count') || 1),
    text(event, 'metadata.name'),
  ]
}

function jobStatus(job: JsonObject): string {
  const has = (type: string): boolean => objects(job, 'status.conditions').some((one) => one['type'] === type && one['status'] === 'True')
  if (has('Complete')) return 'Complete'
  if (has('Failed')) return 'Failed'
  if (text(job, 'metadata.deletionTimestamp') !== '') return 'Terminating'
  if (has('Suspended')) return 'Suspended'
  if (has('FailureTarget')) return 'FailureTarget'
  return has('SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running'
}

function jobCompletions(job: JsonObject): string {
  const wanted = at(job, 'spec.completions')
  const done = number(job, 'status.succeeded')
  if (typeof wanted === 'number') return `${done}/${wanted}`
  const parallel = number(job, 'spec.parallelism')
  return parallel > 1 ? `${done}/1 of ${parallel}` : `${done}/1`
}

function jobDuration(job: JsonObject, now: Date): string {
  const start = Date.parse(text(job, 'status.startTime'))
  if (Number.isNaN(start)) return ''
  const end = Date.parse(text(job, 'status.completionTime'))
  return shortDuration((Number.isNaN(end) ? now.getTime() : end) - start)
}

function quotaText(quota: JsonObject, limits: boolean): string {
  const hard = map(quota, 'status.hard')
  const all = Object.keys(Object.keys(hard).length === 0 ? map(quota, 'spec.hard') : hard).sort((a, b) => (a < b ? -1 : 1))
  return all
    .filter((name) => name.startsWith('limits.') === limits)
    .map((name) => `${name}: ${String(map(quota, 'status.used')[name] ?? '0')}/${String(hard[name] ?? map(quota, 'spec.hard')[name])}`)
    .join(', ')
}

const ingressHosts = (ingress: JsonObject): string => {
  const hosts = objects(ingress, 'spec.rules')
    .map((rule) => text(rule, 'host'))
    .filter((host) => host !== '')
  if (hosts.length === 0) return '*'
  return hosts.length > 3 ? `${hosts.slice(0, 3).join(',')} + ${hosts.length - 3} more...` : hosts.join(',')
}

function metricTarget(metric: JsonObject, current: JsonObject | undefined): string {
  const resource = map(metric, 'resource')
  const name = text(resource, 'name')
  const wanted = at(resource, 'target.averageUtilization')
  const now = current === undefined ? undefined : at(current, 'resource.current.averageUtilization')
  const seen = typeof now === 'number' ? `${now}%` : '<unknown>'
  const shown = typeof wanted === 'number' ? `${wanted}%` : text(resource, 'target.averageValue') || text(resource, 'target.value')
  return metric['type'] === 'Resource' ? `${name}: ${seen}/${shown}` : `<unknown>/${shown}`
}

function autoscalerTargets(autoscaler: JsonObject): string {
  const metrics = objects(autoscaler, 'spec.metrics')
  const current = objects(autoscaler, 'status.currentMetrics')
  return metrics.length === 0 ? '<none>' : metrics.map((metric, i) => metricTarget(metric, current[i])).join(', ')
}

const kindOfParam = (object: JsonObject): string => {
  const kind = at(object, 'spec.paramKind')
  return isJsonObject(kind) ? `${text(kind, 'apiVersion')}/${text(kind, 'kind')}` : '<unset>'
}
const paramRef = (object: JsonObject): string => {
  const ref = at(object, 'spec.paramRef')
  if (!isJsonObject(ref)) return '<unset>'
  return text(ref, 'name') === '' ? '*' : `${text(ref, 'namespace') === '' ? '*' : text(ref, 'namespace')}/${text(ref, 'name')}`
}
const webhooks = plain('Webhooks:integer|Age', (object, now) => [objects(object, 'webhooks').length, age(object, now)])
const policyBindings = plain('PolicyName|ParamRef|Age', (object, now) => [
  text(object, 'spec.policyName'),
  paramRef(object),
  age(object, now),
])
const replicas = plain('Desired:integer|Current:integer|Ready:integer|Age|Containers*|Images*|Selector*', (object, now) => [
  number(object, 'spec.replicas'),
  number(object, 'status.replicas'),
  number(object, 'status.readyReplicas'),
  age(object, now),
  ...template(object),
  selectorAt(object, 'spec.selector'),
])

function csrCondition(csr: JsonObject): string {
  const conditions = objects(csr, 'status.conditions').map((one) => text(one, 'type'))
  const word = conditions.includes('Denied') ? 'Denied' : conditions.includes('Approved') ? 'Approved' : 'Pending'
  const failed = conditions.includes('Failed') ? ',Failed' : ''
  return `${word}${failed}${text(csr, 'status.certificate') === '' ? '' : ',Issued'}`
}

/** By group and resource. Kinds that are not here show their name and when they were made. */
export const printers: Readonly<Record<string, Printer>> = {
  '/pods': plain('Ready|Status|Restarts|Age|IP*|Node*|Nominated Node*|Readiness Gates*', (pod, now) => podCells(pod, now, age(pod, now))),
  '/podtemplates': plain('Containers|Images|Pod Labels', (object) => [
    ...template(object, 'template.spec'),
    labelText(map(object, 'template.metadata.labels')),
  ]),
  '/configmaps': plain('Data|Age', (object, now) => [String(keysOf(object, 'data') + keysOf(object, 'binaryData')), age(object, now)]),
  '/secrets': plain('Type|Data|Age', (object, now) => [text(object, 'type'), String(keysOf(object, 'data')), age(object, now)]),
  '/endpoints': plain('Endpoints|Age', (object, now) => [endpointsText(object), age(object, now)]),
  '/events': plain('Last Seen|Type|Reason|Object|Subobject*|Source*|Message|First Seen*|Count*|Name:name*', eventCells),
  '/limitranges': createdAt,
  '/namespaces': plain('Status|Age', (object, now) => [text(object, 'status.phase'), age(object, now)]),
  '/nodes': plain('Status|Roles|Age|Version|Internal-IP*|External-IP*|OS-Image*|Kernel-Version*|Container-Runtime*', (node, now) => [
    nodeStatus(node),
    nodeRoles(node),
    age(node, now),
    text(node, 'status.nodeInfo.kubeletVersion'),
    nodeAddress(node, 'InternalIP'),
    nodeAddress(node, 'ExternalIP'),
    orUnknown(text(node, 'status.nodeInfo.osImage')),
    orUnknown(text(node, 'status.nodeInfo.kernelVersion')),
    orUnknown(text(node, 'status.nodeInfo.containerRuntimeVersion')),
  ]),
  '/persistentvolumeclaims': plain(
    'Status|Volume|Capacity|Access Modes|StorageClass|VolumeAttributesClass|Age|VolumeMode*',
    (claim, now) => [
      text(claim, 'metadata.deletionTimestamp') === '' ? text(claim, 'status.phase') : 'Terminating',
      text(claim, 'spec.volumeName'),
      text(claim, 'spec.volumeName') === '' ? '' : text(claim, 'status.capacity.storage'),
      text(claim, 'spec.volumeName') === '' ? '' : modes(claim, 'status.accessModes'),
      text(claim, 'spec.storageClassName'),
      orUnset(text(claim, 'spec.volumeAttributesClassName')),
      age(claim, now),
      orUnset(text(claim, 'spec.volumeMode')),
    ],
  ),
  '/persistentvolumes': plain(
    'Capacity|Access Modes|Reclaim Policy|Status|Claim|StorageClass|VolumeAttributesClass|Reason|Age|VolumeMode*',
    (volume, now) => [
      text(volume, 'spec.capacity.storage'),
      modes(volume, 'spec.accessModes'),
      text(volume, 'spec.persistentVolumeReclaimPolicy'),
      text(volume, 'metadata.deletionTimestamp') === '' ? text(volume, 'status.phase') : 'Terminating',
      isJsonObject(at(volume, 'spec.claimRef')) ? `${text(volume, 'spec.claimRef.namespace')}/${text(volume, 'spec.claimRef.name')}` : '',
      text(volume, 'spec.storageClassName'),
      orUnset(text(volume, 'spec.volumeAttributesClassName')),
      text(volume, 'status.reason'),
      age(volume, now),
      orUnset(text(volume, 'spec.volumeMode')),
    ],
  ),
  '/replicationcontrollers': plain('Desired:integer|Current:integer|Ready:integer|Age|Containers*|Images*|Selector*', (object, now) => [
    number(object, 'spec.replicas'),
    number(object, 'status.replicas'),
    number(object, 'status.readyReplicas'),
    age(object, now),
    ...template(object),
    labelText(map(object, 'spec.selector')),
  ]),
  '/resourcequotas': plain('Request|Limit|Age', (quota, now) => [quotaText(quota, false), quotaText(quota, true), age(quota, now)]),
  '/serviceaccounts': onlyAge,
  '/services': plain('Type|Cluster-IP|External-IP|Port(s)|Age|Selector*', (service, now) => [
    text(service, 'spec.type'),
    orNone(text(service, 'spec.clusterIP')),
    externalAddress(service),
    servicePorts(service),
    age(service, now),
    labelText(map(service, 'spec.selector')),
  ]),
  'apiregistration.k8s.io/apiservices': plain('Service|Available|Age', (object, now) => ['Local', 'True', age(object, now)]),
  'apps/controllerrevisions': plain('Controller|Revision|Age', (object, now) => {
    const owner = objects(object, 'metadata.ownerReferences').find((one) => one['controller'] === true)
    const group = owner === undefined ? '' : text(owner, 'apiVersion').split('/')[0]
    return [
      owner === undefined ? '<none>' : `${text(owner, 'kind').toLowerCase()}.${group}/${text(owner, 'name')}`,
      String(number(object, 'revision')),
      age(object, now),
    ]
  }),
  'apps/daemonsets': plain(
    'Desired:integer|Current:integer|Ready:integer|Up-to-date:integer|Available:integer|Node Selector|Age|Containers*|Images*|Selector*',
    (object, now) => [
      number(object, 'status.desiredNumberScheduled'),
      number(object, 'status.currentNumberScheduled'),
      number(object, 'status.numberReady'),
      number(object, 'status.updatedNumberScheduled'),
      number(object, 'status.numberAvailable'),
      labelText(map(object, 'spec.template.spec.nodeSelector')),
      age(object, now),
      ...template(object),
      selectorAt(object, 'spec.selector'),
    ],
  ),
  'apps/deployments': plain('Ready|Up-to-date|Available|Age|Containers*|Images*|Selector*', (object, now) => [
    `${number(object, 'status.readyReplicas')}/${number(object, 'spec.replicas')}`,
    number(object, 'status.updatedReplicas'),
    number(object, 'status.availableReplicas'),
    age(object, now),
    ...template(object),
    selectorAt(object, 'spec.selector'),
  ]),
  'apps/replicasets': replicas,
  'apps/statefulsets': plain('Ready|Age|Containers*|Images*', (object, now) => [
    `${number(object, 'status.readyReplicas')}/${number(object, 'spec.replicas')}`,
    age(object, now),
    ...template(object),
  ]),
  'autoscaling/horizontalpodautoscalers': plain('Reference|Targets|MinPods|MaxPods|Replicas|Age', (object, now) => [
    `${text(object, 'spec.scaleTargetRef.kind')}/${text(object, 'spec.scaleTargetRef.name')}`,
    autoscalerTargets(object),
    orUnset(text(object, 'spec.minReplicas')),
    String(number(object, 'spec.maxReplicas')),
    String(number(object, 'status.currentReplicas')),
    age(object, now),
  ]),
  'batch/cronjobs': plain(
    'Schedule|Timezone|Suspend:boolean|Active:integer|Last Schedule|Age|Containers*|Images*|Selector*',
    (object, now) => [
      text(object, 'spec.schedule'),
      orNone(text(object, 'spec.timeZone')),
      at(object, 'spec.suspend') === true ? 'True' : 'False',
      objects(object, 'status.active').length,
      text(object, 'status.lastScheduleTime') === '' ? '<none>' : ageOf(text(object, 'status.lastScheduleTime'), now),
      age(object, now),
      ...template(object, 'spec.jobTemplate.spec.template.spec'),
      selectorAt(object, 'spec.jobTemplate.spec.selector'),
    ],
  ),
  'batch/jobs': plain('Status|Completions|Duration|Age|Containers*|Images*|Selector*', (object, now) => [
    jobStatus(object),
    jobCompletions(object),
    jobDuration(object, now),
    age(object, now),
    ...template(object),
    selectorAt(object, 'spec.selector'),
  ]),
  'certificates.k8s.io/certificatesigningrequests': plain('Age|SignerName|Requestor|RequestedDuration|Condition', (csr, now) => [
    age(csr, now),
    orNone(text(csr, 'spec.signerName')),
    text(csr, 'spec.username'),
    text(csr, 'spec.expirationSeconds') === '' ? '<none>' : shortDuration(number(csr, 'spec.expirationSeconds') * 1000),
    csrCondition(csr),
  ]),
  'networking.k8s.io/ingressclasses': plain('Controller|Parameters|Age', (object, now) => [
    text(object, 'spec.controller'),
    isJsonObject(at(object, 'spec.parameters'))
      ? `${text(object, 'spec.parameters.kind')}${text(object, 'spec.parameters.apiGroup') === '' ? '' : `.${text(object, 'spec.parameters.apiGroup')}`}/${text(object, 'spec.parameters.name')}`
      : '<none>',
    age(object, now),
  ]),
  'networking.k8s.io/ingresses': plain('Class|Hosts|Address|Ports|Age', (object, now) => [
    orNone(text(object, 'spec.ingressClassName')),
    ingressHosts(object),
    objects(object, 'status.loadBalancer.ingress')
      .map((one) => text(one, 'ip') || text(one, 'hostname'))
      .join(','),
    objects(object, 'spec.tls').length > 0 ? '80, 443' : '80',
    age(object, now),
  ]),
  'networking.k8s.io/ipaddresses': plain('ParentRef', (object) => {
    const ref = map(object, 'spec.parentRef')
    return [[text(ref, 'resource'), text(ref, 'namespace'), text(ref, 'name')].filter((part) => part !== '').join('/')]
  }),
  'networking.k8s.io/networkpolicies': plain('Pod-Selector|Age', (object, now) => [
    selectorAt(object, 'spec.podSelector'),
    age(object, now),
  ]),
  'networking.k8s.io/servicecidrs': plain('CIDRs|Age', (object, now) => [strings(object, 'spec.cidrs').join(','), age(object, now)]),
  'policy/poddisruptionbudgets': plain('Min Available|Max Unavailable|Allowed Disruptions:integer|Age', (object, now) => [
    text(object, 'spec.minAvailable') || 'N/A',
    text(object, 'spec.maxUnavailable') || 'N/A',
    number(object, 'status.disruptionsAllowed'),
    age(object, now),
  ]),
  'rbac.authorization.k8s.io/clusterrolebindings': bindings,
  'rbac.authorization.k8s.io/rolebindings': bindings,
  'rbac.authorization.k8s.io/clusterroles': createdAt,
  'rbac.authorization.k8s.io/roles': createdAt,
  'storage.k8s.io/csidrivers': plain(
    'AttachRequired:boolean|PodInfoOnMount:boolean|StorageCapacity:boolean|TokenRequests|RequiresRepublish:boolean|Modes|Age',
    (object, now) => [
      at(object, 'spec.attachRequired') !== false,
      at(object, 'spec.podInfoOnMount') === true,
      at(object, 'spec.storageCapacity') === true,
      objects(object, 'spec.tokenRequests')
        .map((one) => text(one, 'audience'))
        .join(',') || '<unset>',
      at(object, 'spec.requiresRepublish') === true,
      joined(strings(object, 'spec.volumeLifecycleModes')),
      age(object, now),
    ],
  ),
  'storage.k8s.io/csinodes': plain('Drivers:integer|Age', (object, now) => [objects(object, 'spec.drivers').length, age(object, now)]),
  'storage.k8s.io/csistoragecapacities': createdAt,
  'storage.k8s.io/storageclasses': plain('Provisioner|ReclaimPolicy|VolumeBindingMode|AllowVolumeExpansion|Age', (object, now) => [
    text(object, 'provisioner'),
    text(object, 'reclaimPolicy') || 'Delete',
    text(object, 'volumeBindingMode') || 'Immediate',
    at(object, 'allowVolumeExpansion') === true,
    age(object, now),
  ]),
  'storage.k8s.io/volumeattachments': plain('Attacher|PV|Node|Attached:boolean|Age', (object, now) => [
    text(object, 'spec.attacher'),
    text(object, 'spec.source.persistentVolumeName'),
    text(object, 'spec.nodeName'),
    at(object, 'status.attached') === true,
    age(object, now),
  ]),
  'storage.k8s.io/volumeattributesclasses': plain('DriverName|Age', (object, now) => [text(object, 'driverName'), age(object, now)]),
  'admissionregistration.k8s.io/mutatingadmissionpolicies': plain('Mutations:integer|ParamKind|Age', (object, now) => [
    objects(object, 'spec.mutations').length,
    kindOfParam(object),
    age(object, now),
  ]),
  'admissionregistration.k8s.io/validatingadmissionpolicies': plain('Validations:integer|ParamKind|Age', (object, now) => [
    objects(object, 'spec.validations').length,
    kindOfParam(object),
    age(object, now),
  ]),
  'admissionregistration.k8s.io/mutatingadmissionpolicybindings': policyBindings,
  'admissionregistration.k8s.io/validatingadmissionpolicybindings': policyBindings,
  'admissionregistration.k8s.io/mutatingwebhookconfigurations': webhooks,
  'admissionregistration.k8s.io/validatingwebhookconfigurations': webhooks,
  'apiextensions.k8s.io/customresourcedefinitions': createdAt,
  'scheduling.k8s.io/priorityclasses': plain('Value:integer|Global-Default:boolean|Age|PreemptionPolicy', (object, now) => [
    number(object, 'value'),
    at(object, 'globalDefault') === true,
    age(object, now),
    text(object, 'preemptionPolicy'),
  ]),
  'coordination.k8s.io/leases': plain('Holder|Age', (object, now) => [text(object, 'spec.holderIdentity'), age(object, now)]),
  'node.k8s.io/runtimeclasses': plain('Handler|Age', (object, now) => [text(object, 'handler'), age(object, now)]),
  'discovery.k8s.io/endpointslices': plain('AddressType|Ports|Endpoints|Age', (object, now) => [
    text(object, 'addressType'),
    joined(objects(object, 'ports').map((port) => text(port, 'port'))).replace('<none>', '<unset>'),
    joined(objects(object, 'endpoints').flatMap((one) => strings(one, 'addresses'))).replace('<none>', '<unset>'),
    age(object, now),
  ]),
  'resource.k8s.io/deviceclasses': onlyAge,
  'resource.k8s.io/resourceclaims': plain('State|Age', (object, now) => [
    at(object, 'status.allocation') === undefined ? 'pending' : 'allocated',
    age(object, now),
  ]),
  'resource.k8s.io/resourceclaimtemplates': onlyAge,
  'resource.k8s.io/resourceslices': plain('Node|Driver|Pool|Age', (object, now) => [
    text(object, 'spec.nodeName'),
    text(object, 'spec.driver'),
    text(object, 'spec.pool.name'),
    age(object, now),
  ]),
  'flowcontrol.apiserver.k8s.io/flowschemas': plain('PriorityLevel|MatchingPrecedence|DistinguisherMethod|Age|MissingPL', (object, now) => [
    text(object, 'spec.priorityLevelConfiguration.name'),
    String(number(object, 'spec.matchingPrecedence')),
    orNone(text(object, 'spec.distinguisherMethod.type')),
    age(object, now),
    'False',
  ]),
  'flowcontrol.apiserver.k8s.io/prioritylevelconfigurations': plain(
    'Type|NominalConcurrencyShares|Queues|HandSize|QueueLengthLimit|Age',
    (object, now) => [
      text(object, 'spec.type'),
      text(object, 'spec.limited.nominalConcurrencyShares') || '<none>',
      text(object, 'spec.limited.limitResponse.queuing.queues') || '<none>',
      text(object, 'spec.limited.limitResponse.queuing.handSize') || '<none>',
      text(object, 'spec.limited.limitResponse.queuing.queueLengthLimit') || '<none>',
      age(object, now),
    ],
  ),
}

export const otherwise = createdAt
