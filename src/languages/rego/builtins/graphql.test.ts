import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RegoValue } from '../values/value.ts'
import { callText } from './call.ts'

const schema = `type Query { a: Int, b(x: Int!, y: [String] = ["a"]): T, c: I, u: U, e(v: E, inp: Inp, l: [Int!]): E }
type T implements I { n: String! other: Int }
interface I { n: String! }
union U = T | V
type V { z: Int }
enum E { A B }
input Inp { a: Int! b: String = "x" c: Inp }
directive @d(a: Int!) on FIELD
type Subscription { s1: Int s2: Int }`

const parse = (query: RegoValue, of: RegoValue = schema): string =>
  callText('graphql.parse', [query, of]).replace('eval_builtin_error: graphql.parse: ', '')

test.each([
  ['{ nope }', 'Cannot query field "nope" on type "Query" in GraphQL string at location 1:3'],
  [
    '{ b(x: 1) }',
    'Field "b" of type "T" must have a selection of subfields. Did you mean "b { ... }"?\n in GraphQL string at location 1:3',
  ],
  ['{ b { n } }', 'Field "b" argument "x" of type "Int!" is required, but it was not provided in GraphQL string at location 1:3'],
  ['{ b(x: 1, z: 2) { n } }', 'Unknown argument "z" on field "Query.b". Did you mean "x" or "y"?\n in GraphQL string at location 1:3'],
  ['{ b(x: "s") { n } }', 'Int cannot represent non-integer value: "s"\n in GraphQL string at location 1:9'],
  ['{ b(x: null) { n } }', 'Expected value of type "Int!", found null in GraphQL string at location 1:8'],
  ['{ ...F }', 'Unknown fragment "F" in GraphQL string at location 1:6'],
  [
    '{ c { other } }',
    'Cannot query field "other" on type "I". Did you mean to use an inline fragment on "T"?\n in GraphQL string at location 1:7',
  ],
  [
    '{ c { ... on V { z } } }',
    'Fragment cannot be spread here as objects of type "I" can never be of type "V" in GraphQL string at location 1:11',
  ],
  ['query($v: Int) { a }', 'Variable "$v" is never used in GraphQL string at location 1:7'],
  ['{ b(x: $v) { n } }', 'Variable "$v" is not defined in GraphQL string at location 1:8'],
  [
    'query($v: Int) { b(x: $v) { n } }',
    'Variable "$v" of type "Int" used in position expecting type "Int!" in GraphQL string at location 1:23',
  ],
  ['{ a @d }', 'Directive "@d" argument "a" of type "Int!" is required, but it was not provided in GraphQL string at location 1:6'],
  ['fragment F on T { ...F } { b(x: 1) { ...F } }', 'Cannot spread fragment "F" within itself in GraphQL string at location 1:22'],
  ['{ e(v: C) }', 'Value "C" does not exist in "E" enum. Did you mean the enum value "A" or "B"?\n in GraphQL string at location 1:8'],
  ['{ e(inp: {b: "x"}) }', 'Field "Inp.a" of required type "Int!" was not provided in GraphQL string at location 1:10'],
  [
    '{ x: a x: e }',
    'Fields "x" conflict because "a" and "e" are different fields. Use different aliases on the fields to fetch both if this was intentional in GraphQL string at location 1:8',
  ],
  ['subscription { s1 s2 }', 'Anonymous Subscription must select only one top level field in GraphQL string at location 1:19'],
  [
    '{ a { x } }',
    'Cannot query field "x" on type "Int".\ninput:1:3: Field "a" must not have a selection since type "Int" has no subfields in GraphQL string at location 1:7',
  ],
  ['{ a(x: ) }', 'Unexpected ) in GraphQL string at location 1:8'],
  ['query { }', 'expected at least one definition, found } in GraphQL string at location 1:9'],
  ['{ a(x: "abc }', 'Unexpected <Invalid> in GraphQL string at location 1:14'],
])('%s: %s', (query, message) => {
  expect(parse(query)).toBe(message)
})

test.each([
  '{ u { ... on T { n } ... on V { z } __typename } }',
  '{ __schema { types { name } } __type(name: "T") { kind } }',
  'query($v: [Int!]!) { e(l: $v) }',
  '{ b(x: 1, y: "a") { n } a @include(if: true) @skip(if: false) }',
  'query($v: Int = 3) { b(x: $v) { n } }',
  '',
])('%s fits', (query) => {
  expect(callText('graphql.is_valid', [query, schema])).toBe('true')
})

test.each([
  ['type Query { a: Nope }', '1:17: Undefined type Nope.'],
  ['type A { a: Int } type A { b: Int }', '1:24: Cannot redeclare type A.'],
  ['type A implements I { b: Int } interface I { a: Int }', '1:6: For A to implement I it must have a field called a.'],
  ['type A implements I { a: [Int] } interface I { a: Int }', '1:23: For A to implement I the field a must have type Int.'],
  ['union U = I interface I { a: Int }', '1:7: UNION type "I" must be OBJECT.'],
  ['input I { a: A } type A { a: Int }', '1:11: OBJECT a: field must be one of SCALAR, ENUM, INPUT_OBJECT.'],
  ['type A @nope { a: Int }', '1:9: Undefined directive nope.'],
  ['schema { query: Nope }', '1:10: Schema root query refers to a type Nope that does not exist.'],
  ['scalar Int', '1:8: Cannot redeclare type Int.'],
])('the schema %s is refused: %s', (text, message) => {
  expect(parse('', text)).toBe(`Error in gqlparser SchemaDocument to Schema conversion: input:${message}`)
  expect(callText('graphql.schema_is_valid', [text])).toBe('false')
})

test('trees are as upstream shows them', () => {
  expect(callText('graphql.parse_query', ['{ a: b(x: [1, "é"]) }'])).toBe(
    '{"Operations": [{"Name": "", "Operation": "query", "SelectionSet": [{"Alias": "a", "Arguments": [{"Name": "x", "Value": {"Children": [{"Name": "", "Value": {"ExpectedTypeHasDefault": false, "Kind": 1, "Raw": "1"}}, {"Name": "", "Value": {"ExpectedTypeHasDefault": false, "Kind": 3, "Raw": "é"}}], "ExpectedTypeHasDefault": false, "Kind": 8, "Raw": ""}}], "Name": "b"}]}]}',
  )
})

const words = fc.constantFrom(
  'type',
  'A',
  '{',
  '}',
  'a',
  ':',
  'Int',
  '!',
  '[',
  ']',
  'query',
  '(',
  ')',
  '$v',
  '=',
  '1',
  '"s"',
  '"""',
  '...',
  'on',
  '@d',
  '|',
  '&',
  'implements',
  'extend',
  'union',
  'enum',
  'input',
  '#x\n',
)

test('no document makes it throw', () => {
  const names = ['graphql.parse_query', 'graphql.parse_schema', 'graphql.schema_is_valid']
  const document = fc.oneof(
    fc.string(),
    fc.array(words, { maxLength: 25 }).map((parts) => parts.join(' ')),
  )
  fc.assert(
    fc.property(document, document, (query, of) => {
      for (const name of names) expect(callText(name, [of])).toBeTypeOf('string')
      expect(parse(query)).toBeTypeOf('string')
      expect(parse(query, of)).toBeTypeOf('string')
    }),
    { numRuns: 300 },
  )
})

test('no tree makes it throw', () => {
  const keys = fc.constantFrom(
    'Operations',
    'SelectionSet',
    'Fields',
    'Name',
    'Alias',
    'Type',
    'Elem',
    'Definitions',
    'Kind',
    'NamedType',
    'Arguments',
    'Value',
    'Interfaces',
  )
  const { tree } = fc.letrec<{ tree: RegoValue }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5, depthSize: 'medium' },
      fc.constantFrom<RegoValue>('Query', 'OBJECT', 1, null, 'a', true),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(keys, tie('tree'), { maxKeys: 4 }),
    ),
  }))
  fc.assert(
    fc.property(tree, tree, (query, of) => {
      expect(callText('graphql.parse_and_verify', [query, of])).toBeTypeOf('string')
    }),
    { numRuns: 300 },
  )
})
