import { isJsonArray, isJsonObject, ownValue, setOwn } from '../../core/json.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { defaultLimits } from '../../core/limits.ts'
import { err, ok } from '../../core/result.ts'
import type { Result } from '../../core/result.ts'
import type { GroupVersionKind } from '../object.ts'
import { inPatchOrder, keysOf } from './element-order.ts'
import { goText, goType } from './go-text.ts'
import { serverMergeType } from './merge-keys.ts'
import type { MergeField, MergeType } from './merge-keys.ts'

/**
 * Applies a strategic merge patch as the API server and kubectl do: lists that built-in kinds key by a field are merged (elements that were there keep
 * their order), other lists are replaced, null deletes. Directives: `$patch: delete|replace`, `$retainKeys`, `$setElementOrder/<list>`,
 * `$deleteFromPrimitiveList/<list>`. Fields and kinds that are not built in merge as maps and replace lists. What a patch adds is cleaned of nulls
 * and directives. Shares with the document what the patch does not mention.
 */
export function applyStrategicMerge(document: Json, patch: Json, gvk: GroupVersionKind): Result<Json, string> {
  if (!isJsonObject(document) || !isJsonObject(patch)) return err('a strategic merge patch and what it patches must be objects')
  const merge: Merge = { problem: undefined, depth: 0 }
  const merged = mergeMap(merge, document, patch, serverMergeType(gvk))
  return merge.problem === undefined ? ok(merged) : err(merge.problem)
}

/** One run. The first problem is the result; what is made after it does not matter. */
interface Merge {
  problem: string | undefined
  depth: number
}

type MutableMap = { [key: string]: Json }

const setElementOrder = '$setElementOrder/'
const deleteFromPrimitiveList = '$deleteFromPrimitiveList/'

function mergeMap(merge: Merge, original: JsonObject, patch: JsonObject, type: MergeType | undefined): JsonObject {
  const directive = ownValue(patch, '$patch')
  if (directive === 'replace') return cleanMap(patch)
  if (directive === 'delete') return {}
  if (directive !== undefined) merge.problem ??= `unknown patch type: ${goText(directive)} in map: ${goText(patch)}`
  if (merge.depth >= defaultLimits.documentDepth) merge.problem ??= `patch is nested deeper than ${defaultLimits.documentDepth}`
  if (merge.problem !== undefined) return original
  merge.depth += 1
  const merged = retainKeys(merge, original, patch)
  const ordered = applyElementOrders(merge, merged, patch, type)
  for (const [key, value] of Object.entries(patch)) {
    if (key === '$retainKeys' || key.startsWith(setElementOrder) || ordered.has(key)) continue
    if (key.startsWith(deleteFromPrimitiveList)) deletePrimitives(merge, merged, key.slice(deleteFromPrimitiveList.length), value)
    else mergeField(merge, merged, key, value, type?.get(key))
  }
  merge.depth -= 1
  return merged
}

function mergeField(merge: Merge, merged: MutableMap, key: string, value: Json, field: MergeField | undefined): void {
  const before = ownValue(merged, key)
  if (value === null) delete merged[key]
  else if (isJsonObject(value) && before !== undefined && isJsonObject(before)) {
    setOwn(merged, key, field?.replace === true ? value : mergeMap(merge, before, value, field?.of))
  } else if (isJsonArray(value) && before !== undefined && isJsonArray(before)) {
    setOwn(merged, key, field?.keys === undefined ? value : mergeList(merge, before, value, field))
  } else if (isJsonObject(value) || isJsonArray(value)) {
    const added = cleanAdded(value)
    if (added !== undefined) setOwn(merged, key, added)
  } else setOwn(merged, key, value)
}

/** A copy to work on: of the whole map, or of the keys in `$retainKeys` only. */
function retainKeys(merge: Merge, original: JsonObject, patch: JsonObject): MutableMap {
  const list = ownValue(patch, '$retainKeys')
  if (list === undefined) return { ...original }
  // Whatever the patch sets must be retained.
  const names: ReadonlySet<Json> = new Set(isJsonArray(list) ? list : [])
  const consistent =
    isJsonArray(list) && Object.entries(patch).every(([key, value]) => value === null || isDirectiveKey(key) || names.has(key))
  if (!consistent) {
    merge.problem ??= 'invalid patch format of retainKeys'
    return { ...original }
  }
  const retained: MutableMap = {}
  for (const [key, value] of Object.entries(original)) if (names.has(key)) setOwn(retained, key, value)
  return retained
}

function deletePrimitives(merge: Merge, merged: MutableMap, key: string, values: Json): void {
  const list = ownValue(merged, key)
  if (values === null) delete merged[key]
  if (list === undefined || !isJsonArray(list) || !isJsonArray(values)) return
  if ([...list, ...values].some((item) => isJsonObject(item) || isJsonArray(item))) {
    merge.problem ??= `${deleteFromPrimitiveList}${key}: elements must be scalars`
    return
  }
  const deleted = new Set(values)
  const kept = list.filter((item) => !deleted.has(item))
  setOwn(merged, key, kept)
}

/** Does the lists that have a `$setElementOrder`, and returns their names. */
function applyElementOrders(merge: Merge, merged: MutableMap, patch: JsonObject, type: MergeType | undefined): ReadonlySet<string> {
  const done = new Set<string>()
  for (const [directive, order] of Object.entries(patch)) {
    if (!directive.startsWith(setElementOrder)) continue
    const key = directive.slice(setElementOrder.length)
    const before = ownValue(merged, key)
    const changes = ownValue(patch, key)
    const wrong = [order, before, changes].find((value) => value !== undefined && !isJsonArray(value))
    if (wrong !== undefined) merge.problem ??= `expected a []interface {}, but received a ${goType(wrong)}`
    if (!isJsonArray(order) || merge.problem !== undefined) break
    if (before === undefined && changes === undefined) continue
    const list = orderedList(merge, { before, changes, order, field: type?.get(key) })
    if (list !== undefined) setOwn(merged, key, list)
    done.add(key)
  }
  return done
}

interface OrderedList {
  readonly before: Json | undefined
  readonly changes: Json | undefined
  readonly order: readonly Json[]
  readonly field: MergeField | undefined
}

function orderedList(merge: Merge, { before, changes, order, field }: OrderedList): Json | undefined {
  const original = before !== undefined && isJsonArray(before) ? before : []
  const patch = changes !== undefined && isJsonArray(changes) ? changes : []
  const key = field?.keys?.[0]
  if (!followsOrder(patch, order, key)) {
    merge.problem ??= `The order in patch list:\n${goText(patch)}\n doesn't match $setElementOrder list:\n${goText(order)}\n`
    return undefined
  }
  if (before === undefined) return inPatchOrder(cleanList(patch), order, [], key)
  const merged = changes === undefined ? original : field?.keys === undefined ? patch : mergeList(merge, original, patch, field)
  return isJsonArray(merged) ? inPatchOrder(merged, order, original, key) : merged
}

/** Whether what a patch list sets comes in the order that the patch asks for. */
function followsOrder(patch: readonly Json[], order: readonly Json[], key: string | undefined): boolean {
  const set = patch.filter((item) => !isJsonObject(item) || ownValue(item, '$patch') !== 'delete')
  const [wanted, asked] = [keysOf(set, key), keysOf(order, key)]
  let next = 0
  for (const item of asked) if (next < wanted.length && item === wanted[next]) next += 1
  return next === wanted.length
}

function mergeList(merge: Merge, original: readonly Json[], patch: readonly Json[], field: MergeField): Json {
  const types = new Set([...original, ...patch].map(goType))
  if (types.size > 1) merge.problem ??= `list element types are not identical: ${goText([original, patch])}`
  if (types.size !== 1 || merge.problem !== undefined) return original
  const [type] = types
  if (type === 'slice') merge.problem ??= 'lists of lists cannot be merged'
  if (type !== 'map') return inPatchOrder([...new Set([...original, ...patch])], patch, original, undefined)
  const key = field.keys?.[0]
  if (key === undefined) {
    merge.problem ??= 'cannot merge lists without merge key'
    return original
  }
  return mergeElements(merge, original, patch.filter(isJsonObject), { key, type: field.of })
}

interface ElementType {
  readonly key: string
  readonly type: MergeType | undefined
}

function mergeElements(merge: Merge, original: readonly Json[], patch: readonly JsonObject[], { key, type }: ElementType): Json {
  const { kept, changes } = applyElementDirectives(merge, original, patch, key)
  const merged = [...kept]
  const places = new Map<Json | undefined, number>()
  for (const [index, item] of merged.entries()) {
    const id = elementKey(merge, item, key)
    if (!places.has(id)) places.set(id, index)
  }
  for (const item of changes) {
    const id = elementKey(merge, item, key)
    const place = places.get(id)
    const before = place === undefined ? undefined : merged[place]
    if (place === undefined) {
      places.set(id, merged.length)
      merged.push(cleanMap(item))
    } else if (before !== undefined && isJsonObject(before)) merged[place] = mergeMap(merge, before, item, type)
  }
  return merge.problem === undefined ? inPatchOrder(merged, changes, kept, key) : original
}

/** `$patch` in elements: `delete` takes out the element of that key, `replace` (in any element) puts the patch's others in the place of the list. */
function applyElementDirectives(
  merge: Merge,
  original: readonly Json[],
  patch: readonly JsonObject[],
  key: string,
): { readonly kept: readonly Json[]; readonly changes: readonly JsonObject[] } {
  const changes: JsonObject[] = []
  const deleted = new Set<Json>()
  let replace = false
  for (const item of patch) {
    const directive = ownValue(item, '$patch')
    if (directive === undefined) changes.push(item)
    else if (directive === 'replace') replace = true
    else if (directive === 'delete') deleted.add(elementKey(merge, item, key) ?? null)
    else if (directive === 'merge') merge.problem ??= 'merging lists cannot yet be specified in the patch'
    else merge.problem ??= `unknown patch type: ${goText(directive)} in map: ${goText(item)}`
  }
  if (replace) return { kept: changes.map(cleanMap), changes: [] }
  if (deleted.size === 0) return { kept: original, changes }
  return { kept: original.filter((item) => !deleted.has(elementKey(merge, item, key) ?? null)), changes }
}

function elementKey(merge: Merge, item: Json, key: string): Json | undefined {
  const value = isJsonObject(item) ? (ownValue(item, key) ?? null) : null
  if (value === null) merge.problem ??= `map: ${goText(item)} does not contain declared merge key: ${key}`
  return value
}

/** What is added where nothing was: a map that is all directive adds nothing. */
function cleanAdded(value: Json): Json | undefined {
  if (isJsonArray(value)) return cleanList(value)
  if (!isJsonObject(value)) return value
  return Object.hasOwn(value, '$patch') ? undefined : cleanMap(value)
}

function cleanList(list: readonly Json[], depth = 0): readonly Json[] {
  if (depth > defaultLimits.documentDepth) return []
  return list
    .filter((item) => !isJsonObject(item) || !Object.hasOwn(item, '$patch'))
    .map((item) => (isJsonObject(item) ? cleanMap(item, depth + 1) : isJsonArray(item) ? cleanList(item, depth + 1) : item))
}

function isDirectiveKey(key: string): boolean {
  return key === '$patch' || key === '$retainKeys' || key.startsWith(setElementOrder) || key.startsWith(deleteFromPrimitiveList)
}

function cleanMap(map: JsonObject, depth = 0): JsonObject {
  const cleaned: MutableMap = {}
  if (depth > defaultLimits.documentDepth) return cleaned
  for (const [key, value] of Object.entries(map)) {
    if (value === null || isDirectiveKey(key)) continue
    if (isJsonArray(value)) setOwn(cleaned, key, cleanList(value, depth + 1))
    else if (!isJsonObject(value)) setOwn(cleaned, key, value)
    else if (!Object.hasOwn(value, '$patch')) setOwn(cleaned, key, cleanMap(value, depth + 1))
  }
  return cleaned
}
