import type { Source, Span } from '../../../core/source.ts'
import type { Body, Literal, RegoVersion } from './ast.ts'
import { isKeywordIn, isReserved, type Token, type TokenKind, tokenInWords } from './token.ts'

/** Nested deeper than this a file is refused, long before the stack ends. */
export const maxDepth = 500

/** Tokens that may be looked at per token of the file: going back to try another reading is bounded by it. */
const stepsPerToken = 200

export interface Problem {
  readonly message: string
  readonly span: Span
  /** False where the line is not shown. */
  readonly line?: false
}

/** The grammar refers to itself: terms hold bodies, which hold terms. */
export interface Grammar {
  /** Expressions up to `close`, which is left. */
  readonly body: (reader: Reader, close: ']' | '}') => Body | undefined
  readonly literal: (reader: Reader) => Literal | undefined
}

export interface ReaderOptions {
  readonly version: RegoVersion
  readonly templates: boolean
  readonly grammar: Grammar
}

/** A place to go back to. */
interface Mark {
  readonly at: number
  readonly problems: number
  readonly wildcards: number
}

/** The tokens of one file while they are parsed, and what was found wrong so far. Parsing functions return undefined after a problem. */
export class Reader {
  readonly source: Source
  readonly grammar: Grammar
  readonly templates: boolean
  /** Names that are keywords besides those that always are. */
  readonly keywords = new Set<string>()
  /** `not { … }` is a negated body rather than a negated set. */
  notBodies = false
  readonly problems: Problem[] = []
  /** Where a comprehension was tried after a `|` and is none: never tried again. */
  readonly notComprehension = new Set<number>()
  #tokens: readonly Token[]
  #at = 0
  #wildcards = 0
  #depth = 0
  #steps: number

  constructor(source: Source, tokens: readonly Token[], options: ReaderOptions) {
    this.source = source
    this.grammar = options.grammar
    this.templates = options.templates
    this.#tokens = tokens
    this.#steps = tokens.length * stepsPerToken + 1000
    if (options.version === 1) for (const keyword of ['contains', 'every', 'if', 'in']) this.keywords.add(keyword)
  }

  get token(): Token {
    return this.peek(0)
  }

  peek(ahead: number): Token {
    const token = this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]
    if (token === undefined) throw new Error('a file has at least its end')
    return token
  }

  /** Behind the token before. */
  get previousEnd(): number {
    return this.#tokens[this.#at - 1]?.end ?? 0
  }

  get position(): number {
    return this.#at
  }

  advance(): Token {
    const token = this.token
    this.#steps -= 1
    if (this.#at < this.#tokens.length - 1) this.#at += 1
    return token
  }

  take(kind: TokenKind): boolean {
    if (this.token.kind !== kind) return false
    this.advance()
    return true
  }

  /** A name followed at once by `.` or `[` is the beginning of a path, keyword or not. */
  isKeyword(name: string): boolean {
    const { token } = this
    return token.kind === 'name' && token.text === name && this.isReserved(token) && !this.beginsPath()
  }

  /** A keyword in any place, `contains` included. */
  isKeywordName(name: string): boolean {
    return isKeywordIn(name, this.keywords)
  }

  isReserved(token: Token): boolean {
    return isReserved(token.text, this.keywords)
  }

  beginsPath(): boolean {
    const next = this.peek(1)
    return next.touching && (next.kind === '.' || next.kind === '[')
  }

  takeKeyword(name: string): boolean {
    if (!this.isKeyword(name)) return false
    this.advance()
    return true
  }

  mark(): Mark {
    return { at: this.#at, problems: this.problems.length, wildcards: this.#wildcards }
  }

  reset(mark: Mark): void {
    this.#at = mark.at
    this.problems.length = mark.problems
    this.#wildcards = mark.wildcards
  }

  /** OPA calls wildcards `$0`, `$1`, … */
  wildcard(): string {
    this.#wildcards += 1
    return `$${this.#wildcards - 1}`
  }

  fail(message: string, span: Span): undefined {
    this.problems.push({ message, span: { start: span.start, end: span.end } })
    return undefined
  }

  /** `unexpected … token: <reason>` at the current token. */
  unexpected(reason?: string): undefined {
    return this.unexpectedAt(this.token, reason)
  }

  unexpectedAt(token: Token, reason?: string): undefined {
    if (token.kind === 'illegal') return this.#illegal(token)
    return this.fail(`unexpected ${tokenInWords(token, this.keywords)}${reason === undefined ? '' : `: ${reason}`}`, token)
  }

  #illegal(token: Token): undefined {
    for (const message of (token.problem ?? '').split('\n')) if (message !== '') this.fail(message, token)
    return this.fail('illegal token', token)
  }

  /** Runs `parse` one level deeper. */
  nested<T>(parse: () => T | undefined): T | undefined {
    if (this.#depth >= maxDepth || this.#steps <= 0) return this.fail('max parsing recursion depth exceeded', this.token)
    this.#depth += 1
    const result = parse()
    this.#depth -= 1
    return result
  }
}
