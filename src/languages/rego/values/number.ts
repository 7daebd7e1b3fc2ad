import { parseGoFloat } from '../../../core/go-format.ts'

/** A number whose text a double would lose: `1.0`, `1e3`, `9007199254740993`, `0.3333333333333333333`. Made by `numberFromText` only. */
export class RegoNumber {
  readonly text: string
  #decimal: Decimal | undefined
  #key: number | string | undefined

  constructor(text: string) {
    this.text = text
  }

  get decimal(): Decimal {
    return (this.#decimal ??= decimalOf(this.text))
  }

  /** Equal for equal values. A JavaScript number where one has this very value. */
  get key(): number | string {
    return (this.#key ??= keyOfDecimal(this.decimal, Number(this.text)))
  }
}

/** 0.DIGITS × 10^point, without zeros at either end of the digits. Zero has no digits. */
export interface Decimal {
  readonly negative: boolean
  readonly digits: string
  readonly point: number
}

export type AnyNumber = number | RegoNumber

/** A number with this text: a JavaScript number where that prints the same. The text is a Go float or integer. */
export function numberFromText(text: string): AnyNumber {
  const value = Number(text)
  const isPlain = String(value) === text && (Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value))
  return isPlain ? value : new RegoNumber(text)
}

export function numberFromBigInt(value: bigint): AnyNumber {
  return value >= smallestSafe && value <= largestSafe ? Number(value) : new RegoNumber(value.toString())
}

const largestSafe = BigInt(Number.MAX_SAFE_INTEGER)
const smallestSafe = -largestSafe

/** The text OPA shows for the number. */
export function numberText(value: AnyNumber): string {
  return typeof value === 'number' ? String(value) : value.text
}

export function decimalOfNumber(value: AnyNumber): Decimal {
  return typeof value === 'number' ? decimalOf(String(value)) : value.decimal
}

const decimalPattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/

function decimalOf(text: string): Decimal {
  const match = decimalPattern.exec(text)
  // Hexadecimal floats pass `to_number`.
  if (match === null) return text.startsWith('@') ? zero : decimalOf(String(parseGoFloat(text) ?? '@'))
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  const all = whole + fraction
  const leading = leadingZeros(all)
  let end = all.length
  while (end > leading && all.charCodeAt(end - 1) === zeroCode) end -= 1
  if (end === leading) return zero
  return { negative: sign === '-', digits: all.slice(leading, end), point: whole.length - leading + Number(exponent) }
}

const zero: Decimal = { negative: false, digits: '', point: 0 }
const zeroCode = 48

function leadingZeros(digits: string): number {
  let count = 0
  while (count < digits.length && digits.charCodeAt(count) === zeroCode) count += 1
  return count
}

function keyOfDecimal(decimal: Decimal, nearest: number): number | string {
  if (decimal.digits === '') return 0
  if (Number.isFinite(nearest) && compareDecimals(decimal, decimalOf(String(nearest))) === 0) return nearest
  return `${decimal.negative ? '-' : ''}${decimal.digits}e${decimal.point}`
}

export function compareNumbers(a: AnyNumber, b: AnyNumber): -1 | 0 | 1 {
  if (typeof a === 'number' && typeof b === 'number') return a === b ? 0 : a < b ? -1 : 1
  return compareDecimals(decimalOfNumber(a), decimalOfNumber(b))
}

export function equalNumbers(a: AnyNumber, b: AnyNumber): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a === b
  return numberKey(a) === numberKey(b)
}

/** Equal for equal numbers, however they are written. */
export function numberKey(value: AnyNumber): number | string {
  return typeof value === 'number' ? value : value.key
}

export function compareDecimals(a: Decimal, b: Decimal): -1 | 0 | 1 {
  const left = signOf(a)
  const right = signOf(b)
  if (left !== right) return left < right ? -1 : 1
  if (left === 0) return 0
  const magnitude = compareMagnitudes(a, b)
  return left > 0 ? magnitude : magnitude === 0 ? 0 : magnitude > 0 ? -1 : 1
}

const signOf = (decimal: Decimal): -1 | 0 | 1 => (decimal.digits === '' ? 0 : decimal.negative ? -1 : 1)

function compareMagnitudes(a: Decimal, b: Decimal): -1 | 0 | 1 {
  if (a.point !== b.point) return a.point < b.point ? -1 : 1
  return a.digits === b.digits ? 0 : a.digits < b.digits ? -1 : 1
}

/** Whether the number is whole: `1`, `1.0`, `1e3`, `10.50e1`. */
export function isWhole(value: AnyNumber): boolean {
  if (typeof value === 'number') return Number.isInteger(value)
  const { digits, point } = value.decimal
  return digits.length <= point
}

/** Digits that an integer may be expanded to: a longer one is written `1e99999`. */
const maxExpandedDigits = 100_000

/** The integer, or undefined where the number is not whole (or beyond any use). */
export function toBigInt(value: AnyNumber): bigint | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
  const { negative, digits, point } = decimalOfNumber(value)
  if (digits.length > point || point > maxExpandedDigits) return digits === '' ? 0n : undefined
  const magnitude = BigInt(digits.padEnd(point, '0'))
  return negative ? -magnitude : magnitude
}

/** The number as a safe integer, or undefined where it is none. */
export function toSafeInteger(value: AnyNumber): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value + 0 : undefined
  const { key } = value
  return typeof key === 'number' && Number.isSafeInteger(key) ? key : undefined
}
