import type { Regex } from '../../../core/regex.ts'
import type { RegoValue } from '../values/value.ts'
import { toBigInt } from '../values/number.ts'
import type { AnyNumber } from '../values/number.ts'
import type { Builtin, BuiltinContext, BuiltinError } from './contract.ts'
import { anything, define, position, text, tooLarge } from './define.ts'
import { globsMatch } from './globs-match.ts'
import { failure, isError, ofStrings, type } from './operands.ts'
import { templateRegex } from './regex-template.ts'

function compiled(name: string, pattern: string, context: BuiltinContext): Regex | BuiltinError {
  const regex = context.regexes(pattern)
  return regex.ok ? regex.value : failure(name, regex.error)
}

const matching = (name: string, extra: { readonly deprecated?: true } = {}): Builtin => ({
  ...ofStrings(name, type.boolean, (pattern, value, context) => {
    const regex = compiled(name, pattern, context)
    return isError(regex) ? regex : regex.test(value)
  }),
  ...extra,
})

/** Negative for all. */
const limitOf = (value: AnyNumber): number => Number(toBigInt(value) ?? -1n)

function splitBy(regex: Regex, value: string): readonly string[] {
  if (value === '') return ['']
  const parts: string[] = []
  let begin = 0
  for (const { start, end } of regex.findAll(value, -1)) {
    if (end === 0) continue
    parts.push(value.slice(begin, start))
    begin = end
    if (start === value.length) return parts
  }
  return [...parts, value.slice(begin)]
}

function replaced(
  name: string,
  regex: Regex,
  value: { readonly text: string; readonly by: string },
  context: BuiltinContext,
): RegoValue | BuiltinError {
  const longest = value.text.length + (value.text.length + 1) * value.by.length
  if (longest > context.limits.textLength && value.by.includes('$')) return tooLarge(name, 'string')
  return regex.replaceAll(value.text, value.by)
}

const strings = type.array(type.string)

export const regexBuiltins: readonly Builtin[] = [
  matching('regex.match'),
  matching('re_match', { deprecated: true }),
  define('regex.is_valid', [{ ...anything, type: type.string }], type.boolean, ([pattern], context) =>
    typeof pattern === 'string' ? context.regexes(pattern).ok : false,
  ),
  ofStrings('regex.split', strings, (pattern, value, context) => {
    const regex = compiled('regex.split', pattern, context)
    if (isError(regex)) return regex
    // Only the empty pattern finds no text in nothing.
    return pattern === '' && value === '' ? [] : splitBy(regex, value)
  }),
  define('regex.find_n', [text, text, position], strings, ([pattern, value, limit], context) => {
    const regex = compiled('regex.find_n', pattern, context)
    return isError(regex) ? regex : regex.findAll(value, limitOf(limit)).map(({ start, end }) => value.slice(start, end))
  }),
  define('regex.find_all_string_submatch_n', [text, text, position], type.array(strings), ([pattern, value, limit], context) => {
    const regex = compiled('regex.find_all_string_submatch_n', pattern, context)
    return isError(regex) ? regex : regex.findAll(value, limitOf(limit)).map(({ groups }) => groups.map((group) => group ?? ''))
  }),
  define('regex.replace', [text, text, text], type.string, ([value, pattern, by], context) => {
    const regex = compiled('regex.replace', pattern, context)
    return isError(regex) ? regex : replaced('regex.replace', regex, { text: value, by }, context)
  }),
  define('regex.template_match', [text, text, text, text], type.boolean, ([template, value, open, close], context) => {
    const pattern = templateRegex(template, open, close)
    if (!pattern.ok) return failure('regex.template_match', pattern.error)
    const regex = compiled('regex.template_match', pattern.value, context)
    return isError(regex) ? regex : regex.test(value)
  }),
  ofStrings('regex.globs_match', type.boolean, (first, second, context) => {
    const matches = globsMatch(first, second, () => context.mayGoOn())
    return matches.ok ? matches.value : failure('regex.globs_match', matches.error)
  }),
]
