import type { CelFunction, CelLibrary } from '../function.ts'
import { globalFunction, memberFunction, traversal } from '../function.ts'
import { add, celEqual, compare } from '../operators.ts'
import type { CelOutcome, CelValue } from '../values.ts'
import { CelDouble, CelDuration, CelError, CelUint, fromRaw, isCelList, itemAt, kindOf, typeNameOf } from '../values.ts'

type List = readonly CelValue[]

const comparable = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'] as const

const walk = (list: List): number => traversal(list.length)

/** One overload for each type of items, all with one implementation. */
function perType(
  name: string,
  types: readonly string[],
  returns: (type: string) => string,
  evaluate: (list: List) => CelOutcome,
): readonly CelFunction[] {
  return types.map((type) => memberFunction(name, [`list(${type})`], { returns: returns(type), evaluate, cost: walk }))
}

function isSorted(list: List): CelOutcome {
  for (let at = 1; at < list.length; at += 1) {
    const order = compare(itemAt(list, at - 1), itemAt(list, at))
    if (order === undefined) return new CelError('no such overload')
    if (order > 0) return false
  }
  return true
}

const isSummable = (value: CelValue): boolean =>
  typeof value === 'number' ||
  typeof value === 'bigint' ||
  value instanceof CelDouble ||
  value instanceof CelUint ||
  value instanceof CelDuration

function sum(list: List): CelOutcome {
  if (list.length === 0) return 0
  let total: CelOutcome = itemAt(list, 0)
  if (!isSummable(total)) return new CelError('no such overload: sum(list)')
  for (let at = 1; at < list.length && !(total instanceof CelError); at += 1) total = add(total, itemAt(list, at))
  return total
}

/** The zero of a type that has no items to tell it by. */
const sumOf =
  (zero: CelValue): ((list: List) => CelOutcome) =>
  (list) =>
    list.length === 0 ? zero : sum(list)

const extreme =
  (name: string, sign: 1 | -1) =>
  (list: List): CelOutcome => {
    if (list.length === 0) return new CelError(`${name} called on empty list`)
    let best = itemAt(list, 0)
    for (let at = 1; at < list.length; at += 1) {
      const item = itemAt(list, at)
      if ((compare(item, best) ?? 0) * sign > 0) best = item
    }
    return best
  }

function indexOf(list: List, item: CelValue): number {
  return list.findIndex((other) => celEqual(fromRaw(other), item))
}
function lastIndexOf(list: List, item: CelValue): number {
  return list.findLastIndex((other) => celEqual(fromRaw(other), item))
}

/** The list functions that Kubernetes adds. */
export const listLibrary: CelLibrary = {
  name: 'k8s.lists',
  functions: [
    ...perType('isSorted', comparable, () => 'bool', isSorted),
    ...[
      ['int', 0],
      ['uint', new CelUint(0)],
      ['double', new CelDouble(0)],
      ['duration', new CelDuration(0n)],
    ].map(([type, zero]) =>
      memberFunction('sum', [`list(${String(type)})`], { returns: String(type), evaluate: sumOf(zero ?? 0), cost: walk }),
    ),
    ...perType('max', comparable, (type) => type, extreme('max', 1)),
    ...perType('min', comparable, (type) => type, extreme('min', -1)),
    memberFunction('indexOf', ['list(A)', 'A'], { returns: 'int', evaluate: indexOf, cost: walk }),
    memberFunction('lastIndexOf', ['list(A)', 'A'], { returns: 'int', evaluate: lastIndexOf, cost: walk }),
  ],
}

function slice(list: List, start: number | bigint, end: number | bigint): CelOutcome {
  const call = `cannot slice(${start}, ${end})`
  if (start < 0 || end < 0) return new CelError(`${call}, negative indexes not supported`)
  if (start > end) return new CelError(`${call}, start index must be less than or equal to end index`)
  if (end > list.length) return new CelError(`${call}, list is length ${list.length}`)
  return list.slice(Number(start), Number(end))
}

/** Deeper lists are not flattened: they come from no one's hand. */
const deepest = 64

function flatten(list: List, depth: number | bigint): CelOutcome {
  if (depth < 0) return new CelError('level must be non-negative')
  return flattened(list, Math.min(Number(depth), deepest))
}

const flattened = (list: List, depth: number): List =>
  depth === 0 ? list : list.flatMap((item) => (isCelList(item) ? flattened(item, depth - 1) : [item]))

const range = (end: number | bigint): CelOutcome => (end <= 0 ? [] : Array.from({ length: Number(end) }, (_, index) => index))

/** A list without what it has already. Scalars are looked up, others compared. */
function distinct(list: List): CelOutcome {
  const seen = new Set<CelValue>()
  const others: CelValue[] = []
  return list.filter((item) => {
    if (typeof item === 'string' || typeof item === 'boolean') {
      if (seen.has(item)) return false
      seen.add(item)
      return true
    }
    if (others.some((other) => celEqual(other, item))) return false
    others.push(item)
    return true
  })
}

/** Sorts a list by keys of its items. */
function sortBy(list: List, keys: List): CelOutcome {
  const [first] = keys
  if (first === undefined) return []
  if (!(comparable as readonly string[]).includes(kindOf(fromRaw(first)))) return new CelError('list elements must be comparable')
  if (keys.some((key) => typeNameOf(fromRaw(key)) !== typeNameOf(fromRaw(first))))
    return new CelError('list elements must have the same type')
  return list
    .map((item, index) => ({ item, key: itemAt(keys, index) }))
    .toSorted((a, b) => compare(a.key, b.key) ?? 0)
    .map(({ item }) => item)
}

const square = (list: List): number => Math.max(1, Math.ceil(list.length * list.length * 0.1))

/** The list extension of CEL. */
export const listExtension: CelLibrary = {
  name: 'cel.lib.ext.lists',
  macros: ['sortBy'],
  functions: [
    memberFunction('slice', ['list(T)', 'int', 'int'], { returns: 'list(T)', evaluate: slice, cost: walk }),
    memberFunction('flatten', ['list(list(T))'], { returns: 'list(T)', evaluate: (list) => flattened(list, 1), cost: walk }),
    memberFunction('flatten', ['list(dyn)', 'int'], { returns: 'list(dyn)', evaluate: flatten, cost: walk }),
    globalFunction('lists.range', ['int'], { returns: 'list(int)', evaluate: range, cost: (end) => Math.max(1, Number(end)) }),
    memberFunction('distinct', ['list(T)'], { returns: 'list(T)', evaluate: distinct, cost: square }),
    memberFunction('reverse', ['list(T)'], { returns: 'list(T)', evaluate: (list) => list.toReversed(), cost: walk }),
    ...comparable.flatMap((type) => [
      memberFunction('sort', [`list(${type})`], { returns: `list(${type})`, evaluate: (list: List) => sortBy(list, list), cost: square }),
      memberFunction('@sortByAssociatedKeys', ['list(T)', `list(${type})`], { returns: 'list(T)', evaluate: sortBy, cost: square }),
    ]),
  ],
}
