import type { Regex } from '../../../core/regex.ts'
import type { RegoArray, RegoValue } from '../values/value.ts'
import { isArray, typeName } from '../values/value.ts'
import type { Builtin, BuiltinContext } from './contract.ts'
import { BuiltinError } from './contract.ts'
import { define, text, wrongElement } from './define.ts'
import type { Operand } from './define.ts'
import { globPattern } from './glob-pattern.ts'
import { failure, isError, type, wrongOperand } from './operands.ts'
import { characterCount } from './text.ts'

const delimitersOperand: Operand<RegoArray | null> = {
  type: type.union(type.null, type.array(type.string)),
  expected: 'one of {array, null}',
  is: (value): value is RegoArray | null => value === null || isArray(value),
}

/** Null for none, `.` where the array is empty. */
function delimitersOf(value: RegoArray | null): string | BuiltinError {
  if (value === null) return ''
  if (value.length === 0) return '.'
  let delimiters = ''
  for (const each of value) {
    if (typeof each !== 'string') return wrongElement('glob.match', 1, value, 'strings', each)
    if (characterCount(each) !== 1) return wrongOperand('glob.match', 1, 'array of runes', `array containing ${typeName(each)}`)
    delimiters += each
  }
  return delimiters
}

/** The pattern compiled; remembered for the query. */
function compiled(pattern: string, delimiters: string, context: BuiltinContext): Regex | BuiltinError {
  const key = `glob.match ${delimiters.length} ${delimiters}${pattern}`
  const known = context.memo.get(key)
  if (isRegex(known) || known instanceof BuiltinError) return known
  const made = compile(pattern, delimiters, context)
  context.memo.set(key, made)
  return made
}

const isRegex = (value: unknown): value is Regex => typeof value === 'object' && value !== null && 'findAll' in value

function compile(pattern: string, delimiters: string, context: BuiltinContext): Regex | BuiltinError {
  const translated = globPattern(pattern, delimiters)
  if (!translated.ok) return failure('glob.match', translated.error)
  const regex = context.regexes(translated.value)
  return regex.ok ? regex.value : failure('glob.match', regex.error)
}

/** A pattern of one character that need not be a certain one also matches no text at all. */
const oneOpenCharacter = /^(?:\?|\[!(?:[^\\\]]|\\.)+\])$/su

export const globBuiltins: readonly Builtin[] = [
  define('glob.match', [text, delimitersOperand, text], type.boolean, ([pattern, given, value], context): RegoValue | BuiltinError => {
    const delimiters = delimitersOf(given)
    if (isError(delimiters)) return delimiters
    const regex = compiled(pattern, delimiters, context)
    if (isError(regex)) return regex
    return regex.test(value) || (value === '' && oneOpenCharacter.test(pattern))
  }),
  define('glob.quote_meta', [text], type.string, ([pattern]) => pattern.replaceAll(/[*?\\[\]{}]/g, String.raw`\$&`)),
]
