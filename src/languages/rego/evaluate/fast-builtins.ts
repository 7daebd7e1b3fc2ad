import { printPlain } from '../builtins/sprintf.ts'
import { trimPrefix, trimSuffix } from '../builtins/strings.ts'
import type { RegoValue } from '../values/value.ts'
import { compareValues, equalValues, isArray, isNumber, isObject, objectGet, RegoSet } from '../values/value.ts'

/** Undefined: the built-in itself has to say. It is given as many values as the built-in has operands. */
export type Fast = (first: RegoValue, second: RegoValue, third: RegoValue) => RegoValue | undefined

const texts =
  (holds: (left: string, right: string) => boolean): Fast =>
  (left, right) =>
    typeof left === 'string' && typeof right === 'string' ? holds(left, right) : undefined

const safe = (value: number): number | undefined => (Number.isSafeInteger(value) ? value : undefined)
const integers =
  (compute: (left: number, right: number) => number): Fast =>
  (left, right) =>
    typeof left === 'number' && typeof right === 'number' && Number.isSafeInteger(left) && Number.isSafeInteger(right)
      ? safe(compute(left, right))
      : undefined

/** Tests of types: what is of another type is rarer, and may be false or undefined. */
const tests =
  (is: (value: RegoValue) => boolean): Fast =>
  (value) =>
    is(value) ? true : undefined

function count(value: RegoValue): number | undefined {
  if (isArray(value)) return value.length
  return value instanceof RegoSet ? value.size : undefined
}

function concat(delimiter: RegoValue, parts: RegoValue): string | undefined {
  if (typeof delimiter !== 'string' || !isArray(parts)) return undefined
  let out = ''
  for (const [at, part] of parts.entries()) {
    if (typeof part !== 'string' || out.length > shortText) return undefined
    out += at === 0 ? part : delimiter + part
  }
  return out
}

/** Longer texts are looked at for the limits. */
const shortText = 64 * 1024

function objectGetOf(value: RegoValue, key: RegoValue, otherwise: RegoValue): RegoValue | undefined {
  if (typeof key !== 'string' || !isObject(value)) return undefined
  const found = objectGet(value, key)
  return found === undefined ? otherwise : found
}

/** The common cases of built-ins, without an array of operands and the checks of their types. */
export const fastBuiltins: ReadonlyMap<string, Fast> = new Map<string, Fast>([
  ['equal', equalValues],
  ['neq', (left, right) => !equalValues(left, right)],
  ['lt', (left, right) => compareValues(left, right) < 0],
  ['lte', (left, right) => compareValues(left, right) <= 0],
  ['gt', (left, right) => compareValues(left, right) > 0],
  ['gte', (left, right) => compareValues(left, right) >= 0],
  ['plus', integers((left, right) => left + right)],
  ['minus', integers((left, right) => left - right)],
  ['mul', integers((left, right) => left * right)],
  ['startswith', texts((left, right) => left.startsWith(right))],
  ['endswith', texts((left, right) => left.endsWith(right))],
  ['contains', texts((left, right) => left.includes(right))],
  ['trim_prefix', (value, prefix) => (typeof value === 'string' && typeof prefix === 'string' ? trimPrefix(value, prefix) : undefined)],
  ['trim_suffix', (value, suffix) => (typeof value === 'string' && typeof suffix === 'string' ? trimSuffix(value, suffix) : undefined)],
  ['concat', concat],
  ['internal.member_2', (left, right) => (right instanceof RegoSet ? right.has(left) : undefined)],
  ['count', count],
  ['object.get', objectGetOf],
  ['sprintf', (format, values) => (typeof format === 'string' && isArray(values) ? printPlain(format, values) : undefined)],
  ['is_string', tests((value) => typeof value === 'string')],
  ['is_number', tests(isNumber)],
  ['is_boolean', tests((value) => typeof value === 'boolean')],
  ['is_array', tests(isArray)],
  ['is_object', tests(isObject)],
])
