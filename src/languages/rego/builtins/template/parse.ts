import type { Result } from '../../../../core/result.ts'
import { err, ok } from '../../../../core/result.ts'

/** A template of Go's text/template: text and actions. Named templates are not part of it. */
export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'print'; readonly pipeline: Pipeline }
  | {
      readonly kind: 'if' | 'with' | 'range'
      readonly pipeline: Pipeline
      readonly body: readonly Node[]
      readonly otherwise: readonly Node[]
    }
  | { readonly kind: 'break' | 'continue' }

/** `$i, $x := command | command`. */
export interface Pipeline {
  readonly variables: readonly string[]
  readonly declares: boolean
  readonly commands: readonly Command[]
}
export type Command = readonly Operand[]
export type Operand =
  | { readonly kind: 'text' | 'integer' | 'float'; readonly value: string }
  | { readonly kind: 'constant'; readonly value: boolean | null }
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'dot'; readonly fields: readonly string[] }
  | { readonly kind: 'variable'; readonly name: string; readonly fields: readonly string[] }
  | { readonly kind: 'nested'; readonly pipeline: Pipeline; readonly fields: readonly string[] }

const maxDepth = 100

interface Token {
  readonly kind: 'field' | 'variable' | 'word' | 'text' | 'number' | 'mark'
  readonly text: string
  /** No space stands before it. */
  readonly joined: boolean
}

type Piece = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'action'; readonly tokens: readonly Token[] }

class TemplateProblem extends Error {}

/** Parses a template; the error is Go's or near to it. */
export function parseTemplate(source: string): Result<readonly Node[], string> {
  try {
    const parser: Parser = { pieces: split(source), at: 0, depth: 0 }
    const nodes = parseNodes(parser, [])
    return ok(nodes.nodes)
  } catch (error) {
    if (error instanceof TemplateProblem) return err(`template: template:1: ${error.message}`)
    throw error
  }
}

/** Text and actions in turn; `{{-` and `-}}` take the white space beside them away. */
function split(source: string): readonly Piece[] {
  const pieces: Piece[] = []
  let at = 0
  let trimNext = false
  while (at <= source.length) {
    const open = source.indexOf('{{', at)
    let text = open === -1 ? source.slice(at) : source.slice(at, open)
    if (trimNext) text = text.replace(/^[ \t\r\n]+/, '')
    const trimBefore = open !== -1 && /^-[ \t\r\n]/.test(source.slice(open + 2, open + 4))
    if (trimBefore) text = text.trimEnd()
    if (text !== '') pieces.push({ kind: 'text', text })
    if (open === -1) return pieces
    const action = readAction(source, open + 2 + (trimBefore ? 1 : 0))
    trimNext = action.trims
    if (action.tokens !== undefined) pieces.push({ kind: 'action', tokens: action.tokens })
    at = action.end
  }
  return pieces
}

interface Action {
  /** Undefined for a comment. */
  readonly tokens: readonly Token[] | undefined
  readonly end: number
  readonly trims: boolean
}

const tokenPattern =
  /(?<space>[ \t\r\n]+)|(?<close>(?<=[ \t\r\n])-\}\}|\}\})|(?<field>\.[\p{L}_][\p{L}\p{Nd}_]*)|(?<variable>\$[\p{L}\p{Nd}_]*)|(?<word>[\p{L}_][\p{L}\p{Nd}_]*)|(?<text>"(?:[^"\\\n]|\\.)*"|`[^`]*`)|(?<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|(?<mark>:=|[=|(),.])/uy

function readAction(source: string, start: number): Action {
  const comment = /^\s?\/\*[\s\S]*?\*\/(\s-)?\}\}/.exec(source.slice(start))
  if (comment !== null) return { tokens: undefined, end: start + comment[0].length, trims: comment[1] !== undefined }
  const tokens: Token[] = []
  const pattern = new RegExp(tokenPattern)
  pattern.lastIndex = start
  let joined = false
  for (let match = pattern.exec(source); match !== null; match = pattern.exec(source)) {
    const groups = match.groups ?? {}
    if (groups['close'] !== undefined) return { tokens, end: pattern.lastIndex, trims: groups['close'].startsWith('-') }
    if (groups['space'] === undefined) tokens.push({ kind: kindOf(groups), text: match[0], joined })
    joined = groups['space'] === undefined
    if (pattern.lastIndex >= source.length) break
  }
  throw new TemplateProblem('unclosed action')
}

const kinds = ['field', 'variable', 'word', 'text', 'number'] as const
const kindOf = (groups: Readonly<Record<string, string | undefined>>): Token['kind'] =>
  kinds.find((kind) => groups[kind] !== undefined) ?? 'mark'

interface Parser {
  readonly pieces: readonly Piece[]
  at: number
  depth: number
}

interface Nodes {
  readonly nodes: readonly Node[]
  /** The action that ended the list. */
  readonly end: readonly Token[]
}

const firstWord = (tokens: readonly Token[]): string => (tokens[0]?.kind === 'word' ? tokens[0].text : '')

function parseNodes(parser: Parser, ends: readonly string[]): Nodes {
  const nodes: Node[] = []
  while (parser.at < parser.pieces.length) {
    const piece = parser.pieces[parser.at]
    parser.at += 1
    if (piece === undefined) break
    if (piece.kind === 'text') nodes.push(piece)
    else if (ends.includes(firstWord(piece.tokens))) return { nodes, end: piece.tokens }
    else nodes.push(parseAction(parser, piece.tokens))
  }
  if (ends.length > 0) throw new TemplateProblem('unexpected EOF')
  return { nodes, end: [] }
}

function parseAction(parser: Parser, tokens: readonly Token[]): Node {
  const word = firstWord(tokens)
  switch (word) {
    case 'if':
    case 'with':
    case 'range':
      return parseBlock(parser, word, tokens)
    case 'break':
    case 'continue':
      return { kind: word }
    case 'end':
    case 'else':
      throw new TemplateProblem(`unexpected {{${word}}}`)
    case 'define':
    case 'template':
    case 'block':
      throw new TemplateProblem(`{{${word}}} is not supported`)
    default:
      return { kind: 'print', pipeline: parseWhole(tokens) }
  }
}

function parseBlock(parser: Parser, kind: 'if' | 'with' | 'range', tokens: readonly Token[]): Node {
  parser.depth += 1
  if (parser.depth > maxDepth) throw new TemplateProblem('too deeply nested')
  const pipeline = parseWhole(tokens.slice(1))
  const body = parseNodes(parser, ['end', 'else'])
  const otherwise = firstWord(body.end) === 'else' ? parseElse(parser, kind, body.end) : []
  parser.depth -= 1
  return { kind, pipeline, body: body.nodes, otherwise }
}

function parseElse(parser: Parser, kind: 'if' | 'with' | 'range', tokens: readonly Token[]): readonly Node[] {
  // `{{else if …}}` shares the end of the `{{if}}`.
  if (tokens.length > 1) {
    if (kind === 'range' || tokens[1]?.text !== kind) throw new TemplateProblem('unexpected token in else')
    return [parseBlock(parser, kind, tokens.slice(1))]
  }
  return parseNodes(parser, ['end']).nodes
}

interface Reader {
  readonly tokens: readonly Token[]
  at: number
  depth: number
}

function parseWhole(tokens: readonly Token[]): Pipeline {
  const reader: Reader = { tokens, at: 0, depth: 0 }
  const pipeline = parsePipeline(reader)
  const rest = tokens[reader.at]
  if (rest !== undefined) throw new TemplateProblem(`unexpected "${rest.text}" in operand`)
  return pipeline
}

function parsePipeline(reader: Reader): Pipeline {
  const { variables, declares } = parseDeclaration(reader)
  const commands: Command[] = [parseCommand(reader)]
  while (reader.tokens[reader.at]?.text === '|') {
    reader.at += 1
    commands.push(parseCommand(reader))
  }
  return { variables, declares, commands }
}

function parseDeclaration(reader: Reader): { readonly variables: readonly string[]; readonly declares: boolean } {
  const [first, second, third, fourth] = reader.tokens.slice(reader.at, reader.at + 4)
  const isSign = (token: Token | undefined): boolean => token?.text === ':=' || token?.text === '='
  if (first?.kind !== 'variable') return { variables: [], declares: false }
  if (isSign(second)) {
    reader.at += 2
    return { variables: [first.text], declares: second?.text === ':=' }
  }
  if (second?.text !== ',' || third?.kind !== 'variable' || !isSign(fourth)) return { variables: [], declares: false }
  reader.at += 4
  return { variables: [first.text, third.text], declares: fourth?.text === ':=' }
}

function parseCommand(reader: Reader): Command {
  const operands: Operand[] = []
  for (let operand = parseOperand(reader); operand !== undefined; operand = parseOperand(reader)) operands.push(operand)
  if (operands.length === 0) throw new TemplateProblem('missing value for command')
  return operands
}

function parseOperand(reader: Reader): Operand | undefined {
  const token = reader.tokens[reader.at]
  if (token === undefined || token.text === '|' || token.text === ')') return undefined
  reader.at += 1
  switch (token.kind) {
    case 'field':
      return { kind: 'dot', fields: [token.text.slice(1), ...fields(reader)] }
    case 'variable':
      return { kind: 'variable', name: token.text, fields: fields(reader) }
    case 'word':
      return wordOperand(token.text)
    case 'text':
      return { kind: 'text', value: unquote(token.text) }
    case 'number':
      return { kind: /^[+-]?\d+$/.test(token.text) ? 'integer' : 'float', value: token.text }
    case 'mark':
      return markOperand(reader, token)
  }
}

function wordOperand(word: string): Operand {
  if (word === 'true' || word === 'false') return { kind: 'constant', value: word === 'true' }
  return word === 'nil' ? { kind: 'constant', value: null } : { kind: 'function', name: word }
}

function markOperand(reader: Reader, token: Token): Operand {
  if (token.text === '.') return { kind: 'dot', fields: [] }
  if (token.text !== '(') throw new TemplateProblem(`unexpected "${token.text}" in operand`)
  reader.depth += 1
  if (reader.depth > maxDepth) throw new TemplateProblem('too deeply nested')
  const pipeline = parsePipeline(reader)
  if (reader.tokens[reader.at]?.text !== ')') throw new TemplateProblem('unclosed left paren')
  reader.at += 1
  reader.depth -= 1
  return { kind: 'nested', pipeline, fields: fields(reader) }
}

/** Fields that follow without a space. */
function fields(reader: Reader): readonly string[] {
  const names: string[] = []
  for (let token = reader.tokens[reader.at]; token?.kind === 'field' && token.joined; token = reader.tokens[reader.at]) {
    names.push(token.text.slice(1))
    reader.at += 1
  }
  return names
}

function unquote(text: string): string {
  if (text.startsWith('`')) return text.slice(1, -1)
  try {
    return String(JSON.parse(text))
  } catch {
    throw new TemplateProblem(`bad string ${text}`)
  }
}
