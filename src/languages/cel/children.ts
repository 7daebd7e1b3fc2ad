import type { Node } from './ast.ts'

const some = (...nodes: readonly (Node | undefined)[]): readonly Node[] => nodes.filter((node) => node !== undefined)

/** The parts of a node, as they are written. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'literal':
    case 'identifier':
      return []
    case 'select':
    case 'has':
      return [node.operand]
    case 'index':
      return [node.operand, node.index]
    case 'call':
      return some(node.target, ...node.args)
    case 'and':
    case 'or':
      return node.operands
    case 'conditional':
      return [node.condition, node.consequent, node.otherwise]
    case 'list':
      return node.items.map(({ value }) => value)
    case 'map':
      return node.entries.flatMap(({ key, value }) => [key, value])
    case 'struct':
      return node.fields.map(({ value }) => value)
    case 'comprehension':
      return some(node.range, node.predicate, node.transform)
    case 'bind':
      return [node.value, node.body]
    case 'optional-map':
      return [node.operand, node.body]
  }
}
