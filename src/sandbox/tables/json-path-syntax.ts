import type { Json } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'

export type Operator = '==' | '!=' | '<' | '<=' | '>' | '>='

export interface SliceNode {
  readonly kind: 'slice'
  readonly from: number | undefined
  readonly to: number | undefined
  readonly step: number
  /** `[n]`, which must be there. */
  readonly single: boolean
}

export type PathNode =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'every' }
  | { readonly kind: 'descend' }
  | SliceNode
  | { readonly kind: 'union'; readonly branches: readonly Path[] }
  | { readonly kind: 'exists'; readonly path: Path }
  | { readonly kind: 'compare'; readonly left: Path; readonly operator: Operator; readonly right: Path }
  | { readonly kind: 'literal'; readonly value: Json; readonly isFloat: boolean }

export type Path = readonly PathNode[]

const longestPath = 4096

/** A position in the text of a path. */
interface Cursor {
  readonly text: string
  position: number
}

/** Reads a JSONPath as kubectl does, without the braces around it. */
export function parsePath(text: string): Result<Path, string> {
  if (text.length > longestPath) return err(`longer than ${longestPath} characters`)
  const cursor: Cursor = { text, position: 0 }
  const nodes: PathNode[] = []
  while (cursor.position < text.length) {
    const read = readNodes(cursor)
    if (!read.ok) return read
    nodes.push(...read.value)
  }
  return ok(nodes)
}

function readNodes(cursor: Cursor): Result<readonly PathNode[], string> {
  const letter = cursor.text[cursor.position] ?? ''
  switch (letter) {
    case ' ':
    case '$':
    case '@':
      cursor.position += 1
      return ok([])
    case '.':
      return ok(readDotted(cursor))
    case '[':
      return readBracket(cursor)
    case '"':
    case "'":
      return readQuoted(cursor, letter)
    default:
      if (/[+\-\d]/.test(letter)) return readNumber(cursor)
      return /\w/.test(letter) ? readWord(cursor) : err(`unrecognized character ${JSON.stringify(letter)}`)
  }
}

/** Where a name ends; a backslash takes the next character along. */
const nameText = /(?:\\[^]|[^\s.,[\]$@{}\\])*/y

function readName(cursor: Cursor): string {
  nameText.lastIndex = cursor.position
  const [raw = ''] = nameText.exec(cursor.text) ?? []
  cursor.position += raw.length
  return raw.replaceAll('\\', '')
}

function readDotted(cursor: Cursor): readonly PathNode[] {
  cursor.position += 1
  if (cursor.text[cursor.position] === '.') {
    cursor.position += 1
    return /[\w*]/.test(cursor.text[cursor.position] ?? '') ? [{ kind: 'descend' }, named(readName(cursor))] : [{ kind: 'descend' }]
  }
  return [named(readName(cursor))]
}

const named = (name: string): PathNode => (name === '*' ? { kind: 'every' } : { kind: 'field', name })

function readQuoted(cursor: Cursor, quote: string): Result<readonly PathNode[], string> {
  const end = closingQuote(cursor.text, cursor.position, quote)
  if (end < 0) return err('unterminated quoted string')
  const value = cursor.text.slice(cursor.position + 1, end).replaceAll(/\\([^])/g, '$1')
  cursor.position = end + 1
  return ok([{ kind: 'literal', value, isFloat: false }])
}

function closingQuote(text: string, start: number, quote: string): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === quote) return at
  }
  return -1
}

const numberText = /[+-]?[\d.eE+-]*/y

function readNumber(cursor: Cursor): Result<readonly PathNode[], string> {
  numberText.lastIndex = cursor.position
  const [raw = ''] = numberText.exec(cursor.text) ?? []
  cursor.position += raw.length
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(raw)) return err(`cannot parse number ${raw}`)
  return ok([{ kind: 'literal', value: Number(raw), isFloat: !/^[+-]?\d+$/.test(raw) }])
}

function readWord(cursor: Cursor): Result<readonly PathNode[], string> {
  const word = readName(cursor)
  if (word === 'true' || word === 'false') return ok([{ kind: 'literal', value: word === 'true', isFloat: false }])
  return err(`unrecognized identifier ${word}`)
}

function readBracket(cursor: Cursor): Result<readonly PathNode[], string> {
  if (cursor.text.startsWith('[?(', cursor.position)) return readFilter(cursor)
  const end = closingBracket(cursor.text, cursor.position)
  if (end < 0) return err('unterminated array')
  const inside = cursor.text.slice(cursor.position + 1, end)
  cursor.position = end + 1
  return bracketNodes(inside)
}

/** Brackets do not nest, but may stand in quotes. */
function closingBracket(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === "'") {
      const end = closingQuote(text, at, "'")
      if (end < 0) return -1
      at = end
    } else if (text[at] === ']') return at
  }
  return -1
}

const slice = /^(-?\d*)(?::(-?\d*))?(?::(-?\d*))?$/

function bracketNodes(inside: string): Result<readonly PathNode[], string> {
  const parts = inside.split(',')
  if (parts.length > 1) return unionNodes(parts)
  if (inside === '*') return ok([{ kind: 'slice', from: undefined, to: undefined, step: 1, single: false }])
  const quoted = /^'([^']*)'$/.exec(inside)
  // Kubernetes reads the name in quotes as a path of its own: a point in it has to be escaped.
  if (quoted !== null) return parsePath(`.${quoted[1] ?? ''}`)
  const matched = slice.exec(inside)
  if (matched === null || inside === '') return err(`invalid array index ${inside}`)
  const [, from = '', to, step] = matched
  const bounds = [from, to ?? '', step ?? ''].map((bound) => (bound === '' ? undefined : Number(bound)))
  if (bounds.some((bound) => Number.isNaN(bound))) return err(`array index ${inside} is not a number`)
  const single = to === undefined
  return ok([{ kind: 'slice', from: bounds[0], to: single ? (bounds[0] ?? 0) + 1 : bounds[1], step: bounds[2] ?? 1, single }])
}

function unionNodes(parts: readonly string[]): Result<readonly PathNode[], string> {
  const branches: Path[] = []
  for (const part of parts) {
    const branch = bracketNodes(part.trim())
    if (!branch.ok) return branch
    branches.push(branch.value)
  }
  return ok([{ kind: 'union', branches }])
}

const comparison = /^([^!<>=]+)([!<>=]+)([^]+)$/
const operators: readonly string[] = ['==', '!=', '<', '<=', '>', '>='] satisfies readonly Operator[]
const isOperator = (text: string): text is Operator => operators.includes(text)

/** `[?(@.type=="Ready")]`, `[?(@.type)]` */
function readFilter(cursor: Cursor): Result<readonly PathNode[], string> {
  const end = closingParenthesis(cursor.text, cursor.position + 3)
  if (end < 0) return err('unterminated filter')
  if (cursor.text[end + 1] !== ']') return err('unclosed array expect ]')
  const inside = cursor.text.slice(cursor.position + 3, end)
  cursor.position = end + 2
  const [, left = '', operator = '', right = ''] = comparison.exec(inside) ?? []
  if (operator === '') {
    const path = parsePath(inside)
    return path.ok ? ok([{ kind: 'exists', path: path.value }]) : path
  }
  if (!isOperator(operator)) return err(`unrecognized filter operator ${operator}`)
  const [leftPath, rightPath] = [parsePath(left), parsePath(right)]
  if (!leftPath.ok) return leftPath
  if (!rightPath.ok) return rightPath
  return ok([{ kind: 'compare', left: leftPath.value, operator, right: rightPath.value }])
}

function closingParenthesis(text: string, start: number): number {
  for (let at = start; at < text.length; at += 1) {
    const letter = text[at] ?? ''
    if (letter === '\\') at += 1
    else if (letter === ')') return at
    else if (letter === "'" || letter === '"') {
      const end = closingQuote(text, at, letter)
      if (end < 0) return -1
      at = end
    }
  }
  return -1
}
