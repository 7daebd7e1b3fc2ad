import { formatExponent, formatFixed, parseGoFloat, parseGoInt } from '../../core/go-format.ts'
import type { Json } from '../../core/json.ts'
import { isJsonArray, isJsonObject } from '../../core/json.ts'
import { unreachable } from '../../core/unreachable.ts'
import { compileWildcard } from '../../core/wildcard.ts'
import { parseDuration } from '../../kube/duration.ts'
import { compareQuantities, parseQuantity } from '../../kube/quantity.ts'

/** True when a value (undefined: the field is missing) satisfies a scalar pattern. */
export type ScalarMatcher = (value: Json | undefined) => boolean

export function matchScalar(value: Json | undefined, pattern: Json): boolean {
  return compileScalar(pattern)(value)
}

export function compileScalar(pattern: Json): ScalarMatcher {
  if (typeof pattern === 'string') return compileText(pattern)
  if (typeof pattern === 'boolean') return (value) => value === pattern
  if (typeof pattern === 'number') return compileNumber(pattern)
  if (pattern === null) return isNothing
  // A map as scalar asks only for the presence of a map; a list never matches.
  return isJsonArray(pattern) ? () => false : (value) => value !== undefined && isJsonObject(value)
}

const isNothing: ScalarMatcher = (value) => value === undefined || value === null || value === 0 || value === '' || value === false

function compileNumber(pattern: number): ScalarMatcher {
  const parse = Number.isInteger(pattern) ? parseGoInt : parseGoFloat
  return (value) => (typeof value === 'string' ? parse(value) === pattern : value === pattern)
}

/** `|` is or, `&` is and and binds tighter; there is no escaping, but a value identical to the whole pattern matches. */
function compileText(pattern: string): ScalarMatcher {
  if (!pattern.includes('|') && !pattern.includes('&')) {
    const term = compileTerm(pattern.trim())
    return (value) => value === pattern || term(value)
  }
  const alternatives = pattern.split('|').map((alternative) => compileConjunction(alternative.trim()))
  return (value) => {
    if (value === pattern) return true
    for (const alternative of alternatives) if (alternative(value)) return true
    return false
  }
}

function compileConjunction(text: string): ScalarMatcher {
  if (!text.includes('&')) return compileTerm(text)
  const terms = text.split('&').map((term) => compileTerm(term.trim()))
  return (value) => {
    for (const term of terms) if (!term(value)) return false
    return true
  }
}

type Operator = '=' | '!' | '>' | '>=' | '<' | '<='
const prefixes = ['>=', '<=', '>', '<', '!'] as const

const end = String.raw`([-|+]?\d+(?:\.\d+)?[A-Za-z]*)`
const insideRange = new RegExp(`^${end}-${end}$`)
const outsideRange = new RegExp(`^${end}!-${end}$`)

/** True for `a-b`, both ends numbers with or without a unit: `10-20`, `1Gi-2Gi`. */
export const isRange = (text: string): boolean => insideRange.test(text)

/** One operator with its operand, or a range. */
function compileTerm(text: string): ScalarMatcher {
  if (text.length < 2) return compileComparison('=', text)
  const operator = prefixes.find((prefix) => text.startsWith(prefix))
  if (operator !== undefined) return compileComparison(operator, text.slice(operator.length).trim())
  if (!text.includes('-')) return compileComparison('=', text)
  const inside = insideRange.exec(text)
  if (inside !== null) {
    const low = compileComparison('>=', inside[1] ?? '')
    const high = compileComparison('<=', inside[2] ?? '')
    return (value) => low(value) && high(value)
  }
  const outside = outsideRange.exec(text)
  if (outside === null) return compileComparison('=', text)
  const below = compileComparison('<', outside[1] ?? '')
  const above = compileComparison('>', outside[2] ?? '')
  return (value) => below(value) || above(value)
}

/** The first that applies to both sides decides: Go durations, Kubernetes quantities, text (equality only). */
function compileComparison(operator: Operator, operand: string): ScalarMatcher {
  const duration = parseDuration(operand)
  const quantity = parseQuantity(operand)
  const text = compileTextComparison(operator, operand)
  if (duration === undefined && quantity === undefined) return text
  return remembered((value) => {
    const written = numericText(value)
    if (written === undefined) return text(value)
    if (duration !== undefined) {
      const other = parseDuration(written)
      if (other !== undefined) return holds(operator, other < duration ? -1 : other > duration ? 1 : 0)
    }
    if (quantity !== undefined) {
      const other = parseQuantity(written)
      if (other !== undefined) return holds(operator, compareQuantities(other, quantity))
    }
    return text(value)
  })
}

const rememberedTexts = 128
const rememberedLength = 32

/** Amounts repeat from object to object, and reading one costs more than all else: each matcher remembers a bounded number of texts. */
function remembered(matches: ScalarMatcher): ScalarMatcher {
  let known: Map<string, boolean> | undefined
  return (value) => {
    if (typeof value !== 'string' || value.length > rememberedLength) return matches(value)
    const before = known?.get(value)
    if (before !== undefined) return before
    const result = matches(value)
    if (known === undefined || known.size >= rememberedTexts) known = new Map()
    known.set(value, result)
    return result
  }
}

/** Order has no meaning for text, and a missing value is neither equal nor unequal to any. */
function compileTextComparison(operator: Operator, operand: string): ScalarMatcher {
  if (operator !== '=' && operator !== '!') return () => false
  const matches = compileWildcard(operand)
  const wanted = operator === '='
  return (value) => {
    const written = typeof value === 'string' ? value : plainText(value)
    return written !== undefined && matches(written) === wanted
  }
}

function holds(operator: Operator, order: -1 | 0 | 1): boolean {
  switch (operator) {
    case '=':
      return order === 0
    case '!':
      return order !== 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    default:
      return unreachable(operator)
  }
}

/** What a value is written as to be read as a duration or quantity: a missing one counts as 0. */
function numericText(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return '0'
  return typeof value === 'number' ? (Number.isInteger(value) ? decimal(value) : formatFixed(value)) : undefined
}

/** What a value is written as to be compared as text. */
function plainText(value: Json | undefined): string | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? decimal(value) : formatExponent(value, 'E')
  return typeof value === 'boolean' ? String(value) : undefined
}

const decimal = (value: number): string => (Math.abs(value) < 1e21 ? String(value) : BigInt(value).toString())
