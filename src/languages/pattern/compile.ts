import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../core/json.ts'
import { defaultLimits } from '../../core/limits.ts'
import { compileWildcard, hasWildcard } from '../../core/wildcard.ts'
import type { AnchorKind } from './anchor.ts'
import { parseAnchor } from './anchor.ts'
import type { Mismatch } from './mismatch.ts'
import { isSkip } from './mismatch.ts'
import type { ScalarMatcher } from './scalar.ts'
import { compileScalar } from './scalar.ts'

/** The state of one match. Reused from match to match, so that matching allocates only where something does not match. */
export interface Walk {
  /** For each conditional or existence key of the pattern: 0 not met yet, 1 met in no resource map so far, 2 found. */
  readonly keys: number[]
}

/** Undefined when the value (undefined: missing) matches. */
export type Node = (value: Json | undefined, walk: Walk) => Mismatch | undefined

/** One key of a pattern map, tried on a resource map. */
type Step = (map: JsonObject, walk: Walk) => Mismatch | undefined

/** Where a map of the pattern is: the keys of labels and annotations may hold wildcards. */
type Place = 'metadata' | 'names' | 'elsewhere'

interface Compiled {
  readonly node: Node
  /** Holds an anchor that the order of the walk depends on. */
  readonly anchored: boolean
}

interface Entry extends Compiled {
  /** As written, anchor included: the order of the walk is by it. */
  readonly written: string
  readonly anchor: AnchorKind | undefined
  readonly key: string
  readonly value: Json
  /** The index of a conditional or existence key in `Walk.keys`. */
  readonly tracked: number | undefined
}

/** Numbers each conditional and existence key; equal keys share a number, wherever they stand. */
export type KeyNumbers = Map<string, number>

const maximumDepth = 2 * defaultLimits.documentDepth

export const compileNode = (pattern: Json, numbers: KeyNumbers): Node => compileAny(pattern, { numbers, place: 'elsewhere', depth: 0 }).node

interface Scope {
  readonly numbers: KeyNumbers
  readonly place: Place
  readonly depth: number
}

const inner = ({ numbers, depth }: Scope, place: Place = 'elsewhere'): Scope => ({ numbers, place, depth: depth + 1 })

function compileAny(pattern: Json, scope: Scope): Compiled {
  if (scope.depth > maximumDepth) return { node: () => ({ reason: 'tooDeep', steps: [] }), anchored: false }
  if (isJsonArray(pattern)) return compileList(pattern, scope)
  if (isJsonObject(pattern)) return compileMap(pattern, scope)
  return { node: compileLeaf(pattern), anchored: false }
}

/** A list is matched by a scalar when every element is. */
function compileLeaf(pattern: Json): Node {
  const matches: ScalarMatcher = compileScalar(pattern)
  return (value) => {
    if (value !== undefined && isJsonArray(value)) {
      for (const item of value) if (!matches(item)) return { reason: 'value', steps: [], pattern, found: value }
      return undefined
    }
    return matches(value) ? undefined : { reason: 'value', steps: [], pattern, found: value }
  }
}

// --- lists

/** The first element of a list decides how the list is read. Of maps and scalars only the first counts: every element of the resource must match it. */
function compileList(pattern: readonly Json[], scope: Scope): Compiled {
  const [first] = pattern
  if (first === undefined) {
    return {
      node: (value) => ({ reason: value !== undefined && isJsonArray(value) ? 'emptyPattern' : 'notList', steps: [] }),
      anchored: false,
    }
  }
  const compiled = pattern.map((item) => compileAny(item, inner(scope)))
  return { node: listNode(first, compiled), anchored: compiled.some(({ anchored }) => anchored) }
}

function listNode(first: Json, [head, ...tail]: readonly Compiled[]): Node {
  if (head === undefined || typeof first !== 'object' || first === null) {
    const every = compileLeaf(first)
    return (value, walk) => (value !== undefined && isJsonArray(value) ? every(value, walk) : { reason: 'notList', steps: [] })
  }
  return isJsonArray(first) ? compileListOfLists([head, ...tail].map(({ node }) => node)) : compileListOfMaps(head.node)
}

/** Elements that a condition leaves out do not count, unless all are left out. */
function compileListOfMaps(node: Node): Node {
  return (value, walk) => {
    if (value === undefined || !isJsonArray(value)) return { reason: 'notList', steps: [] }
    let applied = false
    let skips: Mismatch[] | undefined
    for (let index = 0; index < value.length; index += 1) {
      const mismatch = at(index, value[index], node, walk)
      if (mismatch === undefined) applied = true
      else if (!isSkip(mismatch)) return mismatch
      else if (!applied) (skips ??= []).push(mismatch)
    }
    return applied || skips === undefined ? undefined : { reason: 'skips', steps: [], skips }
  }
}

/** Index by index. */
function compileListOfLists(nodes: readonly Node[]): Node {
  return (value, walk) => {
    if (value === undefined || !isJsonArray(value)) return { reason: 'notList', steps: [] }
    if (value.length < nodes.length) return { reason: 'shorter', steps: [], found: value.length, pattern: nodes.length }
    let applied = false
    let skips: Mismatch[] | undefined
    for (const [index, node] of nodes.entries()) {
      const mismatch = at(index, value[index], node, walk)
      if (mismatch === undefined) applied = true
      else if (!isSkip(mismatch)) return mismatch
      else (skips ??= []).push(mismatch)
    }
    return applied || skips === undefined ? undefined : { reason: 'skips', steps: [], skips }
  }
}

function at(step: string | number, value: Json | undefined, node: Node, walk: Walk): Mismatch | undefined {
  const mismatch = node(value, walk)
  mismatch?.steps.push(step)
  return mismatch
}

// --- maps

function compileMap(pattern: JsonObject, scope: Scope): Compiled {
  const entries: Entry[] = []
  for (const written of Object.keys(pattern)) {
    const value = ownValue(pattern, written) ?? null
    // Resolving wildcards in names reads the pattern as a map of strings; what is none is lost on the way.
    if (scope.place === 'names' && typeof value !== 'string') continue
    entries.push(compileEntry(written, value, scope))
  }
  const anchored = entries.some((entry) => entry.anchored || (entry.anchor !== undefined && entry.anchor !== 'add'))
  if (scope.place === 'names' && entries.some((entry) => hasWildcard(entry.written))) return { node: compileNames(entries), anchored }
  const [conditions, rest] = orderSteps(entries)
  const tracked = entries.filter((entry) => entry.tracked !== undefined)
  const node: Node = (value, walk) => {
    if (value === undefined || !isJsonObject(value)) return { reason: 'notMap', steps: [], found: value }
    for (const entry of tracked) track(entry, value, walk)
    return (conditions.length === 0 ? undefined : runConditions(conditions, value, walk)) ?? runRest(rest, value, walk)
  }
  return { node, anchored }
}

function compileEntry(written: string, value: Json, scope: Scope): Entry {
  const anchor = parseAnchor(written)
  const key = anchor?.key ?? written
  const kind = anchor?.kind
  const tracked = kind === 'condition' || kind === 'existence' ? numberOf(written, scope.numbers) : undefined
  const compiled = kind === 'existence' ? compileExistence(value, inner(scope)) : compileAny(value, inner(scope, placeOf(key, scope.place)))
  return { written, anchor: kind, key, value, tracked, ...compiled }
}

function placeOf(key: string, place: Place): Place {
  if (place === 'metadata' && (key === 'labels' || key === 'annotations')) return 'names'
  return key === 'metadata' ? 'metadata' : 'elsewhere'
}

function numberOf(written: string, numbers: KeyNumbers): number {
  const known = numbers.get(written)
  if (known !== undefined) return known
  const next = numbers.size
  numbers.set(written, next)
  return next
}

function track(entry: Entry, map: JsonObject, walk: Walk): void {
  const number = entry.tracked ?? 0
  if (walk.keys[number] !== 2) walk.keys[number] = Object.hasOwn(map, entry.key) ? 2 : 1
}

/** Each wildcard key stands for the first name of the resource that it matches, in byte order; for itself where there is none. */
function compileNames(entries: readonly Entry[]): Node {
  const resolvers = entries.map((entry) => {
    if (!hasWildcard(entry.written)) return () => entry
    const matches = compileWildcard(entry.key)
    const signs = entry.anchor === undefined ? undefined : entry.written.slice(0, entry.written.indexOf('(') + 1)
    return (names: readonly string[]): Entry => {
      const name = names.find(matches)
      return name === undefined ? entry : { ...entry, key: name, written: signs === undefined ? name : `${signs}${name})` }
    }
  })
  return (value, walk) => {
    if (value === undefined || !isJsonObject(value)) return { reason: 'notMap', steps: [], found: value }
    const names = Object.keys(value).sort()
    const resolved = new Map<string, Entry>()
    for (const resolve of resolvers) {
      const entry = resolve(names)
      resolved.set(entry.written, entry)
      if (entry.tracked !== undefined) track(entry, value, walk)
    }
    const [conditions, rest] = orderSteps([...resolved.values()])
    return runConditions(conditions, value, walk) ?? runRest(rest, value, walk)
  }
}

/**
 * Anchors that can keep the map from applying come first, by key. Of the others, those that are or hold anchors are put in front one after the other,
 * which turns their order around.
 */
function orderSteps(entries: readonly Entry[]): readonly [conditions: readonly Step[], rest: readonly Step[]] {
  const sorted = entries.length < 2 ? entries : [...entries].sort((a, b) => (a.written < b.written ? -1 : 1))
  const conditions: Step[] = []
  const front: Step[] = []
  const back: Step[] = []
  for (const entry of sorted) {
    const step = compileStep(entry)
    if (entry.anchor !== undefined && entry.anchor !== 'global' && entry.anchor !== 'add') conditions.push(step)
    else if (entry.anchor === 'global' || entry.anchored) front.push(step)
    else back.push(step)
  }
  return [conditions, [...front.reverse(), ...back]]
}

/**
 * A skip does not end the loop. A failure does, unless a sibling before it said that the map does not apply. The map is skipped when nothing in it
 * applied or when one of its own conditions does not hold; skips from further down are forgotten when something else applied.
 */
function runConditions(steps: readonly Step[], map: JsonObject, walk: Walk): Mismatch | undefined {
  let applied = false
  let own = false
  let skips: Mismatch[] | undefined
  for (const step of steps) {
    const mismatch = step(map, walk)
    if (mismatch === undefined) applied = true
    else if (isSkip(mismatch)) {
      if (skips === undefined) skips = [mismatch]
      else skips.push(mismatch)
      own ||= mismatch.reason !== 'skips'
    } else if (!own) return mismatch
  }
  return skips !== undefined && (own || !applied) ? { reason: 'skips', steps: [], skips } : undefined
}

function runRest(steps: readonly Step[], map: JsonObject, walk: Walk): Mismatch | undefined {
  for (const step of steps) {
    const mismatch = step(map, walk)
    if (mismatch !== undefined) return mismatch
  }
  return undefined
}

function compileStep(entry: Entry): Step {
  const { key, node } = entry
  const read = compileRead(key)
  switch (entry.anchor) {
    case 'condition':
      return conditionStep(key, read, node)
    case 'global':
      return (map, walk) => {
        const value = read(map)
        const cause = value === undefined ? undefined : at(key, value, node, walk)
        return cause === undefined ? undefined : { reason: 'global', steps: [], cause }
      }
    case 'equality':
    case 'existence':
      return (map, walk) => {
        const value = read(map)
        return value === undefined ? undefined : at(key, value, node, walk)
      }
    case 'negation':
      return (map) => (read(map) === undefined ? undefined : { reason: 'negation', steps: [key] })
    case 'add':
    case undefined:
      return plainStep(entry)
  }
}

/** Reads an own key. Plain access is several times faster, and only a few names mean something on every object. */
function compileRead(key: string): (map: JsonObject) => Json | undefined {
  return key in Object.prototype ? (map) => ownValue(map, key) : (map) => map[key]
}

function conditionStep(key: string, read: (map: JsonObject) => Json | undefined, node: Node): Step {
  return (map, walk) => {
    const value = read(map)
    if (value === undefined) return { reason: 'condition', steps: [key], cause: undefined }
    const cause = at(key, value, node, walk)
    return cause === undefined ? undefined : { reason: 'condition', steps: [], cause }
  }
}

/** `*` asks for a value of any kind. Outside mutation `+(k)` is a key like any other, with its signs. */
function plainStep({ anchor, written, key: plain, value: pattern, node }: Entry): Step {
  const key = anchor === 'add' ? written : plain
  const read = compileRead(key)
  if (pattern !== '*') return (map, walk) => at(key, read(map), node, walk)
  return (map) => ((read(map) ?? null) === null ? { reason: 'absent', steps: [], key } : undefined)
}

// --- existence

/** The value of `^(k)` is not matched as a list: each of its maps must be satisfied by some element. */
function compileExistence(pattern: Json, scope: Scope): Compiled {
  const items = isJsonArray(pattern) ? pattern.map((item) => ({ item, ...compileAny(item, inner(scope)) })) : undefined
  const nodes = items?.map(({ item, node }) => (isJsonObject(item) ? node : undefined))
  return { node: existenceNode(pattern, nodes), anchored: items?.some(({ anchored }) => anchored) ?? false }
}

function existenceNode(pattern: Json, nodes: readonly (Node | undefined)[] | undefined): Node {
  return (value, walk) => {
    if (value === undefined || !isJsonArray(value)) return { reason: 'existenceResource', steps: [], found: value ?? null }
    if (nodes === undefined) return { reason: 'existencePattern', steps: [], pattern, within: false }
    for (const node of nodes) {
      if (node === undefined) return { reason: 'existencePattern', steps: [], pattern, within: true }
      if (!someElement(value, node, walk)) return { reason: 'existence', steps: [] }
    }
    return undefined
  }
}

function someElement(list: readonly Json[], node: Node, walk: Walk): boolean {
  for (let index = 0; index < list.length; index += 1) if (at(index, list[index], node, walk) === undefined) return true
  return false
}
