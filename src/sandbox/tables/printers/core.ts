import { compareText } from '../../../core/go-format.ts'
import type { JsonObject } from '../../../core/json.ts'
import { nameOf } from '../../../kube/object.ts'
import { ageCell, conditionOf, keysOf, map, objects, orNone, orUnknown, quantity, sortedSet, text } from '../text.ts'
import { eventCells } from './events.ts'
import type { Printers } from './printer.ts'

function nodeStatus(node: JsonObject): string {
  const ready = conditionOf(node, 'Ready')
  const word = ready === undefined ? 'Unknown' : ready['status'] === 'True' ? 'Ready' : 'NotReady'
  return map(node, 'spec')['unschedulable'] === true ? `${word},SchedulingDisabled` : word
}

const rolePrefix = 'node-role.kubernetes.io/'

function nodeRoles(node: JsonObject): string {
  const roles = Object.entries(map(node, 'metadata.labels')).flatMap(([key, value]) => {
    if (key.startsWith(rolePrefix)) return [key.slice(rolePrefix.length)]
    return key === 'kubernetes.io/role' && typeof value === 'string' ? [value] : []
  })
  return orNone(sortedSet(roles.filter((role) => role !== '')).join(','))
}

const nodeAddress = (node: JsonObject, type: string): string =>
  orNone(text(objects(node, 'status.addresses').find((one) => one['type'] === type) ?? {}, 'address'))

/** `pods: 1/10, …` for limits or for everything else, in the order of the names. */
function quotaText(quota: JsonObject, isLimit: boolean): string {
  const [hard, used] = [map(quota, 'status.hard'), map(quota, 'status.used')]
  return Object.keys(hard)
    .filter((name) => name.startsWith('limits') === isLimit)
    .sort(compareText)
    .map((name) => `${name}: ${quantity(used, name) || '0'}/${quantity(hard, name)}`)
    .join(', ')
}

/** Resources of the core group that run nothing. */
export const corePrinters: Printers = {
  '/componentstatuses': (object) => {
    const healthy = conditionOf(object, 'Healthy', 'conditions')
    const word = healthy === undefined ? 'Unknown' : healthy['status'] === 'True' ? 'Healthy' : 'Unhealthy'
    return [nameOf(object), word, text(healthy ?? {}, 'message'), text(healthy ?? {}, 'error')]
  },
  '/configmaps': (object, now) => [nameOf(object), keysOf(object, 'data') + keysOf(object, 'binaryData'), ageCell(object, now)],
  '/events': eventCells,
  'events.k8s.io/events': eventCells,
  '/namespaces': (object, now) => [nameOf(object), text(object, 'status.phase'), ageCell(object, now)],
  '/nodes': (object, now) => [
    nameOf(object),
    nodeStatus(object),
    nodeRoles(object),
    ageCell(object, now),
    text(object, 'status.nodeInfo.kubeletVersion'),
    nodeAddress(object, 'InternalIP'),
    nodeAddress(object, 'ExternalIP'),
    orUnknown(text(object, 'status.nodeInfo.osImage')),
    orUnknown(text(object, 'status.nodeInfo.kernelVersion')),
    orUnknown(text(object, 'status.nodeInfo.containerRuntimeVersion')),
  ],
  '/resourcequotas': (object, now) => [nameOf(object), quotaText(object, false), quotaText(object, true), ageCell(object, now)],
  '/secrets': (object, now) => [nameOf(object), text(object, 'type'), keysOf(object, 'data'), ageCell(object, now)],
  '/serviceaccounts': (object, now) => [nameOf(object), ageCell(object, now)],
}
