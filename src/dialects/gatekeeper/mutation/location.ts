import { parseGoInt } from '../../../core/go-format.ts'
import { quoteGo } from '../../../core/go-quote.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { Token } from './location-tokens.ts'
import { scanLocation } from './location-tokens.ts'

/** A key of a map, or the elements of a list whose field `key` has a value; without a value (`*`) all elements. */
export type LocationNode = ObjectNode | ListNode
export interface ObjectNode {
  readonly type: 'object'
  readonly name: string
}
export interface ListNode {
  readonly type: 'list'
  readonly key: string
  readonly value: string | number | undefined
}

/** Where a mutator writes. A list node always follows the object node that holds the list. */
export type Location = readonly LocationNode[]

/** What is wrong with a location; `position` is an offset in the text. */
export interface LocationError {
  readonly position: number
  readonly message: string
}

/** Deeper locations than this are refused: nothing that Kubernetes stores is as deep. */
const deepest = 256

/** Parses `spec.containers[name: *].image`. The empty text is the empty location. */
export function parseLocation(text: string): Result<Location, LocationError> {
  const tokens = scanLocation(text)
  const nodes: LocationNode[] = []
  let at = 0
  const next = (): Token => tokens[at] ?? endOf(tokens)
  if (next().type === 'EOF') return ok(nodes)
  for (;;) {
    const name = next()
    if (name.type !== 'IDENT')
      return name.type === 'EOF' ? fail(name, 'trailing separators are forbidden') : unexpected('field name or eof', name)
    nodes.push({ type: 'object', name: name.text })
    at += 1
    if (next().type === 'LBRACKET') {
      const list = parseList(tokens.slice(at, at + listTokens))
      if (!list.ok) return list
      nodes.push(list.value)
      at += listTokens
    }
    if (nodes.length > deepest) return fail(next(), 'too many parts')
    const separator = next()
    if (separator.type === 'EOF') return ok(nodes)
    if (separator.type !== 'SEPARATOR') return unexpected("'.' or eof", separator)
    at += 1
  }
}

/** `[`, key, `:`, value, `]` */
const listTokens = 5

const endOf = (tokens: readonly Token[]): Token => tokens.at(-1) ?? { type: 'EOF', text: '', position: 0 }

function parseList(tokens: readonly Token[]): Result<ListNode, LocationError> {
  const end = endOf(tokens)
  const [, key = end, colon = end, value = end, close = end] = tokens
  if (key.type !== 'IDENT') return unexpected('keyField in listSpec', key)
  if (colon.type !== 'COLON') return unexpected(`':' following keyField ${key.text}`, colon)
  const node = listNode(key.text, value)
  if (!node.ok) return node
  return close.type === 'RBRACKET' ? node : unexpected("']' following listSpec", close)
}

function listNode(key: string, value: Token): Result<ListNode, LocationError> {
  switch (value.type) {
    case 'GLOB':
      return ok({ type: 'list', key, value: undefined })
    case 'IDENT':
      return ok({ type: 'list', key, value: value.text })
    case 'INT': {
      const integer = parseGoInt(value.text)
      if (integer !== undefined) return ok({ type: 'list', key, value: integer })
      return fail(value, `invalid integer: overflow in integer string: ${value.text}: parsing key value for key: ${key}`)
    }
    default:
      return unexpected('key value or glob in listSpec', value)
  }
}

const fail = ({ position }: Token, message: string): Result<never, LocationError> => err({ position, message })
const unexpected = (wanted: string, token: Token): Result<never, LocationError> =>
  fail(token, `unexpected token: expected ${wanted}, got: ${token.type}: ${quoteGo(token.text)}`)

/** The text that `parseLocation` reads as this location; upstream's way of showing one in messages. */
export function printLocation(location: Location): string {
  return location.map((node, depth) => (node.type === 'list' || depth === 0 ? printNode(node) : `.${printNode(node)}`)).join('')
}

export function printNode(node: LocationNode): string {
  return node.type === 'object' ? quoted(node.name) : `[${quoted(node.key)}: ${printValue(node.value)}]`
}

function printValue(value: ListNode['value']): string {
  if (value === undefined) return '*'
  return typeof value === 'number' ? String(value) : quoted(value)
}

const quoted = (text: string): string => (/^[\p{L}_-][\p{L}\p{Nd}_-]*$/u.test(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`)
