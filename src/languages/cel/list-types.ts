import { celEqual } from './operators.ts'
import { escapeField } from './escape.ts'
import type { CelImplementation } from './function.ts'
import type { CelType } from './types.ts'
import type { CelValue } from './values.ts'
import { isCelList, isRawMap, lookUp } from './values.ts'

/*
 * Kubernetes' list types in schemas: sets and lists with keys are equal whatever their order, and `+` merges them.
 */

type Equal = (a: CelValue, b: CelValue) => boolean

/** How deep types are followed; schemas may be recursive. */
const maximumDepth = 64

/** The equality of a declared type; undefined where it is the ordinary one. */
export function typedEquality(type: CelType): Equal | undefined {
  return type.kind === 'object' || (type.kind === 'list' && (type.identity !== undefined || type.element.kind === 'object'))
    ? (a, b) => equalAs(type, a, b, 0)
    : undefined
}

function equalAs(type: CelType, a: CelValue, b: CelValue, depth: number): boolean {
  if (depth > maximumDepth) return celEqual(a, b)
  if (type.kind === 'list' && isCelList(a) && isCelList(b)) return listsEqual(type, a, b, depth)
  if (!isRawMap(a) || !isRawMap(b)) return celEqual(a, b)
  if (type.kind !== 'object' && type.kind !== 'map') return celEqual(a, b)
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every((key) => {
    if (!Object.hasOwn(b, key)) return false
    const inner = type.kind === 'map' ? type.value : type.field(escapeField(key) ?? key)?.type
    const [left, right] = [a[key] ?? null, b[key] ?? null]
    return inner === undefined ? celEqual(left, right) : equalAs(inner, left, right, depth + 1)
  })
}

function listsEqual(type: CelType & { readonly kind: 'list' }, a: readonly CelValue[], b: readonly CelValue[], depth: number): boolean {
  if (a.length !== b.length) return false
  const same: Equal = (x, y) => equalAs(type.element, x, y, depth + 1)
  if (type.identity === undefined) return a.every((item, index) => same(item, b[index] ?? null))
  const others = byIdentity(b, type.identity)
  return a.every((item) => {
    const other = others.get(identityOf(item, type.identity ?? []))
    return other !== undefined && same(item, other)
  })
}

const byIdentity = (list: readonly CelValue[], keys: readonly string[]): ReadonlyMap<string, CelValue> =>
  new Map(list.map((item) => [identityOf(item, keys), item]))

/** What tells an item from others: the item itself in a set, its keys in a list with keys. */
function identityOf(item: CelValue, keys: readonly string[]): string {
  if (keys.length === 0) return shown(item)
  return JSON.stringify(keys.map((key) => shown(lookedUp(item, key))))
}

function lookedUp(item: CelValue, key: string): CelValue {
  const value = lookUp(item, key)
  return value === undefined || (typeof value === 'object' && value !== null && 'message' in value && !isRawMap(value))
    ? null
    : (value as CelValue)
}

const shown = (value: CelValue): string => `${typeof value}:${typeof value === 'object' ? JSON.stringify(value) : String(value)}`

/** `+` of lists that have identities: the left side, entries of the right with the same identity in their place, then the others. */
export function typedSum(type: CelType): CelImplementation | undefined {
  if (type.kind !== 'list' || type.identity === undefined) return undefined
  const { identity } = type
  return (a = null, b = null) => {
    if (!isCelList(a) || !isCelList(b)) return []
    const merged = new Map<string, CelValue>()
    for (const item of a) merged.set(identityOf(item, identity), item)
    for (const item of b) merged.set(identityOf(item, identity), item)
    return [...merged.values()]
  }
}
