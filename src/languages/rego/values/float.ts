import { decimalOfNumber, numberFromText } from './number.ts'
import type { AnyNumber, Decimal } from './number.ts'

/**
 * Binary floating point with a mantissa of 64 bits and an unbounded exponent, rounded half to even: what Rego computes with when
 * numbers are not whole. The value is mantissa × 2^exponent; the mantissa of anything but zero has exactly 64 bits.
 */
export interface Float {
  readonly mantissa: bigint
  readonly exponent: number
}

const precision = 64
const zero: Float = { mantissa: 0n, exponent: 0 }

/** Decimal exponents that can be computed with; beyond them a number is refused. */
const maxDecimalExponent = 100_000

export function toFloat(value: AnyNumber): Float | undefined {
  const { negative, digits, point } = decimalOfNumber(value)
  if (digits === '') return zero
  if (Math.abs(point) > maxDecimalExponent) return undefined
  const power = point - digits.length
  const magnitude =
    power >= 0 ? rounded(BigInt(digits) * 10n ** BigInt(power), 0, false) : quotient(BigInt(digits), 10n ** BigInt(-power), 0)
  return negative ? negate(magnitude) : magnitude
}

export const negate = (value: Float): Float => ({ mantissa: -value.mantissa, exponent: value.exponent })

export function addFloats(a: Float, b: Float): Float {
  if (a.mantissa === 0n) return b
  if (b.mantissa === 0n) return a
  const [high, low] = a.exponent >= b.exponent ? [a, b] : [b, a]
  const shift = high.exponent - low.exponent
  // So far apart, the smaller one decides nothing but the direction of rounding.
  if (shift > 2 * precision + 2) {
    return roundedSigned((high.mantissa << 66n) + (low.mantissa > 0n ? 1n : -1n), high.exponent - 66)
  }
  return roundedSigned((high.mantissa << BigInt(shift)) + low.mantissa, low.exponent)
}

export function multiplyFloats(a: Float, b: Float): Float {
  return roundedSigned(a.mantissa * b.mantissa, a.exponent + b.exponent)
}

/** The divisor is not zero. */
export function divideFloats(a: Float, b: Float): Float {
  const magnitude = quotient(absolute(a.mantissa), absolute(b.mantissa), a.exponent - b.exponent)
  return a.mantissa < 0n === b.mantissa < 0n ? magnitude : negate(magnitude)
}

const absolute = (value: bigint): bigint => (value < 0n ? -value : value)

function quotient(numerator: bigint, denominator: bigint, exponent: number): Float {
  if (numerator === 0n) return zero
  const shift = Math.max(0, bitLength(denominator) - bitLength(numerator) + precision + 2)
  const shifted = numerator << BigInt(shift)
  const result = shifted / denominator
  return rounded(result, exponent - shift, result * denominator !== shifted)
}

const roundedSigned = (value: bigint, exponent: number): Float =>
  value < 0n ? negate(rounded(-value, exponent, false)) : rounded(value, exponent, false)

/** Rounds to 64 bits; `sticky` says that bits below were cut off already. */
function rounded(value: bigint, exponent: number, sticky: boolean): Float {
  if (value === 0n) return zero
  const surplus = bitLength(value) - precision
  if (surplus <= 0) return { mantissa: value << BigInt(-surplus), exponent: exponent + surplus }
  const shift = BigInt(surplus)
  const kept = value >> shift
  const rest = value - (kept << shift)
  const half = 1n << (shift - 1n)
  const up = rest > half || (rest === half && (sticky || (kept & 1n) === 1n))
  const mantissa = up ? kept + 1n : kept
  return bitLength(mantissa) > precision
    ? { mantissa: mantissa >> 1n, exponent: exponent + surplus + 1 }
    : { mantissa, exponent: exponent + surplus }
}

function bitLength(value: bigint): number {
  if (value === 0n) return 0
  const hexadecimal = value.toString(16)
  return (hexadecimal.length - 1) * 4 + (32 - Math.clz32(Number(`0x${hexadecimal[0] ?? '0'}`)))
}

/** The integer part. */
export function truncate(value: Float): bigint {
  const { mantissa, exponent } = value
  if (exponent >= 0) return mantissa << BigInt(exponent)
  const magnitude = absolute(mantissa) >> BigInt(-exponent)
  return mantissa < 0n ? -magnitude : magnitude
}

export function isWholeFloat(value: Float): boolean {
  if (value.exponent >= 0 || value.mantissa === 0n) return true
  const shift = BigInt(-value.exponent)
  return (value.mantissa >> shift) << shift === value.mantissa
}

/** The number with the shortest digits that give this very float: whole ones in full, others as Go's `%g`. */
export function fromFloat(value: Float): AnyNumber {
  if (value.mantissa === 0n) return 0
  const decimal = shortest({ mantissa: absolute(value.mantissa), exponent: value.exponent })
  const text = isWholeFloat(value) ? decimal.digits.padEnd(decimal.point, '0') : generalText(decimal)
  return numberFromText(value.mantissa < 0n ? `-${text}` : text)
}

function generalText({ digits, point }: Decimal): string {
  const exponent = point - 1
  if (exponent < -4 || exponent >= Math.max(digits.length <= point ? digits.length : 0, shortestPrecision)) {
    const mantissa = digits.length === 1 ? digits : `${digits.slice(0, 1)}.${digits.slice(1)}`
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
  }
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`
  return `${digits.slice(0, point)}.${digits.slice(point)}`
}

/** The precision that decides between the forms of `%g` when digits are the shortest. */
const shortestPrecision = 6

/** The shortest decimal that lies nearer to this positive float than to its neighbours; of those, the nearest. */
function shortest(value: Float): Decimal {
  // Four times the float, so that the middles to both neighbours are whole.
  const [numerator, unit, denominator] =
    value.exponent >= 0
      ? [value.mantissa << BigInt(value.exponent + 2), 1n << BigInt(value.exponent), 4n]
      : [value.mantissa << 2n, 1n, 1n << BigInt(2 - value.exponent)]
  const lowerGap = value.mantissa === 1n << 63n ? unit : unit * 2n
  const interval = { value: numerator, low: numerator - lowerGap, high: numerator + unit * 2n, inclusive: (value.mantissa & 1n) === 0n }
  const point = decimalPoint(numerator, denominator)
  for (let digits = 1; digits <= 21; digits += 1) {
    const found = roundInto(interval, denominator, point - digits)
    if (found !== undefined) return asDecimal(found, point - digits)
  }
  return asDecimal(numerator / denominator, 0)
}

interface Interval {
  readonly value: bigint
  readonly low: bigint
  readonly high: bigint
  readonly inclusive: boolean
}

/** A multiple of 10^power in the interval (over the denominator), the nearer of the two around the value. */
function roundInto(interval: Interval, denominator: bigint, power: number): bigint | undefined {
  const scale = power > 0 ? 10n ** BigInt(power) : 1n
  const factor = power < 0 ? 10n ** BigInt(-power) : 1n
  const step = denominator * scale
  const below = (interval.value * factor) / step
  const rest = interval.value * factor - below * step
  const nearestFirst = rest * 2n < step || (rest * 2n === step && (below & 1n) === 0n) ? [below, below + 1n] : [below + 1n, below]
  return nearestFirst.find((candidate) => isInside(candidate * step, interval, factor))
}

function isInside(scaled: bigint, { low, high, inclusive }: Interval, factor: bigint): boolean {
  return inclusive ? scaled >= low * factor && scaled <= high * factor : scaled > low * factor && scaled < high * factor
}

/** The number of digits before the point of numerator / denominator: 0 for 0.5, -1 for 0.05. */
function decimalPoint(numerator: bigint, denominator: bigint): number {
  let point = Math.floor((bitLength(numerator) - bitLength(denominator)) * Math.log10(2))
  while (isAtLeastPowerOfTen(numerator, denominator, point)) point += 1
  while (!isAtLeastPowerOfTen(numerator, denominator, point - 1)) point -= 1
  return point
}

const isAtLeastPowerOfTen = (numerator: bigint, denominator: bigint, power: number): boolean =>
  power >= 0 ? numerator >= denominator * 10n ** BigInt(power) : numerator * 10n ** BigInt(-power) >= denominator

function asDecimal(integer: bigint, power: number): Decimal {
  const text = integer.toString()
  const digits = text.replace(/0+$/, '')
  return { negative: false, digits, point: text.length + power }
}
