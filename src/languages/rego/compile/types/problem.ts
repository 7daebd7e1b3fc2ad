import type { DiagnosticDetails } from '../../../../core/diagnostic.ts'
import type { Json, JsonObject } from '../../../../core/json.ts'
import { parameterNames } from '../../builtins/parameter-names.ts'
import type { Operator } from '../../ir/ir.ts'
import { formatValue } from '../../values/format.ts'
import { toJson } from '../../values/json.ts'
import type { RegoValue } from '../../values/value.ts'
import { isArray, isObject, isSet, objectEntries, typeName } from '../../values/value.ts'
import type { RefTerm, Term } from '../core.ts'
import { typeJson, typeText } from './text.ts'
import type { Type } from './type.ts'
import { keysOf } from './type.ts'

/** What a call got, and what the function takes: arguments and, where it is wanted, the result. */
export function callDetails(operator: Operator, have: readonly (Type | undefined)[], want: readonly Type[]): DiagnosticDetails {
  const names = operator.kind === 'builtin' ? parameterNames[operator.name] : undefined
  const name = (at: number): string => (names?.[at] === undefined ? '' : `${names[at]}: `)
  const args = want.map((type, at): Json => {
    const json = typeJson(type) as JsonObject
    return names?.[at] === undefined ? json : { name: names[at], ...json }
  })
  return {
    lines: [`have: (${have.map(typeText).join(', ')})`, `want: (${want.map((type, at) => name(at) + typeText(type)).join(', ')})`],
    json: { have: have.map(typeJson), want: { args } },
  }
}

/** The types of what can never be equal. */
export const matchDetails = (left: Type | undefined, right: Type | undefined): DiagnosticDetails => ({
  lines: [`left  : ${typeText(left)}`, `right : ${typeText(right)}`],
  json: { a: typeJson(left), b: typeJson(right) },
})

/** Where a ref stops: `at` parts of its path lead to what has no parts. */
export function leafDetails(term: RefTerm, at: number, have: Type): DiagnosticDetails {
  const text = refText({ ...term, path: term.path.slice(0, at) })
  return {
    lines: [refText(term), '^'.repeat(text.length), `have: ${typeText(have)}`],
    json: { ref: refJson(term), pos: at, have: typeJson(have) },
  }
}

/** The part of the path that TYPE does not have. */
export function keyDetails(term: RefTerm, at: number, type: Type, have: Type | undefined): DiagnosticDetails {
  const part = term.path[at]
  const margin = ' '.repeat(refText({ ...term, path: term.path.slice(0, at) }).length + 1)
  const keys = keysOf(type)
  const known = type.kind === 'object' && type.rest === undefined ? type.properties.map(({ key }) => key) : undefined
  const isKnown = part?.kind === 'value' && !isComposite(part.value)
  const found = isKnown ? `have: ${formatValue(part.value)}` : `have (type): ${typeText(have)}`
  const choices = known?.toSorted((a, b) => (formatValue(a) < formatValue(b) ? -1 : 1))
  const wanted = choices === undefined ? `want (type): ${typeText(keys)}` : `want (one of): [${choices.map(formatValue).join(' ')}]`
  return {
    lines: [refText(term), ...['^', found, wanted].map((line) => margin + line)],
    json: {
      ref: refJson(term),
      pos: at + 1,
      ...(!isKnown && { have: typeJson(have) }),
      want: typeJson(keys),
      oneOf: choices?.map(toJson) ?? null,
    },
  }
}

const isComposite = (value: RegoValue): boolean => ['array', 'object', 'set'].includes(typeName(value))

/** As users wrote it, nearly. */
export function refText({ head, path }: RefTerm): string {
  let text = head.kind === 'root' ? head.name : head.kind === 'value' ? formatValue(head.value) : partText(head)
  for (const part of path) {
    if (part.kind === 'value' && typeof part.value === 'string' && /^[A-Za-z_]\w*$/.test(part.value)) text += `.${part.value}`
    else text += `[${partText(part)}]`
  }
  return text
}

function partText(term: Term): string {
  switch (term.kind) {
    case 'value':
      return formatValue(term.value)
    case 'var':
      return term.shown ?? '_'
    case 'root':
      return term.name
    case 'ref':
      return refText(term)
    case 'array':
      return `[${term.items.map(partText).join(', ')}]`
    default:
      return '_'
  }
}

const refJson = ({ head, path }: RefTerm): Json => [
  head.kind === 'root' ? { type: 'var', value: head.name } : partJson(head),
  ...path.map(partJson),
]

function partJson(term: Term): Json {
  switch (term.kind) {
    case 'value':
      return valueJson(term.value)
    case 'root':
      return { type: 'ref', value: [{ type: 'var', value: term.name }] }
    case 'ref':
      return { type: 'ref', value: refJson(term) }
    case 'array':
      return { type: 'array', value: term.items.map(partJson) }
    default:
      return { type: 'var', value: partText(term) }
  }
}

function valueJson(value: RegoValue): Json {
  const type = typeName(value)
  if (value === null) return { type, value: {} }
  if (typeof value !== 'object') return { type, value }
  if (isArray(value)) return { type, value: value.map(valueJson) }
  if (isSet(value)) return { type, value: value.sorted.map(valueJson) }
  if (isObject(value)) return { type, value: objectEntries(value).map(([key, each]) => [valueJson(key), valueJson(each)]) }
  return { type, value: toJson(value) }
}
