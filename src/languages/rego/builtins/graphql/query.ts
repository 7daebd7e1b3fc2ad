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
  readArguments,
  readDirectives,
  readName,
  readType,
  readValue,
  skip,
  some,
  unexpected,
} from './reader.ts'

export function readQueryDocument(reader: Reader): Node {
  const operations: Node[] = []
  const fragments: Node[] = []
  while (!isNext(reader, '<EOF>')) {
    if (isNext(reader, '{'))
      operations.push(make(reader, peek(reader).at, { Operation: 'query', Name: '', SelectionSet: readSelections(reader) }))
    else if (isKeyword(reader, 'fragment')) fragments.push(readFragment(reader))
    else if (['query', 'mutation', 'subscription'].some((word) => isKeyword(reader, word))) operations.push(readOperation(reader))
    else unexpected(reader)
  }
  return make(reader, 0, { Operations: operations, Fragments: fragments })
}

function readOperation(reader: Reader): Node {
  const { at, value } = next(reader)
  return make(reader, at, {
    Operation: value,
    Name: isNext(reader, 'Name') ? readName(reader) : '',
    VariableDefinitions: readVariables(reader),
    Directives: readDirectives(reader, false),
    SelectionSet: readSelections(reader),
  })
}

const readVariables = (reader: Reader): readonly Node[] => some(reader, '(', ')', () => readVariable(reader))

function readVariable(reader: Reader): Node {
  const { at } = expect(reader, '$')
  const name = readName(reader)
  expect(reader, ':')
  return make(reader, at, {
    Variable: name,
    Type: readType(reader),
    DefaultValue: skip(reader, '=') ? readValue(reader, true) : undefined,
    Directives: readDirectives(reader, true),
    Used: false,
  })
}

function readFragment(reader: Reader): Node {
  const { at } = next(reader)
  if (isKeyword(reader, 'on')) unexpected(reader)
  const name = readName(reader)
  const variables = readVariables(reader)
  expectKeyword(reader, 'on')
  return make(reader, at, {
    Name: name,
    VariableDefinition: variables,
    TypeCondition: readName(reader),
    Directives: readDirectives(reader, false),
    SelectionSet: readSelections(reader),
  })
}

function readSelections(reader: Reader): readonly Node[] {
  if (!isNext(reader, '{')) expect(reader, '{')
  return some(reader, '{', '}', () => (isNext(reader, '...') ? readSpread(reader) : readField(reader)))
}

function readField(reader: Reader): Node {
  const { at } = peek(reader)
  const first = readName(reader)
  const name = skip(reader, ':') ? readName(reader) : first
  return make(reader, at, {
    Alias: first,
    Name: name,
    Arguments: readArguments(reader, false),
    Directives: readDirectives(reader, false),
    SelectionSet: isNext(reader, '{') ? readSelections(reader) : undefined,
  })
}

function readSpread(reader: Reader): Node {
  expect(reader, '...')
  const { at } = peek(reader)
  if (isNext(reader, 'Name') && !isKeyword(reader, 'on')) {
    return make(reader, at, { Name: readName(reader), Directives: readDirectives(reader, false) })
  }
  const isTyped = isKeyword(reader, 'on')
  if (isTyped) next(reader)
  return make(reader, at, {
    TypeCondition: isTyped ? readName(reader) : '',
    Directives: readDirectives(reader, false),
    SelectionSet: readSelections(reader),
  })
}
