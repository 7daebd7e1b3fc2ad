import type { Json } from '../../core/json.ts'
import { isJsonArray, isJsonObject } from '../../core/json.ts'
import type { FieldSet } from './field-set.ts'
import type { TypeOf } from './typed.ts'
import { isEmptyContainer, partsOf, sameValue, shapeOf } from './typed.ts'

const deepest = 200

/** The fields that an object sets: each leaf, each entry of a map and each element. */
export function fieldsOf(value: Json, type: TypeOf, depth = 0): FieldSet {
  const shape = shapeOf(value, type)
  const set: { [key: string]: Json } = {}
  if (depth > deepest) return set
  for (const [step, part] of partsOf(value, shape)) {
    const inside = isLeaf(part.value, part.type) ? {} : fieldsOf(part.value, part.type, depth + 1)
    const self = !part.declared && Object.keys(inside).length > 0 ? { '.': {} } : {}
    set[step] = { ...self, ...inside }
  }
  return set
}

const isLeaf = (value: Json, type: TypeOf): boolean => shapeOf(value, type).kind === 'atomic' || isEmptyContainer(value)

export interface Comparison {
  /** Added or changed. */
  readonly changed: FieldSet
  readonly removed: FieldSet
}

/** Fields that every object has in Go, empty or not: they are not added with what is in them. */
const alwaysThere = new Set([
  'f:metadata',
  'f:spec',
  'f:status',
  'f:template',
  'f:strategy',
  'f:updateStrategy',
  'f:jobTemplate',
  'f:containers',
  'f:selector',
])

export function compare(before: Json | undefined, after: Json, type: TypeOf): Comparison {
  const changed: { [key: string]: Json } = {}
  const removed: { [key: string]: Json } = {}
  walk(before, after, type, { changed, removed, depth: 0 })
  return { changed, removed }
}

interface Into {
  readonly changed: { [key: string]: Json }
  readonly removed: { [key: string]: Json }
  readonly depth: number
}

function walk(before: Json | undefined, after: Json, type: TypeOf, into: Into): void {
  if (into.depth > deepest) return
  const now = partsOf(after, shapeOf(after, type))
  const then = before === undefined ? new Map<string, never>() : partsOf(before, shapeOf(before, type))
  for (const [step, part] of now) {
    const old = then.get(step)?.value
    if (sameValue(old, part.value)) continue
    if (isLeaf(part.value, part.type) || (old !== undefined && differs(old, part.value))) {
      into.changed[step] = {}
      continue
    }
    const inside: Into = { changed: {}, removed: {}, depth: into.depth + 1 }
    walk(old, part.value, part.type, inside)
    const added = old === undefined && !alwaysThere.has(step)
    if (Object.keys(inside.changed).length > 0) into.changed[step] = { ...(added ? { '.': {} } : {}), ...inside.changed }
    if (Object.keys(inside.removed).length > 0) into.removed[step] = inside.removed
  }
  for (const [step, part] of then) {
    if (!now.has(step)) into.removed[step] = isLeaf(part.value, part.type) ? {} : { '.': {}, ...fieldsOf(part.value, part.type, into.depth + 1) }
  }
}

/** One is a list or an object and the other is not. */
const differs = (a: Json, b: Json): boolean => isJsonArray(a) !== isJsonArray(b) || isJsonObject(a) !== isJsonObject(b)
