import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { Span } from '../../core/source.ts'
import type { CelProblem, ListItem, MapEntry, Node, StructField } from './ast.ts'
import type { Token } from './lexer.ts'
import { lex, numberToken } from './lexer.ts'
import { expandMacro } from './macros.ts'

/*
 * The CEL grammar by recursive descent over binding powers. Messages are those of cel-go, whose parser is generated: an unexpected token is `extraneous`
 * where leaving it out helps, else what is expected is `missing`, else the input is `mismatched`. A failure that cannot be mended travels as a private
 * exception that never leaves `parse`.
 */

/** cel-go's bounds: code points of an expression, and how deep rules may nest. */
const maximumLength = 100_000
const maximumDepth = 250

class ParseFailure extends Error {}

/** Words that may not be identifiers, though they may be fields. */
const reserved: ReadonlySet<string> = new Set([
  'as',
  'break',
  'const',
  'continue',
  'else',
  'false',
  'for',
  'function',
  'if',
  'import',
  'in',
  'let',
  'loop',
  'package',
  'namespace',
  'null',
  'return',
  'true',
  'var',
  'void',
  'while',
])

const expectedOperand = "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"

const operandTokens = "'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"
const expectedArgument = `{'[', '{', '(', ')', '.', '-', '!', ${operandTokens}`
const expectedIndex = `{'[', '{', '(', '.', '-', '!', '?', ${operandTokens}`
const expectedEntry = `{'[', '{', '}', '(', '.', ',', '-', '!', '?', ${operandTokens}`

export function parse(text: string, macros: ReadonlySet<string>): Result<Node, readonly CelProblem[]> {
  if (text.length > maximumLength) {
    return err([
      { code: 'limit', message: `expression code point size exceeds limit: size: ${text.length}, limit ${maximumLength}`, at: 0 },
    ])
  }
  const { tokens, problems: lexical } = lex(text)
  const parser = new Parser(text, tokens, macros)
  const root = parser.whole()
  const problems = [...lexical, ...parser.problems]
  if (root === undefined || problems.length > 0) return err(problems.toSorted((a, b) => a.at - b.at))
  return ok(root)
}

type BinaryToken = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | '+' | '-' | '*' | '/' | '%'

/** The power of each binary operator, and the function it is. */
const binary: Readonly<Record<BinaryToken, { readonly power: number; readonly name: string }>> = {
  '==': { power: 1, name: '_==_' },
  '!=': { power: 1, name: '_!=_' },
  '<': { power: 1, name: '_<_' },
  '<=': { power: 1, name: '_<=_' },
  '>': { power: 1, name: '_>_' },
  '>=': { power: 1, name: '_>=_' },
  in: { power: 1, name: '@in' },
  '+': { power: 2, name: '_+_' },
  '-': { power: 2, name: '_-_' },
  '*': { power: 3, name: '_*_' },
  '/': { power: 3, name: '_/_' },
  '%': { power: 3, name: '_%_' },
}
const isBinary = (kind: string): kind is BinaryToken => Object.hasOwn(binary, kind)

class Parser {
  readonly problems: CelProblem[] = []
  readonly #text: string
  readonly #tokens: readonly Token[]
  readonly #macros: ReadonlySet<string>
  readonly #end: Token
  #at = 0
  #depth = 0

  constructor(text: string, tokens: readonly Token[], macros: ReadonlySet<string>) {
    this.#text = text
    this.#macros = macros
    this.#tokens = tokens
    this.#end = { kind: 'end', span: { start: text.length, end: text.length } }
  }

  whole(): Node | undefined {
    try {
      const node = this.#expression()
      if (this.#token.kind !== 'end') {
        const word = this.#peek(1).kind === 'end' ? 'extraneous' : 'mismatched'
        this.#report(`${word} input ${this.#shown(this.#token)} expecting <EOF>`, this.#token)
      }
      return node
    } catch (failure) {
      if (failure instanceof ParseFailure) return undefined
      throw failure
    }
  }

  get #token(): Token {
    return this.#tokens[this.#at] ?? this.#end
  }

  #peek(ahead: number): Token {
    return this.#tokens[this.#at + ahead] ?? this.#end
  }

  #advance(): Token {
    const token = this.#token
    this.#at += 1
    return token
  }

  #accept(kind: Token['kind']): boolean {
    if (this.#token.kind !== kind) return false
    this.#at += 1
    return true
  }

  #shown(token: Token): string {
    return token.kind === 'end' ? "'<EOF>'" : `'${this.#text.slice(token.span.start, token.span.end)}'`
  }

  #report(message: string, token: Token): void {
    this.problems.push({ code: 'syntax', message: `Syntax error: ${message}`, at: token.span.start })
  }

  #semantic(message: string, at: number): void {
    this.problems.push({ code: 'syntax', message, at })
  }

  #fail(message: string, token: Token = this.#token): never {
    this.#report(message, token)
    throw new ParseFailure()
  }

  #limit(): never {
    this.problems.push({ code: 'limit', message: `expression recursion limit exceeded: ${maximumDepth}`, at: 0 })
    throw new ParseFailure()
  }

  /** Consumes a token of this kind, or mends its absence where that is plain. */
  #expect(kind: Token['kind'], mayFollow?: readonly Token['kind'][]): Token {
    const token = this.#token
    if (token.kind === kind) return this.#advance()
    if (this.#peek(1).kind === kind) {
      this.#report(`extraneous input ${this.#shown(token)} expecting '${kind}'`, token)
      this.#at += 2
      return token
    }
    const follows = mayFollow === undefined ? endsOperand(token.kind) : mayFollow.includes(token.kind)
    if (!follows) return this.#fail(`mismatched input ${this.#shown(token)} expecting '${kind}'`)
    this.#report(`missing '${kind}' at ${this.#shown(token)}`, token)
    return token
  }

  /** Whether what follows may be absent: only where there are optional types. */
  #optionalMark(shown: string, at: number): boolean {
    if (!this.#accept('?')) return false
    if (!this.#macros.has('optional')) this.#semantic(`unsupported syntax ${shown}`, at)
    return true
  }

  #span(start: number): Span {
    return { start, end: this.#tokens[this.#at - 1]?.span.end ?? start }
  }

  #nested<T>(read: () => T): T {
    if (this.#depth >= maximumDepth) this.#limit()
    this.#depth += 1
    const result = read()
    this.#depth -= 1
    return result
  }

  #expression(): Node {
    return this.#nested(() => {
      const start = this.#token.span.start
      const condition = this.#logical('or')
      const at = this.#token.span.start
      if (!this.#accept('?')) return condition
      const consequent = this.#logical('or')
      this.#expect(':', operandStarts)
      const otherwise = this.#expression()
      return { kind: 'conditional', condition, consequent, otherwise, at, span: this.#span(start) }
    })
  }

  /** `a || b || c` is one node: its operands are equal, in any order. */
  #logical(kind: 'or' | 'and'): Node {
    const start = this.#token.span.start
    const operator = kind === 'or' ? '||' : '&&'
    const read = (): Node => (kind === 'or' ? this.#logical('and') : this.#binary(1))
    const first = read()
    if (this.#token.kind !== operator) return first
    const at = this.#token.span.start
    const operands = [first]
    while (this.#accept(operator)) operands.push(read())
    return { kind, operands, at, span: this.#span(start) }
  }

  #binary(power: number): Node {
    const start = this.#token.span.start
    let left = power === 3 ? this.#unary() : this.#binary(power + 1)
    for (let links = 0; ; links += 1) {
      const { kind } = this.#token
      const operator = isBinary(kind) ? binary[kind] : undefined
      if (operator?.power !== power) return left
      if (links >= maximumDepth) this.#limit()
      const at = this.#advance().span.start
      const right = power === 3 ? this.#unary() : this.#binary(power + 1)
      left = { kind: 'call', name: operator.name, target: undefined, args: [left, right], at, span: this.#span(start) }
    }
  }

  /** An even number of signs cancels out; `-` before a number belongs to the number. */
  #unary(): Node {
    const { kind, span } = this.#token
    if (kind !== '!' && kind !== '-') return this.#member()
    if (kind === '-' && this.#isNumber(this.#peek(1))) return this.#member()
    let count = 0
    while (this.#token.kind === kind && !(kind === '-' && this.#isNumber(this.#peek(1)) && count > 0)) {
      this.#at += 1
      count += 1
    }
    if (this.#peek(0).kind === 'end') return this.#signOfNothing(kind)
    const operand = this.#nested(() => this.#member())
    if (count % 2 === 0) return operand
    return {
      kind: 'call',
      name: kind === '!' ? '!_' : '-_',
      target: undefined,
      args: [operand],
      at: span.start,
      span: this.#span(span.start),
    }
  }

  /** Signs at the end. */
  #signOfNothing(sign: '!' | '-'): Node {
    if (sign === '!') return this.#fail(`extraneous input '<EOF>' expecting ${expectedOperand}`)
    this.#report("no viable alternative at input '-'", this.#token)
    return this.#unexpected(this.#token)
  }

  #isNumber(token: Token): boolean {
    return token.kind === 'int' || token.kind === 'double'
  }

  #member(): Node {
    const start = this.#token.span.start
    let node = this.#primary()
    for (let links = 0; ; links += 1) {
      if (this.#token.kind !== '.' && this.#token.kind !== '[') return node
      if (links >= maximumDepth) this.#limit()
      node = this.#token.kind === '.' ? this.#selection(node, start) : this.#indexing(node, start)
    }
  }

  #selection(operand: Node, start: number): Node {
    const dot = this.#advance()
    const at = dot.span.start
    const optional = this.#optionalMark("'.?'", at)
    const token = this.#token
    if (token.kind === 'escaped' || (token.kind === 'identifier' && (optional || this.#peek(1).kind !== '('))) {
      this.#at += 1
      if (token.kind === 'escaped' && !this.#macros.has('quoted-fields')) this.#semantic("unsupported syntax: '`'", token.span.start)
      if (token.kind === 'escaped' && this.#token.kind === '(') this.#fail(`mismatched input '(' expecting <EOF>`)
      return { kind: 'select', operand, field: token.name, optional, at, span: this.#span(start) }
    }
    if (token.kind !== 'identifier' || optional) {
      if (optional || token.kind === 'true' || token.kind === 'false' || token.kind === 'null') {
        return this.#fail(`mismatched input ${this.#shown(token)} expecting IDENTIFIER`)
      }
      // The generated parser decides between a call and a selection before it reads either.
      this.#report(`no viable alternative at input '.${this.#text.slice(token.span.start, token.span.end)}'`, token)
      // It goes on where an operator may follow.
      if (isBinary(token.kind)) return operand
      throw new ParseFailure()
    }
    this.#at += 1
    return this.#call(token.name, operand, start)
  }

  #indexing(operand: Node, start: number): Node {
    const at = this.#advance().span.start
    const optional = this.#optionalMark("'[?'", at)
    if (!optional && !startsOperand(this.#token)) return this.#unexpected(this.#token, expectedIndex)
    const index = this.#expression()
    this.#expect(']', afterIndex)
    return { kind: 'index', operand, index, optional, at, span: this.#span(start) }
  }

  /** After the name, at the parenthesis. */
  #call(name: string, target: Node | undefined, start: number): Node {
    const at = this.#advance().span.start
    const args: Node[] = []
    if (this.#token.kind === 'end') this.#fail(`mismatched input '<EOF>' expecting ${expectedArgument}`)
    if (this.#token.kind !== ')') {
      if (!startsOperand(this.#token)) args.push(this.#unexpected(this.#token, expectedArgument))
      else args.push(this.#expression())
      while (this.#accept(',')) args.push(this.#expression())
    }
    this.#expectListEnd(')')
    const place = { at, span: this.#span(start) }
    const macro = expandMacro({ name, target, args, macros: this.#macros }, place)
    if (macro === undefined) return { kind: 'call', name, target, args, ...place }
    if ('problem' in macro) {
      this.#semantic(macro.problem, macro.at)
      return { kind: 'literal', value: null, ...place }
    }
    return macro
  }

  #expectListEnd(kind: ')' | ']' | '}'): void {
    if (kind === ')') {
      this.#expect(kind)
      return
    }
    const afterComma = this.#tokens[this.#at - 1]?.kind === ','
    if (this.#token.kind === 'end' && !afterComma) this.#fail(`mismatched input '<EOF>' expecting {'${kind}', ','}`)
    if (this.#token.kind === kind || this.#token.kind === 'end') this.#expect(kind)
    else if (this.#peek(1).kind === kind) {
      this.#report(`extraneous input ${this.#shown(this.#token)} expecting {'${kind}', ','}`, this.#token)
      this.#at += 2
    } else this.#fail(`mismatched input ${this.#shown(this.#token)} expecting {'${kind}', ','}`)
  }

  #primary(): Node {
    const token = this.#token
    const { start } = token.span
    switch (token.kind) {
      case '(': {
        this.#at += 1
        const inner = this.#expression()
        this.#expect(')')
        return inner
      }
      case '[':
        return this.#list()
      case '{':
        return this.#map()
      case 'identifier':
      case '.':
        return this.#name()
      case '-':
        return this.#negativeNumber()
      case 'true':
      case 'false':
        this.#at += 1
        return { kind: 'literal', value: token.kind === 'true', at: start, span: token.span }
      case 'null':
        this.#at += 1
        return { kind: 'literal', value: null, at: start, span: token.span }
      case 'int':
      case 'uint':
      case 'double':
      case 'string':
      case 'bytes':
        this.#at += 1
        return this.#literal(token)
      default:
        return this.#unexpected(token)
    }
  }

  /** Where an operand should be: a stray operator before one is left out. */
  #unexpected(token: Token, expected: string = expectedOperand): Node {
    if (token.kind !== 'end' && operandStarts.includes(this.#peek(1).kind) && !operandStarts.includes(token.kind)) {
      this.#report(`extraneous input ${this.#shown(token)} expecting ${expected}`, token)
      this.#at += 1
      return this.#nested(() => this.#member())
    }
    this.#report(`mismatched input ${this.#shown(token)} expecting ${expected}`, token)
    // The generated parser skips what it cannot use, and finds nothing after it.
    if (!closers.has(token.kind) && this.#peek(1).kind === 'end')
      this.#report(`mismatched input '<EOF>' expecting ${expectedOperand}`, this.#peek(1))
    throw new ParseFailure()
  }

  #literal(token: Extract<Token, { readonly value: unknown }>): Node {
    if (token.problem !== undefined) this.#semantic(token.problem, token.span.start)
    return { kind: 'literal', value: token.value, at: token.span.start, span: token.span }
  }

  #negativeNumber(): Node {
    const sign = this.#advance()
    const number = this.#token
    if (!this.#isNumber(number)) return this.#fail(`mismatched input ${this.#shown(number)} expecting {NUM_FLOAT, NUM_INT}`)
    this.#at += 1
    const span = { start: sign.span.start, end: number.span.end }
    const token = numberToken(`-${this.#text.slice(number.span.start, number.span.end)}`, span)
    if (!('value' in token)) return this.#unexpected(number)
    return this.#literal(token)
  }

  /** An identifier, a global call, or a type-named literal. */
  #name(): Node {
    const { start } = this.#token.span
    const leading = this.#accept('.')
    const token = this.#token
    if (token.kind !== 'identifier') return this.#fail(`mismatched input ${this.#shown(token)} expecting IDENTIFIER`)
    const message = this.#messageName()
    if (message !== undefined) return this.#struct((leading ? '.' : '') + message, start)
    this.#at += 1
    if (reserved.has(token.name)) this.#semantic(`reserved identifier: ${token.name}`, token.span.start)
    const name = (leading ? '.' : '') + token.name
    if (this.#token.kind === '(') return this.#call(name, undefined, start)
    return { kind: 'identifier', name, at: start, span: this.#span(start) }
  }

  /** `a.b.C` where a brace follows. */
  #messageName(): string | undefined {
    const words: string[] = []
    for (let ahead = 0; ; ahead += 2) {
      const token = this.#peek(ahead)
      if (token.kind !== 'identifier' || reserved.has(token.name)) return undefined
      words.push(token.name)
      const next = this.#peek(ahead + 1).kind
      if (next === '{') {
        this.#at += ahead + 1
        return words.join('.')
      }
      if (next !== '.') return undefined
    }
  }

  #struct(name: string, start: number): Node {
    const at = this.#advance().span.start
    const fields: StructField[] = []
    while (this.#token.kind !== '}') {
      const optional = this.#optionalMark("'?'", this.#token.span.start)
      const field = this.#token
      if (field.kind !== 'identifier' && field.kind !== 'escaped') {
        return this.#fail(`mismatched input ${this.#shown(field)} expecting {'}', ',', '?', IDENTIFIER, ESC_IDENTIFIER}`)
      }
      this.#at += 1
      const colon = this.#expect(':', operandStarts)
      if (field.kind === 'escaped' && !this.#macros.has('quoted-fields')) this.#semantic("unsupported syntax: '`'", field.span.start)
      fields.push({ name: field.name, value: this.#expression(), optional, at: colon.span.start })
      if (!this.#accept(',') || this.#token.kind === 'end') break
    }
    this.#expectListEnd('}')
    return { kind: 'struct', name, fields, at, span: this.#span(start) }
  }

  #list(): Node {
    const { start } = this.#advance().span
    const items: ListItem[] = []
    while (this.#token.kind !== ']') {
      if (this.#token.kind === 'end' && items.length === 0) {
        this.#fail(
          `mismatched input '<EOF>' expecting {'[', ']', '{', '(', '.', ',', '-', '!', '?', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}`,
        )
      }
      const optional = this.#optionalMark("'?'", this.#token.span.start)
      items.push({ value: this.#expression(), optional })
      if (!this.#accept(',') || this.#token.kind === 'end') break
    }
    this.#expectListEnd(']')
    return { kind: 'list', items, at: start, span: this.#span(start) }
  }

  #map(): Node {
    const { start } = this.#advance().span
    const entries: MapEntry[] = []
    while (this.#token.kind !== '}') {
      const optional = this.#optionalMark("'?'", this.#token.span.start)
      const isFirst = entries.length === 0 && !optional
      const key = isFirst && !startsOperand(this.#token) ? this.#unexpected(this.#token, expectedEntry) : this.#expression()
      const colon = this.#expect(':', operandStarts)
      entries.push({ key, value: this.#expression(), optional, at: colon.span.start })
      if (!this.#accept(',') || this.#token.kind === 'end') break
    }
    this.#expectListEnd('}')
    return { kind: 'map', entries, at: start, span: this.#span(start) }
  }
}

const operandStarts: readonly Token['kind'][] = [
  '[',
  '{',
  '(',
  '.',
  '-',
  '!',
  'true',
  'false',
  'null',
  'double',
  'int',
  'uint',
  'string',
  'bytes',
  'identifier',
]

/** What ends something, and is used although nothing was before it. */
const closers: ReadonlySet<Token['kind']> = new Set(['end', ')', ']', '}', ',', ':'])

const startsOperand = (token: Token): boolean => operandStarts.includes(token.kind)

/** What may come after a closed operand. */
function endsOperand(kind: Token['kind']): boolean {
  return isBinary(kind) || ['end', ')', ']', '}', ',', ':', '?', '&&', '||', '.', '['].includes(kind)
}

/** Where a missing bracket is plain: not before a comma. */
const afterIndex: readonly Token['kind'][] = [
  'end',
  ')',
  ']',
  '}',
  ':',
  '?',
  '&&',
  '||',
  '.',
  '[',
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'in',
  '+',
  '-',
  '*',
  '/',
  '%',
]
