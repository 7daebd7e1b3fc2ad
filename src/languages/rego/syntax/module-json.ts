import { lineAndColumn } from '../../../core/source.ts'
import type { Source } from '../../../core/source.ts'
import { unreachable } from '../../../core/unreachable.ts'
import { marshalValue } from '../values/json.ts'
import { numberFromText } from '../values/number.ts'
import type { RegoArray, RegoRecord, RegoValue } from '../values/value.ts'
import { compareValues, isArray } from '../values/value.ts'
import type { Body, Comment, Else, Head, Import, Literal, Module, RefTerm, Rule, Term, VarTerm, With } from './ast.ts'

/** The syntax tree of a module as OPA shows it: `package`, `imports`, `rules` and `comments`; terms are `{type, value}`. */
export function moduleJson(module: Module): RegoRecord {
  const { source, imports, rules, comments } = module
  return {
    package: { path: [typed('var', 'data'), ...module.package.path.map((part) => typed('string', part))] },
    ...(imports.length > 0 && { imports: imports.map(importJson) }),
    ...(rules.length > 0 && { rules: rules.map(ruleJson) }),
    ...(comments.length > 0 && { comments: comments.map((comment) => commentJson(source, comment)) }),
  }
}

const typed = (type: string, value: RegoValue): RegoRecord => ({ type, value })

function commentJson(source: Source, { text, span }: Comment): RegoRecord {
  const { line, column } = lineAndColumn(source, span.start)
  const bytes = new TextEncoder().encode(text.slice(1))
  return { Location: { file: source.name, row: line, col: column }, Text: btoa(String.fromCharCode(...bytes)) }
}

function importJson({ path, alias }: Import): RegoRecord {
  const [root = '', ...rest] = path
  const ref = typed('ref', [typed('var', root), ...rest.map((part) => typed('string', part))])
  return { path: ref, ...(alias !== undefined && { alias: alias.name }) }
}

function ruleJson(rule: Rule): RegoRecord {
  return {
    head: headJson(rule),
    body: ruleBodyJson(rule.body),
    ...(rule.default && { default: true }),
    ...elseJson(rule.head, rule.elses),
  }
}

/** A body that was not written is `true`. */
const ruleBodyJson = (body: Body): RegoArray => (body.length === 0 ? [{ index: 0, terms: typed('boolean', true) }] : bodyJson(body))

/** Branches lie in each other, with the head of their rule. */
function elseJson(head: Head, elses: readonly Else[]): RegoRecord {
  let inner: RegoRecord = {}
  for (const branch of elses.toReversed()) {
    const own = {
      ...namesOf(head),
      value: termJson(branch.value),
      ...(branch.valueForm === 'assign' && { assign: true }),
    }
    inner = { else: { head: own, body: ruleBodyJson(branch.body), ...inner } }
  }
  return inner
}

function namesOf(head: Head): RegoRecord {
  const ref = [typed('var', head.name), ...head.path.map(termJson)]
  // Upstream names only what had a name before paths could be heads.
  const isNamed =
    ref.length === 1 || (ref.length === 2 && (head.kind === 'complete' || head.kind === 'object') && head.valueForm !== 'implied')
  return { ref, ...(isNamed && { name: head.name }), ...(head.kind === 'function' && { args: head.args.map(termJson) }) }
}

function headJson({ head, form }: Rule): RegoRecord {
  if (head.kind === 'set') return { ...namesOf(head), key: termJson(head.element) }
  const [key, ...more] = head.path
  const isBare = !form.if && !form.braces && head.valueForm !== 'implied'
  const isEntry = key !== undefined && more.length === 0 && head.kind !== 'function' && (isBare || !constants.has(key.kind))
  return {
    ...namesOf(head),
    value: termJson(head.value),
    ...(head.valueForm === 'assign' && { assign: true }),
    ...(isEntry && { key: termJson(key) }),
  }
}

/** Upstream takes these for names where there is a body. */
const constants: ReadonlySet<Term['kind']> = new Set(['string', 'number', 'boolean', 'null'])

const bodyJson = (body: Body): RegoArray => body.map((literal, index) => literalJson(literal, index))

function literalJson(literal: Literal, index: number): RegoRecord {
  return {
    index,
    ...(literal.negated && { negated: true }),
    terms: termsJson(literal),
    ...(literal.withs.length > 0 && { with: literal.withs.map(withJson) }),
  }
}

const withJson = ({ target, value }: With): RegoRecord => ({ target: termJson(target), value: termJson(value) })

function termsJson(literal: Literal): RegoValue {
  switch (literal.kind) {
    case 'term':
      return literal.term.kind === 'call' ? callJson(literal.term.operator, literal.term.args) : termJson(literal.term)
    case 'unify':
    case 'assign': {
      const operator = refJson([typed('var', literal.kind === 'unify' ? 'eq' : 'assign')])
      return [operator, termJson(literal.left), termJson(literal.right)]
    }
    case 'some':
      return { symbols: literal.variables.map(termJson) }
    case 'some-in': {
      const args = [...(literal.key === undefined ? [] : [literal.key]), literal.value, literal.domain]
      const operator = refJson([typed('var', 'internal'), typed('string', `member_${args.length}`)])
      return { symbols: [typed('call', [operator, ...args.map(termJson)])] }
    }
    case 'every': {
      const { key, value, domain, body } = literal
      return { key: key === undefined ? null : termJson(key), value: termJson(value), domain: termJson(domain), body: bodyJson(body) }
    }
    case 'not-body':
      return { body: bodyJson(literal.body) }
    default:
      return unreachable(literal)
  }
}

const refJson = (parts: RegoArray): RegoRecord => typed('ref', parts)

const callJson = (operator: VarTerm | RefTerm, args: readonly Term[]): RegoArray => [
  operator.kind === 'var' ? refJson([typed('var', operator.name)]) : termJson(operator),
  ...args.map(termJson),
]

function termJson(term: Term): RegoRecord {
  switch (term.kind) {
    case 'null':
      return typed('null', {})
    case 'boolean':
    case 'string':
      return typed(term.kind, term.value)
    case 'number':
      return typed('number', numberFromText(term.text))
    case 'var':
      return term.name === 'data' || term.name === 'input' ? refJson([typed('var', term.name)]) : typed('var', term.name)
    case 'ref':
      return refJson([term.head.kind === 'var' ? typed('var', term.head.name) : termJson(term.head), ...term.path.map(termJson)])
    case 'call':
      return typed('call', callJson(term.operator, term.args))
    case 'array':
      return typed('array', term.items.map(termJson))
    case 'set':
      return typed('set', distinct(term.items.map(termJson)))
    case 'object':
      return typed('object', entriesJson(term.entries))
    case 'array-comprehension':
    case 'set-comprehension':
      return typed(term.kind.replace('-', ''), { term: termJson(term.item), body: bodyJson(term.body) })
    case 'object-comprehension':
      return typed('objectcomprehension', { key: termJson(term.key), value: termJson(term.value), body: bodyJson(term.body) })
    case 'template': {
      const parts = term.parts.map((part) => (part.kind === 'text' ? typed('string', part.value) : literalJson(part.literal, 0)))
      return typed('templatestring', { multi_line: term.raw, parts: parts.length === 0 ? null : parts })
    }
    default:
      return unreachable(term)
  }
}

/** The order of terms: by type, then by value. */
const ranks: readonly string[] = [
  'null',
  'boolean',
  'number',
  'string',
  'var',
  'ref',
  'array',
  'object',
  'set',
  'arraycomprehension',
  'objectcomprehension',
  'setcomprehension',
  'call',
  'templatestring',
]

function compareTerms(a: RegoValue, b: RegoValue): number {
  if (isTerm(a) && isTerm(b)) {
    const difference = ranks.indexOf(String(a['type'])) - ranks.indexOf(String(b['type']))
    return difference === 0 ? compareTerms(a['value'] ?? null, b['value'] ?? null) : difference
  }
  if (!isArray(a) || !isArray(b)) return compareValues(a, b)
  for (const [at, item] of a.entries()) {
    const other = b[at]
    const difference = other === undefined ? 1 : compareTerms(item, other)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

const isTerm = (value: RegoValue): value is RegoRecord =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, 'type') && Object.hasOwn(value, 'value')

function distinct(terms: readonly RegoRecord[]): readonly RegoRecord[] {
  return [...new Map(terms.map((term) => [marshalValue(term), term] as const)).values()].sort(compareTerms)
}

function entriesJson(entries: readonly { readonly key: Term; readonly value: Term }[]): RegoArray {
  const byKey = new Map(entries.map(({ key, value }) => [marshalValue(termJson(key)), [termJson(key), termJson(value)]] as const))
  return [...byKey.values()].sort(compareTerms)
}
