import type { Json } from '../../core/json.ts'
import { momentOf } from './moments.ts'

/**
 * Scalars as sigs.k8s.io/yaml reads them: YAML 1.1 booleans, octals as in Go (`012`, `0o14`), binary, `_` in numbers, no sexagesimals,
 * no dates. Integers past uint64 become floats.
 */

/** Infinity and NaN have no JSON form; upstream refuses the document. */
export const notJson: unique symbol = Symbol('not JSON')

/** `-` through `9` and what else a number can begin with. */
function mayBeginNumber(code: number): boolean {
  return (code >= 48 && code <= 57) || code === 45 || code === 43 || code === 46
}

/** Every first character of a word of `words`: `FNOTYfnoty~`. */
function mayBeginWord(code: number): boolean {
  switch (code) {
    case 70:
    case 78:
    case 79:
    case 84:
    case 89:
    case 102:
    case 110:
    case 111:
    case 116:
    case 121:
    case 126:
      return true
    default:
      return false
  }
}

const words: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
  ...['~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
])
const integer = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
const special = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/
const maxUint64 = 0xffff_ffff_ffff_ffffn
const minInt64 = 0x8000_0000_0000_0000n

/** The value of a plain (unquoted) scalar. */
export function resolvePlain(text: string): Json | typeof notJson {
  if (text === '') return null
  const code = text.charCodeAt(0)
  if (mayBeginNumber(code)) return resolveNumber(text, code)
  if (text.length <= 5 && mayBeginWord(code)) {
    const value = words.get(text)
    return value === undefined ? text : value
  }
  return text
}

function resolveNumber(text: string, first: number): Json | typeof notJson {
  if (isSmallDecimal(text, first)) return Number(text)
  if (special.test(text)) return notJson
  // A leading dot goes to Go's ParseFloat as it stands, which takes no `_`.
  const digits = first === 46 || !text.includes('_') ? text : text.replaceAll('_', '')
  const whole = integerOf(digits)
  if (whole !== undefined) return Number(whole)
  if (!float.test(digits)) return text
  const value = Number(digits)
  return Number.isFinite(value) ? value : text
}

/** The common case, without regular expressions: up to 15 digits, no leading zero. */
function isSmallDecimal(text: string, first: number): boolean {
  if (text.length > 15 || first < 49 || first > 57) return text === '0'
  for (let i = 1; i < text.length; i += 1) {
    const code = text.charCodeAt(i)
    if (code < 48 || code > 57) return false
  }
  return true
}

function integerOf(digits: string): bigint | undefined {
  if (!integer.test(digits)) return undefined
  const negative = digits.startsWith('-')
  const body = digits.replace(/^[-+]/, '').toLowerCase()
  const value = BigInt(/^0[0-7]+$/.test(body) ? `0o${body.slice(1)}` : body)
  if (value > (negative ? minInt64 : maxUint64)) return undefined
  return negative ? -value : value
}

/** What a scalar is when it stands as a key; undefined where upstream refuses it (null, infinity). */
export function plainKey(text: string): string | undefined {
  const value = resolvePlain(text)
  if (value === notJson || value === null) return undefined
  if (typeof value !== 'number') return String(value)
  const whole = integerOf(text.replaceAll('_', ''))
  return whole === undefined ? shortFloat(value) : whole.toString()
}

/** Go's `FormatFloat(value, 'g', -1, 32)`, which upstream prints float keys with. */
function shortFloat(value: number): string {
  const narrow = Math.fround(value)
  if (!Number.isFinite(narrow)) return narrow > 0 ? '+Inf' : '-Inf'
  if (narrow === 0) return Object.is(narrow, -0) ? '-0' : '0'
  let shortest = narrow.toExponential(8)
  for (let digits = 0; digits < 8; digits += 1) {
    const candidate = narrow.toExponential(digits)
    if (Math.fround(Number(candidate)) === narrow) {
      shortest = candidate
      break
    }
  }
  const [mantissa = '', exponentText = '0'] = shortest.split('e')
  const exponent = Number(exponentText)
  if (exponent >= -4 && exponent < 6) return String(Number(shortest))
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

/** Who reads: Kubernetes, or go-yaml v3, to which `yes` and `off` are texts, and dates are moments. */
export type YamlDialect = 'kubernetes' | 'go-yaml-3'

/** The value of a plain scalar for a reader. */
export function resolveFor(dialect: YamlDialect, text: string): Json | typeof notJson {
  const value = resolvePlain(text)
  if (dialect === 'kubernetes') return value
  if (typeof value === 'boolean') return isTruth(text) ? value : text
  return typeof value === 'string' ? (momentOf(text) ?? value) : value
}

/** What a plain scalar is as a key, for a reader. */
export const keyFor = (dialect: YamlDialect, text: string): string | undefined =>
  dialect === 'go-yaml-3' && typeof resolvePlain(text) === 'boolean' && !isTruth(text) ? text : plainKey(text)

const isTruth = (text: string): boolean => /^(?:true|false)$/i.test(text)

export type TagOutcome = { readonly value: Json } | { readonly problem: string }

/** A scalar with an explicit tag. Tags outside YAML's own (`!Foo 1`) leave the text alone. */
export function resolveTagged(tag: string, text: string): TagOutcome {
  switch (tag) {
    case 'tag:yaml.org,2002:str':
      return { value: text }
    case 'tag:yaml.org,2002:binary':
      return decodeBase64(text)
    case 'tag:yaml.org,2002:null':
    case 'tag:yaml.org,2002:bool':
    case 'tag:yaml.org,2002:int':
    case 'tag:yaml.org,2002:float':
      return resolveTyped(tag.slice('tag:yaml.org,2002:'.length), text)
    default:
      return { value: text }
  }
}

function resolveTyped(type: string, text: string): TagOutcome {
  const value = resolvePlain(text)
  const problem = `expected a value that \`!!${type}\` can hold, found \`${text}\``
  if (value === notJson) return { problem }
  if (type === 'null') return value === null ? { value } : { problem }
  if (type === 'bool') return typeof value === 'boolean' ? { value } : { problem }
  if (typeof value !== 'number') return { problem }
  return type === 'float' || integerOf(text.replaceAll('_', '')) !== undefined ? { value } : { problem }
}

function decodeBase64(text: string): TagOutcome {
  const compact = text.replace(/[\r\n]/g, '')
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return { problem: 'expected base64 after `!!binary`' }
  const bytes = Uint8Array.from(atob(compact), (character) => character.charCodeAt(0))
  return { value: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes) }
}
