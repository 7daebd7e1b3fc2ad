import type { Json, JsonObject } from '../../../core/json.ts'
import { isJsonObject } from '../../../core/json.ts'
import { nameOf } from '../../../kube/object.ts'
import { humanDuration } from '../human-duration.ts'
import { selectorStruct } from '../selector-text.ts'
import { ageCell, at, conditionOf, has, isTrue, map, number, numberOrNone, objects, orNone, text } from '../text.ts'
import { autoscalerCells } from './autoscaler.ts'
import type { Printer, Printers } from './printer.ts'

const onlyAge: Printer = (object, now) => [nameOf(object), ageCell(object, now)]

const subjects = (binding: JsonObject, kind: string): string =>
  objects(binding, 'subjects')
    .filter((one) => one['kind'] === kind)
    .map((one) => (kind === 'ServiceAccount' ? `${text(one, 'namespace')}/${text(one, 'name')}` : text(one, 'name')))
    .join(', ')

const roleBinding: Printer = (binding, now) => [
  nameOf(binding),
  `${text(binding, 'roleRef.kind')}/${text(binding, 'roleRef.name')}`,
  ageCell(binding, now),
  subjects(binding, 'User'),
  subjects(binding, 'Group'),
  subjects(binding, 'ServiceAccount'),
]

const webhooks: Printer = (object, now) => [nameOf(object), objects(object, 'webhooks').length, ageCell(object, now)]

const policy =
  (rules: string): Printer =>
  (object, now) => {
    const kind = at(object, 'spec.paramKind')
    return [
      nameOf(object),
      objects(object, rules).length,
      isJsonObject(kind) ? `${text(kind, 'apiVersion')}/${text(kind, 'kind')}` : '<unset>',
      ageCell(object, now),
    ]
  }

function parameterText(binding: JsonObject): string {
  const ref = at(binding, 'spec.paramRef')
  if (!isJsonObject(ref)) return '<unset>'
  const name = text(ref, 'name')
  if (name !== '') return `${text(ref, 'namespace') || '*'}/${name}`
  return isJsonObject(ref['selector']) ? selectorStruct(ref['selector']) : '<unset>'
}

const policyBinding: Printer = (object, now) => [
  nameOf(object),
  text(object, 'spec.policyName'),
  parameterText(object),
  ageCell(object, now),
]

/** `Pending`, `Approved,Issued`, `Denied` … */
function requestCondition(request: JsonObject): string {
  const has = (type: string): boolean => conditionOf(request, type) !== undefined
  const word = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending'
  return `${word}${has('Failed') ? ',Failed' : ''}${text(request, 'status.certificate') === '' ? '' : ',Issued'}`
}

function availability(service: JsonObject): string {
  const available = conditionOf(service, 'Available')
  if (available === undefined) return 'Unknown'
  const [status, reason] = [text(available, 'status'), text(available, 'reason')]
  return status === 'True' || reason === '' ? status : `${status} (${reason})`
}

function claimState(claim: JsonObject): string {
  const states = [
    ...(has(claim, 'metadata.deletionTimestamp') ? ['deleted'] : []),
    ...(has(claim, 'status.allocation') ? ['allocated'] : []),
  ]
  return states.length === 0 ? 'pending' : states.join(',')
}

const queuing = (level: JsonObject, key: string): Json => numberOrNone(level, `spec.limited.limitResponse.queuing.${key}`)

/** Resources that say something about the cluster itself. */
export const otherPrinters: Printers = {
  'apiregistration.k8s.io/apiservices': (object, now) => {
    const service = map(object, 'spec.service')
    const local = Object.keys(service).length === 0
    return [
      nameOf(object),
      local ? 'Local' : `${text(service, 'namespace')}/${text(service, 'name')}`,
      availability(object),
      ageCell(object, now),
    ]
  },
  'autoscaling/horizontalpodautoscalers': autoscalerCells,
  'certificates.k8s.io/certificatesigningrequests': (object, now) => [
    nameOf(object),
    ageCell(object, now),
    orNone(text(object, 'spec.signerName')),
    text(object, 'spec.username'),
    has(object, 'spec.expirationSeconds') ? humanDuration(number(object, 'spec.expirationSeconds') * 1000) : '<none>',
    requestCondition(object),
  ],
  'policy/poddisruptionbudgets': (object, now) => [
    nameOf(object),
    text(object, 'spec.minAvailable') || 'N/A',
    text(object, 'spec.maxUnavailable') || 'N/A',
    number(object, 'status.disruptionsAllowed'),
    ageCell(object, now),
  ],
  'rbac.authorization.k8s.io/clusterrolebindings': roleBinding,
  'rbac.authorization.k8s.io/rolebindings': roleBinding,
  'admissionregistration.k8s.io/mutatingadmissionpolicies': policy('spec.mutations'),
  'admissionregistration.k8s.io/validatingadmissionpolicies': policy('spec.validations'),
  'admissionregistration.k8s.io/mutatingadmissionpolicybindings': policyBinding,
  'admissionregistration.k8s.io/validatingadmissionpolicybindings': policyBinding,
  'admissionregistration.k8s.io/mutatingwebhookconfigurations': webhooks,
  'admissionregistration.k8s.io/validatingwebhookconfigurations': webhooks,
  'scheduling.k8s.io/priorityclasses': (object, now) => [
    nameOf(object),
    number(object, 'value'),
    isTrue(object, 'globalDefault'),
    ageCell(object, now),
    text(object, 'preemptionPolicy'),
  ],
  'coordination.k8s.io/leases': (object, now) => [nameOf(object), text(object, 'spec.holderIdentity'), ageCell(object, now)],
  'node.k8s.io/runtimeclasses': (object, now) => [nameOf(object), text(object, 'handler'), ageCell(object, now)],
  'resource.k8s.io/deviceclasses': onlyAge,
  'resource.k8s.io/resourceclaims': (object, now) => [nameOf(object), claimState(object), ageCell(object, now)],
  'resource.k8s.io/resourceclaimtemplates': onlyAge,
  'resource.k8s.io/resourceslices': (object, now) => [
    nameOf(object),
    text(object, 'spec.nodeName'),
    text(object, 'spec.driver'),
    text(object, 'spec.pool.name'),
    ageCell(object, now),
  ],
  'flowcontrol.apiserver.k8s.io/flowschemas': (object, now) => [
    nameOf(object),
    orNone(text(object, 'spec.priorityLevelConfiguration.name')),
    number(object, 'spec.matchingPrecedence'),
    orNone(text(object, 'spec.distinguisherMethod.type')),
    ageCell(object, now),
    text(conditionOf(object, 'Dangling') ?? {}, 'status') || '?',
  ],
  'flowcontrol.apiserver.k8s.io/prioritylevelconfigurations': (object, now) => [
    nameOf(object),
    text(object, 'spec.type'),
    numberOrNone(object, 'spec.limited.nominalConcurrencyShares'),
    queuing(object, 'queues'),
    queuing(object, 'handSize'),
    queuing(object, 'queueLengthLimit'),
    ageCell(object, now),
  ],
}

/** Resources without cells of their own. */
export const nameAndCreation: Printer = (object) => [nameOf(object), text(object, 'metadata.creationTimestamp') || '0001-01-01T00:00:00Z']
