import type { Node } from './ast.ts'

const conversions: ReadonlySet<string> = new Set(['bool', 'bytes', 'double', 'duration', 'dyn', 'int', 'string', 'timestamp', 'uint'])

/** Calls that cel-go works out beforehand. */
export const isConversion = (node: Node): boolean =>
  node.kind === 'call' && node.target === undefined && node.args.length === 1 && conversions.has(node.name)

/** Whether a node has the same value in every evaluation. */
export function isConstant(node: Node): boolean {
  switch (node.kind) {
    case 'literal':
      return true
    case 'list':
      return node.items.every(({ value, optional }) => !optional && isConstant(value))
    case 'map':
      return node.entries.every(({ key, value, optional }) => !optional && isConstant(key) && isConstant(value))
    case 'call':
      return isConversion(node) && node.args.every(isConstant)
    default:
      return false
  }
}
