import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, setOwn } from '../../core/json.ts'
import { compareText, marshalJson } from '../../core/go-format.ts'

/**
 * One step of a path, as FieldsV1 writes it: `f:name` a field, `k:{"name":"web"}` an element by its keys, `v:"x"` an element of a set, `i:0` an element by
 * its place. Keys of `k:` are sorted, so that equal steps are equal texts.
 */
export type Step = string
export type Path = readonly Step[]

/** A path of a set: itself a member, or on the way to members, or both. */
export interface FieldNode {
  readonly member: boolean
  readonly children: FieldSet
}

/** A set of paths. No node is without a member at or below it; the root is never a member. */
export type FieldSet = ReadonlyMap<Step, FieldNode>

export const emptySet: FieldSet = new Map()

/** Where a set is gathered before it is handed out. */
export interface GrowingSet {
  insert(path: Path): void
  readonly set: FieldSet
}

interface GrowingNode {
  member: boolean
  readonly children: Map<Step, GrowingNode>
}

export function growingSet(): GrowingSet {
  const root: GrowingNode = { member: false, children: new Map() }
  return {
    set: root.children,
    insert: (path) => {
      let node = root
      for (const step of path) {
        let next = node.children.get(step)
        if (next === undefined) {
          next = { member: false, children: new Map() }
          node.children.set(step, next)
        }
        node = next
      }
      node.member = true
    },
  }
}

export function setOf(paths: Iterable<Path>): FieldSet {
  const growing = growingSet()
  for (const path of paths) if (path.length > 0) growing.insert(path)
  return growing.set
}

export const isEmptySet = (set: FieldSet): boolean => set.size === 0

/** Both sets together. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a.size === 0) return b
  if (b.size === 0) return a
  const both = new Map(a)
  for (const [step, right] of b) {
    const left = a.get(step)
    both.set(step, left === undefined ? right : { member: left.member || right.member, children: union(left.children, right.children) })
  }
  return both
}

/** The paths that are members of both. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const both = new Map<Step, FieldNode>()
  for (const [step, left] of a) {
    const right = b.get(step)
    if (right !== undefined)
      keep(both, step, { member: left.member && right.member, children: intersection(left.children, right.children) })
  }
  return both
}

/** The members of `a` that are no members of `b`; what is inside a member of `b` stays. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  if (b.size === 0) return a
  const rest = new Map<Step, FieldNode>()
  for (const [step, left] of a) {
    const right = b.get(step)
    if (right === undefined) rest.set(step, left)
    else keep(rest, step, { member: left.member && !right.member, children: difference(left.children, right.children) })
  }
  return rest
}

/** `a` without the members of `b` and everything inside them. */
export function without(a: FieldSet, b: FieldSet): FieldSet {
  if (b.size === 0) return a
  const rest = new Map<Step, FieldNode>()
  for (const [step, left] of a) {
    const right = b.get(step)
    if (right === undefined) rest.set(step, left)
    else if (!right.member) keep(rest, step, { member: left.member, children: without(left.children, right.children) })
  }
  return rest
}

function keep(set: Map<Step, FieldNode>, step: Step, node: FieldNode): void {
  if (node.member || node.children.size > 0) set.set(step, node)
}

export function equalSets(a: FieldSet, b: FieldSet): boolean {
  if (a.size !== b.size) return false
  return [...a].every(([step, left]) => {
    const right = b.get(step)
    return right !== undefined && left.member === right.member && equalSets(left.children, right.children)
  })
}

export function hasMember(set: FieldSet, path: Path): boolean {
  let [current, member] = [set, false]
  for (const step of path) {
    const node = current.get(step)
    if (node === undefined) return false
    ;[current, member] = [node.children, node.member]
  }
  return member
}

/** Every member: those of a node in order, then what is inside the node's children. */
export function pathsOf(set: FieldSet): readonly Path[] {
  const found: Path[] = []
  const walk = (current: FieldSet, path: Path): void => {
    const sorted = sortedSteps(current)
    for (const [step, { member }] of sorted) if (member) found.push([...path, step])
    for (const [step, { children }] of sorted) if (children.size > 0) walk(children, [...path, step])
  }
  walk(set, [])
  return found
}

const kinds = 'fkvi'

function sortedSteps(set: FieldSet): readonly (readonly [Step, FieldNode])[] {
  return [...set].sort(([a], [b]) => {
    const [x, y] = [a.charAt(0), b.charAt(0)]
    if (x !== y) return kinds.indexOf(x) - kinds.indexOf(y)
    return x === 'f' ? compareText(a, b) : compareValues(stepValue(a), stepValue(b))
  })
}

/** Numbers before texts before booleans before nothing; keyed elements by one key after the other. */
function compareValues(a: Json, b: Json): number {
  if (isJsonObject(a) && isJsonObject(b)) return compareKeyed(Object.entries(a), Object.entries(b))
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  const ranks = [rankOf(a), rankOf(b)] as const
  return ranks[0] === ranks[1] ? compareText(marshalJson(a), marshalJson(b)) : ranks[0] - ranks[1]
}

const rankOf = (value: Json): number => ['number', 'string', 'boolean', 'object'].indexOf(typeof value)

function compareKeyed(a: readonly (readonly [string, Json])[], b: readonly (readonly [string, Json])[]): number {
  for (const [at, [key, value]] of a.entries()) {
    const other = b[at]
    if (other === undefined) return 1
    const order = compareText(key, other[0]) || compareValues(value, other[1])
    if (order !== 0) return order
  }
  return a.length - b.length
}

/** What stands behind `k:`, `v:` or `i:`. Steps are made from JSON, or were checked when they were read. */
const stepValue = (step: Step): Json => JSON.parse(step.slice(2)) as Json

/** `.spec.containers[name="web"].image`, as conflicts name a path. */
export const printPath = (path: Path): string => path.map(printStep).join('')

export function printStep(step: Step): string {
  if (step.startsWith('f:')) return `.${step.slice(2)}`
  const value = stepValue(step)
  if (step.startsWith('v:')) return `[=${printValue(value)}]`
  if (step.startsWith('i:') || !isJsonObject(value)) return `[${step.slice(2)}]`
  return `[${printKeys(value)}]`
}

const printKeys = (keys: JsonObject): string =>
  Object.entries(keys)
    .map(([key, value]) => `${key}=${printValue(value)}`)
    .join(',')

function printValue(value: Json): string {
  if (isJsonObject(value)) return printKeys(value)
  return isJsonArray(value) ? `[${value.map(printValue).join(',')}]` : JSON.stringify(value)
}

/** As `fieldsV1` has it: `.` is the path itself where there is more inside. */
export function encodeFields(set: FieldSet): JsonObject {
  const fields: { [key: string]: Json } = {}
  for (const [step, { member, children }] of sortedSteps(set)) {
    const inside = encodeFields(children)
    setOwn(fields, step, member && children.size > 0 ? { '.': {}, ...inside } : inside)
  }
  return fields
}

const deepest = 512

/** The set that `fieldsV1` writes; undefined where it is none. */
export function decodeFields(fields: Json): FieldSet | undefined {
  return isJsonObject(fields) ? decodeNode(fields, 0)?.children : undefined
}

function decodeNode(fields: JsonObject, depth: number): FieldNode | undefined {
  if (depth > deepest) return undefined
  const children = new Map<Step, FieldNode>()
  const keys = Object.keys(fields)
  for (const key of keys) {
    if (key === '.') continue
    const step = readStep(key)
    const value = fields[key]
    if (step === undefined || !isJsonObject(value)) return undefined
    const node = decodeNode(value, depth + 1)
    if (node === undefined) return undefined
    const known = children.get(step)
    children.set(step, known === undefined ? node : { member: known.member || node.member, children: union(known.children, node.children) })
  }
  return { member: keys.length === 0 || Object.hasOwn(fields, '.'), children }
}

function readStep(text: string): Step | undefined {
  const kind = text.slice(0, 2)
  if (kind === 'f:') return text
  if (kind !== 'k:' && kind !== 'v:' && kind !== 'i:') return undefined
  const value = parsed(text.slice(2))
  if (value === undefined) return undefined
  if (kind === 'k:') return isJsonObject(value) ? kind + marshalJson(value) : undefined
  if (kind === 'i:') return Number.isInteger(value) ? kind + marshalJson(value) : undefined
  return kind + marshalJson(value)
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}
