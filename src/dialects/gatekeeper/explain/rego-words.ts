import type { RegoValue, SearchAttempt, TracedValue } from '../../../languages/rego/rego.ts'
import { isObject, isSet, objectEntries, regoTypeName, toJson } from '../../../languages/rego/rego.ts'
import type { ExplainedValue } from '../../../policy/explain.ts'

const longestText = 160
const mostKeys = 8

/** The expression in one line, as it is written. */
export function expressionText({ node: { source, span } }: SearchAttempt): string {
  const text = source.text.slice(span.start, span.end).replaceAll(/\s+/g, ' ').trim()
  return text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text
}

/** The head of a rule: what stands before the first expression of its body. */
export function headText({ node: { source, span, rule, isDefault } }: SearchAttempt, first: SearchAttempt | undefined): string {
  const isInside = first !== undefined && first.node.source === source && first.node.span.start > span.start
  const [line = ''] = source.text.slice(span.start, isInside ? Math.min(first.node.span.start, span.end) : span.end).split('\n')
  const head = isInside || line.trimEnd().endsWith('{') ? line.replace(/\s*(?::?=)?\s*(?:\bif\b)?\s*\{?\s*$/, '') : line
  const text = head.trim() === '' ? ruleName(rule) : head.trim().startsWith('else') ? `${ruleName(rule)} ${head.trim()}` : head.trim()
  return isDefault && !text.startsWith('default') ? `default ${text}` : text
}

/** As the template calls it: `is_exempt`, `lib.exempt.is_exempt`. */
export const ruleName = (rule: string): string => rule.replace(/^data\.(?:template|libs)\./, '')

export const explainedValue = (name: string, value: RegoValue | undefined): ExplainedValue => ({
  name,
  value: value === undefined ? undefined : toJson(value),
})

/** The whole input says nothing. */
const isTold = (text: string): boolean => !['', 'input', 'data', 'input.review', 'input.review.object'].includes(text)

/** What an expression that holds was decided with. */
export function decidingValues(values: readonly TracedValue[], expression: string): readonly ExplainedValue[] {
  return values
    .filter(({ text, value }) => isTold(text) && (text !== expression || value === undefined || value !== true))
    .map(({ text, value }) => explainedValue(text, value))
}

export interface FailureWords {
  readonly detail: string
  readonly values: readonly ExplainedValue[]
}

/** Why an expression is not true, in words. */
export function failureWords({ failure, inner }: SearchAttempt, expression: string, calls = inner): FailureWords {
  const values = failure?.values ?? []
  const missing = values.find(({ text, value }) => text !== '' && value === undefined)
  const isNegation = expression.startsWith('not ')
  const known = values.filter((each) => each.value !== undefined && isTold(each.text))
  const shown = known.map(({ text, value }) => explainedValue(text, value))
  // An argument that is not there fails a negation as well: then what is negated has not been tried.
  const isTried = missing === undefined || inner.some(({ solutions }) => solutions.length > 0)
  if (isNegation && isTried) return { detail: `not true, since \`${expression.slice(4)}\` is`, values: shown }
  if (missing !== undefined) return { detail: `undefined, since ${missingWords(missing)}`, values: shown }
  const empty = known.find(({ text, value }) => value !== undefined && isEmpty(value) && isLookedInto(expression, text))
  if (empty !== undefined) return { detail: `nothing to look at: ${empty.text} is empty`, values: [] }
  return { detail: hasUndefinedRule(calls) ? 'undefined' : 'not true', values: shown.filter(({ name }) => name !== expression) }
}

const hasUndefinedRule = (calls: readonly SearchAttempt[]): boolean =>
  calls.some(({ node }) => node.kind === 'rule') && calls.every(({ solutions }) => solutions.length === 0)

const isLookedInto = (expression: string, text: string): boolean => expression.includes(`${text}[`) || expression.includes(`in ${text}`)

/** `input.review.object.spec.hostPID is not there: input.review.object.spec has "containers"` */
function missingWords({ text, in: inside }: TracedValue): string {
  return inside === undefined ? `${text} has no value` : `${text} is not there: ${inside.text} ${natureOf(inside.value)}`
}

function natureOf(value: RegoValue): string {
  if (isEmpty(value)) return 'is empty'
  if (isObject(value)) {
    const keys = objectEntries(value).map(([key]) => JSON.stringify(toJson(key)))
    return `has ${keys.slice(0, mostKeys).join(', ')}${keys.length > mostKeys ? ` and ${keys.length - mostKeys} more` : ''}`
  }
  if (Array.isArray(value) || isSet(value)) return `is a list of ${sizeOf(value)}`
  return value === null ? 'is null' : `is a ${regoTypeName(value)}`
}

function sizeOf(value: RegoValue): number {
  if (Array.isArray(value)) return value.length
  if (isSet(value)) return value.size
  return isObject(value) ? objectEntries(value).length : 1
}

const isEmpty = (value: RegoValue): boolean => (Array.isArray(value) || isSet(value) || isObject(value)) && sizeOf(value) === 0
