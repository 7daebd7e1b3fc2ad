import type { Body, EveryLiteral, Literal, VarTerm, With } from './ast.ts'
import { parseOperand, parseOperation, parseTerm, parseTopTerm, variableOf } from './parse-term.ts'
import type { Reader } from './reader.ts'

/** Expressions up to `close`, which is left. */
export function parseBody(reader: Reader, close: ']' | '}'): Body | undefined {
  if (reader.token.kind === close) return reader.fail('found empty body', reader.token)
  const body: Literal[] = []
  for (;;) {
    const before = reader.mark()
    const literal = parseLiteral(reader)
    if (literal === undefined) return undefined
    body.push(literal)
    if (reader.token.kind === close) return body
    if (!reader.take(';') && (!reader.token.newline || reader.token.kind === 'eof')) return unexpectedEnd(reader, close, before)
  }
}

/** Something follows an expression on its line. `every` and `some … in` may only lack their import. */
function unexpectedEnd(reader: Reader, close: string, before: ReturnType<Reader['mark']>): undefined {
  const { token } = reader
  if (token.kind === 'illegal' && token.problem !== '') return reader.fail(token.problem ?? '', token)
  return reader.unexpected(`expected \\n or ; or ${close}${hintAt(reader, before)}`)
}

function hintAt(reader: Reader, before: ReturnType<Reader['mark']>): string {
  const here = reader.mark()
  reader.reset(before)
  const hint = missingKeyword(reader)
  reader.reset(here)
  return hint
}

function missingKeyword(reader: Reader): string {
  const { token } = reader
  if (token.kind !== 'name') return ''
  const word = token.text === 'not' ? reader.peek(1).text : token.text
  const keyword = word === 'every' ? 'every' : word === 'some' ? 'in' : undefined
  if (keyword === undefined || reader.keywords.has(keyword)) return ''
  const added = ['in', keyword].filter((name) => !reader.keywords.has(name))
  for (const name of added) reader.keywords.add(name)
  if (token.text === 'not') reader.advance()
  const read = parsePositive(reader)
  const understood = read?.kind === 'every' || read?.kind === 'some-in'
  for (const name of added) reader.keywords.delete(name)
  if (!understood) return ''
  const example = keyword === 'every' ? '`every x in xs { ... }`' : '`some x in xs`'
  return ` (hint: \`import future.keywords.${keyword}\` for ${example} expressions)`
}

/** One expression with its `not` and `with`. */
export function parseLiteral(reader: Reader): Literal | undefined {
  const { start } = reader.token
  if (!reader.takeKeyword('not')) return parsePositive(reader)
  if (reader.isKeyword('some')) return reader.unexpected("illegal negation of 'some'")
  if (reader.isKeyword('every')) return reader.unexpected("illegal negation of 'every'")
  if (reader.notBodies && reader.token.kind === '{') return parseNotBody(reader, start)
  const literal = parseExpression(reader)
  return literal === undefined ? undefined : { ...literal, negated: true, span: { start, end: literal.span.end } }
}

function parsePositive(reader: Reader): Literal | undefined {
  if (reader.isKeyword('some')) return parseSome(reader)
  if (reader.isKeyword('every')) return parseEvery(reader)
  return parseExpression(reader)
}

function parseNotBody(reader: Reader, start: number): Literal | undefined {
  const body = parseBraceBody(reader)
  return body === undefined ? undefined : parseWiths(reader, { kind: 'not-body', body, ...blank(start) }, true)
}

/** `{ body }` */
export function parseBraceBody(reader: Reader): Body | undefined {
  reader.advance()
  const body = reader.nested(() => parseBody(reader, '}'))
  if (body === undefined) return undefined
  reader.advance()
  return body
}

function blank(start: number): { negated: false; withs: readonly With[]; span: { start: number; end: number } } {
  return { negated: false, withs: [], span: { start, end: start } }
}

function parseExpression(reader: Reader): Literal | undefined {
  const { start } = reader.token
  const left = parseTopTerm(reader)
  if (left === undefined) return undefined
  const { kind, ...operator } = reader.token
  if (kind !== '=' && kind !== ':=') return parseWiths(reader, { kind: 'term', term: left, ...blank(start) })
  reader.advance()
  const right = parseTopTerm(reader)
  if (right === undefined) return undefined
  const operatorSpan = { start: operator.start, end: operator.end }
  return parseWiths(reader, { kind: kind === '=' ? 'unify' : 'assign', left, right, operatorSpan, ...blank(start) })
}

/** The `with`s behind a literal, whose span and negation are settled too. */
function parseWiths(reader: Reader, literal: Literal, negated = false): Literal | undefined {
  const withs: With[] = []
  while (reader.isKeyword('with')) {
    const next = parseWith(reader)
    if (next === undefined) return undefined
    withs.push(next)
  }
  return { ...literal, negated, withs, span: { start: literal.span.start, end: reader.previousEnd } }
}

function parseWith(reader: Reader): With | undefined {
  const { start } = reader.advance()
  if (reader.token.kind !== 'name') return reader.unexpected('expected ident')
  const target = parseOperand(reader)
  if (target === undefined) return undefined
  if (target.kind !== 'var' && target.kind !== 'ref') return reader.fail('unexpected token: expected ident', target.span)
  if (!reader.takeKeyword('as')) return reader.unexpected('expected as keyword')
  const value = parseTerm(reader)
  return value === undefined ? undefined : { target, value, span: { start, end: reader.previousEnd } }
}

function parseSome(reader: Reader): Literal | undefined {
  const { start } = reader.advance()
  const membership = parseSomeIn(reader, start)
  if (membership !== undefined) return parseWiths(reader, membership)
  const before = reader.mark()
  const variables: VarTerm[] = []
  do {
    if (reader.token.kind !== 'name' || reader.isReserved(reader.token)) return reader.unexpected(`expected var${someHint(reader, before)}`)
    variables.push(variableOf(reader))
  } while (reader.take(','))
  return { kind: 'some', variables, ...blank(start), span: { start, end: reader.previousEnd } }
}

function someHint(reader: Reader, before: ReturnType<Reader['mark']>): string {
  if (reader.keywords.has('in')) return ''
  const here = reader.mark()
  reader.reset(before)
  reader.keywords.add('in')
  const understood = parseSomeIn(reader, 0) !== undefined
  reader.keywords.delete('in')
  reader.reset(here)
  return understood ? ' (hint: `import future.keywords.in` for `some x in xs` expressions)' : ''
}

/** `value in domain` or `key, value in domain`; undefined, with nothing read, if something else stands here. */
function parseSomeIn(reader: Reader, start: number): Literal | undefined {
  const before = reader.mark()
  const term = reader.keywords.has('in') ? parseTopTerm(reader) : undefined
  if (term?.kind === 'call' && term.infix === 'in' && term.parenthesized !== true) {
    const [first, second, third] = term.args
    if (first !== undefined && second !== undefined) {
      if (third === undefined) return { kind: 'some-in', value: first, domain: second, ...blank(start) }
      return { kind: 'some-in', key: first, value: second, domain: third, ...blank(start) }
    }
  }
  reader.reset(before)
  return undefined
}

const everyShape = 'expected `x[, y] in xs { ... }` expression'

function parseEvery(reader: Reader): Literal | undefined {
  const { start } = reader.advance()
  const first = parseOperation(reader)
  if (first === undefined) return undefined
  const before = reader.token
  const problems = reader.problems.length
  const second = reader.take(',') ? parseOperation(reader) : undefined
  if (before.kind === ',' && (second === undefined || !reader.isKeyword('in'))) {
    reader.problems.length = problems
    return reader.fail(`unexpected , token: ${everyShape}`, before)
  }
  if (!reader.takeKeyword('in')) return reader.unexpected(everyShape)
  const domain = parseOperation(reader)
  if (domain === undefined) return undefined
  const value = second ?? first
  if (value.kind !== 'var') return reader.unexpected('expected value to be a variable')
  if (second !== undefined && first.kind !== 'var') return reader.unexpected('expected key to be a variable')
  if (reader.token.kind !== '{') return reader.unexpected('missing body')
  const body = parseBraceBody(reader)
  if (body === undefined) return undefined
  const literal: EveryLiteral = { kind: 'every', value, domain, body, ...blank(start) }
  return parseWiths(reader, second !== undefined && first.kind === 'var' ? { ...literal, key: first } : literal)
}
