import { kindsOf } from './apply-to.ts'
import type { Mutator } from './mutator.ts'
import { mutatorId } from './mutator.ts'

/** What the mutators of a kind take one node for: `object`, `list` with the key field of its elements, `string`, `set`. */
type NodeUses = Map<string, Set<Mutator>>

/** The mutators that take one node of one kind for different things: upstream disables all of them until the conflict is gone. */
export function findConflicts(mutators: readonly Mutator[]): ReadonlyMap<Mutator, readonly Mutator[]> {
  const nodes = new Map<string, NodeUses>()
  for (const mutator of mutators) {
    const uses = usesOf(mutator)
    for (const { group, version, kind } of kindsOf(mutator.applyTo ?? [])) {
      for (const [path, use] of uses) {
        const at = JSON.stringify([group, version, kind, path])
        const node: NodeUses = nodes.get(at) ?? new Map<string, Set<Mutator>>()
        nodes.set(at, node.set(use, (node.get(use) ?? new Set<Mutator>()).add(mutator)))
      }
    }
  }
  const conflicts = new Map<Mutator, Set<Mutator>>()
  for (const node of nodes.values()) {
    if (node.size < 2) continue
    const involved = [...node.values()].flatMap((users) => [...users])
    for (const mutator of involved) conflicts.set(mutator, new Set([...(conflicts.get(mutator) ?? []), ...involved]))
  }
  return new Map([...conflicts].map(([mutator, others]) => [mutator, [...others].sort(compareMutators)]))
}

/** The nodes of a location, by their path. What ends in an unknown value says nothing of the last one. */
function usesOf({ location, terminal }: Mutator): readonly (readonly [path: string, use: string])[] {
  const uses: (readonly [string, string])[] = []
  const path: string[] = []
  for (const [depth, node] of location.entries()) {
    path.push(node.type === 'object' ? `.${node.name}` : '[]')
    const next = location[depth + 1]
    const use = next === undefined ? terminal : next.type === 'list' ? `list ${next.key}` : 'object'
    if (use !== 'unknown') uses.push([JSON.stringify(path), use])
  }
  return uses
}

export function compareMutators(a: Mutator, b: Mutator): number {
  if (a.kind !== b.kind) return a.kind < b.kind ? -1 : 1
  return a.name === b.name ? 0 : a.name < b.name ? -1 : 1
}

export const conflictText = (conflicting: readonly Mutator[]): string =>
  `the following mutators have conflicting schemas: [${conflicting.map(mutatorId).join(',')}]`
