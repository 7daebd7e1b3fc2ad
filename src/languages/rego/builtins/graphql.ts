import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { RegoRecord, RegoValue } from '../values/value.ts'
import { isRecord, typeName } from '../values/value.ts'
import type { Builtin, BuiltinError } from './contract.ts'
import type { Operand } from './define.ts'
import { define, text } from './define.ts'
import type { Document, Node, Problem } from './graphql/node.ts'
import { placeOf } from './graphql/node.ts'
import { parseQueryDocument, parseSchemaDocument } from './graphql/parse.ts'
import { schemaOf } from './graphql/schema.ts'
import { validateQuery } from './graphql/validate.ts'
import { failure, type } from './operands.ts'

const anyObject = type.object(type.any, type.any)

/** A document, or its syntax tree. */
const document: Operand<string | RegoRecord> = {
  type: type.union(type.string, anyObject),
  expected: 'one of {string, object}',
  is: (value): value is string | RegoRecord => typeof value === 'string' || isRecord(value),
  found: typeName,
}

type Read = Result<Document, string>

const readTree = (given: string | RegoRecord, parse: (text: string) => Read): Read =>
  typeof given === 'string' ? parse(given) : ok({ tree: given, text: '', places: new WeakMap() })

/** `message in GraphQL string at location 1:5`; further ones are below it, with their places before them. */
function problemsText(of: Document, problems: readonly Problem[]): string {
  const lines = problems.map(({ message, node }, at) => (at === 0 ? message : `input:${placeText(of, node)} ${message}`))
  const all = `${lines.join('\n')}\n`
  const place = placeOf(of, problems[0]?.node)
  const shown = all.endsWith('.\n') ? all.slice(0, -2) : all
  return place === undefined ? shown : `${shown} in GraphQL string at location ${place.line}:${place.column}`
}

function placeText(of: Document, node: Node | undefined): string {
  const place = placeOf(of, node)
  return place === undefined ? '' : `${place.line}:${place.column}:`
}

/** Both trees of a query that fits its schema. */
function readBoth(query: string | RegoRecord, schema: string | RegoRecord): Result<readonly [Node, Node], string> {
  const queryDocument = readTree(query, parseQueryDocument)
  if (!queryDocument.ok) return queryDocument
  const schemaDocument = readTree(schema, parseSchemaDocument)
  if (!schemaDocument.ok) return schemaDocument
  const built = buildSchema(schemaDocument.value)
  if (!built.ok) return built
  const problems = validateQuery(built.value, queryDocument.value.tree)
  return problems.length > 0 ? err(problemsText(queryDocument.value, problems)) : ok([queryDocument.value.tree, schemaDocument.value.tree])
}

function buildSchema(of: Document): ReturnType<typeof schemaOf> extends Result<infer S, Problem> ? Result<S, string> : never {
  const built = schemaOf(of)
  if (built.ok) return built
  const { message, node } = built.error
  return err(`Error in gqlparser SchemaDocument to Schema conversion: input:${placeText(of, node)} ${message}`)
}

function parseOne(name: string, parse: (text: string) => Read): Builtin {
  return define(name, [text], anyObject, ([source]): RegoValue | BuiltinError => {
    const parsed = parse(source)
    return parsed.ok ? parsed.value.tree : failure(name, parsed.error)
  })
}

export const graphqlBuiltins: readonly Builtin[] = [
  define('graphql.parse', [document, document], type.tuple(anyObject, anyObject), ([query, schema]) => {
    const both = readBoth(query, schema)
    return both.ok ? both.value : failure('graphql.parse', both.error)
  }),
  define('graphql.parse_and_verify', [document, document], type.tuple(type.boolean, anyObject, anyObject), ([query, schema]) => {
    const both = readBoth(query, schema)
    return both.ok ? [true, ...both.value] : [false, {}, {}]
  }),
  parseOne('graphql.parse_query', parseQueryDocument),
  parseOne('graphql.parse_schema', parseSchemaDocument),
  define('graphql.is_valid', [document, document], type.boolean, ([query, schema]) => readBoth(query, schema).ok),
  define('graphql.schema_is_valid', [document], type.boolean, ([schema]) => {
    const read = readTree(schema, parseSchemaDocument)
    return read.ok && schemaOf(read.value).ok
  }),
]
