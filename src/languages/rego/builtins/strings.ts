import { integerPart } from '../values/arithmetic.ts'
import { toBigInt } from '../values/number.ts'
import type { AnyNumber } from '../values/number.ts'
import type { AnyObject, RegoArray, RegoSet } from '../values/value.ts'
import { isArray, isSet, objectEntries } from '../values/value.ts'
import { BuiltinError } from './contract.ts'
import type { Builtin } from './contract.ts'
import { collection, define, integer, number, object, position, stringsOf, text, tooLarge } from './define.ts'
import type { Operand } from './define.ts'
import { failure, isError, ofString, ofStrings, type } from './operands.ts'
import {
  characterCount,
  characterIndex,
  charactersOf,
  hasSurrogates,
  occurrences,
  toLower,
  toUpper,
  trimCharacters,
  trimSpace,
} from './text.ts'

type Texts = string | RegoArray | RegoSet

const textsType = type.union(type.string, type.array(type.string), type.set(type.string))
const texts: Operand<Texts> = {
  type: textsType,
  expected: 'one of {string, set, array}',
  is: (value): value is Texts => typeof value === 'string' || isArray(value) || isSet(value),
}

/** Whether any string of the first begins or ends with any of the second. */
const anyMatch = (name: string, matches: (value: string, affix: string) => boolean): Builtin =>
  define(name, [texts, texts], type.boolean, ([first, second]) => {
    const values = typeof first === 'string' ? [first] : stringsOf(name, 0, first)
    if (isError(values)) return values
    const affixes = typeof second === 'string' ? [second] : stringsOf(name, 1, second)
    return isError(affixes) ? affixes : values.some((value) => affixes.some((affix) => matches(value, affix)))
  })

function substring(value: string, offset: AnyNumber, length: AnyNumber): string | BuiltinError {
  const start = clampedIndex(offset)
  const count = clampedIndex(length)
  if (start < 0) return failure('substring', 'negative offset')
  if (hasSurrogates(value))
    return charactersOf(value)
      .slice(start, count < 0 ? undefined : start + count)
      .join('')
  return count < 0 ? value.slice(start) : value.slice(start, start + count)
}

/** An integer as a JavaScript number; beyond all lengths it does not matter which. */
const clampedIndex = (value: AnyNumber): number => Number(toBigInt(value) ?? 0n)

const bases: readonly AnyNumber[] = [2, 8, 10, 16]

function formatInteger(value: AnyNumber, base: AnyNumber): string | BuiltinError {
  if (typeof base !== 'number' || !bases.includes(base))
    return new BuiltinError('eval_type_error', 'format_int: operand 2 must be one of {2, 8, 10, 16}')
  return integerPart(value)?.toString(base) ?? tooLarge('format_int', 'number')
}

function replaceAll(value: string, old: string, next: string): string {
  if (old !== '') return value.split(old).join(next)
  return (
    next +
    charactersOf(value)
      .map((character) => character + next)
      .join('')
  )
}

/** Replaces in one pass; where several keys match, the first in order does. */
function replaceMany(patterns: AnyObject, value: string, maxLength: number): string | BuiltinError {
  const pairs: (readonly [string, string])[] = []
  for (const [key, replacement] of objectEntries(patterns)) {
    if (typeof key !== 'string') return nonString('key')
    if (typeof replacement !== 'string') return nonString('value')
    pairs.push([key, replacement])
  }
  const byFirst = Map.groupBy(pairs, ([key]) => key.slice(0, 1))
  const empty = byFirst.get('')?.[0]?.[1]
  let out = ''
  let afterEmpty = false
  for (let at = 0; at <= value.length;) {
    if (out.length > maxLength) return tooLarge('strings.replace_n', 'string')
    // The empty key matches everywhere, before all others, but not twice in one place.
    if (empty !== undefined && !afterEmpty) {
      out += empty
      afterEmpty = true
      continue
    }
    const candidates = at < value.length ? byFirst.get(value.charAt(at)) : undefined
    const match = candidates?.find(([key]) => value.startsWith(key, at))
    out += match === undefined ? value.charAt(at) : match[1]
    at += match === undefined ? 1 : match[0].length
    afterEmpty = false
  }
  return out
}

const nonString = (what: string): BuiltinError =>
  new BuiltinError('eval_type_error', `strings.replace_n: operand 1 non-string ${what} found in pattern object`)

/** The first n parts, or the last -n. */
function splitCount(parts: readonly string[], count: number): readonly string[] {
  return count >= 0 ? parts.slice(0, count) : parts.slice(Math.max(0, parts.length + count))
}

const splitText = (value: string, delimiter: string): readonly string[] => (delimiter === '' ? charactersOf(value) : value.split(delimiter))

const strings = type.array(type.string)

export const stringBuiltins: readonly Builtin[] = [
  ofStrings('contains', type.boolean, (value, part) => value.includes(part)),
  ofStrings('startswith', type.boolean, (value, part) => value.startsWith(part)),
  ofStrings('endswith', type.boolean, (value, part) => value.endsWith(part)),
  anyMatch('strings.any_prefix_match', (value, affix) => value.startsWith(affix)),
  anyMatch('strings.any_suffix_match', (value, affix) => value.endsWith(affix)),
  define('concat', [text, collection(type.string, 'one of {set, array}')], type.string, ([delimiter, parts], context) => {
    const items = stringsOf('concat', 1, parts)
    if (isError(items)) return items
    const length = items.reduce((sum, item) => sum + item.length + delimiter.length, 0)
    return length > context.limits.textLength ? tooLarge('concat', 'string') : items.join(delimiter)
  }),
  ofStrings('indexof', type.number, (value, part) => {
    if (part === '') return failure('indexof', 'empty search character')
    const at = value.indexOf(part)
    return at === -1 ? -1 : characterIndex(value, at)
  }),
  ofStrings('indexof_n', type.array(type.number), (value, part) =>
    part === '' ? failure('indexof_n', 'empty search character') : overlapping(value, part).map((at) => characterIndex(value, at)),
  ),
  ofString('lower', type.string, toLower),
  ofString('upper', type.string, toUpper),
  define('replace', [text, text, text], type.string, ([value, old, next], context) => {
    const places = old === '' ? value.length + 1 : occurrences(value, old).length
    return places * next.length + value.length > context.limits.textLength ? tooLarge('replace', 'string') : replaceAll(value, old, next)
  }),
  define(
    'strings.replace_n',
    [{ ...object, type: type.object(type.string, type.string) }, text],
    type.string,
    ([patterns, value], context) => replaceMany(patterns, value, context.limits.textLength),
  ),
  ofString('strings.reverse', type.string, (value) => charactersOf(value).toReversed().join('')),
  ofStrings('strings.count', type.number, (value, part) => (part === '' ? characterCount(value) + 1 : occurrences(value, part).length)),
  ofStrings('split', strings, splitText),
  define('strings.split_n', [text, text, integer], strings, ([value, delimiter, count]) =>
    splitCount(splitText(value, delimiter), clampedIndex(count)),
  ),
  define('substring', [text, position, position], type.string, ([value, offset, length]) => substring(value, offset, length)),
  ofStrings('trim', type.string, (value, cutSet) => trimCharacters(value, cutSet, 'both')),
  ofStrings('trim_left', type.string, (value, cutSet) => trimCharacters(value, cutSet, 'left')),
  ofStrings('trim_right', type.string, (value, cutSet) => trimCharacters(value, cutSet, 'right')),
  ofStrings('trim_prefix', type.string, trimPrefix),
  ofStrings('trim_suffix', type.string, trimSuffix),
  ofString('trim_space', type.string, trimSpace),
  define('format_int', [number, number], type.string, ([value, base]) => formatInteger(value, base)),
]

export function trimPrefix(value: string, prefix: string): string {
  return value.startsWith(prefix) ? value.slice(prefix.length) : value
}

export function trimSuffix(value: string, suffix: string): string {
  return value.endsWith(suffix) ? value.slice(0, value.length - suffix.length) : value
}

/** All offsets, also of occurrences that overlap. */
function overlapping(value: string, part: string): readonly number[] {
  const found: number[] = []
  for (let at = value.indexOf(part); at !== -1; at = value.indexOf(part, at + 1)) found.push(at)
  return found
}
