import type { Json } from './json.ts'
import { isJsonArray } from './json.ts'

/** A float64 in its shortest digits, with an exponent below 1e-4 and from 1e21 on. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  if (Object.is(value, -0)) return '-0'
  const magnitude = Math.abs(value)
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e21)) return formatExponent(value, 'e')
  return String(value).includes('e') ? value.toFixed(20).replace(/0+$/, '') : String(value)
}

/** Go's shortest `e` or `E` form: 1.5 is `1.5E+00`. */
export function formatExponent(value: number, letter: 'e' | 'E'): string {
  const [mantissa = '', exponent = '+0'] = value.toExponential().split('e')
  const digits = exponent.slice(1).padStart(2, '0')
  return `${mantissa}${letter}${exponent.startsWith('-') ? '-' : '+'}${digits}`
}

/** Go's `%f`: six digits after the point. */
export function formatFixed(value: number): string {
  if (Math.abs(value) >= 1e21) return `${BigInt(value)}.000000`
  return value.toFixed(6)
}

/** Go's `%v` of a decoded JSON value, whose numbers are all float64: a million is `1e+06`. */
export function formatValue(value: Json): string {
  if (value === null) return '<nil>'
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return formatGeneral(value)
  if (isJsonArray(value)) return `[${value.map(formatValue).join(' ')}]`
  const entries = Object.keys(value)
    .sort()
    .map((key) => `${key}:${formatValue(value[key] ?? null)}`)
  return `map[${entries.join(' ')}]`
}

/** `%v` of a float64 is `%g` with the shortest digits, which turns to exponents from 1e+06 up: decimal up to 999999. */
function formatGeneral(value: number): string {
  if (!Number.isFinite(value) || Object.is(value, -0)) return formatFloat(value)
  const magnitude = Math.abs(value)
  const exponent = magnitude === 0 ? 0 : Number(magnitude.toExponential().split('e')[1])
  return exponent < -4 || exponent >= 6 ? formatExponent(value, 'e') : formatFloat(value)
}

/** strconv.ParseInt(text, 10, 64). */
export function parseGoInt(text: string): number | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined
  if (text.length < 16) return Number(text)
  const value = BigInt(text.replace(/^\+/, ''))
  return value > 0x7fff_ffff_ffff_ffffn || value < -0x8000_0000_0000_0000n ? undefined : Number(value)
}

/** strconv.ParseFloat(text, 64) without hexadecimal floats. */
export function parseGoFloat(text: string): number | undefined {
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) {
    const value = Number(text)
    return Number.isFinite(value) ? value : undefined
  }
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text)
  if (special === null) return undefined
  if (special[2]?.toLowerCase() === 'nan') return special[1] === '' ? Number.NaN : undefined
  return special[1] === '-' ? -Infinity : Infinity
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
    .sort()
    .map((key) => `${quote(key)}:${marshalJson(value[key] ?? null)}`)
  return `{${entries.join(',')}}`
}
