import { objectAt } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf } from '../../kube/object.ts'
import type { Quantity } from '../../kube/quantity.ts'
import { addQuantities, compareQuantities, formatQuantity, isZeroQuantity, parseQuantity } from '../../kube/quantity.ts'
import type { Status } from '../../kube/status.ts'
import { forbiddenStatus } from '../../kube/status.ts'
import type { AdmissionAttributes } from '../registry/operation.ts'
import type { ServedType } from '../served-type.ts'
import type { Store } from '../storage/store.ts'

const zero = parseQuantity('0') as Quantity
const one = parseQuantity('1') as Quantity

const counted = new Set(['pods', 'services', 'secrets', 'configmaps', 'replicationcontrollers', 'resourcequotas', 'persistentvolumeclaims'])

/** How much of a quota's resource one object takes. */
export function usageOf(type: Pick<ServedType, 'group' | 'resource'>, object: KubeObject, resource: string): Quantity {
  const countName = type.group === '' ? `count/${type.resource}` : `count/${type.resource}.${type.group}`
  if (resource === countName || (type.group === '' && counted.has(type.resource) && resource === type.resource)) return one
  if (type.group !== '' || type.resource !== 'pods') return zero
  const [kind, name] = resource.startsWith('limits.')
    ? ['limits', resource.slice('limits.'.length)]
    : ['requests', resource.startsWith('requests.') ? resource.slice('requests.'.length) : resource]
  if (name !== 'cpu' && name !== 'memory' && name !== 'ephemeral-storage') return zero
  return containersOf(object).reduce((sum, container) => {
    const amount = ownValue(objectAt(objectAt(container, 'resources'), kind), name)
    const quantity = amount === undefined ? undefined : parseQuantity(String(amount))
    return quantity === undefined ? sum : addQuantities(sum, quantity)
  }, zero)
}

const containersOf = (pod: KubeObject): readonly JsonObject[] => {
  const value = ownValue(objectAt(pod, 'spec'), 'containers')
  return isJsonArray(value) ? value.filter(isJsonObject) : []
}

const isOver = (pod: KubeObject): boolean => ['Succeeded', 'Failed'].includes(String(objectAt(pod, 'status')['phase']))

/** The last check of a creation: what the namespace's ResourceQuotas still allow. */
export function whyOverQuota({ type, operation, subresource, namespace, object }: AdmissionAttributes, store: Store): Status | undefined {
  if (operation !== 'CREATE' || subresource !== '' || object === undefined || !type.namespaced) return undefined
  for (const quota of store.list({ group: '', resource: 'resourcequotas' }, namespace)) {
    const hard = objectAt(objectAt(quota, 'spec'), 'hard')
    const over: { readonly name: string; readonly requested: Quantity; readonly used: Quantity; readonly limited: string }[] = []
    for (const [name, value] of Object.entries(hard)) {
      const requested = usageOf(type, object, name)
      const most = parseQuantity(String(value))
      if (most === undefined || isZeroQuantity(requested)) continue
      const present = store.list(type.storage, namespace).filter((other) => type.resource !== 'pods' || !isOver(other))
      const used = present.reduce((sum, other) => addQuantities(sum, usageOf(type, other, name)), zero)
      if (compareQuantities(addQuantities(used, requested), most) === 1) over.push({ name, requested, used, limited: String(value) })
    }
    if (over.length === 0) continue
    const list = (pick: (item: (typeof over)[number]) => string): string => over.map((item) => `${item.name}=${pick(item)}`).join(',')
    const detail = `exceeded quota: ${nameOf(quota)}, requested: ${list(({ requested }) => formatQuantity(requested))}, used: ${list(({ used }) => formatQuantity(used))}, limited: ${list(({ limited }) => limited)}`
    return forbiddenStatus({ group: type.group, resource: type.resource }, nameOf(object), detail)
  }
  return undefined
}
