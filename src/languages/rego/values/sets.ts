import { emptySet, SetBuilder } from './value.ts'
import type { RegoSet } from './value.ts'

export function unionOf(sets: readonly RegoSet[]): RegoSet {
  const [first] = sets
  if (first === undefined) return emptySet
  if (sets.length === 1) return first
  const builder = new SetBuilder()
  for (const set of sets) for (const value of set.values()) builder.add(value)
  return builder.build()
}

/** What is in all sets; nothing for no sets. */
export function intersectionOf(sets: readonly RegoSet[]): RegoSet {
  const [first, ...others] = sets
  if (first === undefined) return emptySet
  const builder = new SetBuilder()
  for (const value of first.values()) if (others.every((set) => set.has(value))) builder.add(value)
  return builder.build()
}

export function differenceOf(a: RegoSet, b: RegoSet): RegoSet {
  if (a.size === 0 || b.size === 0) return a
  const builder = new SetBuilder()
  for (const value of a.values()) if (!b.has(value)) builder.add(value)
  return builder.build()
}
