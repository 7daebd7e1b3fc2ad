import type { Span } from '../../core/source.ts'
import type { CelProblem } from './ast.ts'
import type { CelValue } from './values.ts'
import { CelBytes, CelDouble, toInt, toUint } from './values.ts'

const symbols = [
  '==',
  '!=',
  '<=',
  '>=',
  '&&',
  '||',
  '<',
  '>',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '.',
  ',',
  '-',
  '!',
  '?',
  ':',
  '+',
  '*',
  '/',
  '%',
] as const
export type Symbol = (typeof symbols)[number]

export type Token =
  | { readonly kind: 'identifier'; readonly name: string; readonly span: Span }
  /** A name between backquotes: only for fields. */
  | { readonly kind: 'escaped'; readonly name: string; readonly span: Span }
  /** `text` is what was written: of a number, the digits. A literal that cannot be a value has a problem. */
  | {
      readonly kind: 'int' | 'uint' | 'double' | 'string' | 'bytes'
      readonly value: CelValue
      readonly problem?: string
      readonly span: Span
    }
  | { readonly kind: 'true' | 'false' | 'null' | 'in'; readonly span: Span }
  | { readonly kind: Symbol; readonly span: Span }
  | { readonly kind: 'end'; readonly span: Span }

export interface Lexed {
  readonly tokens: readonly Token[]
  readonly problems: readonly CelProblem[]
}

/** The tokens of an expression. What is no token is a problem and left out. */
export function lex(text: string): Lexed {
  const tokens: Token[] = []
  const problems: CelProblem[] = []
  let at = 0
  while (at < text.length) {
    const skipped = skipBlank(text, at)
    if (skipped > at) {
      at = skipped
      continue
    }
    const token = readToken(text, at)
    if (token === undefined) {
      const end = endOfUnrecognised(text, at)
      problems.push({ code: 'syntax', message: `Syntax error: token recognition error at: '${text.slice(at, end)}'`, at })
      at = end
      continue
    }
    tokens.push(token)
    at = token.span.end
  }
  tokens.push({ kind: 'end', span: { start: text.length, end: text.length } })
  return { tokens, problems }
}

/** Past blanks and comments. */
function skipBlank(text: string, start: number): number {
  let at = start
  for (;;) {
    const character = text.charAt(at)
    if (character === ' ' || character === '\t' || character === '\n' || character === '\r' || character === '\f') at += 1
    else if (character === '/' && text.charAt(at + 1) === '/') {
      const end = text.indexOf('\n', at)
      if (end < 0) return text.length
      at = end
    } else return at
  }
}

const wordPattern = /[A-Za-z_][A-Za-z0-9_]*/y
const numberPattern = /0x([0-9a-fA-F]+)([uU]?)|(\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?)|(\d+)([uU]?)/y
const escapedPattern = /`([A-Za-z0-9_.\-/ ]+)`/y

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

function readToken(text: string, at: number): Token | undefined {
  const character = text.charAt(at)
  if (/[A-Za-z_]/.test(character)) {
    const prefix = /^(?:[bB][rR]?|[rR])(?=['"])/.exec(text.slice(at, at + 3))?.[0]
    if (prefix !== undefined) {
      const quoted = readQuoted(text, at, prefix.toLowerCase())
      if (quoted !== undefined) return quoted
    }
    return readWord(text, at)
  }
  if (/[0-9]/.test(character) || (character === '.' && /[0-9]/.test(text.charAt(at + 1)))) return readNumber(text, at)
  if (character === '"' || character === "'") return readQuoted(text, at, '')
  if (character === '`') {
    const match = matchAt(escapedPattern, text, at)
    return match === null ? undefined : { kind: 'escaped', name: match[1] ?? '', span: { start: at, end: at + match[0].length } }
  }
  const symbol = symbols.find((candidate) => text.startsWith(candidate, at))
  return symbol === undefined ? undefined : { kind: symbol, span: { start: at, end: at + symbol.length } }
}

function readWord(text: string, at: number): Token {
  const name = matchAt(wordPattern, text, at)?.[0] ?? ''
  const span = { start: at, end: at + name.length }
  return name === 'true' || name === 'false' || name === 'null' || name === 'in' ? { kind: name, span } : { kind: 'identifier', name, span }
}

/** A literal number. The sign belongs to the parser, which asks again with it: the smallest int has no positive counterpart. */
function readNumber(text: string, at: number): Token | undefined {
  const match = matchAt(numberPattern, text, at)
  if (match === null) return undefined
  const span = { start: at, end: at + match[0].length }
  return numberToken(match[0], span)
}

export function numberToken(written: string, span: Span): Token {
  const negative = written.startsWith('-')
  const digits = negative ? written.slice(1) : written
  if (/^(?:\d|\.)/.test(digits) && !digits.startsWith('0x') && /[.eE]/.test(digits)) {
    const value = Number(written)
    return { kind: 'double', value: new CelDouble(value), span, ...(Number.isFinite(value) ? {} : { problem: 'invalid double literal' }) }
  }
  if (/[uU]$/.test(digits)) {
    const value = toUint(BigInt(digits.slice(0, -1)))
    return value === undefined || negative
      ? { kind: 'uint', value: 0, problem: 'invalid uint literal', span }
      : { kind: 'uint', value, span }
  }
  const value = toInt(negative ? -BigInt(digits) : BigInt(digits))
  return value === undefined ? { kind: 'int', value: 0, problem: 'invalid int literal', span } : { kind: 'int', value, span }
}

function readQuoted(text: string, start: number, prefix: string): Token | undefined {
  const open = start + prefix.length
  const quote = text.charAt(open)
  const delimiter = text.startsWith(quote.repeat(3), open) ? quote.repeat(3) : quote
  const raw = prefix.endsWith('r')
  const end = endOfQuoted(text, open + delimiter.length, delimiter, raw)
  if (end === undefined) return undefined
  const inside = text.slice(open + delimiter.length, end - delimiter.length).replaceAll(/\r\n?/g, '\n')
  const span = { start, end }
  if (prefix.startsWith('b')) {
    const value = raw ? new TextEncoder().encode(inside) : unescapeBytes(inside)
    return value === undefined
      ? { kind: 'bytes', value: '', problem: 'unable to unescape string', span }
      : { kind: 'bytes', value: new CelBytes(value), span }
  }
  const value = raw ? inside : unescapeText(inside)
  return value === undefined ? { kind: 'string', value: '', problem: 'invalid unicode code point', span } : { kind: 'string', value, span }
}

const escapePattern = /\\(?:[abfnrtv\\'"`?]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2})/y

/** The offset after the closing quote, or undefined where there is none or an escape is none. */
function endOfQuoted(text: string, start: number, delimiter: string, raw: boolean): number | undefined {
  let at = start
  while (at < text.length) {
    const character = text.charAt(at)
    if (text.startsWith(delimiter, at)) return at + delimiter.length
    if (character === '\\' && !raw) {
      const escape = matchAt(escapePattern, text, at)
      if (escape === null) return undefined
      at += escape[0].length
    } else if ((character === '\n' || character === '\r') && delimiter.length === 1) return undefined
    else at += 1
  }
  return undefined
}

const simpleEscapes: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }
const everyEscape = new RegExp(escapePattern.source, 'g')

/** The code point that an escape stands for, or undefined where there is none. */
function codeOf(escape: string): number | undefined {
  const letter = escape.charAt(1)
  if (/[0-3]/.test(letter)) return Number.parseInt(escape.slice(1), 8)
  if (/[xXuU]/.test(letter)) {
    const code = Number.parseInt(escape.slice(2), 16)
    return code > 0x10_ffff || (code >= 0xd800 && code < 0xe000) ? undefined : code
  }
  return (simpleEscapes[letter] ?? letter).charCodeAt(0)
}

function unescapeText(inside: string): string | undefined {
  if (!inside.includes('\\')) return inside
  let wrong = false
  const text = inside.replaceAll(everyEscape, (escape) => {
    const code = codeOf(escape)
    wrong ||= code === undefined
    return String.fromCodePoint(code ?? 0)
  })
  return wrong ? undefined : text
}

/** In bytes, numbers are bytes, and code points may not be named. */
function unescapeBytes(inside: string): Uint8Array | undefined {
  const encoder = new TextEncoder()
  const parts: Uint8Array[] = []
  let at = 0
  for (const match of inside.matchAll(everyEscape)) {
    const code = /^\\[uU]/.test(match[0]) ? undefined : codeOf(match[0])
    if (code === undefined) return undefined
    parts.push(encoder.encode(inside.slice(at, match.index)), Uint8Array.of(code))
    at = match.index + match[0].length
  }
  parts.push(encoder.encode(inside.slice(at)))
  return new Uint8Array(Buffer.concat(parts))
}

/** What is skipped when nothing matches: as far as something could still have become a token. */
function endOfUnrecognised(text: string, at: number): number {
  const character = text.charAt(at)
  if (character === '=' || character === '&' || character === '|') return Math.min(at + 2, text.length)
  if (character === '`') {
    let end = at + 1
    while (end < text.length && /[A-Za-z0-9_.\-/ ]/.test(text.charAt(end))) end += 1
    return Math.min(end + 1, text.length)
  }
  if (character === '"' || character === "'") {
    let end = at + 1
    while (end < text.length && !/[\n\r]/.test(text.charAt(end))) {
      if (text.charAt(end) === '\\') {
        const escape = matchAt(escapePattern, text, end)
        if (escape === null) return Math.min(end + 2, text.length)
        end += escape[0].length
      } else end += 1
    }
    // The line's end is part of what was not recognised.
    return Math.min(end + 1, text.length)
  }
  return at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1)
}
