import type { Node, Problem, Schema } from './node.ts'
import { field, namedType, nodeOf, nodesOf, textOf, valueText } from './node.ts'

interface Selected {
  readonly node: Node
  readonly parent: Node
}

/** Fields compared with each other, in one selection set. */
const mostPairs = 10_000

/** Fields of one selection set that would be at the same place in the answer and are not the same. */
export function conflictsOf(
  schema: Schema,
  fragments: ReadonlyMap<string, Node>,
  parent: Node,
  selections: readonly Node[],
): readonly Problem[] {
  const groups = collect(schema, fragments, parent, selections)
  const problems: Problem[] = []
  const budget = { pairs: mostPairs }
  for (const [alias, group] of groups) {
    for (const [at, second] of group.entries()) {
      for (const first of group.slice(0, at)) {
        const reason = conflict({ schema, fragments, budget }, first, second)
        if (reason === undefined) continue
        const advice = 'Use different aliases on the fields to fetch both if this was intentional.'
        problems.push({ message: `Fields "${alias}" conflict because ${reason}. ${advice}`, node: second.node })
      }
    }
  }
  return problems
}

interface Scene {
  readonly schema: Schema
  readonly fragments: ReadonlyMap<string, Node>
  readonly budget: { pairs: number }
}

function collect(
  schema: Schema,
  fragments: ReadonlyMap<string, Node>,
  parent: Node,
  selections: readonly Node[],
): ReadonlyMap<string, readonly Selected[]> {
  const groups = new Map<string, Selected[]>()
  const entered = new Set<string>()
  const add = (inside: Node, nodes: readonly Node[]): void => {
    for (const node of nodes) {
      if (field(node, 'Alias') !== undefined) {
        const alias = textOf(node, 'Alias')
        const group = groups.get(alias)
        if (group === undefined) groups.set(alias, [{ node, parent: inside }])
        else group.push({ node, parent: inside })
        continue
      }
      const name = textOf(node, 'Name')
      const fragment = field(node, 'SelectionSet') === undefined ? fragments.get(name) : node
      if (fragment === undefined || (fragment !== node && entered.has(name))) continue
      if (fragment !== node) entered.add(name)
      add(schema.types.get(textOf(fragment, 'TypeCondition')) ?? inside, nodesOf(fragment, 'SelectionSet'))
    }
  }
  add(parent, selections)
  return groups
}

function conflict(scene: Scene, first: Selected, second: Selected): string | undefined {
  scene.budget.pairs -= 1
  if (scene.budget.pairs < 0) return undefined
  const [a, b] = [first.node, second.node]
  const differ = textOf(first.parent, 'Name') !== textOf(second.parent, 'Name')
  const areExclusive = differ && textOf(first.parent, 'Kind') === 'OBJECT' && textOf(second.parent, 'Kind') === 'OBJECT'
  if (!areExclusive) {
    if (textOf(a, 'Name') !== textOf(b, 'Name')) return `"${textOf(a, 'Name')}" and "${textOf(b, 'Name')}" are different fields`
    if (argumentsText(a) !== argumentsText(b)) return 'they have differing arguments'
  }
  return areExclusive ? undefined : subfieldConflict(scene, first, second)
}

function subfieldConflict(scene: Scene, first: Selected, second: Selected): string | undefined {
  const type = resultOf(scene, first)
  const other = resultOf(scene, second)
  if (type === undefined || other === undefined) return undefined
  const own = collect(scene.schema, scene.fragments, type, nodesOf(first.node, 'SelectionSet'))
  for (const [alias, group] of collect(scene.schema, scene.fragments, other, nodesOf(second.node, 'SelectionSet'))) {
    for (const selected of group) {
      for (const known of own.get(alias) ?? []) {
        const reason = conflict(scene, known, selected)
        if (reason !== undefined) return `subfields "${alias}" conflict because ${reason}`
      }
    }
  }
  return undefined
}

function resultOf({ schema }: Scene, { node, parent }: Selected): Node | undefined {
  const definition = nodesOf(parent, 'Fields').find((each) => textOf(each, 'Name') === textOf(node, 'Name'))
  const type = definition === undefined ? undefined : nodeOf(definition, 'Type')
  return type === undefined ? undefined : schema.types.get(namedType(type))
}

/** Arguments in any order. */
const argumentsText = (node: Node): string =>
  nodesOf(node, 'Arguments')
    .map((arg) => `${textOf(arg, 'Name')}:${valueText(nodeOf(arg, 'Value') ?? {})}`)
    .sort()
    .join()
