import type { Json } from './json.ts'
import { isJsonArray } from './json.ts'

/** strconv.FormatFloat(value, 'f', -1, 64): the shortest digits, never an exponent. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  if (Object.is(value, -0)) return '-0'
  const text = String(value)
  return text.includes('e') ? withoutExponent(value) : text
}

/** strconv.FormatFloat(value, 'f', -1, 32): the shortest digits that give the same 32-bit float. */
export function formatFloat32(value: number): string {
  return formatFloat(shortest32(Math.fround(value)))
}

function shortest32(single: number): number {
  if (single === 0 || !Number.isFinite(single)) return single
  for (let digits = 1; digits <= 9; digits += 1) {
    const candidate = Number(roundTo(single, digits))
    if (Math.fround(candidate) === single) return candidate
  }
  return single
}

/** toPrecision with halves to even. */
function roundTo(value: number, digits: number): string {
  const longer = value.toPrecision(digits + 1)
  const isHalf = Number(longer) === value && /5(?:e|$)/.test(longer)
  if (!isHalf) return value.toPrecision(digits)
  const cut = longer.replace(/5(?=e|$)/, '')
  return /[02468]\.?(?:e|$)/.test(cut) ? cut.replace(/\.(?=e|$)/, '') : value.toPrecision(digits)
}

function withoutExponent(value: number): string {
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e')
  const [whole = '', decimals = ''] = mantissa.replace('-', '').split('.')
  const sign = value < 0 ? '-' : ''
  const power = Number(exponent)
  if (power < 0) return `${sign}0.${'0'.repeat(-power - 1)}${whole}${decimals}`
  return `${sign}${whole}${decimals.padEnd(power, '0')}`
}

/** Go's shortest `e` or `E` form: 1.5 is `1.5E+00`. */
export function formatExponent(value: number, letter: 'e' | 'E'): string {
  if (!Number.isFinite(value)) return formatFloat(value)
  const [mantissa = '', exponent = '+0'] = value.toExponential().split('e')
  const digits = exponent.slice(1).padStart(2, '0')
  return `${Object.is(value, -0) ? '-0' : mantissa}${letter}${exponent.startsWith('-') ? '-' : '+'}${digits}`
}

/** Go's `%f`: six digits after the point, halves to even. */
export function formatFixed(value: number): string {
  if (!Number.isFinite(value)) return formatFloat(value)
  if (Math.abs(value) >= 1e21) return `${BigInt(value)}.000000`
  const text = value.toFixed(6)
  if (Object.is(value, -0)) return `-${text}`
  // toFixed rounds halves up in magnitude. Only an odd multiple of 2^-7 is one, and such a number is small enough to scale exactly.
  const scaled = Math.abs(value) * 128
  const isHalf = Number.isInteger(scaled) && scaled % 2 === 1
  return isHalf ? halfToEven(value) : text
}

function halfToEven(value: number): string {
  const exact = Math.abs(value).toFixed(7)
  const cut = exact.slice(0, -1)
  const isEven = Number(cut.at(-1)) % 2 === 0
  return (value < 0 ? '-' : '') + (isEven ? cut : Math.abs(value).toFixed(6))
}

/** Go's `%v` of a decoded JSON value, whose numbers are all float64: a million is `1e+06`. */
export function formatValue(value: Json): string {
  if (value === null) return '<nil>'
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return formatGeneral(value)
  if (isJsonArray(value)) return `[${value.map(formatValue).join(' ')}]`
  const entries = Object.keys(value)
    .sort(compareText)
    .map((key) => `${key}:${formatValue(value[key] ?? null)}`)
  return `map[${entries.join(' ')}]`
}

/** `%v` of a float64 is `%g` with the shortest digits, but exponents begin at 1e+21. */
function formatGeneral(value: number): string {
  const magnitude = Math.abs(value)
  if (magnitude === 0 || !Number.isFinite(value)) return formatFloat(value)
  return magnitude < 1e-4 || magnitude >= 1e6 ? formatExponent(value, 'e') : formatFloat(value)
}

/** The order of Go's strings: bytes of UTF-8, which is that of code points and not that of UTF-16 units. */
export function compareText(a: string, b: string): -1 | 0 | 1 {
  if (a === b) return 0
  // The engine's own order is that of UTF-16 units, which differs only where surrogates are involved.
  if (!surrogate.test(a) && !surrogate.test(b)) return a < b ? -1 : 1
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at += 1) {
    const left = a.charCodeAt(at)
    const right = b.charCodeAt(at)
    if (left !== right) return rank(left) < rank(right) ? -1 : 1
  }
  return a.length === b.length ? 0 : a.length < b.length ? -1 : 1
}

const surrogate = /[\ud800-\udfff]/

/** Surrogates stand for what comes after every other unit. */
const rank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x1_0000 : unit)

/** strconv.ParseInt(text, 10, 64). */
export function parseGoInt(text: string): number | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined
  if (text.length < 16) return Number(text) + 0
  if (text.length > longestNumber) return undefined
  const value = BigInt(text.replace(/^\+/, ''))
  return value > 0x7fff_ffff_ffff_ffffn || value < -0x8000_0000_0000_0000n ? undefined : Number(value)
}

/** Bounds the work on untrusted text. */
const longestNumber = 1024

const decimalFloat = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const hexadecimalFloat = /^([+-]?)0[xX](?=[\da-fA-F.])([\da-fA-F]*)(?:\.([\da-fA-F]*))?[pP]([+-]?\d+)$/

/** strconv.ParseFloat(text, 64), without underscores between digits. What is out of range is an error there, so it is undefined here. */
export function parseGoFloat(text: string): number | undefined {
  if (decimalFloat.test(text)) return finite(Number(text))
  if (text.length > longestNumber) return undefined
  const special = /^([+-]?)(?:(inf|infinity)|nan)$/i.exec(text)
  if (special !== null) return parseSpecial(special[1] ?? '', special[2] !== undefined)
  const hexadecimal = hexadecimalFloat.exec(text)
  return hexadecimal === null ? undefined : parseHexadecimal(hexadecimal)
}

const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined)

function parseSpecial(sign: string, isInfinite: boolean): number | undefined {
  if (isInfinite) return sign === '-' ? -Infinity : Infinity
  return sign === '' ? Number.NaN : undefined
}

function parseHexadecimal([, sign = '', whole = '', fraction = '', exponent = '']: RegExpExecArray): number | undefined {
  const digits = whole + fraction
  if (digits === '') return undefined
  const power = Number(exponent) - 4 * fraction.length
  const magnitude = scaleByTwo(BigInt(`0x${digits}`), power)
  return finite(sign === '-' ? -magnitude : magnitude)
}

/** `digits` × 2^power, rounded once. */
function scaleByTwo(digits: bigint, power: number): number {
  if (digits === 0n) return 0
  const bits = digits.toString(2).length
  if (power + bits > 1025) return Infinity
  if (power + bits < -1080) return 0
  if (power >= 0) return Number(digits << BigInt(power))
  // Below the smallest normal number fewer bits are kept: round to those before scaling.
  const surplus = Math.max(bits - 53, -1074 - power, 0)
  const kept = surplus === 0 ? digits : roundHalfEven(digits, BigInt(surplus))
  const exponent = power + surplus
  return exponent < -1000 ? Number(kept) * 2 ** -1000 * 2 ** (exponent + 1000) : Number(kept) * 2 ** exponent
}

function roundHalfEven(value: bigint, bits: bigint): bigint {
  const quotient = value >> bits
  const rest = value - (quotient << bits)
  const half = 1n << (bits - 1n)
  return rest > half || (rest === half && (quotient & 1n) === 1n) ? quotient + 1n : quotient
}

const escapes: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
}

const quote = (text: string): string =>
  JSON.stringify(text).replaceAll(/[<>&\u2028\u2029]/g, (character) => escapes[character] ?? character)

/** Go's json.Marshal: keys sorted, `<`, `>` and `&` escaped. */
export function marshalJson(value: Json): string {
  if (typeof value === 'string') return quote(value)
  // Go and JavaScript turn to exponents at the same numbers.
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (isJsonArray(value)) return `[${value.map(marshalJson).join(',')}]`
  const entries = Object.keys(value)
    .sort(compareText)
    .map((key) => `${quote(key)}:${marshalJson(value[key] ?? null)}`)
  return `{${entries.join(',')}}`
}
