import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue, setOwn } from '../../core/json.ts'
import type { FieldSet } from './field-set.ts'
import type { ListItem, ListShape, MapShape, TypeOf } from './shape.ts'
import { fieldType, groupItems, itemsOf, narrow, sameKind, shapeOf } from './shape.ts'

/** `applied` laid over `live`: maps by field, associative lists by element, everything else as a whole. */
export function merge(live: Json, applied: Json, type: TypeOf): Json {
  const shape = shapeOf(type)
  const { map, list, scalar } = narrow(shape, applied)
  const isSame = sameKind(narrow(shape, live), narrow(shape, applied))
  if (map !== undefined) return isSame || applied === null ? mergeMaps(live, applied, map, type) : applied
  if (scalar !== undefined || list === undefined) return applied
  return isSame ? mergeLists(live, applied, list) : applied
}

function mergeMaps(live: Json, applied: Json, shape: MapShape, { definitions }: TypeOf): Json {
  if (shape.atomic || !isJsonObject(live) || Object.keys(live).length === 0) return applied
  // A null says nothing about what is in the live object.
  if (!isJsonObject(applied)) return live
  const merged: { [key: string]: Json } = {}
  for (const [key, value] of Object.entries(live)) setOwn(merged, key, value)
  for (const [key, value] of Object.entries(applied)) {
    const before = ownValue(live, key)
    setOwn(merged, key, before === undefined ? value : merge(before, value, fieldType(shape, key, definitions)))
  }
  return merged
}

function mergeLists(live: Json, applied: Json, shape: ListShape): Json {
  if (shape.atomic || !isJsonArray(live) || live.length === 0) return applied
  if (!isJsonArray(applied) || applied.length === 0) return live
  return mergeItems(itemsOf(shape, live), itemsOf(shape, applied), shape)
}

/**
 * What the applied list has is in its order. What only the live list has stays where it is as far as that order lets it: behind the shared elements it
 * followed, and before the applied elements that are new at that place.
 */
function mergeItems(live: readonly ListItem[], applied: readonly ListItem[], shape: ListShape): readonly Json[] {
  const known = groupItems(live)
  const wanted = new Set(applied.map(({ step }) => step))
  const shared = applied.map(({ step }) => step).filter((step) => known.has(step))
  const merged: Json[] = []
  let [at, sharedPlaced] = [0, 0]
  for (const { step, value } of applied) {
    for (; at < live.length; at += 1) {
      const old = live[at]
      if (old === undefined || old.step === step || shared[sharedPlaced] === old.step) break
      if (!wanted.has(old.step)) merged.push(old.value)
      else if (sharedPlaced === shared.length) {
        // Already placed, and it was the last: what is new comes first.
        at += 1
        break
      }
    }
    if (live[at]?.step === step) at += 1
    const [only, ...duplicates] = known.get(step) ?? []
    // Of live duplicates none is the one to merge with.
    merged.push(only === undefined || duplicates.length > 0 ? value : merge(only, value, shape.item))
    if (shared[sharedPlaced] === step) sharedPlaced += 1
  }
  for (const old of live.slice(at)) if (!wanted.has(old.step)) merged.push(old.value)
  return merged
}

/** Without the members of a set and what is inside them. */
export function removeItems(value: Json, set: FieldSet, type: TypeOf): Json {
  const { map, list } = narrow(shapeOf(type), value)
  if (map !== undefined && isJsonObject(value)) return removeFields(value, set, map, type)
  if (list !== undefined && !list.atomic && isJsonArray(value)) return removeElements(value, set, list)
  return value
}

function removeFields(value: JsonObject, set: FieldSet, shape: MapShape, { definitions }: TypeOf): Json {
  const kept: { [key: string]: Json } = {}
  for (const [key, item] of Object.entries(value)) {
    const node = set.get(`f:${key}`)
    if (node?.member === true) continue
    setOwn(kept, key, node === undefined ? item : removeItems(item, node.children, fieldType(shape, key, definitions)))
  }
  return kept
}

function removeElements(value: readonly Json[], set: FieldSet, shape: ListShape): Json {
  return itemsOf(shape, value)
    .filter(({ step }) => set.get(step)?.member !== true)
    .map(({ step, value: item }) => {
      const node = set.get(step)
      return node === undefined ? item : removeItems(item, node.children, shape.item)
    })
}
