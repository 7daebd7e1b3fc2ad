import { compareText } from '../../../core/go-format.ts'
import { compareNumbers, equalNumbers, numberKey, RegoNumber } from './number.ts'
import type { AnyNumber } from './number.ts'
import { setKey, sortedKeys, sortTexts } from './record.ts'

/**
 * A Rego value. JSON is a Rego value as it is: null, booleans, strings, numbers, arrays and plain objects with own string keys
 * (`__proto__` is one like any other). The classes hold what JSON cannot: numbers whose text matters, objects with keys that are no
 * strings, and sets. Values never change once they can be seen.
 */
export type RegoValue = null | boolean | string | number | RegoNumber | RegoArray | RegoRecord | RegoObject | RegoSet
export type RegoArray = readonly RegoValue[]
/** An object all of whose keys are strings. */
export type RegoRecord = { readonly [key: string]: RegoValue }

export type TypeName = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object' | 'set'

export const isArray = (value: RegoValue): value is RegoArray => Array.isArray(value)
export const isNumber = (value: RegoValue): value is AnyNumber => typeof value === 'number' || value instanceof RegoNumber
export const isSet = (value: RegoValue): value is RegoSet => value instanceof RegoSet
export const isRecord = (value: RegoValue): value is RegoRecord =>
  typeof value === 'object' && typeName(value) === 'object' && !(value instanceof RegoObject)
export const isObject = (value: RegoValue): value is RegoRecord | RegoObject => typeof value === 'object' && typeName(value) === 'object'

/** What `type_name` says. */
export function typeName(value: RegoValue): TypeName {
  return typeNames[rankOf(value)] ?? 'null'
}

const typeNames: readonly TypeName[] = ['null', 'boolean', 'number', 'string', 'array', 'object', 'set']

/** The place of a type in the order of values. */
function rankOf(value: RegoValue): number {
  switch (typeof value) {
    case 'string':
      return 3
    case 'number':
      return 2
    case 'boolean':
      return 1
    default:
      return rankOfObject(value)
  }
}

function rankOfObject(value: null | RegoNumber | RegoArray | RegoRecord | RegoObject | RegoSet): number {
  if (value === null) return 0
  if (Array.isArray(value)) return 4
  if (value instanceof RegoSet) return 6
  return value instanceof RegoNumber ? 2 : 5
}

type Scalar = null | boolean | string | number

/** The value under which Map and Set find a scalar, or undefined for what has to be compared by parts. */
function scalarKey(value: RegoValue): Scalar | undefined {
  if (typeof value !== 'object' || value === null) return value
  if (!(value instanceof RegoNumber)) return undefined
  return typeof value.key === 'number' ? value.key : undefined
}

interface Entry<V> {
  readonly key: RegoValue
  value: V
}

/** Up to here composite keys are compared pairwise, which is cheaper than writing them out. */
const pairwise = 8

/** A map from Rego values, by value: 1 and 1.0 are one key. */
export class ValueMap<V> {
  #scalars: Map<Scalar, Entry<V>> | undefined
  readonly #composites: Entry<V>[] = []
  #byKey: Map<string, Entry<V>> | undefined

  get size(): number {
    return (this.#scalars?.size ?? 0) + this.#composites.length
  }

  has(key: RegoValue): boolean {
    return this.#find(key) !== undefined
  }

  get(key: RegoValue): V | undefined {
    return this.#find(key)?.value
  }

  /** Sets the value of a key. A key that is there keeps its first spelling. */
  set(key: RegoValue, value: V): void {
    const found = this.#find(key)
    if (found === undefined) this.#add({ key, value })
    else found.value = value
  }

  /** In no particular order. */
  keys(): RegoValue[] {
    const keys: RegoValue[] = []
    if (this.#scalars !== undefined) for (const { key } of this.#scalars.values()) keys.push(key)
    for (const { key } of this.#composites) keys.push(key)
    return keys
  }

  /** In no particular order. */
  entries(): readonly (readonly [RegoValue, V])[] {
    const pairs: (readonly [RegoValue, V])[] = []
    if (this.#scalars !== undefined) for (const { key, value } of this.#scalars.values()) pairs.push([key, value])
    for (const { key, value } of this.#composites) pairs.push([key, value])
    return pairs
  }

  #find(key: RegoValue): Entry<V> | undefined {
    const scalar = scalarKey(key)
    if (scalar !== undefined) return this.#scalars?.get(scalar)
    if (this.#byKey !== undefined) return this.#byKey.get(keyOf(key))
    for (const entry of this.#composites) if (equalValues(entry.key, key)) return entry
    return undefined
  }

  #add(entry: Entry<V>): void {
    const scalar = scalarKey(entry.key)
    if (scalar !== undefined) {
      this.#scalars ??= new Map()
      this.#scalars.set(scalar, entry)
      return
    }
    this.#composites.push(entry)
    if (this.#byKey !== undefined) this.#byKey.set(keyOf(entry.key), entry)
    else if (this.#composites.length > pairwise) this.#byKey = new Map(this.#composites.map((each) => [keyOf(each.key), each]))
  }
}

/** A set. Made by `SetBuilder` or `setOf`. */
export class RegoSet {
  readonly #scalars: ReadonlySet<Scalar>
  readonly #composites: ValueMap<RegoValue> | undefined
  #sorted: RegoArray | undefined
  #key: string | undefined

  /** `scalars` and `composites` now belong to the set. They have nothing in common. */
  constructor(scalars: ReadonlySet<Scalar>, composites: ValueMap<RegoValue> | undefined) {
    this.#scalars = scalars
    this.#composites = composites
  }

  get size(): number {
    return this.#scalars.size + (this.#composites?.size ?? 0)
  }

  has(value: RegoValue): boolean {
    if (typeof value === 'string') return this.#scalars.has(value)
    const scalar = scalarKey(value)
    if (scalar !== undefined && this.#scalars.has(scalar)) return true
    return this.#composites !== undefined && this.#composites.has(value)
  }

  /** The elements in the order of values: the order in which Rego visits them. */
  get sorted(): RegoArray {
    return (this.#sorted ??= this.#sort())
  }

  /** Equal for equal sets. */
  get key(): string {
    return (this.#key ??= `<${this.values().map(keyOf).sort().join('')}>`)
  }

  /** The elements in no particular order: cheaper than `sorted`. */
  values(): RegoArray {
    if (this.#sorted !== undefined) return this.#sorted
    if (this.#scalars.size === 0 && this.#composites !== undefined) return this.#composites.keys()
    return this.#composites === undefined ? [...this.#scalars] : [...this.#scalars, ...this.#composites.keys()]
  }

  #sort(): RegoArray {
    return sortValues([...this.values()])
  }
}

const noScalars: ReadonlySet<Scalar> = new Set()

export class SetBuilder {
  #scalars: Set<Scalar> | undefined
  #composites: ValueMap<RegoValue> | undefined

  get size(): number {
    return (this.#scalars?.size ?? 0) + (this.#composites?.size ?? 0)
  }

  has(value: RegoValue): boolean {
    const scalar = scalarKey(value)
    if (scalar !== undefined && this.#scalars?.has(scalar) === true) return true
    return this.#composites !== undefined && this.#composites.has(value)
  }

  /** An element that is there keeps its first spelling. */
  add(value: RegoValue): void {
    if (typeof value !== 'object' || value === null) {
      if (this.#composites !== undefined && typeof value === 'number' && this.#composites.has(value)) return
      this.#scalars ??= new Set()
      this.#scalars.add(value)
      return
    }
    if (this.has(value)) return
    this.#composites ??= new ValueMap()
    this.#composites.set(value, value)
  }

  /** The set of what was added. The builder is not used afterwards. */
  build(): RegoSet {
    if (this.#composites === undefined && this.#scalars === undefined) return emptySet
    return new RegoSet(this.#scalars ?? noScalars, this.#composites)
  }
}

export const emptySet: RegoSet = new RegoSet(new Set(), undefined)

export function setOf(values: Iterable<RegoValue>): RegoSet {
  const builder = new SetBuilder()
  for (const value of values) builder.add(value)
  return builder.build()
}

/** An object with at least one key that is no string. Made by `ObjectBuilder`. */
export class RegoObject {
  readonly #map: ValueMap<RegoValue>
  #sorted: readonly ObjectEntry[] | undefined

  constructor(map: ValueMap<RegoValue>) {
    this.#map = map
  }

  get size(): number {
    return this.#map.size
  }

  get(key: RegoValue): RegoValue | undefined {
    return this.#map.get(key)
  }

  /** Entries in the order of their keys. */
  get entries(): readonly ObjectEntry[] {
    return (this.#sorted ??= [...this.#map.entries()].sort((a, b) => compareValues(a[0], b[0])))
  }
}

export type ObjectEntry = readonly [key: RegoValue, value: RegoValue]
export type AnyObject = RegoRecord | RegoObject

/** Builds an object: a plain one as long as all keys are strings. */
export class ObjectBuilder {
  readonly #record: { [key: string]: RegoValue } = {}
  #map: ValueMap<RegoValue> | undefined

  get(key: RegoValue): RegoValue | undefined {
    if (this.#map !== undefined) return this.#map.get(key)
    return typeof key === 'string' && Object.hasOwn(this.#record, key) ? this.#record[key] : undefined
  }

  /** Sets the value of a key, whatever it was before. */
  set(key: RegoValue, value: RegoValue): void {
    if (this.#map === undefined && typeof key !== 'string') {
      this.#map = new ValueMap()
      for (const name of Object.keys(this.#record)) this.#map.set(name, this.#record[name] ?? null)
    }
    if (this.#map !== undefined) this.#map.set(key, value)
    else if (typeof key === 'string') setKey(this.#record, key, value)
  }

  /** Sets the value of a key; false where the key has another value already. */
  add(key: RegoValue, value: RegoValue): boolean {
    const known = this.get(key)
    if (known !== undefined) return equalValues(known, value)
    this.set(key, value)
    return true
  }

  /** The object of what was set. The builder is not used afterwards. */
  build(): AnyObject {
    return this.#map === undefined ? this.#record : new RegoObject(this.#map)
  }
}

export function objectOf(entries: Iterable<ObjectEntry>): AnyObject {
  const builder = new ObjectBuilder()
  for (const [key, value] of entries) builder.set(key, value)
  return builder.build()
}

export function objectGet(object: AnyObject, key: RegoValue): RegoValue | undefined {
  if (object instanceof RegoObject) return object.get(key)
  return typeof key === 'string' ? recordGet(object, key) : undefined
}

/** The own value of a key. What a record inherits are functions and, by `__proto__`, their home: no value of Rego is either. This is quicker than to ask who owns it. */
export function recordGet(record: RegoRecord, key: string): RegoValue | undefined {
  const value = record[key]
  return typeof value === 'function' || value === Object.prototype ? undefined : value
}

export function objectSize(object: AnyObject): number {
  return object instanceof RegoObject ? object.size : Object.keys(object).length
}

/** Keys in the order of values. */
export function objectKeys(object: AnyObject): RegoArray {
  return object instanceof RegoObject ? object.entries.map(([key]) => key) : sortedKeys(object)
}

/** Entries in the order of their keys. */
export function objectEntries(object: AnyObject): readonly ObjectEntry[] {
  if (object instanceof RegoObject) return object.entries
  return sortedKeys(object).map((key) => [key, object[key] ?? null] as const)
}

/** Sorts in place. */
export function sortValues(values: RegoValue[]): RegoArray {
  return areStrings(values) ? sortTexts(values) : values.sort(compareValues)
}

const areStrings = (values: RegoValue[]): values is string[] => values.every((value) => typeof value === 'string')

/** OPA's total order: null < boolean < number < string < array < object < set. */
export function compareValues(a: RegoValue, b: RegoValue): -1 | 0 | 1 {
  if (a === b) return 0
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : 0
  const left = rankOf(a)
  const right = rankOf(b)
  if (left !== right) return left < right ? -1 : 1
  return typeof a === 'object' && typeof b === 'object' && a !== null && b !== null ? compareObjects(a, b) : compareRest(a, b)
}

function compareObjects(a: RegoValue, b: RegoValue): -1 | 0 | 1 {
  if (isArray(a) && isArray(b)) return compareArrays(a, b)
  if (isSet(a) && isSet(b)) return compareArrays(a.sorted, b.sorted)
  if (isRecord(a) && isRecord(b)) return compareRecords(a, b)
  if (isObject(a) && isObject(b)) return compareEntries(objectEntries(a), objectEntries(b))
  return compareRest(a, b)
}

function compareRest(a: RegoValue, b: RegoValue): -1 | 0 | 1 {
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b)
  // Two booleans that differ.
  return a === false ? -1 : 1
}

function compareArrays(a: RegoArray, b: RegoArray): -1 | 0 | 1 {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at += 1) {
    const order = compareValues(a[at] ?? null, b[at] ?? null)
    if (order !== 0) return order
  }
  return a.length === b.length ? 0 : a.length < b.length ? -1 : 1
}

function compareRecords(a: RegoRecord, b: RegoRecord): -1 | 0 | 1 {
  const left = sortedKeys(a)
  const right = sortedKeys(b)
  const length = Math.min(left.length, right.length)
  for (let at = 0; at < length; at += 1) {
    const x = left[at] ?? ''
    const y = right[at] ?? ''
    const order = x === y ? compareValues(a[x] ?? null, b[y] ?? null) : compareText(x, y)
    if (order !== 0) return order
  }
  return left.length === right.length ? 0 : left.length < right.length ? -1 : 1
}

function compareEntries(a: readonly ObjectEntry[], b: readonly ObjectEntry[]): -1 | 0 | 1 {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at += 1) {
    const order = compareArrays(a[at] ?? [], b[at] ?? [])
    if (order !== 0) return order
  }
  return a.length === b.length ? 0 : a.length < b.length ? -1 : 1
}

export function equalValues(a: RegoValue, b: RegoValue): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object') return isNumber(a) && isNumber(b) && equalNumbers(a, b)
  if (a === null || b === null) return false
  if (isArray(a)) return isArray(b) && a.length === b.length && a.every((item, at) => equalValues(item, b[at] ?? null))
  if (isArray(b)) return false
  return equalUnordered(a, b)
}

function equalUnordered(a: RegoNumber | RegoRecord | RegoObject | RegoSet, b: RegoNumber | RegoRecord | RegoObject | RegoSet): boolean {
  if (a instanceof RegoNumber || b instanceof RegoNumber) return isNumber(a) && isNumber(b) && equalNumbers(a, b)
  if (a instanceof RegoSet || b instanceof RegoSet)
    return isSet(a) && isSet(b) && a.size === b.size && a.values().every((value) => b.has(value))
  if (a instanceof RegoObject || b instanceof RegoObject) {
    return (
      a instanceof RegoObject &&
      b instanceof RegoObject &&
      a.size === b.size &&
      a.entries.every(([key, value]) => isSame(value, b.get(key)))
    )
  }
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isSame(a[key] ?? null, b[key]))
}

const isSame = (a: RegoValue, b: RegoValue | undefined): boolean => b !== undefined && equalValues(a, b)

/** A text that is equal for equal values and for no others. */
export function keyOf(value: RegoValue): string {
  if (typeof value === 'string') return `${value.length}:${value}`
  if (isNumber(value)) return `n${numberKey(value)};`
  if (value === null) return '0;'
  if (typeof value === 'boolean') return value ? 't;' : 'f;'
  if (isArray(value)) return `[${value.map(keyOf).join('')}]`
  if (value instanceof RegoSet) return value.key
  if (value instanceof RegoObject) return `{${value.entries.map(([key, each]) => keyOf(key) + keyOf(each)).join('')}}`
  return `{${sortedKeys(value)
    .map((key) => `${key.length}:${key}${keyOf(value[key] ?? null)}`)
    .join('')}}`
}
