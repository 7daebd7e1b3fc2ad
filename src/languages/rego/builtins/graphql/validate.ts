import type { Node, Problem, Schema } from './node.ts'
import { field, isNonNull, kindOf, namedType, nodeOf, nodesOf, textOf, textsOf, typeName, valueKind } from './node.ts'
import { conflictsOf } from './conflicts.ts'
import { checkDocument } from './document-checks.ts'
import { didYouMean, suggestions } from './suggest.ts'
import type { ValueVisitor } from './values.ts'
import { checkValue } from './values.ts'

/** One operation, or one fragment by itself, while it is walked. */
interface Walk {
  readonly schema: Schema
  readonly fragments: ReadonlyMap<string, Node>
  readonly problems: Problem[]
  /** Undefined in fragments by themselves. */
  readonly operation: { readonly node: Node; readonly used: Set<string> } | undefined
  readonly entered: Set<string>
}

/** More problems than this are not looked for. */
const mostProblems = 1000

/** What is wrong with a query, in the order of the walk. */
export function validateQuery(schema: Schema, tree: Node): readonly Problem[] {
  const problems: Problem[] = []
  const operations = nodesOf(tree, 'Operations')
  const fragments = new Map<string, Node>()
  for (const node of nodesOf(tree, 'Fragments')) if (!fragments.has(textOf(node, 'Name'))) fragments.set(textOf(node, 'Name'), node)
  for (const node of operations)
    walkOperation({ schema, fragments, problems, operation: { node, used: new Set() }, entered: new Set() }, node)
  for (const node of nodesOf(tree, 'Fragments')) {
    walkFragment({ schema, fragments, problems, operation: undefined, entered: new Set([textOf(node, 'Name')]) }, node)
  }
  problems.push(...checkDocument(schema, tree, fragments))
  return problems.slice(0, mostProblems)
}

function walkOperation(walk: Walk, node: Node): void {
  const kind = textOf(node, 'Operation')
  const root = walk.schema.types.get(walk.schema.roots.get(kind) ?? '')
  checkDirectives(walk, node, kind.toUpperCase())
  for (const variable of nodesOf(node, 'VariableDefinitions')) {
    const named = namedType(nodeOf(variable, 'Type') ?? {})
    if (!walk.schema.types.has(named)) walk.problems.push({ message: `Unknown type "${named}".`, node: variable })
    const value = nodeOf(variable, 'DefaultValue')
    if (value !== undefined) checkValue(visitorOf(walk), value, nodeOf(variable, 'Type') ?? {})
    checkDirectives(walk, variable, 'VARIABLE_DEFINITION')
  }
  if (root === undefined) walk.problems.push({ message: `Schema does not support operation type "${kind}"`, node })
  else walkSelections(walk, node, root)
  const name = textOf(node, 'Name')
  const where = name === '' ? '' : ` in operation "${name}"`
  for (const variable of nodesOf(node, 'VariableDefinitions')) {
    const own = textOf(variable, 'Variable')
    if (walk.operation?.used.has(own) === false)
      walk.problems.push({ message: `Variable "$${own}" is never used${where}.`, node: variable })
  }
}

function walkFragment(walk: Walk, node: Node): void {
  const type = walk.schema.types.get(textOf(node, 'TypeCondition'))
  checkDirectives(walk, node, 'FRAGMENT_DEFINITION')
  if (type !== undefined) walkSelections(walk, node, type)
}

const compositeKinds: ReadonlySet<string> = new Set(['OBJECT', 'INTERFACE', 'UNION'])
const isComposite = (type: Node | undefined): type is Node => type !== undefined && compositeKinds.has(textOf(type, 'Kind'))

function walkSelections(walk: Walk, node: Node, parent: Node): void {
  if (walk.problems.length >= mostProblems) return
  const selections = nodesOf(node, 'SelectionSet')
  for (const selection of selections) {
    if (field(selection, 'Alias') !== undefined) walkField(walk, selection, parent)
    else if (field(selection, 'SelectionSet') !== undefined) walkInline(walk, selection, parent)
    else walkSpread(walk, selection, parent)
  }
  walk.problems.push(...conflictsOf(walk.schema, walk.fragments, parent, selections))
}

function definitionOf({ schema }: Walk, parent: Node, name: string): Node | undefined {
  if (name === '__typename') return isComposite(parent) ? schema.typename : undefined
  const own = nodesOf(parent, 'Fields').find((each) => textOf(each, 'Name') === name)
  if (own !== undefined || schema.roots.get('query') !== textOf(parent, 'Name')) return own
  return schema.introspection.find((each) => textOf(each, 'Name') === name)
}

function walkField(walk: Walk, node: Node, parent: Node): void {
  const name = textOf(node, 'Name')
  const definition = definitionOf(walk, parent, name)
  const type = definition === undefined ? undefined : nodeOf(definition, 'Type')
  if (definition !== undefined) checkArguments(walk, node, definition)
  const result = type === undefined ? undefined : walk.schema.types.get(namedType(type))
  if (result !== undefined) walkSelections(walk, node, result)
  checkDirectives(walk, node, 'FIELD')
  if (definition === undefined) {
    walk.problems.push({
      message: `Cannot query field "${name}" on type "${textOf(parent, 'Name')}".${nearFields(walk, parent, name)}`,
      node,
    })
    return
  }
  checkGiven(walk, node, definition, `Field "${name}"`)
  checkKnown(walk, node, definition, `field "${textOf(parent, 'Name')}.${name}"`)
  checkLeaf(walk, node, type ?? {}, result)
}

function checkLeaf({ problems }: Walk, node: Node, type: Node, result: Node | undefined): void {
  if (result === undefined) return
  const name = textOf(node, 'Name')
  const hasSelections = field(node, 'SelectionSet') !== undefined
  if (!isComposite(result) && hasSelections) {
    problems.push({ message: `Field "${name}" must not have a selection since type "${typeName(type)}" has no subfields.`, node })
  } else if (isComposite(result) && !hasSelections) {
    const message = `Field "${name}" of type "${typeName(type)}" must have a selection of subfields. Did you mean "${name} { ... }"?`
    problems.push({ message, node })
  }
}

/** Fields of types that the parent may be, else fields that are called nearly so. */
function nearFields({ schema }: Walk, parent: Node, name: string): string {
  const objects: string[] = []
  const interfaces = new Map<string, number>()
  const hasField = (type: Node | undefined): boolean => nodesOf(type ?? {}, 'Fields').some((each) => textOf(each, 'Name') === name)
  if (textOf(parent, 'Kind') !== 'OBJECT') {
    for (const possible of schema.possible.get(textOf(parent, 'Name')) ?? []) {
      const type = schema.types.get(possible)
      if (!hasField(type)) continue
      objects.push(possible)
      for (const each of textsOf(type ?? {}, 'Interfaces')) {
        if (hasField(schema.types.get(each))) interfaces.set(each, (interfaces.get(each) ?? 0) + 1)
      }
    }
  }
  const general = [...interfaces].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([each]) => each)
  const types = [...general, ...objects.sort()]
  if (types.length > 0) return didYouMean(types, 'to use an inline fragment on ')
  return didYouMean(
    suggestions(
      name,
      nodesOf(parent, 'Fields').map((each) => textOf(each, 'Name')),
    ),
  )
}

function checkArguments(walk: Walk, node: Node, definition: Node): void {
  const visitor = visitorOf(walk)
  const seen = new Set<string>()
  for (const arg of nodesOf(node, 'Arguments')) {
    const name = textOf(arg, 'Name')
    if (seen.has(name)) walk.problems.push({ message: `There can be only one argument named "${name}".`, node: arg })
    seen.add(name)
    const wanted = nodesOf(definition, 'Arguments').find((each) => textOf(each, 'Name') === name)
    const value = nodeOf(arg, 'Value')
    if (wanted !== undefined && value !== undefined)
      checkValue(visitor, value, nodeOf(wanted, 'Type') ?? {}, nodeOf(wanted, 'DefaultValue') !== undefined)
  }
}

/** Arguments that have to be given. */
function checkGiven({ problems }: Walk, node: Node, definition: Node, what: string): void {
  const given = new Set(nodesOf(node, 'Arguments').map((arg) => textOf(arg, 'Name')))
  for (const arg of nodesOf(definition, 'Arguments')) {
    const type = nodeOf(arg, 'Type') ?? {}
    const name = textOf(arg, 'Name')
    if (!isNonNull(type) || nodeOf(arg, 'DefaultValue') !== undefined || given.has(name)) continue
    problems.push({ message: `${what} argument "${name}" of type "${typeName(type)}" is required, but it was not provided.`, node })
  }
}

function checkKnown({ problems }: Walk, node: Node, definition: Node, what: string): void {
  const names = nodesOf(definition, 'Arguments').map((arg) => textOf(arg, 'Name'))
  for (const arg of nodesOf(node, 'Arguments')) {
    const name = textOf(arg, 'Name')
    if (!names.includes(name))
      problems.push({ message: `Unknown argument "${name}" on ${what}.${didYouMean(suggestions(name, names))}`, node })
  }
}

function checkDirectives(walk: Walk, node: Node, place: string): void {
  const seen = new Set<string>()
  for (const use of nodesOf(node, 'Directives')) {
    const name = textOf(use, 'Name')
    const definition = walk.schema.directives.get(name)
    if (definition === undefined) {
      walk.problems.push({ message: `Unknown directive "@${name}".`, node: use })
      continue
    }
    checkArguments(walk, use, definition)
    checkKnown(walk, use, definition, `directive "@${name}"`)
    if (!textsOf(definition, 'Locations').includes(place))
      walk.problems.push({ message: `Directive "@${name}" may not be used on ${place}.`, node: use })
    checkGiven(walk, use, definition, `Directive "@${name}"`)
    if (seen.has(name) && field(definition, 'IsRepeatable') !== true)
      walk.problems.push({ message: `The directive "@${name}" can only be used once at this location.`, node: use })
    seen.add(name)
  }
}

function walkInline(walk: Walk, node: Node, parent: Node): void {
  const condition = textOf(node, 'TypeCondition')
  const type = condition === '' ? parent : walk.schema.types.get(condition)
  checkDirectives(walk, node, 'INLINE_FRAGMENT')
  if (type !== undefined) walkSelections(walk, node, type)
  if (condition === '') return
  if (type === undefined) walk.problems.push({ message: `Unknown type "${condition}".`, node })
  else if (!isComposite(type)) walk.problems.push({ message: `Fragment cannot condition on non composite type "${condition}".`, node })
  else checkPossible(walk, 'Fragment', { node, type, parent })
}

function walkSpread(walk: Walk, node: Node, parent: Node): void {
  const name = textOf(node, 'Name')
  const fragment = walk.fragments.get(name)
  checkDirectives(walk, node, 'FRAGMENT_SPREAD')
  if (fragment === undefined) {
    walk.problems.push({ message: `Unknown fragment "${name}".`, node })
    return
  }
  const type = walk.schema.types.get(textOf(fragment, 'TypeCondition'))
  // A fragment is looked into once for each operation: its variables are those of the operation.
  if (!walk.entered.has(name) && type !== undefined) {
    walk.entered.add(name)
    walkSelections(walk, fragment, type)
  }
  if (isComposite(type)) checkPossible(walk, `Fragment "${name}"`, { node, type, parent })
}

function checkPossible(
  { schema, problems }: Walk,
  what: string,
  at: { readonly node: Node; readonly type: Node; readonly parent: Node },
): void {
  const [own, parent] = [textOf(at.type, 'Name'), textOf(at.parent, 'Name')]
  const possible = schema.possible.get(own) ?? new Set()
  if (own === parent || [...(schema.possible.get(parent) ?? [])].some((each) => possible.has(each))) return
  const message = `${what} cannot be spread here as objects of type "${parent}" can never be of type "${own}".`
  problems.push({ message, node: at.node })
}

function visitorOf(walk: Walk): ValueVisitor {
  return {
    schema: walk.schema,
    problem: (problem) => walk.problems.push(problem),
    variable: (value, type, hasDefault) => checkVariable(walk, value, type, hasDefault),
  }
}

function checkVariable({ operation, problems }: Walk, value: Node, type: Node, hasDefault: boolean): void {
  if (operation === undefined) return
  const name = textOf(value, 'Raw')
  const definition = nodesOf(operation.node, 'VariableDefinitions').find((each) => textOf(each, 'Variable') === name)
  if (definition === undefined) {
    const by = textOf(operation.node, 'Name') === '' ? '' : ` by operation "${textOf(operation.node, 'Name')}"`
    problems.push({ message: `Variable "$${name}" is not defined${by}.`, node: value })
    return
  }
  operation.used.add(name)
  const own = nodeOf(definition, 'Type') ?? {}
  const fallback = nodeOf(definition, 'DefaultValue')
  const isFilled = hasDefault || (fallback !== undefined && kindOf(fallback) !== valueKind.null)
  const wanted = isFilled && !isNonNull(own) ? { ...type, NonNull: false } : type
  if (isCompatible(own, wanted)) return
  problems.push({
    message: `Variable "$${name}" of type "${typeName(own)}" used in position expecting type "${typeName(type)}".`,
    node: value,
  })
}

function isCompatible(own: Node, wanted: Node): boolean {
  if (isNonNull(wanted) && !isNonNull(own)) return false
  const [a, b] = [nodeOf(own, 'Elem'), nodeOf(wanted, 'Elem')]
  if (a === undefined || b === undefined) return a === b && textOf(own, 'NamedType') === textOf(wanted, 'NamedType')
  return isCompatible(a, b)
}
