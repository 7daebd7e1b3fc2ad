import type { ArrayComprehension, Body, SetComprehension, Term, VarTerm } from './ast.ts'
import { distinctEntries } from './object-entries.ts'
import { binaryCall, isBinaryOperator, memberCall, precedences } from './infix.ts'
import { parsePath } from './parse-path.ts'
import { parseTemplate } from './parse-template.ts'
import type { Problem, Reader } from './reader.ts'

/** Operators in a row nest to the left: a longer row is refused as too deep. */
const longestRow = 2000

/** The element of a list: `value in collection` is one, `key, value in collection` is not. */
export function parseTerm(reader: Reader): Term | undefined {
  const { start } = reader.token
  const first = parseOperation(reader)
  return first === undefined ? undefined : parseMembers(reader, first, start)
}

/** A term where an expression stands, which may be `key, value in collection`. */
export function parseTopTerm(reader: Reader): Term | undefined {
  const { start } = reader.token
  const first = parseOperation(reader)
  if (first === undefined) return undefined
  return parseMembers(reader, parseKeyed(reader, first, start) ?? first, start)
}

/** The rest of `key, value in collection`; undefined, with nothing read, if something else stands here. */
function parseKeyed(reader: Reader, key: Term, start: number): Term | undefined {
  if (reader.token.kind !== ',' || !reader.keywords.has('in')) return undefined
  const before = reader.mark()
  reader.advance()
  const value = parseOperation(reader)
  const collection = value !== undefined && reader.takeKeyword('in') ? parseOperation(reader) : undefined
  if (value !== undefined && collection !== undefined) return memberCall([key, value, collection], { start, end: reader.previousEnd })
  reader.reset(before)
  return undefined
}

function parseMembers(reader: Reader, first: Term, start: number): Term | undefined {
  let left = first
  for (let length = 0; reader.takeKeyword('in'); length += 1) {
    const right = length < longestRow ? parseOperation(reader) : reader.fail('max parsing recursion depth exceeded', reader.token)
    if (right === undefined) return undefined
    left = memberCall([left, right], { start, end: reader.previousEnd })
  }
  return left
}

/** Operators of at least the given precedence, `in` excepted: the domain of `every`, sides of `in`. */
export function parseOperation(reader: Reader, least = 0): Term | undefined {
  const { start } = reader.token
  const left = parseOperand(reader)
  return left === undefined ? undefined : parseOperators(reader, left, { start, least })
}

function parseOperators(
  reader: Reader,
  first: Term,
  { start, least }: { readonly start: number; readonly least: number },
): Term | undefined {
  let left = first
  for (let length = 0; ; length += 1) {
    const { kind } = reader.token
    if (!isBinaryOperator(kind) || precedences[kind] < least) return left
    if (length >= longestRow) return reader.fail('max parsing recursion depth exceeded', reader.token)
    reader.advance()
    const right = parseOperation(reader, precedences[kind] + 1)
    if (right === undefined) return undefined
    left = binaryCall(kind, [left, right], { start, end: reader.previousEnd })
  }
}

/** A single term without operators. */
export function parseOperand(reader: Reader): Term | undefined {
  return reader.nested(() => {
    const { start } = reader.token
    const head = parseHead(reader)
    return head === undefined ? undefined : parsePath(reader, head, { start, loose: false, term: parseTerm })
  })
}

function parseHead(reader: Reader): Term | undefined {
  const { token } = reader
  switch (token.kind) {
    case 'name':
      return parseName(reader)
    case 'number':
    case '.':
    case '-':
      return parseSigned(reader)
    case 'string':
    case 'raw-string':
      if (isIllegalString(reader)) return reader.fail(`illegal string literal: ${reader.source.text.slice(token.start, token.end)}`, token)
      reader.advance()
      return { kind: 'string', value: token.text, form: token.kind === 'string' ? 'quoted' : 'raw', span: spanOf(token) }
    case 'template-start':
      return parseTemplate(reader)
    case '(':
      return parseParentheses(reader)
    case '[':
      return parseArray(reader)
    case '{':
      return parseBraces(reader)
    default:
      return reader.unexpected()
  }
}

/** A string with escapes is read as JSON, which has no bare control characters. */
function isIllegalString({ token, source }: Reader): boolean {
  const text = source.text.slice(token.start, token.end)
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is looked for
  return token.kind === 'string' && text.includes('\\') && /[\u0000-\u001f]/.test(text)
}

function parseName(reader: Reader): Term | undefined {
  const { token } = reader
  const span = spanOf(token)
  if (reader.isReserved(token) && !reader.beginsPath()) {
    if (token.text === 'null') return reader.advance() && { kind: 'null', span }
    if (token.text === 'true' || token.text === 'false') return reader.advance() && { kind: 'boolean', value: token.text === 'true', span }
    return reader.unexpected()
  }
  if (token.text === 'set' && reader.peek(1).kind === '(' && reader.peek(1).touching && reader.peek(2).kind === ')') {
    for (let count = 0; count < 3; count += 1) reader.advance()
    return { kind: 'set', items: [], span: { start: token.start, end: reader.previousEnd } }
  }
  return variableOf(reader)
}

/** The name at hand as a variable; `_` is a new one each time. */
export function variableOf(reader: Reader): VarTerm {
  const { text, start, end } = reader.advance()
  const wildcard = text === '_'
  return { kind: 'var', name: wildcard ? reader.wildcard() : text, wildcard, span: { start, end } }
}

/** A number, `.5`, or a minus before a number or reference: `-x` is `0 - x`. */
function parseSigned(reader: Reader): Term | undefined {
  const { start } = reader.token
  const minus = reader.take('-')
  if (minus && reader.token.kind === 'name') {
    const right = parseOperand(reader)
    const zero: Term = { kind: 'number', text: '0', span: { start, end: start } }
    return right === undefined ? undefined : binaryCall('-', [zero, right], { start, end: reader.previousEnd })
  }
  const point = reader.take('.')
  const { token } = reader
  if (token.kind !== 'number') return token.kind === 'illegal' ? reader.unexpected() : reader.unexpected('expected number')
  if (/^0\d/.test(token.text) && !point) return reader.unexpected('expected number without leading zero')
  if (isTooBig(token.text)) return reader.fail('number too big', token)
  reader.advance()
  return { kind: 'number', text: `${minus ? '-' : ''}${point ? '.' : ''}${token.text}`, span: { start, end: token.end } }
}

/** OPA refuses numbers whose binary exponent is over 100000. */
function isTooBig(text: string): boolean {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e')
  const [whole = ''] = mantissa.split('.')
  const digits = whole.replace(/^0+/, '').length
  return Math.abs(Number(exponent) + digits) * Math.log2(10) > 100_000
}

function parseParentheses(reader: Reader): Term | undefined {
  reader.advance()
  const inner = parseTopTerm(reader)
  if (inner === undefined) return undefined
  if (!reader.take(')')) return reader.fail('non-terminated expression', reader.token)
  return { ...inner, parenthesized: true }
}

function parseArray(reader: Reader): Term | undefined {
  const { start } = reader.advance()
  if (reader.take(']')) return { kind: 'array', items: [], span: { start, end: reader.previousEnd } }
  return tryComprehension(
    reader,
    (item) =>
      parseBodyOf(reader, item, ']', (body, term): ArrayComprehension => ({
        kind: 'array-comprehension',
        item: term,
        body,
        span: from(reader, start),
      })),
    (first) => {
      const items = parseItems(reader, first, ']')
      return items === undefined ? undefined : { kind: 'array', items, span: from(reader, start) }
    },
  )
}

function parseBraces(reader: Reader): Term | undefined {
  const { start } = reader.advance()
  if (reader.take('}')) return { kind: 'object', entries: [], span: { start, end: reader.previousEnd } }
  return tryComprehension(
    reader,
    (item) =>
      parseBodyOf(reader, item, '}', (body, term): SetComprehension => ({
        kind: 'set-comprehension',
        item: term,
        body,
        span: from(reader, start),
      })),
    (first) => (reader.token.kind === ':' ? parseObject(reader, first, start) : parseSet(reader, first, start)),
  )
}

/**
 * `item | …` is a comprehension wherever it can be read as one, and the item is no operation itself; otherwise `|` is the operator.
 */
function tryComprehension(
  reader: Reader,
  comprehension: (item: Term) => Term | undefined,
  list: (first: Term) => Term | undefined,
): Term | undefined {
  const { start } = reader.token
  const item = parseOperand(reader)
  if (item === undefined) return undefined
  const before = reader.mark()
  let problems: readonly Problem[] = []
  if (reader.token.kind === '|') {
    const found = reader.notComprehension.has(before.at) ? undefined : comprehension(item)
    if (found !== undefined) return found
    reader.notComprehension.add(before.at)
    problems = reader.problems.slice(before.problems)
    reader.reset(before)
  }
  const operation = parseOperators(reader, item, { start, least: 0 })
  const first = operation === undefined ? undefined : parseMembers(reader, operation, start)
  const result = first === undefined ? undefined : list(first)
  // The body is told of where nothing else could have been meant.
  if (first === undefined && problems.length > 0) reader.problems.splice(before.problems, Infinity, ...problems)
  return result
}

function parseBodyOf<T>(reader: Reader, item: Term, close: ']' | '}', build: (body: Body, item: Term) => T): T | undefined {
  reader.advance()
  const body = reader.grammar.body(reader, close)
  if (body === undefined) return undefined
  reader.advance()
  return build(body, item)
}

function parseSet(reader: Reader, first: Term, start: number): Term | undefined {
  if (reader.token.kind !== ',' && reader.token.kind !== '}') return reader.unexpected('non-terminated set')
  const items = parseItems(reader, first, '}')
  return items === undefined ? undefined : { kind: 'set', items, span: from(reader, start) }
}

/** From behind the first item to behind `close`. A comma may stand before it. */
function parseItems(reader: Reader, first: Term, close: ']' | '}' | ')'): readonly Term[] | undefined {
  const items = [first]
  while (!reader.take(close)) {
    if (!reader.take(',')) return reader.unexpected(`expected "," or "${close}"`)
    if (reader.take(close)) break
    const item = parseTerm(reader)
    if (item === undefined) return undefined
    items.push(item)
  }
  return items
}

/** From the colon behind the first key. */
function parseObject(reader: Reader, firstKey: Term, start: number): Term | undefined {
  reader.advance()
  const firstValue = reader.token
  return tryComprehension(
    reader,
    (value) =>
      parseBodyOf(reader, value, '}', (body, term) => ({
        kind: 'object-comprehension' as const,
        key: firstKey,
        value: term,
        body,
        span: from(reader, start),
      })),
    (value) => {
      const entries = [{ key: firstKey, value }]
      while (!reader.take('}')) {
        if (!reader.take(',')) return reader.unexpected('non-terminated object')
        if (reader.take('}')) break
        const key = parseTerm(reader)
        if (key === undefined) return undefined
        if (!reader.take(':')) return reader.unexpectedAt(firstValue, 'non-terminated object')
        const next = parseTerm(reader)
        if (next === undefined) return undefined
        entries.push({ key, value: next })
      }
      return { kind: 'object', entries: distinctEntries(entries), span: from(reader, start) }
    },
  )
}

function from(reader: Reader, start: number): { start: number; end: number } {
  return { start, end: reader.previousEnd }
}

function spanOf({ start, end }: { readonly start: number; readonly end: number }): { start: number; end: number } {
  return { start, end }
}
