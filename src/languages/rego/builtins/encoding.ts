import { Buffer } from 'node:buffer'
import { quoteGoRune } from '../../../core/go-quote.ts'
import type { Result } from '../../../core/result.ts'
import { err } from '../../../core/result.ts'
import { setKey } from '../values/record.ts'
import type { AnyObject, RegoValue } from '../values/value.ts'
import { isArray, isSet, objectEntries } from '../values/value.ts'
import { decodeBase64, encodeBase64, encodeBase64Url } from './base64.ts'
import { BuiltinError } from './contract.ts'
import type { Builtin } from './contract.ts'
import { anything, define, itemsOf, object, text } from './define.ts'
import type { Operand } from './define.ts'
import { failure, type } from './operands.ts'
import { escapeQuery, parseQuery, unescapeQuery } from './url-query.ts'

const encoder = (name: string, encode: (value: string) => string): Builtin => define(name, [text], type.string, ([value]) => encode(value))

const decoder = (name: string, decode: (value: string) => Result<string, string>): Builtin =>
  define(name, [text], type.string, ([value]) => {
    const decoded = decode(value)
    return decoded.ok ? decoded.value : failure(name, decoded.error)
  })

/** Padding is added by the length, unless there is some at the end. */
function decodeBase64Url(value: string): Result<string, string> {
  if (value.endsWith('=')) return decodeBase64(value, 'url')
  const missing = (4 - (Buffer.byteLength(value) % 4)) % 4
  return missing === 3 ? err(`illegal base64url string: ${value}`) : decodeBase64(value + '='.repeat(missing), 'url')
}

function decodeHex(name: string, value: string): string | BuiltinError {
  const bad = /[^\da-fA-F]/u.exec(value)
  if (bad !== null) {
    const [code = 0] = Buffer.from(bad[0])
    const shown = quoteGoRune(code, false)
    const codePoint = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
    return failure(name, `encoding/hex: invalid byte: ${codePoint}${shown.startsWith("'\\") ? '' : ` ${shown}`}`)
  }
  return value.length % 2 === 1 ? failure(name, 'encoding/hex: odd length hex string') : Buffer.from(value, 'hex').toString('utf8')
}

function decodeObject(name: string, value: string): RegoValue | BuiltinError {
  const parsed = parseQuery(value)
  if (!parsed.ok) return failure(name, parsed.error)
  const result: { [key: string]: RegoValue } = {}
  for (const [key, values] of parsed.value) setKey(result, key, values)
  return result
}

function encodeObject(name: string, value: AnyObject): string | BuiltinError {
  const pairs: string[] = []
  for (const [key, item] of objectEntries(value)) {
    const values = typeof key === 'string' ? queryValues(item) : undefined
    if (typeof key !== 'string' || values === undefined) return wrongQuery(name)
    for (const each of values) pairs.push(`${escapeQuery(key)}=${escapeQuery(each)}`)
  }
  return pairs.join('&')
}

const wrongQuery = (name: string): BuiltinError =>
  new BuiltinError('eval_type_error', `${name}: operand 1 values must be string, array[string], or set[string]`)

function queryValues(value: RegoValue): readonly string[] | undefined {
  if (typeof value === 'string') return [value]
  if (!isArray(value) && !isSet(value)) return undefined
  const items = itemsOf(value)
  return items.every((item) => typeof item === 'string') ? items : undefined
}

const queryObject: Operand<AnyObject> = {
  ...object,
  type: type.object(type.string, type.union(type.string, type.array(type.string), type.set(type.string))),
}

export const encodingBuiltins: readonly Builtin[] = [
  encoder('base64.encode', encodeBase64),
  decoder('base64.decode', (value) => decodeBase64(value, 'standard')),
  define('base64.is_valid', [{ ...anything, type: type.string }], type.boolean, ([value]) =>
    typeof value === 'string' ? decodeBase64(value, 'standard').ok : false,
  ),
  encoder('base64url.encode', encodeBase64Url),
  encoder('base64url.encode_no_pad', (value) => encodeBase64Url(value).replaceAll('=', '')),
  decoder('base64url.decode', decodeBase64Url),
  encoder('hex.encode', (value) => Buffer.from(value.toWellFormed()).toString('hex')),
  define('hex.decode', [text], type.string, ([value]) => decodeHex('hex.decode', value)),
  encoder('urlquery.encode', escapeQuery),
  decoder('urlquery.decode', unescapeQuery),
  define('urlquery.encode_object', [queryObject], type.string, ([value]) => encodeObject('urlquery.encode_object', value)),
  define('urlquery.decode_object', [text], type.object(type.string, type.array(type.string)), ([value]) =>
    decodeObject('urlquery.decode_object', value),
  ),
]
