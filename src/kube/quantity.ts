/**
 * Kubernetes' resource.Quantity: a decimal number with a suffix. Held exactly, in billionths; what is finer is rounded away from zero, as apimachinery does.
 */
export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent'

export interface Quantity {
  readonly nanos: bigint
  readonly format: QuantityFormat
}

const giga = 1_000_000_000n
const binarySuffixes = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const
const decimalExponents: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }

const grammar = /^([+-]?)(\d*)(?:\.(\d*))?(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][+-]?\d+)?$/
const maximumLength = 128

/** A quantity, or undefined where the text is none. */
export function parseQuantity(text: string): Quantity | undefined {
  const first = text.charCodeAt(0)
  // Most texts that are tried are no numbers: decide by the first character.
  if (!((first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46) || text.length > maximumLength) return undefined
  const match = grammar.exec(text)
  if (match === null) return undefined
  const [, sign, whole = '', fraction = '', suffix = ''] = match
  if (whole === '' && fraction === '') return undefined
  const scaled = scale(BigInt(whole + fraction), fraction.length, suffix)
  return scaled === undefined ? undefined : { nanos: sign === '-' ? -scaled.nanos : scaled.nanos, format: scaled.format }
}

function scale(digits: bigint, decimals: number, suffix: string): Quantity | undefined {
  const binary = binarySuffixes.findIndex((candidate) => candidate === suffix)
  if (binary >= 0) return { nanos: ceilDivide(digits * giga * 1024n ** BigInt(binary + 1), 10n ** BigInt(decimals)), format: 'BinarySI' }
  const exponential = /^[eE][+-]?\d+$/.test(suffix)
  const exponent = exponential ? Number(suffix.slice(1)) : (decimalExponents[suffix] ?? 0)
  if (Math.abs(exponent) > 100) return undefined
  const shift = exponent - decimals + 9
  const nanos = shift >= 0 ? digits * 10n ** BigInt(shift) : ceilDivide(digits, 10n ** BigInt(-shift))
  return { nanos, format: exponential ? 'DecimalExponent' : 'DecimalSI' }
}

const ceilDivide = (a: bigint, b: bigint): bigint => (a % b === 0n ? a / b : a / b + 1n)

export function compareQuantities(a: Quantity, b: Quantity): -1 | 0 | 1 {
  return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0
}

/** The result keeps the format of the left side, as Quantity.Add does; a zero takes the other's. */
export const addQuantities = (a: Quantity, b: Quantity): Quantity => ({
  nanos: a.nanos + b.nanos,
  format: a.nanos === 0n ? b.format : a.format,
})
export const subtractQuantities = (a: Quantity, b: Quantity): Quantity => ({
  nanos: a.nanos - b.nanos,
  format: a.nanos === 0n ? b.format : a.format,
})

/** The canonical text: the largest suffix that leaves no fraction. */
export function formatQuantity({ nanos, format }: Quantity): string {
  if (nanos === 0n) return '0'
  const sign = nanos < 0n ? '-' : ''
  const magnitude = nanos < 0n ? -nanos : nanos
  if (format === 'BinarySI' && magnitude >= 1024n * giga && magnitude % giga === 0n) return sign + formatBinary(magnitude / giga)
  let exponent = -9
  let value = magnitude
  while (value % 1000n === 0n && exponent < 18) {
    value /= 1000n
    exponent += 3
  }
  if (format === 'DecimalExponent') return `${sign}${value}${exponent === 0 ? '' : `e${exponent}`}`
  const suffix = Object.entries(decimalExponents).find(([, candidate]) => candidate === exponent)?.[0] ?? ''
  return `${sign}${value}${suffix}`
}

function formatBinary(units: bigint): string {
  let value = units
  let power = 0
  while (value % 1024n === 0n && power < binarySuffixes.length) {
    value /= 1024n
    power += 1
  }
  return `${value}${power === 0 ? '' : binarySuffixes[power - 1]}`
}

/** The nearest double. */
export const quantityToNumber = ({ nanos }: Quantity): number => Number(nanos / giga) + Number(nanos % giga) / 1e9
