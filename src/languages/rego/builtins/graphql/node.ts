import type { RegoRecord, RegoValue } from '../../values/value.ts'
import { isArray, isRecord } from '../../values/value.ts'

/** A node of a syntax tree as `graphql.parse` gives it, parsed here or handed in. */
export type Node = RegoRecord

/** Where nodes were parsed, as offsets; what was handed in has no place. */
export type Places = WeakMap<Node, number>

export interface Document {
  readonly tree: Node
  readonly text: string
  readonly places: Places
}

export const field = (node: Node, name: string): RegoValue | undefined => (Object.hasOwn(node, name) ? node[name] : undefined)

export function textOf(node: Node, name: string): string {
  const value = field(node, name)
  return typeof value === 'string' ? value : ''
}

export function nodeOf(node: Node, name: string): Node | undefined {
  const value = field(node, name)
  return value !== undefined && isRecord(value) ? value : undefined
}

export function nodesOf(node: Node, name: string): readonly Node[] {
  const value = field(node, name)
  return value !== undefined && isArray(value) ? value.filter(isRecord) : []
}

export function textsOf(node: Node, name: string): readonly string[] {
  const value = field(node, name)
  return value !== undefined && isArray(value) ? value.filter((each) => typeof each === 'string') : []
}

export const isNonNull = (type: Node): boolean => field(type, 'NonNull') === true

/** The kinds of values, by the numbers that trees show. */
export const valueKind = { variable: 0, int: 1, float: 2, string: 3, block: 4, boolean: 5, null: 6, enum: 7, list: 8, object: 9 } as const
export const kindOf = (value: Node): number => Number(field(value, 'Kind') ?? -1)

/** `[Int!]!` */
export function typeName(type: Node): string {
  const elem = nodeOf(type, 'Elem')
  return `${elem === undefined ? textOf(type, 'NamedType') : `[${typeName(elem)}]`}${isNonNull(type) ? '!' : ''}`
}

/** The name inside of all brackets. */
export function namedType(type: Node): string {
  const elem = nodeOf(type, 'Elem')
  return elem === undefined ? textOf(type, 'NamedType') : namedType(elem)
}

/** A value as it is written. */
export function valueText(value: Node): string {
  const children = nodesOf(value, 'Children')
  const inside = (child: Node): string => valueText(nodeOf(child, 'Value') ?? {})
  switch (kindOf(value)) {
    case valueKind.variable:
      return `$${textOf(value, 'Raw')}`
    case valueKind.string:
    case valueKind.block:
      return JSON.stringify(textOf(value, 'Raw'))
    case valueKind.list:
      return `[${children.map(inside).join(',')}]`
    case valueKind.object:
      return `{${children.map((child) => `${textOf(child, 'Name')}:${inside(child)}`).join(',')}}`
    default:
      return textOf(value, 'Raw')
  }
}

/** What is wrong, and at which node. */
export interface Problem {
  readonly message: string
  readonly node: Node | undefined
}

/** One-based, in characters. */
export function placeOf({ text, places }: Document, node: Node | undefined): { line: number; column: number } | undefined {
  const at = node === undefined ? undefined : places.get(node)
  return at === undefined ? undefined : lineAndColumnOf(text, at)
}

export function lineAndColumnOf(text: string, at: number): { line: number; column: number } {
  const lines = text.slice(0, at).split(/\r\n|[\n\r]/)
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 }
}

/** A schema with its extensions, and what upstream puts into every one. */
export interface Schema {
  readonly types: ReadonlyMap<string, Node>
  readonly directives: ReadonlyMap<string, Node>
  /** Names of types. */
  readonly roots: ReadonlyMap<string, string>
  /** The objects that values of a composite type may be. */
  readonly possible: ReadonlyMap<string, ReadonlySet<string>>
  /** Fields nobody has to define. */
  readonly typename: Node | undefined
  readonly introspection: readonly Node[]
}
