import { compareText } from '../../core/go-format.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, valueAt } from '../../core/json.ts'
import { formatQuantity, parseQuantity } from '../../kube/quantity.ts'
import { ageOf } from './human-duration.ts'

/** What stands at a path of keys, `spec.template.metadata`. */
export const at = (object: JsonObject, path: string): Json | undefined => valueAt(object, path.split('.'))

/** The value as text; '' where there is none. */
export function text(object: JsonObject, path: string): string {
  const value = at(object, path) ?? ''
  return typeof value === 'object' ? '' : String(value)
}

export function number(object: JsonObject, path: string): number {
  const value = at(object, path)
  return typeof value === 'number' ? value : 0
}

/** A number, or `<none>` where the field is not set. */
export function numberOrNone(object: JsonObject, path: string): Json {
  const value = at(object, path)
  return typeof value === 'number' ? value : '<none>'
}

export function objects(object: JsonObject, path: string): readonly JsonObject[] {
  const value = at(object, path)
  return isJsonArray(value) ? value.filter(isJsonObject) : []
}

export function strings(object: JsonObject, path: string): readonly string[] {
  const value = at(object, path)
  return isJsonArray(value) ? value.filter((one) => typeof one === 'string') : []
}

export function map(object: JsonObject, path: string): JsonObject {
  const value = at(object, path)
  return isJsonObject(value) ? value : {}
}

export const has = (object: JsonObject, path: string): boolean => (at(object, path) ?? null) !== null
export const isTrue = (object: JsonObject, path: string): boolean => at(object, path) === true
export const keysOf = (object: JsonObject, path: string): number => Object.keys(map(object, path)).length

export const orNone = (value: string): string => (value === '' ? '<none>' : value)
export const orUnset = (value: string): string => (value === '' ? '<unset>' : value)
export const orUnknown = (value: string): string => (value === '' ? '<unknown>' : value)

/** A quantity in its canonical form: `1.5Gi` is shown as `1536Mi`. */
export function quantity(object: JsonObject, key: string): string {
  const written =
    typeof object[key] === 'number' ? String(object[key]) : text({ value: Object.hasOwn(object, key) ? (object[key] ?? '') : '' }, 'value')
  const parsed = parseQuantity(written)
  return parsed === undefined ? written : formatQuantity(parsed)
}

/** The condition of a type, where the object has it. */
export const conditionOf = (object: JsonObject, type: string, path = 'status.conditions'): JsonObject | undefined =>
  objects(object, path).find((one) => one['type'] === type)
export const isConditionTrue = (object: JsonObject, type: string): boolean => conditionOf(object, type)?.['status'] === 'True'

export const ageCell = (object: JsonObject, now: Date): string => ageOf(text(object, 'metadata.creationTimestamp'), now)

/** At most three, and how many more there are. */
export function firstThree(all: readonly string[]): string {
  const most = 3
  const shown = all.slice(0, most).join(',')
  return all.length > most ? `${shown} + ${all.length - most} more...` : shown
}

export const sortedSet = (all: readonly string[]): readonly string[] => [...new Set(all)].sort(compareText)

/** The addresses of a load balancer: IPs, or host names of those that have none. */
export function loadBalancerAddresses(object: JsonObject): readonly string[] {
  const ingress = objects(object, 'status.loadBalancer.ingress')
  return sortedSet(ingress.map((one) => text(one, 'ip') || text(one, 'hostname')).filter((address) => address !== ''))
}

const shortModes: readonly (readonly [string, string])[] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
]

/** Access modes of a volume in Kubernetes' own order, each once. */
export function accessModes(object: JsonObject, path: string): string {
  const all = strings(object, path)
  return shortModes
    .filter(([mode]) => all.includes(mode))
    .map(([, short]) => short)
    .join(',')
}

/** Names and images of the containers of a pod's spec. */
export function containersOf(object: JsonObject, path = 'spec.template.spec'): readonly [string, string] {
  const containers = objects(object, `${path}.containers`)
  return [containers.map((one) => text(one, 'name')).join(','), containers.map((one) => text(one, 'image')).join(',')]
}
