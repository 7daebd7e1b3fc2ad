import type { Json, JsonObject } from '../../core/json.ts'

/*
 * How CEL values are held. Raw JSON is used as it is: strings, booleans, null, arrays and objects stand for themselves. An int is a JS integer, or a
 * bigint where a double would lose digits. Everything else is boxed, so that one `instanceof` tells it from data.
 */

/** Everything that is no plain JSON. */
export abstract class CelBoxed {
  abstract readonly kind: string
}

/** What went wrong while an expression ran: a value, because `||`, `&&` and the macros may swallow it. */
export class CelError extends CelBoxed {
  readonly kind = 'error'
  readonly message: string
  constructor(message: string) {
    super()
    this.message = message
  }
}

export class CelDouble extends CelBoxed {
  readonly kind = 'double'
  readonly value: number
  constructor(value: number) {
    super()
    this.value = value
  }
}

/** An unsigned integer: a bigint only where a double would lose digits. */
export class CelUint extends CelBoxed {
  readonly kind = 'uint'
  readonly value: number | bigint
  constructor(value: number | bigint) {
    super()
    this.value = value
  }
}

export class CelBytes extends CelBoxed {
  readonly kind = 'bytes'
  readonly value: Uint8Array
  constructor(value: Uint8Array) {
    super()
    this.value = value
  }
}

export class CelTimestamp extends CelBoxed {
  readonly kind = 'timestamp'
  /** Since 1970 in UTC. */
  readonly seconds: number
  readonly nanos: number
  /** Of the zone that it is shown in, in seconds. */
  readonly offset: number
  constructor(seconds: number, nanos: number, offset = 0) {
    super()
    this.seconds = seconds
    this.nanos = nanos
    this.offset = offset
  }
}

export class CelDuration extends CelBoxed {
  readonly kind = 'duration'
  readonly nanos: bigint
  constructor(nanos: bigint) {
    super()
    this.nanos = nanos
  }
}

/** A type as a value: `int`, `type(x)`. */
export class CelTypeValue extends CelBoxed {
  readonly kind = 'type'
  readonly name: string
  constructor(name: string) {
    super()
    this.name = name
  }
}

export class CelOptional extends CelBoxed {
  readonly kind = 'optional'
  readonly value: CelValue | undefined
  constructor(value: CelValue | undefined) {
    super()
    this.value = value
  }
}

/** Keys that are equal in CEL are the same key here: `1`, `1u` and `1.0`. */
export type CelMapKey = string | number | bigint | boolean

/** A map that an expression made: its keys may be of any scalar type. Maps of data are plain objects. */
export class CelMap extends CelBoxed {
  readonly kind = 'map'
  readonly entries: ReadonlyMap<CelMapKey, readonly [key: CelValue, value: CelValue]>
  constructor(entries: ReadonlyMap<CelMapKey, readonly [key: CelValue, value: CelValue]>) {
    super()
    this.entries = entries
  }
}

/** The keys of lazy maps. One serves many maps, so that whoever reads them may remember the place of a key. */
export interface CelLazyLayout {
  readonly places: ReadonlyMap<string, number>
  /** What a map knows that has not been read, by place. */
  readonly unknown: readonly undefined[]
}

export function celLazyLayout(keys: Iterable<string>): CelLazyLayout {
  const places = new Map<string, number>()
  for (const key of keys) if (!places.has(key)) places.set(key, places.size)
  return { places, unknown: Array.from(places, () => undefined) }
}

/** A map whose values are worked out when they are first read, by its makers, which have the places of their keys. */
export class CelLazyMap extends CelBoxed {
  readonly kind = 'lazy-map'
  readonly layout: CelLazyLayout
  /** The values that have been worked out, by place. Errors are not among them. */
  readonly known: (CelValue | undefined)[]
  readonly #makers: readonly (() => CelOutcome)[]
  #errors: Map<number, CelError> | undefined
  /** `known` is what is known at first, by place. */
  constructor(layout: CelLazyLayout, makers: readonly (() => CelOutcome)[], known: readonly (CelValue | undefined)[] = layout.unknown) {
    super()
    this.layout = layout
    this.known = known.slice()
    this.#makers = makers
  }
  /** Whether a value has been asked for. */
  knows(key: string): boolean {
    const place = this.layout.places.get(key)
    return place !== undefined && (this.known[place] !== undefined || this.#errors?.has(place) === true)
  }
  get(key: string): CelOutcome | undefined {
    const place = this.layout.places.get(key)
    if (place === undefined) return undefined
    const known = this.known[place]
    return known === undefined ? this.make(place) : known
  }
  /** Works out what is not among the values that are known. */
  make(place: number): CelOutcome {
    const error = this.#errors?.get(place)
    if (error !== undefined) return error
    const outcome = this.#makers[place]?.() ?? null
    if (outcome instanceof CelError) (this.#errors ??= new Map()).set(place, outcome)
    else this.known[place] = outcome
    return outcome
  }
}

/** A message made by a type-named literal, `Object{spec: …}`. */
export class CelStruct extends CelBoxed {
  readonly kind = 'struct'
  readonly typeName: string
  readonly fields: ReadonlyMap<string, CelValue>
  constructor(typeName: string, fields: ReadonlyMap<string, CelValue>) {
    super()
    this.typeName = typeName
    this.fields = fields
  }
}

/** What a library adds to the language, such as a quantity: only that library looks inside. */
export class CelOpaque extends CelBoxed {
  readonly kind = 'opaque'
  readonly type: OpaqueKind<unknown>
  readonly value: unknown
  constructor(type: OpaqueKind<unknown>, value: unknown) {
    super()
    this.type = type
    this.value = value
  }
}

export interface OpaqueKind<T> {
  /** As `type(x)` shows it: `kubernetes.Quantity`. */
  readonly name: string
  readonly equals: (a: T, b: T) => boolean
  readonly wrap: (value: T) => CelOpaque
  /** The value inside, which the checks of argument types have made sure is of this kind. */
  readonly unwrap: (value: CelValue) => T
}

export function opaqueKind<T>(name: string, equals: (a: T, b: T) => boolean): OpaqueKind<T> {
  const kind: OpaqueKind<T> = {
    name,
    equals,
    wrap: (value) => new CelOpaque(kind as OpaqueKind<unknown>, value),
    unwrap: (value) => {
      if (value instanceof CelOpaque && value.type === (kind as OpaqueKind<unknown>)) return value.value as T
      throw new TypeError(`not a ${name}`)
    },
  }
  return kind
}

export type CelValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly CelValue[]
  | JsonObject
  | CelDouble
  | CelUint
  | CelBytes
  | CelTimestamp
  | CelDuration
  | CelTypeValue
  | CelOptional
  | CelMap
  | CelLazyMap
  | CelStruct
  | CelOpaque

export type CelOutcome = CelValue | CelError

export const isCelList = (value: unknown): value is readonly CelValue[] => Array.isArray(value)

/** A plain object: a map of data. */
export function isRawMap(value: CelOutcome): value is JsonObject {
  return typeof value === 'object' && value !== null && !(value instanceof CelBoxed) && !Array.isArray(value)
}

export type ValueKind =
  | 'null'
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'list'
  | 'map'
  | 'timestamp'
  | 'duration'
  | 'type'
  | 'optional'
  | 'struct'
  | 'opaque'
  | 'error'

export function kindOf(value: CelOutcome): ValueKind {
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'boolean':
      return 'bool'
    case 'number':
      return Number.isInteger(value) ? 'int' : 'double'
    case 'bigint':
      return 'int'
    default:
      if (value === null) return 'null'
      if (!(value instanceof CelBoxed)) return Array.isArray(value) ? 'list' : 'map'
      return value.kind === 'lazy-map' ? 'map' : value.kind
  }
}

/** The name that `type(value)` has. */
export function typeNameOf(value: CelOutcome): string {
  if (value instanceof CelOpaque) return value.type.name
  if (value instanceof CelStruct) return value.typeName
  const kind = kindOf(value)
  switch (kind) {
    case 'null':
      return 'null_type'
    case 'timestamp':
      return 'google.protobuf.Timestamp'
    case 'duration':
      return 'google.protobuf.Duration'
    case 'optional':
      return 'optional_type'
    default:
      return kind
  }
}

const minInt = -(2n ** 63n)
const maxInt = 2n ** 63n - 1n
export const maxUint = 2n ** 64n - 1n

/** An int64, or undefined where the number is out of its range. */
export function toInt(value: bigint): number | bigint | undefined {
  if (value < minInt || value > maxInt) return undefined
  return shorten(value)
}

/** A number where it loses no digits. */
export function shorten(value: bigint): number | bigint {
  return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value
}

export function toUint(value: bigint): CelUint | undefined {
  return value < 0n || value > maxUint ? undefined : new CelUint(shorten(value))
}

/**
 * A value out of raw JSON. Of numbers, whole ones are ints and others doubles, as Kubernetes' decoder makes them. What an expression made passes through
 * unchanged.
 */
export function fromRaw(value: CelValue): CelValue {
  return typeof value === 'number' && !Number.isSafeInteger(value) ? unsafeNumber(value) : value
}

function unsafeNumber(value: number): CelValue {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 63) return BigInt(value)
  // The largest int is no double: what reads JSON makes the next one of it.
  if (value === 2 ** 63) return maxInt
  return new CelDouble(value)
}

/** The entry of a list, which is known to have so many. */
export const itemAt = (list: readonly CelValue[], index: number): CelValue => fromRaw(list[index] ?? null)

/** Under which key a map holds what `key` names; undefined where it can be no key. */
export function mapKey(key: CelValue): CelMapKey | undefined {
  switch (typeof key) {
    case 'string':
    case 'boolean':
    case 'number':
    case 'bigint':
      return key
    default:
      if (key instanceof CelUint) return key.value
      if (key instanceof CelDouble && Number.isInteger(key.value))
        return Number.isSafeInteger(key.value) ? key.value + 0 : BigInt(key.value)
      return undefined
  }
}

/** The number of entries of a list or map. */
export function countOf(value: CelValue): number {
  if (isCelList(value)) return value.length
  if (value instanceof CelMap) return value.entries.size
  if (value instanceof CelLazyMap) return value.layout.places.size
  if (value instanceof CelStruct) return value.fields.size
  return isRawMap(value) ? Object.keys(value).length : 1
}

/** The keys and values of a map, or undefined for anything else. */
export function* entriesOf(map: CelValue): Iterable<readonly [CelValue, CelOutcome]> {
  if (map instanceof CelMap) yield* map.entries.values()
  else if (map instanceof CelLazyMap) for (const key of map.layout.places.keys()) yield [key, map.get(key) ?? null]
  else if (map instanceof CelStruct) yield* map.fields
  else if (isRawMap(map)) for (const key of Object.keys(map)) yield [key, fromRaw(map[key] ?? null)]
}

/** The value under a key of a map; undefined where there is none. */
export function lookUp(map: CelValue, key: CelValue): CelOutcome | undefined {
  if (map instanceof CelBoxed) {
    const held = typeof key === 'string' ? key : mapKey(key)
    if (held === undefined) return undefined
    if (map instanceof CelMap) return map.entries.get(held)?.[1]
    if (typeof held !== 'string') return undefined
    if (map instanceof CelLazyMap) return map.get(held)
    return map instanceof CelStruct ? map.fields.get(held) : undefined
  }
  if (typeof key !== 'string' || !isRawMap(map) || !Object.hasOwn(map, key)) return undefined
  return fromRaw(map[key] ?? null)
}

/** The number of code points: what CEL calls the size of a string. */
export function codePointCount(text: string): number {
  let count = text.length
  for (let at = 0; at < text.length - 1; at += 1) {
    if ((text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) {
      count -= 1
      at += 1
    }
  }
  return count
}

export const celMapOf = (entries: Iterable<readonly [CelValue, CelValue]>): CelMap => {
  const map = new Map<CelMapKey, readonly [CelValue, CelValue]>()
  for (const [key, value] of entries) {
    const held = mapKey(key)
    if (held !== undefined) map.set(held, [key, value])
  }
  return new CelMap(map)
}

export const isJsonScalar = (value: CelValue): value is Json => value === null || typeof value === 'string' || typeof value === 'boolean'
