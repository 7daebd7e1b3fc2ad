import { isJsonObject, ownValue } from '../../core/json.ts'
import type { Json } from '../../core/json.ts'

type List = readonly Json[]

/** What merging two lists of one field needs of the merge around it. */
export interface ListMerge {
  /** The fields that tell elements apart; none for a set of scalars. */
  readonly keys: readonly string[]
  /** Merges two elements; undefined is "not there". */
  readonly mergeElement: (dest: Json | undefined, origin: Json | undefined) => Json | undefined
  /** Whether a value is null or of the kind; if not, the merge has failed. */
  readonly expect: (kind: 'MappingNode' | 'ScalarNode', value: Json) => boolean
  readonly fail: (problem: string) => void
}

/** Longest list with missing or repeated keys; the work for those grows with the square. */
const maxIrregularLength = 4096

/** Merges two lists, the patch's elements first. `dest` and `origin` may be the same list: then it is only tidied. */
export function mergeKeyedLists(dest: List, origin: List, merge: ListMerge): List {
  const keys = usedKeys(merge.keys, dest, origin)
  const merged =
    keys.length === 0
      ? mergeSets(dest, origin, merge)
      : (mergeRegular(dest, origin, keys, merge) ?? mergeIrregular(dest, origin, keys, merge))
  return merged.length === dest.length && merged.every((item, i) => item === dest[i]) ? dest : merged
}

/** A set of scalars: what the patch has, then the rest. Scalars are compared as text. */
function mergeSets(dest: List, origin: List, merge: ListMerge): List {
  const items = new Map<string, Json>()
  for (const item of [...origin, ...dest]) if (merge.expect('ScalarNode', item) && item !== null) items.set(String(item), item)
  return [...items.values()]
}

/** The keys that some element has; all of them if none has any. */
function usedKeys(keys: readonly string[], dest: List, origin: List): readonly string[] {
  if (keys.length < 2) return keys
  const used = keys.filter((key) => [dest, origin].some((list) => list.some((item) => keyText(item, key) !== '')))
  return used.length === 0 ? keys : used
}

/** A key's value as text; '' where there is none. */
function keyText(item: Json, key: string): string {
  const value = isJsonObject(item) ? (ownValue(item, key) ?? null) : null
  return value === null ? '' : nodeText(value)
}

function nodeText(value: Json): string {
  return typeof value === 'object' && value !== null ? '' : String(value)
}

/** Every element has all keys, and no two of a list the same. Undefined where that is not so. */
function mergeRegular(dest: List, origin: List, keys: readonly string[], merge: ListMerge): List | undefined {
  const ofDest = indexElements(dest, keys)
  const ofOrigin = dest === origin ? ofDest : indexElements(origin, keys)
  if (ofDest === undefined || ofOrigin === undefined) return undefined
  const merged = new Map<string, Json>()
  for (const key of new Set([...ofOrigin.keys(), ...ofDest.keys()])) {
    const { value, kept } = mergeElement(ofDest.get(key), ofOrigin.get(key), merge)
    if (isPresent(value)) merged.set(key, kept ?? value)
  }
  if (keys.length === 1) return [...merged.values()]
  // With several keys the elements of the document keep its order, behind the new ones.
  const added = [...merged].filter(([key]) => !ofDest.has(key)).map(([, item]) => item)
  return [...added, ...[...ofDest.keys()].flatMap((key) => merged.get(key) ?? [])]
}

function indexElements(list: List, keys: readonly string[]): ReadonlyMap<string, Json> | undefined {
  const byKey = new Map<string, Json>()
  for (const item of list) {
    const texts = keys.map((key) => keyText(item, key))
    if (texts.includes('')) return undefined
    byKey.set(texts.length === 1 ? (texts[0] ?? '') : JSON.stringify(texts), item)
  }
  return byKey.size === list.length ? byKey : undefined
}

/**
 * Merges two elements of one key. `kept` is what the document has in its own list afterwards: the merged element, since upstream merges into
 * it; but an element that the patch replaces (`$patch: replace`) stays in the document as it was, and it is the document's that wins in the end.
 */
function mergeElement(
  dest: Json | undefined,
  origin: Json | undefined,
  merge: ListMerge,
): { readonly value: Json | undefined; readonly kept: Json | undefined } {
  const value = merge.mergeElement(dest, origin)
  const replaced =
    dest !== undefined && dest !== origin && origin !== undefined && isJsonObject(origin) && ownValue(origin, '$patch') === 'replace'
  return { value, kept: replaced ? dest : value }
}

/** Neither nothing nor an empty map: those are no elements of keyed lists. */
function isPresent(value: Json | undefined): value is Json {
  return value !== undefined && value !== null && !(isJsonObject(value) && Object.keys(value).length === 0)
}

/**
 * The general case, step by step as upstream does it, with what that means for elements whose keys are missing or repeated: an element without
 * the key drops what was collected before it, and of elements with one key the last of the document wins.
 */
function mergeIrregular(dest: List, origin: List, keys: readonly string[], merge: ListMerge): List {
  if (dest.length + origin.length > maxIrregularLength) {
    merge.fail(`a list with missing or repeated keys is longer than ${maxIrregularLength}`)
    return dest
  }
  if (![...dest, ...origin].every((item) => merge.expect('MappingNode', item))) return dest
  let [remaining, patch, items]: [List, List, List] = [dest, origin, []]
  const mergedOf = new Map<Json, Json>()
  for (const values of keyValues(origin, dest, merge.keys)) {
    const matching = (item: Json): boolean => hasKeys(item, keys, values, false)
    const before = remaining.find(matching)
    const { value, kept } = mergeElement(before, patch.find(matching), merge)
    if (isPresent(value)) {
      if (before !== undefined) mergedOf.set(before, kept ?? value)
      items = setElement(items, value, keys, values)
    } else {
      remaining = setElement(remaining, undefined, keys, values)
      if (dest === origin) patch = remaining
    }
  }
  for (const item of remaining) items = addRemaining(items, mergedOf.get(item) ?? item, keys)
  return items
}

/** Puts an element of the document in the place of what was made of it; with several keys, at the end. */
function addRemaining(items: List, item: Json, keys: readonly string[]): List {
  const values = keys.flatMap((key) => {
    const value = isJsonObject(item) ? ownValue(item, key) : undefined
    return value === undefined ? [] : [nodeText(value)]
  })
  const others = keys.length > 1 ? setElement(items, undefined, keys, values) : items
  return setElement(others, item, keys, values)
}

/** The values of the keys of all elements, each once, the patch's first. */
function keyValues(origin: List, dest: List, keys: readonly string[]): readonly (readonly string[])[] {
  const seen = new Map<string, readonly string[]>()
  for (const list of [origin, dest]) {
    for (const item of list) {
      const texts = keys.map((key) => keyText(item, key))
      const id = JSON.stringify(texts)
      if (!seen.has(id)) seen.set(id, texts)
    }
  }
  const distinct = [...seen.values()]
  return keys.length === 1 ? distinct : fillIn(distinct).map((texts) => texts.filter((text) => text !== ''))
}

/** Key values that differ only where one of them is missing are taken for the same; each takes over what it lacks from the last such other. */
function fillIn(given: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const filled = [...given]
  for (let i = 0; i < filled.length; i += 1) {
    const first = filled[i] ?? []
    for (let j = 0; j < filled.length; j += 1) {
      const second = filled[j] ?? []
      const compatible = first.every((text, k) => text === second[k] || text === '' || second[k] === '')
      if (!compatible || !first.some((text, k) => text === second[k])) continue
      const union = first.map((text, k) => (text === '' ? (second[k] ?? '') : text))
      filled[i] = union
      filled[j] = union
    }
  }
  return filled
}

/** Whether the first keys of an element have these values. `anyForEmpty`: '' stands for any value, as long as there is one. */
function hasKeys(item: Json, keys: readonly string[], values: readonly string[], anyForEmpty: boolean): boolean {
  return values.every((text, i) => {
    const value = isJsonObject(item) ? ownValue(item, keys[i] ?? '') : undefined
    if (value === undefined) return false
    return (anyForEmpty && text === '') || nodeText(value) === text
  })
}

/** Replaces the elements that have these values by `element`, or appends it; undefined deletes. Empty elements are dropped on the way. */
function setElement(list: List, element: Json | undefined, keys: readonly string[], values: readonly string[]): List {
  const result: Json[] = []
  let found = false
  for (const item of list) {
    if (!isPresent(item) || values.length === 0) continue
    if (!hasKeys(item, keys, values, true)) result.push(item)
    else {
      found = true
      if (element !== undefined) result.push(element)
    }
  }
  if (!found && element !== undefined && element !== null) result.push(element)
  return result
}
