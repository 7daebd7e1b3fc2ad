import type { Node } from '../ast.ts'
import type { Checked } from '../checked.ts'
import { childrenOf } from '../children.ts'
import { presentKey, selectionOf } from '../selection.ts'

/** A chain of plain selections that begins with a variable: `variables.anyObject.spec`. */
export interface Path {
  /** The slot of the variable. */
  readonly root: number
  /** Of the whole chain: equal ones have equal texts. */
  readonly text: string
  /** Selections in it. */
  readonly length: number
}

/** What a node is as a path; undefined for anything else. */
export function pathOf(node: Node, checked: Checked): Path | undefined {
  const reference = checked.references.get(node)
  if (reference !== undefined)
    return reference.kind === 'slot' ? { root: reference.slot, text: String(reference.slot), length: 0 } : undefined
  if (node.kind !== 'select') return undefined
  const { key, isPlain } = selectionOf(node, checked)
  const of = isPlain ? pathOf(node.operand, checked) : undefined
  return of === undefined ? undefined : longer(of, key)
}

/** What `has` looks for, as a path. */
export function presentPath(node: Node & { readonly kind: 'has' }, checked: Checked): Path | undefined {
  const key = presentKey(node, checked)
  const of = key in Object.prototype ? undefined : pathOf(node.operand, checked)
  return of === undefined ? undefined : longer(of, key)
}

const longer = ({ root, text, length }: Path, key: string): Path => ({ root, text: `${text} ${JSON.stringify(key)}`, length: length + 1 })

/** The paths that are read more than once, or in a loop that their variable is outside of. */
export function repeatedPaths(root: Node, checked: Checked): ReadonlySet<string> {
  const seen = new Set<string>()
  const repeated = new Set<string>()
  /** In how many loops a variable is that a macro brings. */
  const depths = new Map<number, number>()
  const note = (path: Path | undefined, depth: number): void => {
    if (path === undefined || path.length === 0) return
    if (seen.has(path.text) || (depths.get(path.root) ?? 0) < depth) repeated.add(path.text)
    seen.add(path.text)
  }
  const visit = (node: Node, depth: number): void => {
    if (node.kind === 'select') note(pathOf(node, checked), depth)
    if (node.kind === 'has') note(presentPath(node, checked), depth)
    const inner = node.kind === 'comprehension' ? depth + 1 : depth
    for (const slot of checked.locals.get(node) ?? []) depths.set(slot, inner)
    for (const child of childrenOf(node)) visit(child, node.kind === 'comprehension' && child === node.range ? depth : inner)
  }
  visit(root, 0)
  return repeated
}
