import type { Json } from '../../../core/json.ts'
import { setOwn } from '../../../core/json.ts'
import { goJsonError } from '../../../core/go-json.ts'
import { compareText, marshalJson } from '../../../core/go-format.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import { numberFromText, numberText } from './number.ts'
import { isArray, isNumber, isSet, objectEntries } from './value.ts'
import { setKey } from './record.ts'
import type { RegoArray, RegoValue } from './value.ts'

/** JSON is a value as it is. */
export const fromJson = (value: Json): RegoValue => value

/** A value as JSON: sets are sorted arrays, keys that are no strings are written out, numbers are doubles. */
export function toJson(value: RegoValue): Json {
  if (typeof value !== 'object' || value === null) return value
  if (isNumber(value)) return finite(Number(numberText(value)))
  if (isArray(value)) return value.map(toJson)
  if (isSet(value)) return value.sorted.map(toJson)
  const object: { [key: string]: Json } = {}
  for (const [key, each] of objectEntries(value)) setOwn(object, keyText(key), toJson(each))
  return object
}

/** JSON has no infinity: numbers beyond doubles become the largest. */
const finite = (value: number): number => (Number.isFinite(value) ? value : Math.sign(value) * (Number.isNaN(value) ? 0 : Number.MAX_VALUE))

/** The key of a JSON object: a string as it is, anything else as JSON. */
export const keyText = (key: RegoValue): string => (typeof key === 'string' ? key : marshalValue(key))

/** The value as `json.unmarshal(json.marshal(value))` has it: without sets and without keys that are no strings. */
export function plainValue(value: RegoValue): RegoValue {
  if (typeof value !== 'object' || value === null || isNumber(value)) return value
  if (isArray(value)) return value.map(plainValue)
  if (isSet(value)) return value.sorted.map(plainValue)
  const object: { [key: string]: RegoValue } = {}
  for (const [key, each] of objectEntries(value)) setKey(object, keyText(key), plainValue(each))
  return object
}

export interface MarshalOptions {
  readonly prefix: string
  readonly indent: string
}

/** Go's json.Marshal, or MarshalIndent: keys sorted, `<`, `>` and `&` escaped, numbers with their text. */
export function marshalValue(value: RegoValue, options?: MarshalOptions): string {
  return marshal(value, options, options === undefined ? '' : `\n${options.prefix}`)
}

function marshal(value: RegoValue, options: MarshalOptions | undefined, line: string): string {
  if (typeof value === 'string') return marshalJson(value.toWellFormed())
  if (value === null || typeof value === 'boolean') return String(value)
  if (isNumber(value)) return numberText(value)
  const inner = options === undefined ? '' : line + options.indent
  if (isArray(value)) return bracketed('[', marshalItems(value, options, inner), inner, line) + ']'
  if (isSet(value)) return bracketed('[', marshalItems(value.sorted, options, inner), inner, line) + ']'
  const colon = options === undefined ? ':' : ': '
  const members = objectEntries(value)
    .map(([key, each]) => [keyText(key), each] as const)
    .sort((a, b) => compareText(a[0], b[0]))
    .map(([key, each]) => `${marshalJson(key.toWellFormed())}${colon}${marshal(each, options, inner)}`)
  return bracketed('{', members, inner, line) + '}'
}

const marshalItems = (items: RegoArray, options: MarshalOptions | undefined, inner: string): readonly string[] =>
  items.map((item) => marshal(item, options, inner))

const bracketed = (open: string, parts: readonly string[], inner: string, line: string): string =>
  parts.length === 0 ? open : `${open}${inner}${parts.join(`,${inner}`)}${line}`

/** Numbers that a double would change or print differently. */
const specialNumber = /\d[.eE]|\d{16}|-0/

/** JSON text as a value: numbers keep their text. The error says what is wrong. */
export function parseJsonValue(text: string, maxDepth: number): Result<RegoValue, string> {
  if (depthOf(text) > maxDepth) return err('exceeded max depth')
  try {
    if (!specialNumber.test(text) && !text.includes(String.raw`\u`)) return ok(JSON.parse(text))
    // Tokens outside ASCII or with escapes may hold half a surrogate pair, which Go replaces.
    return ok(JSON.parse(text, reviveTexts))
  } catch {
    return err(decoderError(text))
  }
}

/** What Go's decoder says: it asks for more text where a value is unfinished, and looks at what comes after one as at a value. */
function decoderError(text: string): string {
  if (/^[ \t\r\n]*$/.test(text)) return 'EOF'
  const problem = goJsonError(text) ?? 'invalid JSON'
  if (problem === 'unexpected end of JSON input') return 'unexpected EOF'
  const [, found] = /^invalid character '(.+)' after top-level value$/.exec(problem) ?? []
  if (found === undefined) return problem
  return /^[[{"\-\dtfn]/.test(found) ? `error: ${problem}` : `invalid character '${found}' looking for beginning of value`
}

function reviveTexts(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value === 'number') return numberFromText(context?.source ?? String(value))
  return typeof value === 'string' ? value.toWellFormed() : value
}

/** How deep brackets nest outside strings. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (unit === 0x22) at = endOfString(text, at)
    else if (unit === 0x5b || unit === 0x7b) deepest = Math.max(deepest, (depth += 1))
    else if (unit === 0x5d || unit === 0x7d) depth -= 1
  }
  return deepest
}

/** The offset of the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text.charCodeAt(at) !== 0x22) at += text.charCodeAt(at) === 0x5c ? 2 : 1
  return at
}
