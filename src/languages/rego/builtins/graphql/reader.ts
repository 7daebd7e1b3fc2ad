import type { RegoValue } from '../../values/value.ts'
import type { Token, TokenKind } from './lexer.ts'
import { tokenize } from './lexer.ts'
import type { Node, Places } from './node.ts'
import { valueKind } from './node.ts'

/** Ends the reading of a document. Never leaves `parse.ts`. */
export class SyntaxProblem extends Error {
  readonly at: number

  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
}

const deepest = 200

/** Tokens of a document, and what is made of them. */
export interface Reader {
  readonly tokens: readonly Token[]
  readonly places: Places
  at: number
  depth: number
}

export const newReader = (text: string): Reader => ({ tokens: tokenize(text), places: new WeakMap(), at: 0, depth: 0 })

const end: Token = { kind: '<EOF>', value: '', at: 0 }
export const peek = (reader: Reader): Token => reader.tokens[Math.min(reader.at, reader.tokens.length - 1)] ?? end

export function next(reader: Reader): Token {
  const token = peek(reader)
  reader.at += 1
  return token
}

export const isNext = (reader: Reader, kind: TokenKind): boolean => peek(reader).kind === kind
export const isKeyword = (reader: Reader, word: string): boolean => isNext(reader, 'Name') && peek(reader).value === word

export function skip(reader: Reader, kind: TokenKind): boolean {
  if (!isNext(reader, kind)) return false
  reader.at += 1
  return true
}

const shown = ({ kind, value }: Token): string => (value === '' ? kind : `${kind} ${JSON.stringify(value)}`)

export function unexpected(reader: Reader, token = peek(reader)): never {
  throw new SyntaxProblem(`Unexpected ${shown(token)}`, token.at)
}

export function expect(reader: Reader, kind: TokenKind): Token {
  const token = peek(reader)
  if (token.kind === kind) return next(reader)
  throw new SyntaxProblem(`Expected ${kind}, found ${token.kind}`, token.at)
}

export function expectKeyword(reader: Reader, word: string): void {
  if (!isKeyword(reader, word)) throw new SyntaxProblem(`Expected ${JSON.stringify(word)}, found ${shown(peek(reader))}`, peek(reader).at)
  next(reader)
}

/** What stands between brackets, at least one; nothing where they are not there. */
export function some<T>(reader: Reader, open: TokenKind, close: TokenKind, read: () => T): readonly T[] {
  if (!skip(reader, open)) return []
  if (isNext(reader, close)) {
    throw new SyntaxProblem(`expected at least one definition, found ${peek(reader).kind}`, peek(reader).at)
  }
  return until(reader, close, read)
}

function until<T>(reader: Reader, close: TokenKind, read: () => T): readonly T[] {
  const found: T[] = []
  while (!skip(reader, close)) found.push(nested(reader, read))
  return found
}

export function nested<T>(reader: Reader, read: () => T): T {
  if (reader.depth >= deepest) throw new SyntaxProblem('exceeded depth limit', peek(reader).at)
  reader.depth += 1
  const value = read()
  reader.depth -= 1
  return value
}

/** A node with the members that say something. */
export function make(reader: Reader, at: number, members: Readonly<Record<string, RegoValue | undefined>>): Node {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0))
  const node = Object.fromEntries(entries) as Node
  reader.places.set(node, at)
  return node
}

export function readName(reader: Reader): string {
  return expect(reader, 'Name').value
}

export function readDirectives(reader: Reader, constant: boolean): readonly Node[] {
  const found: Node[] = []
  while (isNext(reader, '@')) {
    next(reader)
    const { at } = peek(reader)
    found.push(make(reader, at, { Name: readName(reader), Arguments: readArguments(reader, constant), Location: '' }))
  }
  return found
}

export const readArguments = (reader: Reader, constant: boolean): readonly Node[] =>
  some(reader, '(', ')', () => readArgument(reader, constant))

function readArgument(reader: Reader, constant: boolean): Node {
  const { at } = peek(reader)
  const name = readName(reader)
  expect(reader, ':')
  return make(reader, at, { Name: name, Value: readValue(reader, constant) })
}

export function readValue(reader: Reader, constant: boolean): Node {
  const token = peek(reader)
  const value = (kind: number, raw: string, children: readonly Node[] = []): Node =>
    make(reader, token.at, { Kind: kind, Raw: raw, Children: children, ExpectedTypeHasDefault: false })
  switch (token.kind) {
    case '[':
      next(reader)
      return value(
        valueKind.list,
        '',
        until(reader, ']', () => make(reader, peek(reader).at, { Name: '', Value: readValue(reader, constant) })),
      )
    case '{':
      next(reader)
      return value(
        valueKind.object,
        '',
        until(reader, '}', () => readArgument(reader, constant)),
      )
    case '$':
      if (constant) return unexpected(reader)
      next(reader)
      return value(valueKind.variable, readName(reader))
    case 'Int':
    case 'Float':
    case 'String':
    case 'BlockString':
      next(reader)
      return value(
        { Int: valueKind.int, Float: valueKind.float, String: valueKind.string, BlockString: valueKind.block }[token.kind],
        token.value,
      )
    case 'Name': {
      next(reader)
      const isBoolean = token.value === 'true' || token.value === 'false'
      return value(isBoolean ? valueKind.boolean : token.value === 'null' ? valueKind.null : valueKind.enum, token.value)
    }
    default:
      return unexpected(reader)
  }
}

export function readType(reader: Reader): Node {
  const { at } = peek(reader)
  if (!skip(reader, '[')) {
    const name = readName(reader)
    return make(reader, at, { NamedType: name, NonNull: skip(reader, '!') })
  }
  const elem = nested(reader, () => readType(reader))
  expect(reader, ']')
  return make(reader, at, { NamedType: '', Elem: elem, NonNull: skip(reader, '!') })
}
