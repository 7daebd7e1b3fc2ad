import type { Token } from './lexer.ts'

/** What stands where in the grammar of CEL, and how cel-go names what it expects. */

/** Words that may not be identifiers, though they may be fields. */
export const reserved: ReadonlySet<string> = new Set([
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

export type BinaryToken = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | '+' | '-' | '*' | '/' | '%'

/** The power of each binary operator, and the function it is. */
export const binary: Readonly<Record<BinaryToken, { readonly power: number; readonly name: string }>> = {
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
export const isBinary = (kind: string): kind is BinaryToken => Object.hasOwn(binary, kind)

export const operandStarts: readonly Token['kind'][] = [
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
export const closers: ReadonlySet<Token['kind']> = new Set(['end', ')', ']', '}', ',', ':'])

export const startsOperand = (token: Token): boolean => operandStarts.includes(token.kind)

/** What may come after a closed operand. */
export function endsOperand(kind: Token['kind']): boolean {
  return isBinary(kind) || ['end', ')', ']', '}', ',', ':', '?', '&&', '||', '.', '['].includes(kind)
}

/** Where a missing bracket is plain: not before a comma. */
export const afterIndex: readonly Token['kind'][] = [
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

export const expectedOperand =
  "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"

const operandTokens = "'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"
export const expectedArgument = `{'[', '{', '(', ')', '.', '-', '!', ${operandTokens}`
export const expectedIndex = `{'[', '{', '(', '.', '-', '!', '?', ${operandTokens}`
export const expectedEntry = `{'[', '{', '}', '(', '.', ',', '-', '!', '?', ${operandTokens}`
