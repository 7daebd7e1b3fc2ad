import { formatFloat } from '../../../core/go-format.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import { compare } from '../operators.ts'
import { formatTimestamp } from '../time.ts'
import { formatSeconds } from '../text.ts'
import type { CelOutcome, CelValue } from '../values.ts'
import {
  CelBytes,
  CelDouble,
  CelDuration,
  CelError,
  CelTimestamp,
  CelTypeValue,
  CelUint,
  entriesOf,
  fromRaw,
  isCelList,
  kindOf,
  typeNameOf,
} from '../values.ts'
import { formatDouble } from './conversions.ts'

/*
 * `text.format(list)`: C's verbs, of which Kubernetes' version of CEL prints doubles as English does, with commas, and exponents as powers of ten.
 */

export type Verb = 's' | 'd' | 'f' | 'e' | 'b' | 'x' | 'X' | 'o'
const verbs: ReadonlySet<string> = new Set<Verb>(['s', 'd', 'f', 'e', 'b', 'x', 'X', 'o'])
const isVerb = (text: string): text is Verb => verbs.has(text)

export interface Clause {
  readonly verb: Verb
  readonly precision: number
}

/** What a format text is made of: texts, and clauses that take one argument each. */
export type FormatPart = string | Clause

const defaultPrecision = 6
const largestPrecision = 10_000

/** The parts of a format text, up to the first that is wrong. */
export function parseFormat(text: string): { readonly parts: readonly FormatPart[]; readonly problem: string | undefined } {
  const parts: FormatPart[] = []
  let at = 0
  while (at < text.length) {
    const percent = text.indexOf('%', at)
    if (percent < 0) break
    parts.push(text.slice(at, percent))
    if (percent + 1 === text.length) return { parts, problem: 'unexpected end of string' }
    if (text.charAt(percent + 1) === '%') {
      parts.push('%')
      at = percent + 2
      continue
    }
    const clause = parseClause(text, percent + 1)
    if (!clause.ok) return { parts, problem: `could not parse formatting clause: ${clause.error}` }
    parts.push(clause.value)
    at = clause.value.end
  }
  parts.push(text.slice(at))
  return { parts, problem: undefined }
}

function parseClause(text: string, start: number): Result<Clause & { readonly end: number }, string> {
  let at = start
  let precision = defaultPrecision
  if (text.charAt(at) === '.') {
    const digits = /^\d*/.exec(text.slice(at + 1, at + 32))?.[0] ?? ''
    const problem = (why: string): Result<never, string> =>
      err(`error while parsing precision: error while converting precision to integer: strconv.Atoi: parsing "${digits}": ${why}`)
    if (digits === '') return problem('invalid syntax')
    if (digits.length > 18) return problem('value out of range')
    precision = Number(digits)
    at += 1 + digits.length
    if (at >= text.length) return err('error while parsing precision: could not find end of precision specifier')
    if (precision > largestPrecision) return err(`error while parsing precision: precision may be at most ${largestPrecision}`)
  }
  const verb = String.fromCodePoint(text.codePointAt(at) ?? 0)
  return isVerb(verb) ? ok({ verb, precision, end: at + 1 }) : err(`unrecognized formatting clause "${verb}"`)
}

/** Why an argument of this type cannot be formatted; undefined where it can. */
export function formatMistake(verb: Verb, type: string): string | undefined {
  const fits = (...types: readonly string[]): boolean => types.includes(type)
  switch (verb) {
    case 's':
      if (
        fits(
          'string',
          'bool',
          'bytes',
          'int',
          'uint',
          'double',
          'map',
          'list',
          'type',
          'null_type',
          'google.protobuf.Duration',
          'google.protobuf.Timestamp',
        )
      )
        return undefined
      return `string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps, was given ${type}`
    case 'd':
      return fits('int', 'uint') ? undefined : `decimal clause can only be used on integers, was given ${type}`
    case 'f':
      return fits('double') ? undefined : `fixed-point clause can only be used on doubles, was given ${type}`
    case 'e':
      return fits('double') ? undefined : `scientific clause can only be used on doubles, was given ${type}`
    case 'b':
      return fits('int', 'uint', 'bool') ? undefined : `only integers and bools can be formatted as binary, was given ${type}`
    case 'x':
    case 'X':
      return fits('int', 'uint', 'string', 'bytes')
        ? undefined
        : `only integers, byte buffers, and strings can be formatted as hex, was given ${type}`
    case 'o':
      return fits('int', 'uint') ? undefined : `octal clause can only be used on integers, was given ${type}`
  }
}

/** The text with its clauses filled in. */
export function formatText(text: string, args: readonly CelValue[]): CelOutcome {
  const { parts, problem } = parseFormat(text)
  let out = ''
  let index = 0
  for (const part of parts) {
    if (typeof part === 'string') {
      out += part
      continue
    }
    const arg = args[index]
    if (arg === undefined) return new CelError(`index ${index} out of range`)
    const formatted = formatArgument(part, fromRaw(arg))
    if (!formatted.ok) return new CelError(`error during formatting: ${formatted.error}`)
    out += formatted.value
    index += 1
  }
  return problem === undefined ? out : new CelError(problem)
}

function formatArgument({ verb, precision }: Clause, value: CelValue): Result<string, string> {
  const mistake = formatMistake(verb, typeNameOf(value))
  if (mistake !== undefined) return err(mistake)
  switch (verb) {
    case 's':
      return shown(value)
    case 'd':
      return ok(String(integerOf(value)))
    case 'f':
      return ok(value instanceof CelDouble ? fixed(value.value, precision) : '')
    case 'e':
      return ok(value instanceof CelDouble ? scientific(value.value) : '')
    case 'b':
      return ok(value === true ? '1' : value === false ? '0' : integerOf(value).toString(2))
    case 'o':
      return ok(integerOf(value).toString(8))
    case 'x':
      return ok(hexadecimal(value))
    case 'X':
      return ok(hexadecimal(value).toUpperCase())
  }
}

const integerOf = (value: CelValue): number | bigint =>
  typeof value === 'number' || typeof value === 'bigint' ? value : value instanceof CelUint ? value.value : 0

function hexadecimal(value: CelValue): string {
  if (typeof value === 'string') return Buffer.from(value, 'utf8').toString('hex')
  return value instanceof CelBytes ? Buffer.from(value.value).toString('hex') : integerOf(value).toString(16)
}

/** `%s` of a value by itself. */
function shown(value: CelValue): Result<string, string> {
  if (typeof value === 'string') return ok(value)
  if (value instanceof CelDouble) return ok(formatDouble(value.value))
  if (value instanceof CelDuration) return ok(formatSeconds(value))
  if (value instanceof CelTimestamp) return ok(formatTimestamp(value))
  if (value instanceof CelBytes) {
    const text = utf8Of(value)
    return text === undefined ? err('could not convert argument "invalid UTF-8 in bytes, cannot convert to string" to string') : ok(text)
  }
  return inside(value, 0)
}

function utf8Of({ value }: CelBytes): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value)
  } catch {
    return undefined
  }
}

/** Deeper values are not printed. */
const deepest = 64

/** `%s` of what is in a list or map: texts have quotes. */
function inside(value: CelValue, depth: number): Result<string, string> {
  if (depth > deepest) return err('value is nested too deeply')
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint') return ok(String(value))
  if (typeof value === 'string') return ok(JSON.stringify(value))
  if (value instanceof CelUint) return ok(String(value.value))
  if (value instanceof CelDouble)
    return ok(Number.isFinite(value.value) ? value.value.toFixed(defaultPrecision) : `"${formatFloat(value.value)}"`)
  if (value instanceof CelDuration) return ok(`duration("${formatSeconds(value)}")`)
  if (value instanceof CelTimestamp) return ok(`timestamp("${formatTimestamp(value)}")`)
  if (value instanceof CelBytes) return ok(`b${JSON.stringify(utf8Of(value) ?? '')}`)
  if (value instanceof CelTypeValue) return ok(value.name)
  if (isCelList(value))
    return joined(
      '[',
      value.map((item) => inside(fromRaw(item), depth + 1)),
      ']',
    )
  if (kindOf(value) === 'map') return mapShown(value, depth)
  return err(formatMistake('s', typeNameOf(value)) ?? '')
}

function joined(open: string, parts: readonly Result<string, string>[], close: string): Result<string, string> {
  const wrong = parts.find((part) => !part.ok)
  if (wrong !== undefined && !wrong.ok) return wrong
  return ok(`${open}${parts.map((part) => (part.ok ? part.value : '')).join(', ')}${close}`)
}

function mapShown(map: CelValue, depth: number): Result<string, string> {
  const entries = Array.from(entriesOf(map)).toSorted(([a], [b]) => compare(a, b) ?? 0)
  const parts = entries.map(([key, value]): Result<string, string> => {
    if (value instanceof CelError) return err(value.message)
    const name = inside(key, depth + 1)
    const held = inside(value, depth + 1)
    return name.ok && held.ok ? ok(`${name.value}:${held.value}`) : name.ok ? held : name
  })
  return joined('{', parts, '}')
}

const special = (value: number): string => (Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '-∞')

/** The digits of the exact value, halves to even, with commas between thousands. */
function fixed(value: number, precision: number): string {
  if (!Number.isFinite(value)) return special(value)
  const digits = roundedDigits(Math.abs(value), precision).padStart(precision + 1, '0')
  const whole = digits.slice(0, digits.length - precision).replaceAll(/\B(?=(?:\d{3})+$)/g, ',')
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  return `${sign}${whole}${precision === 0 ? '' : `.${digits.slice(digits.length - precision)}`}`
}

/** The double times a power of ten, as the nearest whole number, halves to even. */
function roundedDigits(value: number, precision: number): string {
  const bits = new DataView(new ArrayBuffer(8))
  bits.setFloat64(0, value)
  const high = bits.getUint32(0)
  const raised = high >>> 20
  const fraction = (BigInt(high & 0xf_ffff) << 32n) | BigInt(bits.getUint32(4))
  const mantissa = raised === 0 ? fraction : fraction | (1n << 52n)
  const exponent = Math.max(raised, 1) - 1075
  const scaled = mantissa * 10n ** BigInt(precision)
  if (exponent >= 0) return (scaled << BigInt(exponent)).toString()
  const divisor = 1n << BigInt(-exponent)
  const quotient = scaled / divisor
  const twice = (scaled % divisor) * 2n
  return (twice > divisor || (twice === divisor && quotient % 2n === 1n) ? quotient + 1n : quotient).toString()
}

const superscripts: Readonly<Record<string, string>> = {
  '-': '⁻',
  '0': '⁰',
  '1': '¹',
  '2': '²',
  '3': '³',
  '4': '⁴',
  '5': '⁵',
  '6': '⁶',
  '7': '⁷',
  '8': '⁸',
  '9': '⁹',
}

/** Six digits after the point, whatever the precision. */
function scientific(value: number): string {
  if (!Number.isFinite(value)) return special(value)
  const [mantissa = '', exponent = ''] = value.toExponential(defaultPrecision).split('e')
  const raised = `${exponent.startsWith('-') ? '-' : ''}${exponent.slice(1).padStart(2, '0')}`
  return `${mantissa}×10${Array.from(raised, (character) => superscripts[character] ?? '').join('')}`
}
