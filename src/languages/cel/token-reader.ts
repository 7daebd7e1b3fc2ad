import type { Span } from '../../core/source.ts'
import type { CelProblem } from './ast.ts'
import { endsOperand } from './grammar.ts'
import type { Token } from './lexer.ts'

/** How deep cel-go lets rules nest. */
export const maximumDepth = 250

/** A failure that cannot be mended. It never leaves `parse`. */
export class ParseFailure extends Error {}

/** Goes through the tokens of an expression, and says of what is not expected what cel-go says. */
export class TokenReader {
  readonly problems: CelProblem[] = []
  /** The macros, and parts of the grammar, that not every environment has. */
  readonly macros: ReadonlySet<string>
  readonly #text: string
  readonly #tokens: readonly Token[]
  readonly #end: Token
  #at = 0
  #depth = 0

  constructor(text: string, tokens: readonly Token[], macros: ReadonlySet<string>) {
    this.#text = text
    this.macros = macros
    this.#tokens = tokens
    this.#end = { kind: 'end', span: { start: text.length, end: text.length } }
  }

  get current(): Token {
    return this.#tokens[this.#at] ?? this.#end
  }

  peek(ahead: number): Token {
    return this.#tokens[this.#at + ahead] ?? this.#end
  }

  skip(count = 1): void {
    this.#at += count
  }

  /** What stands at a place, as it was written. */
  textAt({ start, end }: Span): string {
    return this.#text.slice(start, end)
  }

  get previous(): Token | undefined {
    return this.#tokens[this.#at - 1]
  }

  advance(): Token {
    const token = this.current
    this.#at += 1
    return token
  }

  accept(kind: Token['kind']): boolean {
    if (this.current.kind !== kind) return false
    this.#at += 1
    return true
  }

  shown(token: Token): string {
    return token.kind === 'end' ? "'<EOF>'" : `'${this.textAt(token.span)}'`
  }

  /** A mistake against the grammar. */
  report(message: string, token: Token): void {
    this.problems.push({ code: 'syntax', message: `Syntax error: ${message}`, at: token.span.start })
  }

  /** A mistake that the grammar lets through. */
  semantic(message: string, at: number): void {
    this.problems.push({ code: 'syntax', message, at })
  }

  /** Reports what cannot be mended. */
  fail(message: string, token: Token = this.current): never {
    this.report(message, token)
    throw new ParseFailure()
  }

  /** Reports that rules nest too deeply. */
  limit(): never {
    this.problems.push({ code: 'limit', message: `expression recursion limit exceeded: ${maximumDepth}`, at: 0 })
    throw new ParseFailure()
  }

  /** Consumes a token of this kind, or mends its absence where that is plain. */
  expect(kind: Token['kind'], mayFollow?: readonly Token['kind'][]): Token {
    const token = this.current
    if (token.kind === kind) return this.advance()
    if (this.peek(1).kind === kind) {
      this.report(`extraneous input ${this.shown(token)} expecting '${kind}'`, token)
      this.#at += 2
      return token
    }
    const follows = mayFollow === undefined ? endsOperand(token.kind) : mayFollow.includes(token.kind)
    if (!follows) return this.fail(`mismatched input ${this.shown(token)} expecting '${kind}'`)
    this.report(`missing '${kind}' at ${this.shown(token)}`, token)
    return token
  }

  /** Whether what follows may be absent: only where there are optional types. */
  optionalMark(shown: string, at: number): boolean {
    if (!this.accept('?')) return false
    if (!this.macros.has('optional')) this.semantic(`unsupported syntax ${shown}`, at)
    return true
  }

  /** From `start` to the end of what was read last. */
  span(start: number): Span {
    return { start, end: this.previous?.span.end ?? start }
  }

  nested<T>(read: () => T): T {
    if (this.#depth >= maximumDepth) this.limit()
    this.#depth += 1
    const result = read()
    this.#depth -= 1
    return result
  }

  expectListEnd(kind: ')' | ']' | '}'): void {
    if (kind === ')') {
      this.expect(kind)
      return
    }
    const afterComma = this.previous?.kind === ','
    if (this.current.kind === 'end' && !afterComma) this.fail(`mismatched input '<EOF>' expecting {'${kind}', ','}`)
    if (this.current.kind === kind || this.current.kind === 'end') this.expect(kind)
    else if (this.peek(1).kind === kind) {
      this.report(`extraneous input ${this.shown(this.current)} expecting {'${kind}', ','}`, this.current)
      this.#at += 2
    } else this.fail(`mismatched input ${this.shown(this.current)} expecting {'${kind}', ','}`)
  }
}
