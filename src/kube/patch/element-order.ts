import { isJsonObject, ownValue } from '../../core/json.ts'
import type { Json } from '../../core/json.ts'

/** What tells the elements of a list apart: the value of `key`, or for a list of scalars the element. */
export function keysOf(list: readonly Json[], key: string | undefined): readonly Json[] {
  return key === undefined ? list : list.map((item) => (isJsonObject(item) ? (ownValue(item, key) ?? null) : null))
}

/**
 * The order the API server gives a merged list: elements the patch names come in the patch's order, the others in the order they had, and
 * each of those before the first of the patch's that it was before.
 */
export function inPatchOrder(
  merged: readonly Json[],
  patch: readonly Json[],
  original: readonly Json[],
  key: string | undefined,
): readonly Json[] {
  const inPatch = places(patch, key)
  const inOriginal = places(original, key)
  const named: Element[] = []
  const others: Element[] = []
  for (const [index, id] of keysOf(merged, key).entries()) {
    const element = { item: merged[index] ?? null, patch: inPatch.get(id) ?? -1, original: inOriginal.get(id) ?? -1 }
    if (element.patch >= 0) named.push(element)
    else others.push(element)
  }
  named.sort((a, b) => a.patch - b.patch)
  others.sort((a, b) => a.original - b.original)
  return interleave(others, named).map(({ item }) => item)
}

interface Element {
  readonly item: Json
  /** Index in the patch and in the original list, or -1. */
  readonly patch: number
  readonly original: number
}

function places(list: readonly Json[], key: string | undefined): ReadonlyMap<Json, number> {
  const found = new Map<Json, number>()
  for (const [index, id] of keysOf(list, key).entries()) if (!found.has(id)) found.set(id, index)
  return found
}

function interleave(left: readonly Element[], right: readonly Element[]): readonly Element[] {
  const result: Element[] = []
  let i = 0
  for (const element of right) {
    for (let other = left[i]; other !== undefined && element.original >= 0 && other.original < element.original; other = left[i]) {
      if (other.original < 0) break
      result.push(other)
      i += 1
    }
    result.push(element)
  }
  return [...result, ...left.slice(i)]
}
