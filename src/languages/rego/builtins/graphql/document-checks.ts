import type { Node, Problem, Schema } from './node.ts'
import { field, namedType, nodeOf, nodesOf, textOf } from './node.ts'

/** What is wrong with operations and fragments as a whole. */
export function checkDocument(schema: Schema, tree: Node, fragments: ReadonlyMap<string, Node>): readonly Problem[] {
  const operations = nodesOf(tree, 'Operations')
  return [
    ...operations.flatMap((node) => [...checkVariables(schema, node), ...checkSubscription(node, fragments)]),
    ...checkNames(operations),
    ...checkFragments(schema, tree, fragments),
  ]
}

const inputKinds: ReadonlySet<string> = new Set(['SCALAR', 'ENUM', 'INPUT_OBJECT'])

function checkVariables({ types }: Schema, operation: Node): readonly Problem[] {
  const seen = new Set<string>()
  return nodesOf(operation, 'VariableDefinitions').flatMap((node): readonly Problem[] => {
    const name = textOf(node, 'Variable')
    const problems: Problem[] = []
    if (seen.has(name)) problems.push({ message: `There can be only one variable named "$${name}".`, node })
    seen.add(name)
    const named = namedType(nodeOf(node, 'Type') ?? {})
    const type = types.get(named)
    if (type !== undefined && !inputKinds.has(textOf(type, 'Kind')))
      problems.push({ message: `Variable "$${name}" cannot be non-input type "${named}".`, node })
    return problems
  })
}

function checkSubscription(operation: Node, fragments: ReadonlyMap<string, Node>): readonly Problem[] {
  if (textOf(operation, 'Operation') !== 'subscription') return []
  const fields = topFields(nodesOf(operation, 'SelectionSet'), fragments, new Set())
  const name = textOf(operation, 'Name')
  const title = name === '' ? 'Anonymous Subscription' : `Subscription "${name}"`
  const second = fields.find((node) => textOf(node, 'Alias') !== textOf(fields[0] ?? {}, 'Alias'))
  return second === undefined ? [] : [{ message: `${title} must select only one top level field.`, node: second }]
}

function topFields(selections: readonly Node[], fragments: ReadonlyMap<string, Node>, entered: Set<string>): readonly Node[] {
  return selections.flatMap((node): readonly Node[] => {
    if (field(node, 'Alias') !== undefined) return [node]
    if (field(node, 'SelectionSet') !== undefined) return topFields(nodesOf(node, 'SelectionSet'), fragments, entered)
    const name = textOf(node, 'Name')
    const fragment = fragments.get(name)
    if (fragment === undefined || entered.has(name)) return []
    entered.add(name)
    return topFields(nodesOf(fragment, 'SelectionSet'), fragments, entered)
  })
}

function checkNames(operations: readonly Node[]): readonly Problem[] {
  const seen = new Set<string>()
  return operations.flatMap((node): readonly Problem[] => {
    const name = textOf(node, 'Name')
    if (name === '' && operations.length > 1) {
      return [{ message: 'This anonymous operation must be the only defined operation.', node }]
    }
    const isKnown = seen.has(name)
    seen.add(name)
    return isKnown ? [{ message: `There can be only one operation named "${name}".`, node }] : []
  })
}

const compositeKinds: ReadonlySet<string> = new Set(['OBJECT', 'INTERFACE', 'UNION'])

function checkFragments(schema: Schema, tree: Node, fragments: ReadonlyMap<string, Node>): readonly Problem[] {
  const used = new Set<string>()
  for (const operation of nodesOf(tree, 'Operations')) addUsed(nodesOf(operation, 'SelectionSet'), fragments, used)
  const seen = new Set<string>()
  return nodesOf(tree, 'Fragments').flatMap((node): readonly Problem[] => {
    const name = textOf(node, 'Name')
    const condition = textOf(node, 'TypeCondition')
    const type = schema.types.get(condition)
    const problems: Problem[] = []
    if (type === undefined) problems.push({ message: `Unknown type "${condition}".`, node })
    else if (!compositeKinds.has(textOf(type, 'Kind')))
      problems.push({ message: `Fragment "${name}" cannot condition on non composite type "${condition}".`, node })
    const circle = circleOf(node, fragments)
    if (circle !== undefined) problems.push(circle)
    if (!used.has(name)) problems.push({ message: `Fragment "${name}" is never used.`, node })
    if (seen.has(name)) problems.push({ message: `There can be only one fragment named "${name}".`, node })
    seen.add(name)
    return problems
  })
}

function spreadsIn(selections: readonly Node[]): readonly Node[] {
  return selections.flatMap((node) => {
    const isSpread = field(node, 'Alias') === undefined && field(node, 'SelectionSet') === undefined
    return isSpread ? [node] : spreadsIn(nodesOf(node, 'SelectionSet'))
  })
}

function addUsed(selections: readonly Node[], fragments: ReadonlyMap<string, Node>, used: Set<string>): void {
  for (const spread of spreadsIn(selections)) {
    const name = textOf(spread, 'Name')
    if (used.has(name)) continue
    used.add(name)
    addUsed(nodesOf(fragments.get(name) ?? {}, 'SelectionSet'), fragments, used)
  }
}

/** The first spread that leads back to the fragment, with the fragments in between. */
function circleOf(fragment: Node, fragments: ReadonlyMap<string, Node>): Problem | undefined {
  const name = textOf(fragment, 'Name')
  const entered = new Set<string>()
  const search = (node: Node, via: readonly string[]): Problem | undefined => {
    for (const spread of spreadsIn(nodesOf(node, 'SelectionSet'))) {
      const target = textOf(spread, 'Name')
      if (target === name) {
        const between = via.length === 0 ? '' : ` via ${via.map((each) => `"${each}"`).join(', ')}`
        return { message: `Cannot spread fragment "${name}" within itself${between}.`, node: spread }
      }
      const next = fragments.get(target)
      if (next === undefined || entered.has(target)) continue
      entered.add(target)
      const found = search(next, [...via, target])
      if (found !== undefined) return found
    }
    return undefined
  }
  return search(fragment, [])
}
