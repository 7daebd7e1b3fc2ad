import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, jsonEqual, ownValue } from '../../core/json.ts'
import type { SchemaSet } from '../schema.ts'
import type { FieldSet, GrowingSet, Path } from './field-set.ts'
import { growingSet } from './field-set.ts'
import type { ListShape, MapShape, Shape, TypeOf } from './shape.ts'
import { fieldType, groupItems, isEmptyMap, itemsOf, narrow, sameKind, shapeOf } from './shape.ts'

/** The paths of the values in an object: scalars, whatever is owned as a whole, elements of lists and keys of maps. Fields of structs are none themselves. */
export function fieldsOf(value: Json, type: TypeOf): FieldSet {
  const found = growingSet()
  gather({ found, definitions: type.definitions }, value, type, [])
  return found.set
}

interface Gathering {
  readonly found: GrowingSet
  readonly definitions: SchemaSet
}

function gather(to: Gathering, value: Json, type: TypeOf, path: Path): void {
  const { map, scalar, list } = narrow(shapeOf(type), value)
  if (map !== undefined) gatherMap(to, value, map, path)
  else if (scalar !== undefined) to.found.insert(path)
  else if (list?.atomic === true) to.found.insert(path)
  else if (list !== undefined && isJsonArray(value)) gatherList(to, value, list, path)
}

function gatherMap(to: Gathering, value: Json, shape: MapShape, path: Path): void {
  if (shape.atomic && path.length > 0) return to.found.insert(path)
  if (!isJsonObject(value)) return
  for (const [key, item] of Object.entries(value)) {
    const here = [...path, `f:${key}`]
    gather(to, item, fieldType(shape, key, to.definitions), here)
    if (item === null || isEmptyMap(item) || !Object.hasOwn(shape.fields, key)) to.found.insert(here)
  }
}

function gatherList(to: Gathering, value: readonly Json[], shape: ListShape, path: Path): void {
  for (const [step, items] of groupItems(itemsOf(shape, value))) {
    const here = [...path, step]
    const [only] = items
    // Duplicates are owned together.
    if (items.length === 1 && only !== undefined) gather(to, only, shape.item, here)
    to.found.insert(here)
  }
}

/** What differs between two objects. */
export interface Comparison {
  readonly added: FieldSet
  readonly modified: FieldSet
  readonly removed: FieldSet
}

interface Comparing {
  readonly added: GrowingSet
  readonly modified: GrowingSet
  readonly removed: GrowingSet
  readonly definitions: SchemaSet
}

interface Pair {
  readonly left: Json | undefined
  readonly right: Json | undefined
}

export function compare(left: Json, right: Json, type: TypeOf): Comparison {
  const to: Comparing = { added: growingSet(), modified: growingSet(), removed: growingSet(), definitions: type.definitions }
  visit(to, { left, right }, type, [])
  return { added: to.added.set, modified: to.modified.set, removed: to.removed.set }
}

function visit(to: Comparing, pair: Pair, type: TypeOf, path: Path): void {
  const { left, right } = pair
  if (left === right) return
  const shape = shapeOf(type)
  const [before, after] = [narrow(shape, left), narrow(shape, right)]
  if (right === undefined) visitShape(to, pair, before, path)
  else if (left === undefined || sameKind(before, after)) visitShape(to, pair, after, path)
  else {
    visitShape(to, pair, before, path)
    visitShape(to, pair, after, path)
  }
  if (path.length === 0) return
  if (left === undefined) to.added.insert(path)
  else if (right === undefined) to.removed.insert(path)
}

function visitShape(to: Comparing, pair: Pair, { map, scalar, list }: Shape, path: Path): void {
  if (map !== undefined) visitMap(to, pair, map, path)
  else if (scalar !== undefined) visitLeaf(to, pair, path)
  else if (list !== undefined) visitList(to, pair, list, path)
}

function visitLeaf(to: Comparing, { left, right }: Pair, path: Path): void {
  if (path.length === 0) return
  if (left === undefined) to.added.insert(path)
  else if (right === undefined) to.removed.insert(path)
  else if (!jsonEqual(left, right)) to.modified.insert(path)
}

const noFields: JsonObject = {}

function visitMap(to: Comparing, pair: Pair, shape: MapShape, path: Path): void {
  const left = isJsonObject(pair.left) ? pair.left : noFields
  const right = isJsonObject(pair.right) ? pair.right : noFields
  const keys = new Set([...Object.keys(left), ...Object.keys(right)])
  // Two empty ones may still differ: one may be null.
  if (shape.atomic || keys.size === 0) return visitLeaf(to, pair, path)
  for (const key of keys) {
    const inner = { left: ownValue(left, key), right: ownValue(right, key) }
    visit(to, inner, fieldType(shape, key, to.definitions), [...path, `f:${key}`])
  }
}

function visitList(to: Comparing, pair: Pair, shape: ListShape, path: Path): void {
  const left = isJsonArray(pair.left) ? pair.left : []
  const right = isJsonArray(pair.right) ? pair.right : []
  if (shape.atomic || left.length + right.length === 0) return visitLeaf(to, pair, path)
  const [before, after] = [groupItems(itemsOf(shape, left)), groupItems(itemsOf(shape, right))]
  for (const step of new Set([...before.keys(), ...after.keys()])) {
    const [olds, news] = [before.get(step) ?? [], after.get(step) ?? []]
    const here = [...path, step]
    if (olds.length <= 1 && news.length <= 1) visit(to, { left: olds[0], right: news[0] }, shape.item, here)
    else if (olds.length === 0) to.added.insert(here)
    else if (news.length === 0) to.removed.insert(here)
    else if (!jsonEqual(olds, news)) to.modified.insert(here)
  }
}
