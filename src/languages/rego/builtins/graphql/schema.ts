import type { Result } from '../../../../core/result.ts'
import { err, ok } from '../../../../core/result.ts'
import type { Document, Node, Problem, Schema } from './node.ts'
import { nodesOf, textOf, textsOf } from './node.ts'
import { parseSchemaDocument } from './parse.ts'
import { metaFields, prelude } from './prelude.ts'
import { checkDefinition, checkDirectiveDefinition } from './schema-checks.ts'

/** The schema of a document, or the first thing that is wrong with it. */
export function schemaOf({ tree }: Document): Result<Schema, Problem> {
  const common = treeOf(prelude)
  const types = new Map<string, Node>(nodesOf(common, 'Definitions').map((node) => [textOf(node, 'Name'), node]))
  const directives = new Map<string, Node>(nodesOf(common, 'Directives').map((node) => [textOf(node, 'Name'), node]))
  const builtIn = new Set(directives.keys())
  const known = new Set(types.keys())
  const problem =
    addDefinitions(types, tree) ??
    addExtensions(types, tree) ??
    addDirectives(directives, builtIn, tree) ??
    checkEntries(nodesOf(tree, 'Schema'))
  if (problem !== undefined) return err(problem)
  const roots = new Map<string, string>()
  for (const entry of [...nodesOf(tree, 'Schema'), ...nodesOf(tree, 'SchemaExtension')]) {
    for (const each of nodesOf(entry, 'OperationTypes')) {
      const [operation, type] = [textOf(each, 'Operation'), textOf(each, 'Type')]
      if (!types.has(type)) return err({ message: `Schema root ${operation} refers to a type ${type} that does not exist.`, node: each })
      roots.set(operation, type)
    }
  }
  if (nodesOf(tree, 'Schema').length === 0) {
    for (const name of ['Query', 'Mutation', 'Subscription']) {
      if (types.has(name) && !roots.has(name.toLowerCase())) roots.set(name.toLowerCase(), name)
    }
  }
  const meta = nodesOf(treeOf(metaFields), 'Definitions')
  const schema: Schema = {
    types,
    directives,
    roots,
    possible: possibleTypes(types),
    typename: nodesOf(meta[1] ?? {}, 'Fields')[0],
    introspection: nodesOf(meta[0] ?? {}, 'Fields'),
  }
  for (const directive of nodesOf(tree, 'Directives')) {
    const wrong = checkDirectiveDefinition(schema, directive)
    if (wrong !== undefined) return err(wrong)
  }
  for (const [name, definition] of types) {
    const wrong = known.has(name) ? undefined : checkDefinition(schema, definition)
    if (wrong !== undefined) return err(wrong)
  }
  return ok(schema)
}

function treeOf(text: string): Node {
  const parsed = parseSchemaDocument(text)
  return parsed.ok ? parsed.value.tree : {}
}

function addDefinitions(types: Map<string, Node>, tree: Node): Problem | undefined {
  for (const node of nodesOf(tree, 'Definitions')) {
    const name = textOf(node, 'Name')
    if (types.has(name)) return { message: `Cannot redeclare type ${name}.`, node }
    types.set(name, node)
  }
  return undefined
}

const lists = ['Directives', 'Interfaces', 'Fields', 'Types', 'EnumValues'] as const

function addExtensions(types: Map<string, Node>, tree: Node): Problem | undefined {
  for (const node of nodesOf(tree, 'Extensions')) {
    const name = textOf(node, 'Name')
    const base = types.get(name)
    if (base === undefined) {
      types.set(name, node)
      continue
    }
    const [own, kind] = [textOf(node, 'Kind'), textOf(base, 'Kind')]
    if (own !== kind) return { message: `Cannot extend type ${name} because the base type is a ${kind}, not ${own}.`, node }
    const merged = { ...base }
    for (const list of lists) {
      const more = list === 'Interfaces' || list === 'Types' ? textsOf(node, list) : nodesOf(node, list)
      const before = list === 'Interfaces' || list === 'Types' ? textsOf(base, list) : nodesOf(base, list)
      if (more.length > 0) merged[list] = [...before, ...more]
    }
    types.set(name, merged)
  }
  return undefined
}

function addDirectives(directives: Map<string, Node>, builtIn: ReadonlySet<string>, tree: Node): Problem | undefined {
  const own = new Set<string>()
  for (const node of nodesOf(tree, 'Directives')) {
    const name = textOf(node, 'Name')
    if (own.has(name) && !builtIn.has(name)) return { message: `Cannot redeclare directive ${name}.`, node }
    own.add(name)
    directives.set(name, node)
  }
  return undefined
}

function checkEntries([, second]: readonly Node[]): Problem | undefined {
  if (second === undefined) return undefined
  return { message: 'Cannot have multiple schema entry points, consider schema extensions instead.', node: second }
}

function possibleTypes(types: ReadonlyMap<string, Node>): ReadonlyMap<string, ReadonlySet<string>> {
  const possible = new Map<string, Set<string>>()
  const add = (abstract: string, name: string): void => {
    const known = possible.get(abstract)
    if (known === undefined) possible.set(abstract, new Set([name]))
    else known.add(name)
  }
  for (const [name, node] of types) {
    const kind = textOf(node, 'Kind')
    if (kind === 'UNION') for (const type of textsOf(node, 'Types')) add(name, type)
    if (kind !== 'OBJECT' && kind !== 'INTERFACE') continue
    if (kind === 'OBJECT') add(name, name)
    for (const type of textsOf(node, 'Interfaces')) add(type, name)
  }
  return possible
}
