import type { Json } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { Span } from '../../core/source.ts'
import type { JmesProblem } from './ast.ts'

const symbols = [
  '[?',
  '[]',
  '||',
  '&&',
  '==',
  '!=',
  '<=',
  '>=',
  '.',
  '*',
  '[',
  ']',
  '{',
  '}',
  '(',
  ')',
  ',',
  ':',
  '@',
  '&',
  '|',
  '<',
  '>',
  '!',
] as const
export type Symbol = (typeof symbols)[number]

export type Token =
  | { readonly kind: 'identifier'; readonly name: string; readonly quoted: boolean; readonly span: Span }
  | { readonly kind: 'number'; readonly value: number; readonly span: Span }
  | { readonly kind: 'literal'; readonly value: Json; readonly span: Span }
  | { readonly kind: Symbol; readonly span: Span }
  | { readonly kind: 'end'; readonly span: Span }

/** The tokens of an expression, or the first thing that is none. */
export function lex(text: string): Result<readonly Token[], JmesProblem> {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const character = text.charAt(at)
    if (/\s/.test(character)) {
      at += 1
      continue
    }
    const token = readToken(text, at, character)
    if ('code' in token) return err(token)
    tokens.push(token)
    at = token.span.end
  }
  tokens.push({ kind: 'end', span: { start: text.length, end: text.length } })
  return ok(tokens)
}

const problem = (message: string, start: number, end: number, help?: string): JmesProblem => ({
  code: 'syntax',
  message,
  span: { start, end },
  ...(help === undefined ? {} : { help }),
})

function readToken(text: string, at: number, character: string): Token | JmesProblem {
  if (/[A-Za-z_]/.test(character)) return readIdentifier(text, at)
  if (/[0-9-]/.test(character)) return readNumber(text, at)
  if (character === '"') return readQuoted(text, at)
  if (character === "'") return readRaw(text, at)
  if (character === '`') return readLiteral(text, at)
  const symbol = symbols.find((candidate) => text.startsWith(candidate, at))
  if (symbol !== undefined) return { kind: symbol, span: { start: at, end: at + symbol.length } }
  const help = character === '=' ? 'compare with `==`' : undefined
  return problem(`unexpected character \`${String.fromCodePoint(text.codePointAt(at) ?? 0)}\``, at, at + 1, help)
}

function readIdentifier(text: string, start: number): Token {
  let end = start + 1
  while (end < text.length && /[A-Za-z0-9_]/.test(text.charAt(end))) end += 1
  return { kind: 'identifier', name: text.slice(start, end), quoted: false, span: { start, end } }
}

function readNumber(text: string, start: number): Token | JmesProblem {
  let end = start + 1
  while (end < text.length && /[0-9]/.test(text.charAt(end))) end += 1
  const written = text.slice(start, end)
  if (written === '-') return problem('expected digits after `-`', start, end, 'there is no subtraction; use the function `subtract`')
  return { kind: 'number', value: Number(written), span: { start, end } }
}

/** The offset after the closing delimiter, or -1. A backslash escapes the next character. */
function endOfQuoted(text: string, start: number, delimiter: string): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === delimiter) return at + 1
  }
  return -1
}

function readQuoted(text: string, start: number): Token | JmesProblem {
  const end = endOfQuoted(text, start, '"')
  if (end < 0) return problem('expected a closing `"`', start, text.length)
  const name = parseJson(text.slice(start, end))
  if (typeof name !== 'string') return problem('expected a JSON string between the double quotes', start, end)
  return { kind: 'identifier', name, quoted: true, span: { start, end } }
}

/** Only `\'` is an escape; every other backslash stands for itself. */
function readRaw(text: string, start: number): Token | JmesProblem {
  const end = endOfQuoted(text, start, "'")
  if (end < 0) return problem("expected a closing `'`", start, text.length)
  return { kind: 'literal', value: text.slice(start + 1, end - 1).replaceAll("\\'", "'"), span: { start, end } }
}

/** JSON between backticks; as older implementations allow, what is not JSON is read as a string. */
function readLiteral(text: string, start: number): Token | JmesProblem {
  const end = endOfQuoted(text, start, '`')
  if (end < 0) return problem('expected a closing backtick', start, text.length)
  const inside = text
    .slice(start + 1, end - 1)
    .replaceAll('\\`', '`')
    .trim()
  const value = parseJson(inside)
  if (value !== undefined) return { kind: 'literal', value, span: { start, end } }
  const asString = parseJson(`"${inside}"`)
  if (asString === undefined) return problem('expected JSON between the backticks', start, end, "write text as 'text'")
  return { kind: 'literal', value: asString, span: { start, end } }
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}
