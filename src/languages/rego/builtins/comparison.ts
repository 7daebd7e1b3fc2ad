import type { RegoValue } from '../values/value.ts'
import { compareValues, equalValues, isArray, isSet, objectEntries, objectGet, isObject } from '../values/value.ts'
import type { Builtin, InfixOperator } from './contract.ts'
import { builtin, type } from './operands.ts'

const two = [type.any, type.any] as const

const comparison = (name: string, infix: InfixOperator, holds: (a: RegoValue, b: RegoValue) => boolean): Builtin => ({
  ...builtin(name, two, type.boolean, ([a = null, b = null]) => holds(a, b)),
  infix,
})

/** Whether the value is an element of an array or set, or a value of an object. */
export function isMember(value: RegoValue, container: RegoValue): boolean {
  if (isSet(container)) return container.has(value)
  if (isArray(container)) return container.some((item) => equalValues(item, value))
  return isObject(container) && objectEntries(container).some(([, item]) => equalValues(item, value))
}

/** Whether the container has the value at the key; the key of a set's element is the element. */
export function isMemberAt(key: RegoValue, value: RegoValue, container: RegoValue): boolean {
  if (isSet(container)) return equalValues(key, value) && container.has(value)
  const found = isArray(container) ? itemAt(container, key) : isObject(container) ? objectGet(container, key) : undefined
  return found !== undefined && equalValues(found, value)
}

const itemAt = (items: readonly RegoValue[], key: RegoValue): RegoValue | undefined => items.find((_, at) => equalValues(at, key))

export const comparisonBuiltins: readonly Builtin[] = [
  comparison('equal', '==', equalValues),
  comparison('neq', '!=', (a, b) => !equalValues(a, b)),
  comparison('lt', '<', (a, b) => compareValues(a, b) < 0),
  comparison('lte', '<=', (a, b) => compareValues(a, b) <= 0),
  comparison('gt', '>', (a, b) => compareValues(a, b) > 0),
  comparison('gte', '>=', (a, b) => compareValues(a, b) >= 0),
  // Without variables to bind, both only compare.
  comparison('eq', '=', equalValues),
  comparison('assign', ':=', equalValues),
  { ...builtin('internal.member_2', two, type.boolean, ([value = null, container = null]) => isMember(value, container)), infix: 'in' },
  {
    ...builtin('internal.member_3', [...two, type.any], type.boolean, ([key = null, value = null, container = null]) =>
      isMemberAt(key, value, container),
    ),
    infix: 'in',
  },
]
