import type { Body, BodyForm, Else, Head, Literal, Rule, Term, ValueForm } from './ast.ts'
import { headOf, type HeadParts, partsOf } from './head.ts'
import { parseBraceBody, parseLiteral } from './parse-body.ts'
import { parsePath } from './parse-path.ts'
import { parseTerm, parseTopTerm, variableOf } from './parse-term.ts'
import type { Reader } from './reader.ts'

/** What may stand before a body: the name with its path and arguments, an element or a value. */
interface WrittenHead {
  readonly parts: HeadParts
  readonly element?: Term
  readonly value?: Term
  readonly valueForm: ValueForm
  readonly end: number
}

interface WrittenBody {
  readonly body: Body
  readonly form: BodyForm
}

export function noBody(end: number): BodyForm {
  return { if: false, braces: false, end }
}

/**
 * One rule, once per body. `none`, with nothing read: not a rule with a head of its own; it may still be an expression that stands for one.
 * Undefined after a problem.
 */
export function parseRule(reader: Reader): readonly Rule[] | 'none' | undefined {
  const before = reader.mark()
  const { start } = reader.token
  const isDefault = reader.isKeyword('default')
  if (isDefault && !beginsHead(reader, 1)) return reader.unexpected()
  if (isDefault) reader.advance()
  if (!beginsHead(reader, 0)) return 'none'
  const head = parseHead(reader, isDefault)
  if (head === undefined) return undefined
  if (isDefault) return [ruleOf(head, { start, default: true }, { body: [], form: noBody(head.end) })]
  if (!reader.isKeyword('if') && reader.token.kind !== '{') {
    if (head.element !== undefined) return [ruleOf(head, { start, default: false }, { body: [], form: noBody(head.end) })]
    reader.reset(before)
    return 'none'
  }
  const first = parseRuleBody(reader)
  if (first === undefined) return undefined
  const rule = ruleOf(head, { start, default: false }, first)
  if (reader.isKeyword('else')) return parseElses(reader, rule)
  return first.form.braces ? parseFurtherBodies(reader, rule) : [rule]
}

function beginsHead(reader: Reader, ahead: number): boolean {
  const token = reader.peek(ahead)
  if (token.kind !== 'name') return false
  if (!reader.isReserved(token)) return true
  const next = reader.peek(ahead + 1)
  return next.touching && (next.kind === '.' || next.kind === '[')
}

function parseHead(reader: Reader, isDefault: boolean): WrittenHead | undefined {
  const { start, text } = reader.token
  const term = parsePath(reader, { ...variableOf(reader), name: text, wildcard: false }, { start, loose: true, term: parseTerm })
  if (term === undefined) return unexpectedHead(reader)
  const parts = partsOf(term)
  if (parts === undefined)
    return reader.fail(`invalid rule head: ${reader.source.text.slice(start, reader.previousEnd)}`, { start, end: reader.previousEnd })
  if (isContains(reader)) return parseElement(reader, parts)
  return parseValue(reader, parts, isDefault)
}

function unexpectedHead(reader: Reader): undefined {
  const last = reader.problems.at(-1)
  // A blank is no token of its own here.
  if (last?.message.startsWith('unexpected whitespace'))
    return reader.fail('unexpected whitespace token: expected rule head name', last.span)
  return reader.unexpected('expected rule head name')
}

function isContains(reader: Reader): boolean {
  return reader.token.kind === 'name' && reader.token.text === 'contains' && reader.keywords.has('contains')
}

function parseElement(reader: Reader, parts: HeadParts): WrittenHead | undefined {
  if (parts.args !== undefined) {
    return reader.unexpected(
      `the contains keyword can only be used with multi-value rule definitions (e.g., ${parts.name} contains <VALUE> { ... })`,
    )
  }
  reader.advance()
  const element = parseTopTerm(reader)
  if (element === undefined) return reader.unexpected(`expected rule key term (e.g., ${parts.name} contains <VALUE> { ... })`)
  return { parts, element, valueForm: 'implied', end: reader.previousEnd }
}

function parseValue(reader: Reader, parts: HeadParts, isDefault: boolean): WrittenHead | undefined {
  const sign = reader.token.kind
  if (sign !== '=' && sign !== ':=') return { parts, valueForm: 'implied', end: reader.previousEnd }
  reader.advance()
  const value = parseTopTerm(reader)
  if (value === undefined) return reader.unexpected(`expected ${expectedValue(reader, parts, { sign, isDefault })}`)
  return { parts, value, valueForm: sign === '=' ? 'unify' : 'assign', end: reader.previousEnd }
}

function expectedValue(reader: Reader, parts: HeadParts, { sign, isDefault }: { sign: string; isDefault: boolean }): string {
  const { name, args, path } = parts
  if (sign === '=') return `rule value term (e.g., ${name}[<nil>] = <VALUE> { ... })`
  if (isDefault) return `default rule value term (e.g., default ${name} := <VALUE>)`
  if (args !== undefined) return `function value term (e.g., ${name}(...) := <VALUE> { ... })`
  const [key] = path
  const shown = key === undefined || path.length > 1 ? '' : `[${reader.source.text.slice(key.span.start, key.span.end)}]`
  return `rule value term (e.g., ${name}${shown} := <VALUE> { ... })`
}

/** From `if` or an opening brace. */
function parseRuleBody(reader: Reader): WrittenBody | undefined {
  const withIf = reader.takeKeyword('if')
  const before = reader.mark()
  if (withIf && reader.token.kind === '{') {
    const literal = parseLiteral(reader)
    if (literal !== undefined && !isLoneSet(literal)) return { body: [literal], form: { if: true, braces: false, end: reader.previousEnd } }
    reader.reset(before)
  } else if (withIf) {
    const literal = parseLiteral(reader)
    return literal === undefined ? undefined : { body: [literal], form: { if: true, braces: false, end: reader.previousEnd } }
  }
  const body = parseBraceBody(reader)
  return body === undefined ? undefined : { body, form: { if: withIf, braces: true, end: reader.previousEnd } }
}

/** A set of its own would always hold: braces around one term are a body. */
function isLoneSet(literal: Literal): boolean {
  return literal.kind === 'term' && literal.term.kind === 'set' && !literal.negated && literal.withs.length === 0
}

function parseFurtherBodies(reader: Reader, rule: Rule): readonly Rule[] | undefined {
  const rules = [rule]
  while (reader.token.kind === '{') {
    const { start } = reader.token
    const body = parseBraceBody(reader)
    if (body === undefined) return undefined
    const end = reader.previousEnd
    rules.push({ ...rule, body, chained: true, form: { ...rule.form, end }, span: { start, end } })
  }
  return rules
}

function parseElses(reader: Reader, rule: Rule): readonly Rule[] | undefined {
  if (rule.head.kind === 'set') return reader.fail('else keyword cannot be used on multi-value rules', reader.token)
  if (rule.head.path.some((part) => part.kind === 'var')) {
    return reader.fail('else keyword cannot be used on rules with variables in head', reader.token)
  }
  const elses: Else[] = []
  while (reader.isKeyword('else')) {
    const branch = parseElse(reader)
    if (branch === undefined) return undefined
    elses.push(branch)
  }
  if (reader.token.kind === '{') return reader.fail('expected else keyword', reader.token)
  return [{ ...rule, elses, span: { start: rule.span.start, end: reader.previousEnd } }]
}

function parseElse(reader: Reader): Else | undefined {
  const { start } = reader.advance()
  const sign = reader.token.kind
  const value = sign === '=' || sign === ':=' ? reader.advance() && parseTopTerm(reader) : impliedTrue(reader.previousEnd)
  if (value === undefined) return undefined
  const valueForm = sign === '=' ? 'unify' : sign === ':=' ? 'assign' : 'implied'
  const hasBody = reader.isKeyword('if') || reader.token.kind === '{'
  if (!hasBody && valueForm === 'implied') return reader.unexpected('expected else value term or rule body')
  const written = hasBody ? parseRuleBody(reader) : { body: [], form: noBody(reader.previousEnd) }
  if (written === undefined) return undefined
  return { kind: 'else', value, valueForm, body: written.body, form: written.form, span: { start, end: reader.previousEnd } }
}

function ruleOf(
  written: WrittenHead,
  { start, default: isDefault }: { start: number; default: boolean },
  { body, form }: WrittenBody,
): Rule {
  const value = written.value ?? impliedTrue(written.end)
  const isSet = written.element === undefined && written.value === undefined && !form.if && !isDefault && written.parts.path.length === 1
  const head: Head = headOf(written.parts, { ...written, value, bracketSet: isSet })
  return { kind: 'rule', default: isDefault, head, body, elses: [], chained: false, form, span: { start, end: form.end } }
}

export function impliedTrue(at: number): Term {
  return { kind: 'boolean', value: true, span: { start: at, end: at } }
}
