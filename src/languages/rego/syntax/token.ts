import type { Span } from '../../../core/source.ts'

/** Longest first: the lexer takes the first that fits. */
export const punctuation = [
  ':=',
  '==',
  '!=',
  '<=',
  '>=',
  '=',
  '<',
  '>',
  '+',
  '-',
  '*',
  '/',
  '%',
  '&',
  '|',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  ',',
  ':',
  ';',
  '.',
] as const

export type Punctuation = (typeof punctuation)[number]

/**
 * A template string is `template-start`, then parts: `template-text`, or `template-open`, the tokens of an expression, `template-close`;
 * at last `template-end`.
 */
export type TokenKind =
  | Punctuation
  | 'name'
  | 'number'
  | 'string'
  | 'raw-string'
  | 'template-start'
  | 'template-text'
  | 'template-open'
  | 'template-close'
  | 'template-end'
  | 'illegal'
  | 'eof'

export interface Token extends Span {
  readonly kind: TokenKind
  /** A name or number as written; a string or piece of a template after escapes; of `template-start` its quote. */
  readonly text: string
  /** A line break stands between the token before and this one. */
  readonly newline: boolean
  /** Nothing stands between the token before and this one. */
  readonly touching: boolean
  /** What is wrong with an `illegal` one. */
  readonly problem?: string
}

/** Names that are keywords in every version. */
const always = new Set(['package', 'import', 'as', 'default', 'else', 'not', 'some', 'with', 'null', 'true', 'false'])

/** Names that version 1, or an import, makes keywords. */
export const futureKeywords = ['contains', 'every', 'if', 'in'] as const

export type FutureKeyword = (typeof futureKeywords)[number]

/** A keyword in some place, `contains` included, where the given newer ones are active. */
export function isKeywordIn(name: string, active: ReadonlySet<string>): boolean {
  return always.has(name) || active.has(name)
}

/** A keyword of version 1. */
export function isKeywordName(name: string): boolean {
  return always.has(name) || futureKeywords.some((keyword) => keyword === name)
}

/** A keyword wherever a term may stand. `contains` is one in heads only: it is a built-in too. */
export function isReserved(name: string, active: ReadonlySet<string>): boolean {
  return always.has(name) || (name !== 'contains' && active.has(name))
}

const operatorNames: Readonly<Partial<Record<TokenKind, string>>> = {
  ':=': 'assign',
  '=': 'eq',
  '==': 'equal',
  '!=': 'neq',
  '<': 'lt',
  '<=': 'lte',
  '>': 'gt',
  '>=': 'gte',
  '+': 'plus',
  '-': 'minus',
  '*': 'mul',
  '/': 'div',
  '%': 'rem',
  '&': 'and',
  '|': 'or',
  name: 'identifier',
  'raw-string': 'string',
  'template-text': 'template-string-part',
  'template-start': 'template-string-part',
  'template-open': '{',
  'template-close': '}',
  'template-end': 'template-string-end',
}

/** A token in words, as OPA's errors have it: `identifier token`, `not keyword`. */
export function tokenInWords(token: Token, active: ReadonlySet<string>): string {
  if (token.kind === 'name' && (always.has(token.text) || active.has(token.text))) return `${token.text} keyword`
  return `${operatorNames[token.kind] ?? token.kind} token`
}
