/**
 * Kubernetes' resource.Quantity: a decimal number with a suffix. Held exactly, in billionths; what is finer is rounded away from zero, as
 * apimachinery does.
 */
export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent'

export interface Quantity {
  readonly nanos: bigint
  readonly format: QuantityFormat
  /** The power of ten it was written in: -2 for `1.50`, 3 for `1k`. Division keeps so many decimals. */
  readonly exponent: number
}

const smallestExponent = -9
/** Longer texts and larger exponents are no amounts of anything; reading them would only cost memory. */
const maximumLength = 128
const maximumExponent = 1000
/** Binary amounts stop at the largest int64. */
const maximumBinary = 0x7fff_ffff_ffff_ffffn

/** A quantity, or undefined where the text is none. */
export function parseQuantity(text: string): Quantity | undefined {
  const { length } = text
  if (length === 0 || length > maximumLength) return undefined
  const first = text.charCodeAt(0)
  const negative = first === minus
  const start = negative || first === plus ? 1 : 0
  const wholeEnd = skipDigits(text, start)
  const hasPoint = text.charCodeAt(wholeEnd) === point
  const numberEnd = hasPoint ? skipDigits(text, wholeEnd + 1) : wholeEnd
  const suffix = numberEnd === length ? decimalOnes : readSuffix(text.slice(numberEnd))
  if (suffix === undefined) return undefined
  const decimals = hasPoint ? numberEnd - wholeEnd - 1 : 0
  if (numberEnd - start === (hasPoint ? 1 : 0)) return undefined
  const written: Written = { negative, decimals, suffix }
  if (numberEnd - start <= 15) return ofSafe(safeDigits(text, start, numberEnd), written)
  return ofDigits(BigInt(`0${text.slice(start, wholeEnd)}${hasPoint ? text.slice(wholeEnd + 1, numberEnd) : ''}`), written)
}

interface Written {
  readonly negative: boolean
  readonly decimals: number
  readonly suffix: Suffix
}

const plus = 43
const minus = 45
const point = 46

function skipDigits(text: string, start: number): number {
  let at = start
  for (let code = text.charCodeAt(at); code >= 48 && code <= 57; code = text.charCodeAt(at)) at += 1
  return at
}

/** The digits between two places as one number, past a point. */
function safeDigits(text: string, start: number, end: number): number {
  let value = 0
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at)
    if (code !== point) value = value * 10 + code - 48
  }
  return value
}

interface Suffix {
  readonly format: QuantityFormat
  /** Power of ten, or of 1024 for BinarySI. */
  readonly power: number
}

const decimalOnes: Suffix = { format: 'DecimalSI', power: 0 }
const suffixes: ReadonlyMap<string, Suffix> = new Map<string, Suffix>([
  ...(['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'] as const).map((text, index) => suffixOf(text, 'DecimalSI', index * 3 - 9)),
  ...(['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const).map((text, index) => suffixOf(text, 'BinarySI', index + 1)),
])

function suffixOf(text: string, format: QuantityFormat, power: number): readonly [string, Suffix] {
  return [text, { format, power }]
}

function readSuffix(text: string): Suffix | undefined {
  const known = suffixes.get(text)
  if (known !== undefined) return known
  const exponent = /^[eE]([+-]?\d+)$/.exec(text)?.[1]
  if (exponent === undefined) return undefined
  const power = Number(exponent)
  return Math.abs(power) > maximumExponent ? undefined : { format: 'DecimalExponent', power }
}

/** Digits up to which upstream keeps a binary amount as a whole number. */
const binaryDigits = [0, 11, 8, 5, 2, 0, 0] as const
/** Decimal ones have at most 18 digits. */
const decimalLimit = 10n ** 18n

function isShortBinary(digits: number, power: number): boolean {
  const most = binaryDigits[power] ?? 0
  return most > 0 && digits < 10 ** most
}

function ofSafe(digits: number, written: Written): Quantity {
  const { format, power } = written.suffix
  const exponent = (format === 'BinarySI' ? 0 : power) - written.decimals
  const isPlain = format === 'BinarySI' ? exponent === 0 && isShortBinary(digits, power) : exponent >= smallestExponent && exponent <= 18
  const scaled = format === 'BinarySI' ? digits * 1024 ** power : digits
  if (!isPlain || !Number.isSafeInteger(scaled)) return ofDigits(BigInt(digits), written)
  return quantityOf(BigInt(written.negative ? -scaled : scaled), exponent, format)
}

/** Any number of digits: rounds what is too fine, and caps binary amounts. Upstream gives what is not plain nine decimals. */
function ofDigits(digits: bigint, { negative, decimals, suffix }: Written): Quantity {
  const { format, power } = suffix
  const exponent = (format === 'BinarySI' ? 0 : power) - decimals
  const amount = format === 'BinarySI' ? digits * 1024n ** BigInt(power) : digits
  const shift = exponent - smallestExponent
  const nanos = shift >= 0 ? amount * 10n ** BigInt(shift) : divideUp(amount, 10n ** BigInt(-shift))
  const capped = format === 'BinarySI' && nanos > maximumBinary * giga ? maximumBinary * giga : nanos
  const isPlain = format !== 'BinarySI' && exponent >= smallestExponent && digits < decimalLimit
  return {
    nanos: negative ? -capped : capped,
    format: format === 'BinarySI' && capped < giga ? 'DecimalSI' : format,
    exponent: isPlain ? exponent : smallestExponent,
  }
}

const giga = 1_000_000_000n
const divideUp = (a: bigint, b: bigint): bigint => (a % b === 0n ? a / b : a / b + 1n)

const powers = Array.from({ length: 28 }, (_, power) => 10n ** BigInt(power))

/** The quantity `unscaled` × 10^`exponent`. What is finer than a billionth is rounded away from zero. */
export function quantityOf(unscaled: bigint, exponent: number, format: QuantityFormat): Quantity {
  const shift = exponent - smallestExponent
  const power = powers[Math.abs(shift)] ?? 10n ** BigInt(Math.abs(shift))
  if (shift >= 0) return { nanos: unscaled * power, format, exponent }
  return { nanos: unscaled < 0n ? -divideUp(-unscaled, power) : divideUp(unscaled, power), format, exponent: smallestExponent }
}

export function compareQuantities(a: Quantity, b: Quantity): -1 | 0 | 1 {
  return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0
}

export const isZeroQuantity = ({ nanos }: Quantity): boolean => nanos === 0n

/** The result keeps the format of the left side, as Quantity.Add does; a zero takes the other's. */
export const addQuantities = (a: Quantity, b: Quantity): Quantity => ({
  nanos: a.nanos + b.nanos,
  format: a.nanos === 0n ? b.format : a.format,
  exponent: Math.min(a.exponent, b.exponent),
})
export const subtractQuantities = (a: Quantity, b: Quantity): Quantity => addQuantities(a, { ...b, nanos: -b.nanos })

/** The product, in the format of the left side. */
export function multiplyQuantities(a: Quantity, b: Quantity): Quantity {
  return quantityOf(a.nanos * b.nanos, 2 * smallestExponent, a.format)
}

/** The quotient cut off toward zero after as many decimals as the finer side is written with; undefined for division by zero. */
export function divideQuantities(a: Quantity, b: Quantity): Quantity | undefined {
  if (b.nanos === 0n) return undefined
  const exponent = Math.min(a.exponent, b.exponent)
  const shift = 10n ** BigInt(Math.abs(exponent))
  const quotient = exponent < 0 ? (a.nanos * shift) / b.nanos : a.nanos / (b.nanos * shift)
  return quantityOf(quotient, exponent, a.format)
}

/** A double near the amount: as upstream, the digits times the nearest double of the power of ten. */
export function quantityToNumber({ nanos, exponent }: Quantity): number {
  if (exponent === 0) return Number(nanos / giga)
  const unscaled = exponent < 0 ? nanos / 10n ** BigInt(exponent - smallestExponent) : nanos / giga / 10n ** BigInt(exponent)
  return Number(unscaled) * Number(`1e${exponent}`)
}

/**
 * The canonical text: the largest suffix that leaves no fraction. Binary amounts below 1024, or with a fraction, are written as decimal
 * ones.
 */
export function formatQuantity({ nanos, format }: Quantity): string {
  if (nanos === 0n) return '0'
  const units = nanos / giga
  if (format === 'BinarySI' && nanos % giga === 0n && (units >= 1024n || units <= -1024n)) return formatBinary(units)
  const largest = format === 'DecimalExponent' ? Infinity : 18
  let exponent = smallestExponent
  let value = nanos
  for (; value % 1000n === 0n && exponent < largest; exponent += 3) value /= 1000n
  if (exponent === 0) return `${value}`
  return format === 'DecimalExponent' ? `${value}e${exponent}` : `${value}${'num kMGTPE'.charAt(exponent / 3 + 3)}`
}

function formatBinary(units: bigint): string {
  let value = units
  let power = 0
  for (; value % 1024n === 0n && power < 6; power += 1) value /= 1024n
  return `${value}${power === 0 ? '' : `${'KMGTPE'.charAt(power - 1)}i`}`
}
