import { compareText } from '../../core/go-format.ts'
import { clampDuration } from '../../kube/duration.ts'
import type { CelOutcome, CelValue, ValueKind } from './values.ts'
import {
  CelBoxed,
  CelBytes,
  CelDouble,
  CelDuration,
  CelError,
  CelLazyMap,
  CelMap,
  CelOpaque,
  CelOptional,
  CelStruct,
  CelTimestamp,
  CelTypeValue,
  CelUint,
  countOf,
  entriesOf,
  isCelList,
  isRawMap,
  kindOf,
  lookUp,
  toInt,
  toUint,
} from './values.ts'

/*
 * Arithmetic, equality and order. Ints and uints overflow with an error, numbers of different types are equal and ordered by what they stand for, and
 * values of different kinds are just not equal.
 */

const noSuchOverload = new CelError('no such overload')

/** What an operator says to operands that it is not for: upstream, kinds that know the operator are asked themselves and say less. */
function unfit(operator: string, knowing: ReadonlySet<ValueKind>, operand: CelValue): CelError {
  return knowing.has(kindOf(operand)) ? noSuchOverload : new CelError(`no such overload: ${operator}`)
}
const adders: ReadonlySet<ValueKind> = new Set(['int', 'uint', 'double', 'string', 'bytes', 'list', 'duration', 'timestamp'])
const subtractors: ReadonlySet<ValueKind> = new Set(['int', 'uint', 'double', 'string', 'duration', 'timestamp'])
const multipliers: ReadonlySet<ValueKind> = new Set(['int', 'uint', 'double', 'string'])
const modders: ReadonlySet<ValueKind> = new Set(['int', 'uint', 'string'])
const negaters: ReadonlySet<ValueKind> = new Set(['int', 'double', 'duration', 'string'])
const comparers: ReadonlySet<ValueKind> = new Set(['bool', 'int', 'uint', 'double', 'string', 'bytes', 'duration', 'timestamp'])
const intOverflow = new CelError('integer overflow')
const uintOverflow = new CelError('unsigned integer overflow')
const divideByZero = new CelError('division by zero')
const modulusByZero = new CelError('modulus by zero')
const timestampOverflow = new CelError('timestamp overflow')

const isInt = (value: CelValue): value is number | bigint => typeof value === 'number' || typeof value === 'bigint'

/** What all four operations share: numbers of one kind. Undefined where the operands are not such. */
function arithmetic(
  a: CelValue,
  b: CelValue,
  exact: (a: bigint, b: bigint) => bigint,
  inexact: (a: number, b: number) => number,
): CelOutcome | undefined {
  if (isInt(a) && isInt(b)) return toInt(exact(BigInt(a), BigInt(b))) ?? intOverflow
  if (a instanceof CelDouble && b instanceof CelDouble) return new CelDouble(inexact(a.value, b.value))
  if (a instanceof CelUint && b instanceof CelUint) return toUint(exact(BigInt(a.value), BigInt(b.value))) ?? uintOverflow
  return undefined
}

export function add(a: CelValue, b: CelValue): CelOutcome {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b
    if (Number.isSafeInteger(sum)) return sum
  }
  if (typeof a === 'string') return typeof b === 'string' ? a + b : noSuchOverload
  if (isCelList(a)) return isCelList(b) ? joined(a, b) : noSuchOverload
  return (
    arithmetic(
      a,
      b,
      (x, y) => x + y,
      (x, y) => x + y,
    ) ??
    addBoxed(a, b) ??
    unfit('_+_', adders, a)
  )
}

/** Joining costs next to nothing upstream, where lists share their items; here it must end somewhere. */
const longestList = 4_000_000

function joined(a: readonly CelValue[], b: readonly CelValue[]): CelOutcome {
  if (b.length === 0) return a
  if (a.length === 0) return b
  return a.length + b.length > longestList ? new CelError('list is too long') : a.concat(b)
}

function addBoxed(a: CelValue, b: CelValue): CelOutcome | undefined {
  if (a instanceof CelBytes && b instanceof CelBytes) return new CelBytes(new Uint8Array(Buffer.concat([a.value, b.value])))
  if (a instanceof CelDuration && b instanceof CelDuration) return durationOf(a.nanos + b.nanos)
  if (a instanceof CelTimestamp && b instanceof CelDuration) return timestampOf(nanosOf(a) + b.nanos, a.offset)
  if (a instanceof CelDuration && b instanceof CelTimestamp) return timestampOf(nanosOf(b) + a.nanos, b.offset)
  return undefined
}

export function subtract(a: CelValue, b: CelValue): CelOutcome {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b
    if (Number.isSafeInteger(difference)) return difference
  }
  return (
    arithmetic(
      a,
      b,
      (x, y) => x - y,
      (x, y) => x - y,
    ) ??
    subtractBoxed(a, b) ??
    unfit('_-_', subtractors, a)
  )
}

function subtractBoxed(a: CelValue, b: CelValue): CelOutcome | undefined {
  if (a instanceof CelDuration && b instanceof CelDuration) return durationOf(a.nanos - b.nanos)
  if (a instanceof CelTimestamp && b instanceof CelDuration) return timestampOf(nanosOf(a) - b.nanos, a.offset)
  if (a instanceof CelTimestamp && b instanceof CelTimestamp) return durationOf(nanosOf(a) - nanosOf(b))
  return undefined
}

export function multiply(a: CelValue, b: CelValue): CelOutcome {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b
    // Plus zero: there is no negative zero among ints.
    if (Number.isSafeInteger(product)) return product + 0
  }
  return (
    arithmetic(
      a,
      b,
      (x, y) => x * y,
      (x, y) => x * y,
    ) ?? unfit('_*_', multipliers, a)
  )
}

const isZero = (value: CelValue): boolean => value === 0 || (value instanceof CelUint && value.value === 0)

export function divide(a: CelValue, b: CelValue): CelOutcome {
  if (isZero(b)) return sameKindOfInteger(a, b) ? divideByZero : unfit('_/_', multipliers, a)
  if (typeof a === 'number' && typeof b === 'number') return Math.trunc(a / b) + 0
  return (
    arithmetic(
      a,
      b,
      (x, y) => x / y,
      (x, y) => x / y,
    ) ?? unfit('_/_', multipliers, a)
  )
}

export function modulo(a: CelValue, b: CelValue): CelOutcome {
  if (!sameKindOfInteger(a, b)) return unfit('_%_', modders, a)
  if (isZero(b)) return modulusByZero
  if (typeof a === 'number' && typeof b === 'number') return (a % b) + 0
  // The quotient does not fit, and so upstream does not compute the rest.
  if (a === smallestInt && b === -1) return intOverflow
  return (
    arithmetic(
      a,
      b,
      (x, y) => x % y,
      (x, y) => x % y,
    ) ?? noSuchOverload
  )
}

const smallestInt = -(2n ** 63n)
const sameKindOfInteger = (a: CelValue, b: CelValue): boolean => (isInt(a) && isInt(b)) || (a instanceof CelUint && b instanceof CelUint)

export function negate(value: CelValue): CelOutcome {
  if (typeof value === 'number') return 0 - value
  if (typeof value === 'bigint') return toInt(-value) ?? intOverflow
  if (value instanceof CelDouble) return new CelDouble(-value.value)
  if (value instanceof CelDuration) return durationOf(-value.nanos)
  return unfit('-_', negaters, value)
}

export const not = (value: CelValue): CelOutcome => (typeof value === 'boolean' ? !value : noSuchOverload)

/** Durations are int64 nanoseconds. */
export const durationOf = (nanos: bigint): CelOutcome => (clampDuration(nanos) === nanos ? new CelDuration(nanos) : intOverflow)

export const nanosOf = ({ seconds, nanos }: CelTimestamp): bigint => BigInt(seconds) * 1_000_000_000n + BigInt(nanos)

/** Years 1 to 9999. */
export const smallestSecond = -62_135_596_800
export const largestSecond = 253_402_300_799

export function timestampOf(total: bigint, offset: number): CelOutcome {
  const second = 1_000_000_000n
  const nanos = ((total % second) + second) % second
  const seconds = Number((total - nanos) / second)
  return seconds < smallestSecond || seconds > largestSecond ? timestampOverflow : new CelTimestamp(seconds, Number(nanos), offset)
}

/** The number inside, whatever its type. */
export function numberOf(value: CelValue): number | bigint | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  if (value instanceof CelDouble || value instanceof CelUint) return value.value
  return undefined
}

export function celEqual(a: CelValue, b: CelValue): boolean {
  if (a === b) return true
  if (typeof a === 'string' || typeof b === 'string' || a === null || b === null) return false
  if (numberOf(a) !== undefined) return numericOrder(a, b) === 0
  if (typeof a !== 'object' || typeof b !== 'object') return false
  if (isCelList(a)) return isCelList(b) && a.length === b.length && a.every((item, index) => celEqual(item, b[index] ?? null))
  if (isCelList(b)) return false
  if (isRawMap(a) && isRawMap(b)) return rawMapsEqual(a, b)
  if (isMap(a)) return isMap(b) && mapsEqual(a, b)
  return boxedEqual(a, b)
}

function rawMapsEqual(a: { readonly [key: string]: CelValue }, b: { readonly [key: string]: CelValue }): boolean {
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && celEqual(a[key] ?? null, b[key] ?? null))
}

const isMap = (value: CelValue): boolean => value instanceof CelMap || value instanceof CelLazyMap || isRawMap(value)

function mapsEqual(a: CelValue, b: CelValue): boolean {
  if (countOf(a) !== countOf(b)) return false
  for (const [key, value] of entriesOf(a)) {
    const other = lookUp(b, key)
    if (value instanceof CelError || other === undefined || other instanceof CelError || !celEqual(value, other)) return false
  }
  return true
}

function boxedEqual(a: CelValue, b: CelValue): boolean {
  if (!(a instanceof CelBoxed) || !(b instanceof CelBoxed)) return false
  if (a instanceof CelBytes) return b instanceof CelBytes && Buffer.compare(a.value, b.value) === 0
  if (a instanceof CelTimestamp) return b instanceof CelTimestamp && a.seconds === b.seconds && a.nanos === b.nanos
  if (a instanceof CelDuration) return b instanceof CelDuration && a.nanos === b.nanos
  if (a instanceof CelTypeValue) return b instanceof CelTypeValue && a.name === b.name
  if (a instanceof CelOptional) {
    if (!(b instanceof CelOptional) || a.value === undefined) return b instanceof CelOptional && b.value === undefined
    return b.value !== undefined && celEqual(a.value, b.value)
  }
  if (a instanceof CelStruct) return b instanceof CelStruct && a.typeName === b.typeName && mapsEqual(a, b)
  return a instanceof CelOpaque && b instanceof CelOpaque && a.type === b.type && a.type.equals(a.value, b.value)
}

/** NaN where there is none. With a double on one side the other is taken for one, too, whatever digits that loses. */
function numericOrder(a: CelValue, b: CelValue): number | undefined {
  const left = numberOf(a)
  const right = numberOf(b)
  if (left === undefined || right === undefined) return undefined
  if (a instanceof CelDouble || b instanceof CelDouble) return orderOf(Number(left), Number(right))
  return orderOf(left, right)
}

const orderOf = (left: number | bigint, right: number | bigint): number =>
  left < right ? -1 : left > right ? 1 : left >= right ? 0 : Number.NaN

/** The order of two values: NaN where there is none among numbers, undefined where the kinds have none. */
export function compare(a: CelValue, b: CelValue): number | undefined {
  if (typeof a === 'string') return typeof b === 'string' ? compareText(a, b) : undefined
  if (numberOf(a) !== undefined) return numericOrder(a, b)
  if (typeof a === 'boolean') return typeof b === 'boolean' ? Number(a) - Number(b) : undefined
  if (a instanceof CelTimestamp) return b instanceof CelTimestamp ? a.seconds - b.seconds || a.nanos - b.nanos : undefined
  if (a instanceof CelDuration) return b instanceof CelDuration ? (a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0) : undefined
  if (a instanceof CelBytes) return b instanceof CelBytes ? Buffer.compare(a.value, b.value) : undefined
  return undefined
}

export function less(a: CelValue, b: CelValue): CelOutcome {
  if (typeof a === 'number' && typeof b === 'number') return a < b
  const order = compare(a, b)
  return order === undefined ? unfit('_<_', comparers, a) : order < 0
}
export function lessOrEqual(a: CelValue, b: CelValue): CelOutcome {
  if (typeof a === 'number' && typeof b === 'number') return a <= b
  const order = compare(a, b)
  return order === undefined ? unfit('_<=_', comparers, a) : order <= 0
}
export function greater(a: CelValue, b: CelValue): CelOutcome {
  if (typeof a === 'number' && typeof b === 'number') return a > b
  const order = compare(a, b)
  return order === undefined ? unfit('_>_', comparers, a) : order > 0
}
export function greaterOrEqual(a: CelValue, b: CelValue): CelOutcome {
  if (typeof a === 'number' && typeof b === 'number') return a >= b
  const order = compare(a, b)
  return order === undefined ? unfit('_>=_', comparers, a) : order >= 0
}

export const notEqual = (a: CelValue, b: CelValue): boolean => !celEqual(a, b)

/** `needle in haystack`: an item of a list, or a key of a map. */
export function isIn(needle: CelValue, haystack: CelValue): CelOutcome {
  if (isCelList(haystack)) {
    if (typeof needle === 'string') return haystack.includes(needle)
    return haystack.some((item) => celEqual(item, needle))
  }
  if (isMap(haystack)) return lookUp(haystack, needle) !== undefined
  return noSuchOverload
}

/** What equality and order cost: a tenth of the shorter side. */
export function comparisonCost(a: CelValue, b: CelValue): number {
  return shorterCost(Math.min(sizeOf(a), sizeOf(b)))
}

/** What comparing costs whose shorter side is so long. */
export const shorterCost = (size: number): number => (size <= 10 ? (size === 0 ? 0 : 1) : Math.ceil(size * 0.1))

/** As the counting of costs sees it: characters of texts, entries of lists and maps, else 1. */
export function sizeOf(value: CelValue): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 1
  return value instanceof CelBytes ? value.value.length : countOf(value)
}
