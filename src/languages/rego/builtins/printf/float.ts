import { formatExponent, formatFloat } from '../../../../core/go-format.ts'
import { pad } from './format.ts'
import type { Flags } from './format.ts'

export type FloatVerb = 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'x' | 'X' | 'b' | 'v'

/** A float64 as Go's fmt writes it. */
export function formatFloatVerb(value: number, verb: FloatVerb, flags: Flags): string {
  const magnitude = Math.abs(value)
  const isNegative = value < 0 || Object.is(value, -0)
  const sign = isNegative ? '-' : flags.plus ? '+' : flags.space ? ' ' : ''
  const digits = Number.isFinite(value) ? digitsOf(magnitude, verb, flags) : formatFloat(magnitude).replace('+', '')
  if (flags.zero && !flags.minus && flags.width !== undefined && Number.isFinite(value)) {
    return sign + digits.padStart(flags.width - sign.length, '0')
  }
  return pad(sign + digits, flags, false)
}

function digitsOf(value: number, verb: FloatVerb, flags: Flags): string {
  switch (verb) {
    case 'f':
    case 'F':
      return fixed(value, flags.precision ?? 6) + (flags.sharp && flags.precision === 0 ? '.' : '')
    case 'e':
    case 'E':
      return withLetter(exponential(value, flags.precision ?? 6), verb)
    case 'g':
    case 'G':
    case 'v':
      return withLetter(general(value, flags), verb)
    case 'x':
    case 'X':
      return verb === 'X' ? hexadecimal(value).toUpperCase() : hexadecimal(value)
    case 'b':
      return binary(value)
  }
}

const withLetter = (text: string, verb: string): string => (verb === 'E' || verb === 'G' ? text.toUpperCase() : text)

/** Exact decimals of a double, halves to even. */
function fixed(value: number, precision: number): string {
  const { mantissa, exponent } = parts(value)
  const scaled = mantissa * 10n ** BigInt(precision)
  const whole = exponent >= 0 ? scaled << BigInt(exponent) : roundShift(scaled, -exponent)
  const digits = whole.toString().padStart(precision + 1, '0')
  return precision === 0 ? digits : `${digits.slice(0, -precision)}.${digits.slice(-precision)}`
}

function roundShift(value: bigint, bits: number): bigint {
  const quotient = value >> BigInt(bits)
  const rest = value - (quotient << BigInt(bits))
  const half = 1n << BigInt(bits - 1)
  return rest > half || (rest === half && (quotient & 1n) === 1n) ? quotient + 1n : quotient
}

/** value = mantissa × 2^exponent. */
function parts(value: number): { readonly mantissa: bigint; readonly exponent: number } {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  const bits = view.getBigUint64(0)
  const exponent = Number((bits >> 52n) & 0x7ffn)
  const fraction = bits & 0xf_ffff_ffff_ffffn
  return exponent === 0 ? { mantissa: fraction, exponent: -1074 } : { mantissa: fraction | (1n << 52n), exponent: exponent - 1075 }
}

function exponential(value: number, precision: number): string {
  if (value === 0) return `${precision === 0 ? '0' : `0.${'0'.repeat(precision)}`}e+00`
  const shortest = Math.floor(Math.log10(value))
  for (const power of [shortest - 1, shortest, shortest + 1]) {
    const digits = significant(value, precision - power)
    if (digits.length === precision + 1) return exponentForm(digits, power)
  }
  return formatExponent(value, 'e')
}

/** The digits of value × 10^shift, rounded to a whole number, halves to even. */
function significant(value: number, shift: number): string {
  const { mantissa, exponent } = parts(value)
  const numerator = (exponent > 0 ? mantissa << BigInt(exponent) : mantissa) * (shift > 0 ? 10n ** BigInt(shift) : 1n)
  const denominator = (exponent < 0 ? 1n << BigInt(-exponent) : 1n) * (shift < 0 ? 10n ** BigInt(-shift) : 1n)
  const quotient = numerator / denominator
  const twice = (numerator - quotient * denominator) * 2n
  const rounded = twice > denominator || (twice === denominator && (quotient & 1n) === 1n) ? quotient + 1n : quotient
  return rounded.toString()
}

function exponentForm(digits: string, power: number): string {
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : ''
  return `${digits.slice(0, 1)}${fraction}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

/** `%g`: exponents below 1e-4 and from 10^precision on; 6 decides where the digits are the shortest. */
function general(value: number, flags: Flags): string {
  if (flags.precision === undefined) {
    const power = value === 0 ? 0 : Number(formatExponent(value, 'e').split('e')[1] ?? '0')
    const isLong = value !== 0 && (power < -4 || power >= 6)
    const shortest = isLong ? formatExponent(value, 'e') : formatFloat(value)
    return flags.sharp ? withZeros(shortest, 6) : shortest
  }
  const precision = Math.max(1, flags.precision)
  const scientific = exponential(value, precision - 1)
  const power = Number(scientific.split('e')[1] ?? '0')
  const isExponential = power < -4 || power >= precision
  const text = isExponential ? scientific : fixed(value, Math.max(0, precision - 1 - power))
  return flags.sharp ? text : withoutZeros(text)
}

const withoutZeros = (text: string): string => {
  const [mantissa = '', exponent] = text.split('e')
  const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa
  return exponent === undefined ? short : `${short}e${exponent}`
}

function withZeros(text: string, digits: number): string {
  const [mantissa = '', exponent] = text.split('e')
  const significantDigits = mantissa.replace('.', '').replace(/^0+/, '').length
  const padded = (mantissa.includes('.') ? mantissa : `${mantissa}.`) + '0'.repeat(Math.max(0, digits - Math.max(1, significantDigits)))
  return exponent === undefined ? padded : `${padded}e${exponent}`
}

/** `%b`: the mantissa and the exponent of two. */
function binary(value: number): string {
  const { mantissa, exponent } = parts(value)
  return `${mantissa}p${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`
}

/** `%x`: a hexadecimal mantissa with the shortest digits. */
function hexadecimal(value: number): string {
  if (value === 0) return '0x0p+00'
  let { mantissa, exponent } = parts(value)
  while (mantissa >> 52n === 0n) {
    mantissa <<= 1n
    exponent -= 1
  }
  const fraction = (mantissa & 0xf_ffff_ffff_ffffn).toString(16).padStart(13, '0').replace(/0+$/, '')
  const power = exponent + 52
  return `0x1${fraction === '' ? '' : `.${fraction}`}p${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}
