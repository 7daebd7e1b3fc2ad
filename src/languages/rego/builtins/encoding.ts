import { Buffer } from 'node:buffer'
import { quoteRune } from '../values/format.ts'
import type { Result } from '../../../core/result.ts'
import { setKey } from '../values/record.ts'
import type { AnyObject, RegoValue } from '../values/value.ts'
import { isArray, isSet, objectEntries, typeName } from '../values/value.ts'
import { decodeBase64, encodeBase64, encodeBase64Url } from './base64.ts'
import type { Builtin, BuiltinError } from './contract.ts'
import { anything, define, object, stringsOf, text } from './define.ts'
import type { Operand } from './define.ts'
import { failure, isError, type, wrongOperand } from './operands.ts'
import { escapeQuery, parseQuery, unescapeQuery } from './url-query.ts'

const encoder = (name: string, encode: (value: string) => string): Builtin => define(name, [text], type.string, ([value]) => encode(value))

const decoder = (name: string, decode: (value: string) => Result<string, string>): Builtin =>
  define(name, [text], type.string, ([value]) => {
    const decoded = decode(value)
    return decoded.ok ? decoded.value : failure(name, decoded.error)
  })

/** Padding that is missing is added. */
function decodeBase64Url(value: string): Result<string, string> {
  const missing = (4 - (value.length % 4)) % 4
  return decodeBase64(missing < 3 && !value.includes('=') ? value + '='.repeat(missing) : value, 'url')
}

function decodeHex(name: string, value: string): string | BuiltinError {
  const bad = /[^\da-fA-F]/u.exec(value)
  if (bad !== null) {
    const code = bad[0].codePointAt(0) ?? 0
    return failure(name, `encoding/hex: invalid byte: U+${code.toString(16).toUpperCase().padStart(4, '0')} ${quoteRune(code, false)}`)
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
    if (typeof key !== 'string') return wrongOperand(name, 0, 'string', typeName(key))
    const values = queryValues(name, item)
    if (isError(values)) return values
    for (const each of values) pairs.push(`${escapeQuery(key)}=${escapeQuery(each)}`)
  }
  return pairs.join('&')
}

function queryValues(name: string, value: RegoValue): readonly string[] | BuiltinError {
  if (typeof value === 'string') return [value]
  return isArray(value) || isSet(value) ? stringsOf(name, 0, value) : wrongOperand(name, 0, 'one of {string, array, set}', typeName(value))
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
