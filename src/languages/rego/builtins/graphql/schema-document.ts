import type { Node } from './node.ts'
import type { Reader } from './reader.ts'
import {
  expect,
  expectKeyword,
  isKeyword,
  isNext,
  make,
  next,
  peek,
  readDirectives,
  readName,
  readType,
  readValue,
  skip,
  some,
  unexpected,
} from './reader.ts'

/** Which members a document has, by what stands in it. */
type Part = 'Definitions' | 'Directives' | 'Schema' | 'Extensions' | 'SchemaExtension'

export function readSchemaDocument(reader: Reader): Node {
  const parts: Record<Part, Node[]> = { Definitions: [], Directives: [], Schema: [], Extensions: [], SchemaExtension: [] }
  while (!isNext(reader, '<EOF>')) {
    const start = peek(reader)
    const description = readDescription(reader)
    if (isKeyword(reader, 'extend')) {
      if (start.kind !== 'Name') unexpected(reader, start)
      next(reader)
      if (isKeyword(reader, 'schema')) parts.SchemaExtension.push(readSchema(reader, '', true))
      else parts.Extensions.push(readDefinition(reader, '', true))
    } else if (isKeyword(reader, 'schema')) parts.Schema.push(readSchema(reader, description, false))
    else if (isKeyword(reader, 'directive')) parts.Directives.push(readDirectiveDefinition(reader, description))
    else parts.Definitions.push(readDefinition(reader, description, false))
  }
  return make(reader, 0, parts)
}

function readDescription(reader: Reader): string {
  return isNext(reader, 'String') || isNext(reader, 'BlockString') ? next(reader).value : ''
}

function readSchema(reader: Reader, description: string, extends_: boolean): Node {
  next(reader)
  const { at } = peek(reader)
  const directives = readDirectives(reader, true)
  const types = some(reader, '{', '}', () => readOperationType(reader))
  if (extends_ && directives.length + types.length === 0) unexpected(reader)
  return make(reader, at, { Description: description, Directives: directives, OperationTypes: types })
}

function readOperationType(reader: Reader): Node {
  const { at, value } = peek(reader)
  if (!['query', 'mutation', 'subscription'].some((word) => isKeyword(reader, word))) unexpected(reader)
  next(reader)
  expect(reader, ':')
  return make(reader, at, { Operation: value, Type: readName(reader) })
}

const kinds: Readonly<Record<string, string>> = {
  scalar: 'SCALAR',
  type: 'OBJECT',
  interface: 'INTERFACE',
  union: 'UNION',
  enum: 'ENUM',
  input: 'INPUT_OBJECT',
}

function readDefinition(reader: Reader, description: string, extends_: boolean): Node {
  const word = peek(reader)
  const kind = word.kind === 'Name' && Object.hasOwn(kinds, word.value) ? kinds[word.value] : undefined
  if (kind === undefined) return unexpected(reader)
  next(reader)
  const { at } = peek(reader)
  const name = readName(reader)
  const interfaces = kind === 'OBJECT' || kind === 'INTERFACE' ? readInterfaces(reader) : []
  const directives = readDirectives(reader, true)
  const inside = readInside(reader, kind)
  if (extends_ && interfaces.length + directives.length + Object.values(inside).flat().length === 0) unexpected(reader)
  return make(reader, at, {
    Kind: kind,
    Description: description,
    Name: name,
    Interfaces: interfaces,
    Directives: directives,
    ...inside,
    BuiltIn: false,
  })
}

function readInside(reader: Reader, kind: string): Readonly<Record<string, readonly (Node | string)[]>> {
  switch (kind) {
    case 'OBJECT':
    case 'INTERFACE':
      return { Fields: some(reader, '{', '}', () => readField(reader)) }
    case 'INPUT_OBJECT':
      return { Fields: some(reader, '{', '}', () => readInputValue(reader)) }
    case 'ENUM':
      return { EnumValues: some(reader, '{', '}', () => readEnumValue(reader)) }
    case 'UNION':
      return { Types: skip(reader, '=') ? readAlternatives(reader, () => readName(reader)) : [] }
    default:
      return {}
  }
}

function readAlternatives(reader: Reader, read: () => string): readonly string[] {
  skip(reader, '|')
  const found = [read()]
  while (skip(reader, '|')) found.push(read())
  return found
}

function readInterfaces(reader: Reader): readonly string[] {
  if (!isKeyword(reader, 'implements')) return []
  next(reader)
  skip(reader, '&')
  const found = [readName(reader)]
  while (skip(reader, '&')) found.push(readName(reader))
  return found
}

function readField(reader: Reader): Node {
  const description = readDescription(reader)
  const { at } = peek(reader)
  const name = readName(reader)
  const args = some(reader, '(', ')', () => readInputValue(reader))
  expect(reader, ':')
  return make(reader, at, {
    Description: description,
    Name: name,
    Arguments: args,
    Type: readType(reader),
    Directives: readDirectives(reader, true),
  })
}

/** An argument, or a field of an input. */
function readInputValue(reader: Reader): Node {
  const description = readDescription(reader)
  const { at } = peek(reader)
  const name = readName(reader)
  expect(reader, ':')
  return make(reader, at, {
    Description: description,
    Name: name,
    Type: readType(reader),
    DefaultValue: skip(reader, '=') ? readValue(reader, true) : undefined,
    Directives: readDirectives(reader, true),
  })
}

function readEnumValue(reader: Reader): Node {
  const description = readDescription(reader)
  const { at } = peek(reader)
  return make(reader, at, { Description: description, Name: readName(reader), Directives: readDirectives(reader, true) })
}

const locations: ReadonlySet<string> = new Set([
  'QUERY',
  'MUTATION',
  'SUBSCRIPTION',
  'FIELD',
  'FRAGMENT_DEFINITION',
  'FRAGMENT_SPREAD',
  'INLINE_FRAGMENT',
  'VARIABLE_DEFINITION',
  'SCHEMA',
  'SCALAR',
  'OBJECT',
  'FIELD_DEFINITION',
  'ARGUMENT_DEFINITION',
  'INTERFACE',
  'UNION',
  'ENUM',
  'ENUM_VALUE',
  'INPUT_OBJECT',
  'INPUT_FIELD_DEFINITION',
])

function readDirectiveDefinition(reader: Reader, description: string): Node {
  next(reader)
  expect(reader, '@')
  const { at } = peek(reader)
  const name = readName(reader)
  const args = some(reader, '(', ')', () => readInputValue(reader))
  const isRepeatable = isKeyword(reader, 'repeatable')
  if (isRepeatable) next(reader)
  expectKeyword(reader, 'on')
  const where = readAlternatives(reader, () => {
    const token = expect(reader, 'Name')
    return locations.has(token.value) ? token.value : unexpected(reader, token)
  })
  return make(reader, at, { Description: description, Name: name, Arguments: args, Locations: where, IsRepeatable: isRepeatable })
}
