import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { CelProblem, ListItem, MapEntry, Node, StructField } from './ast.ts'
import {
  afterIndex,
  binary,
  closers,
  expectedArgument,
  expectedEntry,
  expectedIndex,
  expectedOperand,
  isBinary,
  operandStarts,
  reserved,
  startsOperand,
} from './grammar.ts'
import type { Token } from './lexer.ts'
import { lex, numberToken } from './lexer.ts'
import { expandMacro } from './macros.ts'
import { maximumDepth, ParseFailure, TokenReader } from './token-reader.ts'

/*
 * The CEL grammar by recursive descent over binding powers. Messages are those of cel-go, whose parser is generated: an unexpected token is `extraneous`
 * where leaving it out helps, else what is expected is `missing`, else the input is `mismatched`. A failure that cannot be mended travels as a private
 * exception that never leaves `parse`.
 */

/** cel-go's bound: code points of an expression. */
const maximumLength = 100_000

export function parse(text: string, macros: ReadonlySet<string>): Result<Node, readonly CelProblem[]> {
  if (text.length > maximumLength) {
    return err([
      { code: 'limit', message: `expression code point size exceeds limit: size: ${text.length}, limit ${maximumLength}`, at: 0 },
    ])
  }
  const { tokens, problems: lexical } = lex(text)
  const reader = new TokenReader(text, tokens, macros)
  const root = new Parser(reader).whole()
  const problems = [...lexical, ...reader.problems]
  if (root === undefined || problems.length > 0) return err(problems.toSorted((a, b) => a.at - b.at))
  return ok(root)
}

class Parser {
  readonly #tokens: TokenReader

  constructor(tokens: TokenReader) {
    this.#tokens = tokens
  }

  whole(): Node | undefined {
    try {
      const node = this.#expression()
      if (this.#tokens.current.kind !== 'end') {
        const word = this.#tokens.peek(1).kind === 'end' ? 'extraneous' : 'mismatched'
        this.#tokens.report(`${word} input ${this.#tokens.shown(this.#tokens.current)} expecting <EOF>`, this.#tokens.current)
      }
      return node
    } catch (failure) {
      if (failure instanceof ParseFailure) return undefined
      throw failure
    }
  }

  #expression(): Node {
    return this.#tokens.nested(() => {
      const start = this.#tokens.current.span.start
      const condition = this.#logical('or')
      const at = this.#tokens.current.span.start
      if (!this.#tokens.accept('?')) return condition
      const consequent = this.#logical('or')
      this.#tokens.expect(':', operandStarts)
      const otherwise = this.#expression()
      return { kind: 'conditional', condition, consequent, otherwise, at, span: this.#tokens.span(start) }
    })
  }

  /** `a || b || c` is one node: its operands are equal, in any order. */
  #logical(kind: 'or' | 'and'): Node {
    const start = this.#tokens.current.span.start
    const operator = kind === 'or' ? '||' : '&&'
    const read = (): Node => (kind === 'or' ? this.#logical('and') : this.#binary(1))
    const first = read()
    if (this.#tokens.current.kind !== operator) return first
    const at = this.#tokens.current.span.start
    const operands = [first]
    while (this.#tokens.accept(operator)) operands.push(read())
    return { kind, operands, at, span: this.#tokens.span(start) }
  }

  #binary(power: number): Node {
    const start = this.#tokens.current.span.start
    let left = power === 3 ? this.#unary() : this.#binary(power + 1)
    for (let links = 0; ; links += 1) {
      const { kind } = this.#tokens.current
      const operator = isBinary(kind) ? binary[kind] : undefined
      if (operator?.power !== power) return left
      if (links >= maximumDepth) this.#tokens.limit()
      const at = this.#tokens.advance().span.start
      const right = power === 3 ? this.#unary() : this.#binary(power + 1)
      left = { kind: 'call', name: operator.name, target: undefined, args: [left, right], at, span: this.#tokens.span(start) }
    }
  }

  /** An even number of signs cancels out; `-` before a number belongs to the number. */
  #unary(): Node {
    const { kind, span } = this.#tokens.current
    if (kind !== '!' && kind !== '-') return this.#member()
    if (kind === '-' && this.#isNumber(this.#tokens.peek(1))) return this.#member()
    let count = 0
    while (this.#tokens.current.kind === kind && !(kind === '-' && this.#isNumber(this.#tokens.peek(1)) && count > 0)) {
      this.#tokens.skip()
      count += 1
    }
    if (this.#tokens.peek(0).kind === 'end') return this.#signOfNothing(kind)
    const operand = this.#tokens.nested(() => this.#member())
    if (count % 2 === 0) return operand
    return {
      kind: 'call',
      name: kind === '!' ? '!_' : '-_',
      target: undefined,
      args: [operand],
      at: span.start,
      span: this.#tokens.span(span.start),
    }
  }

  /** Signs at the end. */
  #signOfNothing(sign: '!' | '-'): Node {
    if (sign === '!') return this.#tokens.fail(`extraneous input '<EOF>' expecting ${expectedOperand}`)
    this.#tokens.report("no viable alternative at input '-'", this.#tokens.current)
    return this.#unexpected(this.#tokens.current)
  }

  #isNumber(token: Token): boolean {
    return token.kind === 'int' || token.kind === 'double'
  }

  #member(): Node {
    const start = this.#tokens.current.span.start
    let node = this.#primary()
    for (let links = 0; ; links += 1) {
      if (this.#tokens.current.kind !== '.' && this.#tokens.current.kind !== '[') return node
      if (links >= maximumDepth) this.#tokens.limit()
      node = this.#tokens.current.kind === '.' ? this.#selection(node, start) : this.#indexing(node, start)
    }
  }

  #selection(operand: Node, start: number): Node {
    const dot = this.#tokens.advance()
    const at = dot.span.start
    const optional = this.#tokens.optionalMark("'.?'", at)
    const token = this.#tokens.current
    if (token.kind === 'escaped' || (token.kind === 'identifier' && (optional || this.#tokens.peek(1).kind !== '('))) {
      this.#tokens.skip()
      if (token.kind === 'escaped' && !this.#tokens.macros.has('quoted-fields'))
        this.#tokens.semantic("unsupported syntax: '`'", token.span.start)
      if (token.kind === 'escaped' && this.#tokens.current.kind === '(') this.#tokens.fail(`mismatched input '(' expecting <EOF>`)
      return { kind: 'select', operand, field: token.name, optional, at, span: this.#tokens.span(start) }
    }
    if (token.kind !== 'identifier' || optional) {
      if (optional || token.kind === 'true' || token.kind === 'false' || token.kind === 'null') {
        return this.#tokens.fail(`mismatched input ${this.#tokens.shown(token)} expecting IDENTIFIER`)
      }
      // The generated parser decides between a call and a selection before it reads either.
      this.#tokens.report(`no viable alternative at input '.${this.#tokens.textAt(token.span)}'`, token)
      // It goes on where an operator may follow.
      if (isBinary(token.kind)) return operand
      throw new ParseFailure()
    }
    this.#tokens.skip()
    return this.#call(token.name, operand, start)
  }

  #indexing(operand: Node, start: number): Node {
    const at = this.#tokens.advance().span.start
    const optional = this.#tokens.optionalMark("'[?'", at)
    if (!optional && !startsOperand(this.#tokens.current)) return this.#unexpected(this.#tokens.current, expectedIndex)
    const index = this.#expression()
    this.#tokens.expect(']', afterIndex)
    return { kind: 'index', operand, index, optional, at, span: this.#tokens.span(start) }
  }

  /** After the name, at the parenthesis. */
  #call(name: string, target: Node | undefined, start: number): Node {
    const at = this.#tokens.advance().span.start
    const args: Node[] = []
    if (this.#tokens.current.kind === 'end') this.#tokens.fail(`mismatched input '<EOF>' expecting ${expectedArgument}`)
    if (this.#tokens.current.kind !== ')') {
      if (!startsOperand(this.#tokens.current)) args.push(this.#unexpected(this.#tokens.current, expectedArgument))
      else args.push(this.#expression())
      while (this.#tokens.accept(',')) args.push(this.#expression())
    }
    this.#tokens.expectListEnd(')')
    const place = { at, span: this.#tokens.span(start) }
    const macro = expandMacro({ name, target, args, macros: this.#tokens.macros }, place)
    if (macro === undefined) return { kind: 'call', name, target, args, ...place }
    if ('problem' in macro) {
      this.#tokens.semantic(macro.problem, macro.at)
      return { kind: 'literal', value: null, ...place }
    }
    return macro
  }

  #primary(): Node {
    const token = this.#tokens.current
    const { start } = token.span
    switch (token.kind) {
      case '(': {
        this.#tokens.skip()
        const inner = this.#expression()
        this.#tokens.expect(')')
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
        this.#tokens.skip()
        return { kind: 'literal', value: token.kind === 'true', at: start, span: token.span }
      case 'null':
        this.#tokens.skip()
        return { kind: 'literal', value: null, at: start, span: token.span }
      case 'int':
      case 'uint':
      case 'double':
      case 'string':
      case 'bytes':
        this.#tokens.skip()
        return this.#literal(token)
      default:
        return this.#unexpected(token)
    }
  }

  /** Where an operand should be: a stray operator before one is left out. */
  #unexpected(token: Token, expected: string = expectedOperand): Node {
    if (token.kind !== 'end' && operandStarts.includes(this.#tokens.peek(1).kind) && !operandStarts.includes(token.kind)) {
      this.#tokens.report(`extraneous input ${this.#tokens.shown(token)} expecting ${expected}`, token)
      this.#tokens.skip()
      return this.#tokens.nested(() => this.#member())
    }
    this.#tokens.report(`mismatched input ${this.#tokens.shown(token)} expecting ${expected}`, token)
    // The generated parser skips what it cannot use, and finds nothing after it.
    if (!closers.has(token.kind) && this.#tokens.peek(1).kind === 'end')
      this.#tokens.report(`mismatched input '<EOF>' expecting ${expectedOperand}`, this.#tokens.peek(1))
    throw new ParseFailure()
  }

  #literal(token: Extract<Token, { readonly value: unknown }>): Node {
    if (token.problem !== undefined) this.#tokens.semantic(token.problem, token.span.start)
    return { kind: 'literal', value: token.value, at: token.span.start, span: token.span }
  }

  #negativeNumber(): Node {
    const sign = this.#tokens.advance()
    const number = this.#tokens.current
    if (!this.#isNumber(number)) return this.#tokens.fail(`mismatched input ${this.#tokens.shown(number)} expecting {NUM_FLOAT, NUM_INT}`)
    this.#tokens.skip()
    const span = { start: sign.span.start, end: number.span.end }
    const token = numberToken(`-${this.#tokens.textAt(number.span)}`, span)
    if (!('value' in token)) return this.#unexpected(number)
    return this.#literal(token)
  }

  /** An identifier, a global call, or a type-named literal. */
  #name(): Node {
    const { start } = this.#tokens.current.span
    const leading = this.#tokens.accept('.')
    const token = this.#tokens.current
    if (token.kind !== 'identifier') return this.#tokens.fail(`mismatched input ${this.#tokens.shown(token)} expecting IDENTIFIER`)
    const message = this.#messageName()
    if (message !== undefined) return this.#struct((leading ? '.' : '') + message, start)
    this.#tokens.skip()
    if (reserved.has(token.name)) this.#tokens.semantic(`reserved identifier: ${token.name}`, token.span.start)
    const name = (leading ? '.' : '') + token.name
    if (this.#tokens.current.kind === '(') return this.#call(name, undefined, start)
    return { kind: 'identifier', name, at: start, span: this.#tokens.span(start) }
  }

  /** `a.b.C` where a brace follows. */
  #messageName(): string | undefined {
    const words: string[] = []
    for (let ahead = 0; ; ahead += 2) {
      const token = this.#tokens.peek(ahead)
      if (token.kind !== 'identifier' || reserved.has(token.name)) return undefined
      words.push(token.name)
      const next = this.#tokens.peek(ahead + 1).kind
      if (next === '{') {
        this.#tokens.skip(ahead + 1)
        return words.join('.')
      }
      if (next !== '.') return undefined
    }
  }

  #struct(name: string, start: number): Node {
    const at = this.#tokens.advance().span.start
    const fields: StructField[] = []
    while (this.#tokens.current.kind !== '}') {
      const optional = this.#tokens.optionalMark("'?'", this.#tokens.current.span.start)
      const field = this.#tokens.current
      if (field.kind !== 'identifier' && field.kind !== 'escaped') {
        return this.#tokens.fail(`mismatched input ${this.#tokens.shown(field)} expecting {'}', ',', '?', IDENTIFIER, ESC_IDENTIFIER}`)
      }
      this.#tokens.skip()
      const colon = this.#tokens.expect(':', operandStarts)
      if (field.kind === 'escaped' && !this.#tokens.macros.has('quoted-fields'))
        this.#tokens.semantic("unsupported syntax: '`'", field.span.start)
      fields.push({ name: field.name, value: this.#expression(), optional, at: colon.span.start })
      if (!this.#tokens.accept(',') || this.#tokens.current.kind === 'end') break
    }
    this.#tokens.expectListEnd('}')
    return { kind: 'struct', name, fields, at, span: this.#tokens.span(start) }
  }

  #list(): Node {
    const { start } = this.#tokens.advance().span
    const items: ListItem[] = []
    while (this.#tokens.current.kind !== ']') {
      if (this.#tokens.current.kind === 'end' && items.length === 0) {
        this.#tokens.fail(
          `mismatched input '<EOF>' expecting {'[', ']', '{', '(', '.', ',', '-', '!', '?', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}`,
        )
      }
      const optional = this.#tokens.optionalMark("'?'", this.#tokens.current.span.start)
      items.push({ value: this.#expression(), optional })
      if (!this.#tokens.accept(',') || this.#tokens.current.kind === 'end') break
    }
    this.#tokens.expectListEnd(']')
    return { kind: 'list', items, at: start, span: this.#tokens.span(start) }
  }

  #map(): Node {
    const { start } = this.#tokens.advance().span
    const entries: MapEntry[] = []
    while (this.#tokens.current.kind !== '}') {
      const optional = this.#tokens.optionalMark("'?'", this.#tokens.current.span.start)
      const isFirst = entries.length === 0 && !optional
      const key =
        isFirst && !startsOperand(this.#tokens.current) ? this.#unexpected(this.#tokens.current, expectedEntry) : this.#expression()
      const colon = this.#tokens.expect(':', operandStarts)
      entries.push({ key, value: this.#expression(), optional, at: colon.span.start })
      if (!this.#tokens.accept(',') || this.#tokens.current.kind === 'end') break
    }
    this.#tokens.expectListEnd('}')
    return { kind: 'map', entries, at: start, span: this.#tokens.span(start) }
  }
}
