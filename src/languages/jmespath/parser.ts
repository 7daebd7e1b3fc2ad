import { defaultLimits } from '../../core/limits.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { Span } from '../../core/source.ts'
import type { Comparator, JmesProblem, Node } from './ast.ts'
import type { Token } from './lexer.ts'
import { lex } from './lexer.ts'

/*
 * A Pratt parser over the JMESPath grammar. Projections bind what follows them: after `[*]`, `[]`, `[?…]`, `*` and slices, everything tighter than the
 * projection itself is parsed as its right side, applied to each element. Failures travel as a private exception that never leaves `parse`.
 */
const bindingPower: Readonly<Record<string, number>> = {
  '|': 1,
  '||': 2,
  '&&': 3,
  '==': 5,
  '!=': 5,
  '<': 5,
  '<=': 5,
  '>': 5,
  '>=': 5,
  '[]': 9,
  '*': 20,
  '[?': 21,
  '.': 40,
  '!': 45,
  '{': 50,
  '[': 55,
  '(': 60,
}
/** Tokens that bind looser than this end a projection. */
const projectionStop = 10

class ParseFailure extends Error {
  readonly problem: JmesProblem
  constructor(problem: JmesProblem) {
    super(problem.message)
    this.problem = problem
  }
}

export function parse(text: string): Result<Node, JmesProblem> {
  if (text.length > defaultLimits.expressionLength) {
    return err({
      code: 'syntax',
      message: `the expression is longer than ${defaultLimits.expressionLength} characters`,
      span: { start: 0, end: 0 },
    })
  }
  const tokens = lex(text)
  if (!tokens.ok) return tokens
  try {
    return ok(new Parser(tokens.value).whole())
  } catch (failure) {
    if (failure instanceof ParseFailure) return err(failure.problem)
    throw failure
  }
}

const describe = (token: Token): string => {
  switch (token.kind) {
    case 'end':
      return 'the end of the expression'
    case 'identifier':
      return `\`${token.name}\``
    case 'number':
      return `\`${token.value}\``
    case 'literal':
      return 'a literal'
    default:
      return `\`${token.kind}\``
  }
}

class Parser {
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  whole(): Node {
    const node = this.#expression(0)
    if (this.#peek().kind !== 'end') this.#unexpected('an operator or the end of the expression')
    return node
  }

  #peek(ahead = 0): Token {
    return this.#tokens[this.#at + ahead] ?? { kind: 'end', span: { start: 0, end: 0 } }
  }

  #next(): Token {
    const token = this.#peek()
    this.#at += 1
    return token
  }

  #expect(kind: Token['kind'], what = `\`${kind}\``): Token {
    if (this.#peek().kind !== kind) this.#unexpected(what)
    return this.#next()
  }

  #unexpected(expected: string): never {
    const token = this.#peek()
    throw new ParseFailure({ code: 'syntax', message: `expected ${expected}, found ${describe(token)}`, span: token.span })
  }

  #spanFrom(start: number): Span {
    return { start, end: this.#peek(-1).span.end }
  }

  #expression(minimum: number): Node {
    this.#depth += 1
    if (this.#depth > defaultLimits.expressionDepth) {
      throw new ParseFailure({
        code: 'syntax',
        message: `the expression is nested deeper than ${defaultLimits.expressionDepth}`,
        span: this.#peek().span,
      })
    }
    let left = this.#prefix()
    let links = 0
    while (minimum < (bindingPower[this.#peek().kind] ?? 0)) {
      left = this.#infix(left)
      links += 1
      // Chains nest to the left without recursion here, but compiling and evaluating them recurses.
      if (links > defaultLimits.expressionDepth * 4) {
        throw new ParseFailure({ code: 'syntax', message: 'the expression has too many steps', span: this.#peek().span })
      }
    }
    this.#depth -= 1
    return left
  }

  #prefix(): Node {
    const token = this.#peek()
    const { span } = token
    switch (token.kind) {
      case 'identifier':
        return this.#identifier()
      case 'literal':
        this.#next()
        return { kind: 'literal', value: token.value, span }
      case '@':
        this.#next()
        return { kind: 'current', span }
      case '*':
        this.#next()
        return this.#project('value-projection', { kind: 'current', span }, '*')
      case '[]':
        this.#next()
        return this.#project('flatten', { kind: 'current', span }, '[]')
      case '[?':
        return this.#filter({ kind: 'current', span })
      case '[':
        return this.#bracketPrefix()
      case '{':
        return this.#hash()
      case '!':
        return this.#not()
      case '&':
        return this.#reference()
      case '(':
        return this.#group()
      default:
        return this.#unexpected('an expression')
    }
  }

  #identifier(): Node {
    const token = this.#next()
    if (token.kind !== 'identifier') return this.#unexpected('a name')
    if (this.#peek().kind !== '(') return { kind: 'field', name: token.name, span: token.span }
    if (token.quoted) this.#unexpected('no parenthesis after a quoted name: functions are not quoted')
    this.#next()
    const args: Node[] = []
    while (this.#peek().kind !== ')') {
      if (args.length > 0) this.#expect(',', '`,` or `)`')
      args.push(this.#expression(0))
    }
    this.#next()
    return { kind: 'call', name: token.name, args, span: this.#spanFrom(token.span.start) }
  }

  #not(): Node {
    const { start } = this.#next().span
    const operand = this.#expression(bindingPower['!'] ?? 0)
    return { kind: 'not', operand, span: this.#spanFrom(start) }
  }

  #reference(): Node {
    const { start } = this.#next().span
    const operand = this.#expression(0)
    return { kind: 'expression-reference', operand, span: this.#spanFrom(start) }
  }

  #group(): Node {
    this.#next()
    const node = this.#expression(0)
    this.#expect(')')
    return node
  }

  #infix(left: Node): Node {
    const token = this.#peek()
    const { start } = left.span
    switch (token.kind) {
      case '.':
        this.#next()
        return this.#afterDot(left)
      case '[':
        return this.#bracket(left)
      case '[]':
        this.#next()
        return this.#project('flatten', left, '[]')
      case '[?':
        return this.#filter(left)
      case '|':
      case '||':
      case '&&': {
        this.#next()
        const right = this.#expression(bindingPower[token.kind] ?? 0)
        const kind = token.kind === '|' ? 'pipe' : token.kind === '||' ? 'or' : 'and'
        return { kind, left, right, span: this.#spanFrom(start) }
      }
      case '==':
      case '!=':
      case '<':
      case '<=':
      case '>':
      case '>=':
        return this.#comparison(left, token.kind)
      default:
        return this.#unexpected('an operator')
    }
  }

  #comparison(left: Node, operator: Comparator): Node {
    this.#next()
    const right = this.#expression(bindingPower[operator] ?? 0)
    return { kind: 'comparison', operator, left, right, span: this.#spanFrom(left.span.start) }
  }

  #afterDot(left: Node): Node {
    if (this.#peek().kind === '*') {
      this.#next()
      return this.#project('value-projection', left, '*')
    }
    const right = this.#dotted(bindingPower['.'] ?? 0)
    return { kind: 'subexpression', left, right, span: this.#spanFrom(left.span.start) }
  }

  /** What may follow a dot: a name, a function, a multi-select list or hash. */
  #dotted(power: number): Node {
    const { kind } = this.#peek()
    if (kind === '[') {
      this.#next()
      return this.#list(this.#peek(-1).span.start)
    }
    if (kind === '{') return this.#hash()
    if (kind === 'identifier' || kind === '*') return this.#expression(power)
    return this.#unexpected('a name, `*`, `[` or `{` after the dot')
  }

  #bracketPrefix(): Node {
    const { span } = this.#peek()
    const after = this.#peek(1).kind
    if (after === 'number' || after === ':') return this.#bracket({ kind: 'current', span })
    if (after === '*' && this.#peek(2).kind === ']') return this.#bracket({ kind: 'current', span })
    this.#next()
    return this.#list(span.start)
  }

  /** `[0]`, `[1:2]` or `[*]` after a value. */
  #bracket(left: Node): Node {
    this.#next()
    const token = this.#peek()
    if (token.kind === 'number' && this.#peek(1).kind === ']') {
      this.#at += 2
      return { kind: 'index', left, index: token.value, span: this.#spanFrom(left.span.start) }
    }
    if (token.kind === 'number' || token.kind === ':') return this.#slice(left)
    this.#expect('*', 'an index, a slice or `*`')
    this.#expect(']')
    return this.#project('list-projection', left, '*')
  }

  #slice(left: Node): Node {
    const parts: (number | undefined)[] = [undefined, undefined, undefined]
    let part = 0
    while (this.#peek().kind !== ']') {
      const token = this.#next()
      if (token.kind === ':' && part < 2) part += 1
      else if (token.kind === 'number' && parts[part] === undefined) parts[part] = token.value
      else {
        this.#at -= 1
        this.#unexpected('`:`, a number or `]`')
      }
    }
    this.#next()
    const [start, stop, step] = parts
    const right = this.#projectionRight(bindingPower['*'] ?? 0)
    return { kind: 'slice', left, start, stop, step, right, span: this.#spanFrom(left.span.start) }
  }

  #filter(left: Node): Node {
    this.#next()
    const condition = this.#expression(0)
    this.#expect(']')
    const right = this.#peek().kind === '[]' ? this.#current() : this.#projectionRight(bindingPower['[?'] ?? 0)
    return { kind: 'filter', left, condition, right, span: this.#spanFrom(left.span.start) }
  }

  #project(kind: 'list-projection' | 'flatten' | 'value-projection', left: Node, power: '*' | '[]'): Node {
    const right = this.#projectionRight(bindingPower[power] ?? 0)
    return { kind, left, right, span: this.#spanFrom(left.span.start) }
  }

  #current(): Node {
    const { start } = this.#peek().span
    return { kind: 'current', span: { start, end: start } }
  }

  #projectionRight(power: number): Node {
    const token = this.#peek()
    if ((bindingPower[token.kind] ?? 0) < projectionStop) return this.#current()
    if (token.kind === '[' || token.kind === '[?') return this.#expression(power)
    if (token.kind === '.') {
      this.#next()
      return this.#dotted(power)
    }
    return this.#unexpected('`.`, `[` or an operator')
  }

  #list(start: number): Node {
    const items: Node[] = []
    for (;;) {
      items.push(this.#expression(0))
      if (this.#peek().kind !== ',') break
      this.#next()
    }
    this.#expect(']', '`,` or `]`')
    return { kind: 'list', items, span: this.#spanFrom(start) }
  }

  #hash(): Node {
    const { start } = this.#expect('{').span
    const entries: { readonly key: string; readonly value: Node }[] = []
    for (;;) {
      const key = this.#peek()
      if (key.kind !== 'identifier') return this.#unexpected('a key')
      this.#next()
      this.#expect(':')
      entries.push({ key: key.name, value: this.#expression(0) })
      // go-jmespath does not insist on the comma, and policies rely on that.
      if (this.#peek().kind === ',') this.#next()
      else if (this.#peek().kind !== 'identifier') break
    }
    this.#expect('}', '`,` or `}`')
    return { kind: 'hash', entries, span: this.#spanFrom(start) }
  }
}
