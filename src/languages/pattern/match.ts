import { formatValue } from '../../core/go-format.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject } from '../../core/json.ts'
import type { Anchor } from './anchors.ts'
import { hasAnchors, parseAnchor } from './anchors.ts'
import { expandsMetadata, expandMetadata } from './metadata.ts'
import type { ScalarTest } from './scalar.ts'
import { compileScalar } from './scalar.ts'

/**
 * Why a value does not match. `skip` is a condition that does not hold: the rule, or the element, is not meant. A skip is `direct` where the condition itself stands,
 * wrapped once it has left the map it stands in. `steps` grows from the inside out while the failure travels up.
 */
export class Mismatch {
  readonly kind: 'skip' | 'negation' | 'mismatch'
  readonly direct: boolean
  /** `/spec/containers/0/image/`; where upstream gives none, ''. */
  readonly path: string
  readonly message: string
  readonly expected: Json | undefined
  readonly steps: (string | number)[] = []
  constructor(
    kind: Mismatch['kind'],
    path: string,
    message: string,
    options: { readonly direct?: boolean; readonly expected?: Json } = {},
  ) {
    this.kind = kind
    this.path = path
    this.message = message
    this.direct = options.direct ?? false
    this.expected = options.expected
  }
}

/** Which `()` and `^()` keys were met, and which of them the resource had somewhere. */
export type AnchorsSeen = Map<string, boolean>

/** Undefined: it matches. `path` ends in `/`. */
export type Matcher = (value: Json | undefined, path: string, seen: AnchorsSeen) => Mismatch | undefined
type MapMatcher = (map: JsonObject, path: string, seen: AnchorsSeen) => Mismatch | undefined

const maximumDepth = 256

export function compileElement(pattern: Json, depth = 0): Matcher {
  if (depth > maximumDepth)
    return (_, path) => new Mismatch('mismatch', path, `the pattern is nested deeper than ${maximumDepth} at path ${path}`)
  if (isJsonArray(pattern)) return compileList(pattern, depth)
  if (isJsonObject(pattern)) return compileMap(pattern, depth)
  return compileLeaf(pattern)
}

const typeName = (value: Json | undefined): string =>
  value === undefined || value === null
    ? '<nil>'
    : isJsonArray(value)
      ? '[]interface {}'
      : isJsonObject(value)
        ? 'map[string]interface {}'
        : typeof value === 'number'
          ? 'float64'
          : typeof value === 'boolean'
            ? 'bool'
            : 'string'

function compileLeaf(pattern: Json): Matcher {
  const test: ScalarTest = compileScalar(pattern)
  return (value, path) => {
    const matches = isJsonArray(value) ? value.every(test) : test(value)
    if (matches) return undefined
    return new Mismatch(
      'mismatch',
      path,
      `resource value '${formatValue(value ?? null)}' does not match '${formatValue(pattern)}' at path ${path}`,
      { expected: pattern },
    )
  }
}

function compileList(pattern: readonly Json[], depth: number): Matcher {
  const match = listMatcher(pattern, depth)
  return (value, path, seen) =>
    isJsonArray(value)
      ? match(value, path, seen)
      : new Mismatch('mismatch', path, `validation rule failed at path ${path}, resource does not satisfy the expected overlay pattern`)
}

type ListMatcher = (list: readonly Json[], path: string, seen: AnchorsSeen) => Mismatch | undefined

/** The first element of the pattern decides: a map or scalar is for every element, lists go index by index. */
function listMatcher(pattern: readonly Json[], depth: number): ListMatcher {
  const [first] = pattern
  if (first === undefined) return (_, path) => new Mismatch('mismatch', path, 'pattern Array empty')
  if (isJsonObject(first)) return everyMap(compileElement(first, depth + 1))
  if (!isJsonArray(first)) return compileLeaf(first)
  const items = pattern.map((item) => compileElement(item, depth + 1))
  return (list, path, seen) => {
    if (list.length < items.length) {
      return new Mismatch(
        'mismatch',
        '',
        `validate Array failed, array length mismatch, resource Array len is ${list.length} and pattern Array len is ${items.length}`,
      )
    }
    for (const [index, item] of items.entries()) {
      const mismatch = item(list[index], `${path}${index}/`, seen)
      if (mismatch !== undefined) {
        mismatch.steps.push(index)
        return mismatch
      }
    }
    return undefined
  }
}

/** Elements whose conditions do not hold are not meant; if that is all of them, the whole list is not. */
const everyMap =
  (match: Matcher): ListMatcher =>
  (list, path, seen) => {
    let applied = 0
    let skipped: string[] | undefined
    for (let index = 0; index < list.length; index += 1) {
      const mismatch = match(list[index], `${path}${index}/`, seen)
      if (mismatch === undefined) applied += 1
      else if (mismatch.kind === 'skip') (skipped ??= []).push(mismatch.message)
      else {
        mismatch.steps.push(index)
        return mismatch
      }
    }
    return applied === 0 && skipped !== undefined ? new Mismatch('skip', path, skipped.join('; ')) : undefined
  }

interface Entry {
  readonly written: string
  readonly anchor: Anchor | undefined
  readonly pattern: Json
}

function compileMap(pattern: JsonObject, depth: number): Matcher {
  const match = expandsMetadata(pattern) ? expandingMap(pattern, depth) : mapMatcher(pattern, depth)
  return (value, path, seen) =>
    value !== undefined && isJsonObject(value)
      ? match(value, path, seen)
      : new Mismatch(
          'mismatch',
          path,
          `pattern and resource have different structures. Path: ${path}. Expected ${typeName(pattern)}, found ${typeName(value)}`,
          { expected: pattern },
        )
}

/** Wildcard keys of labels and annotations stand for keys of the resource, so the pattern is made anew for each. */
const expandingMap =
  (pattern: JsonObject, depth: number): MapMatcher =>
  (map, path, seen) =>
    mapMatcher(expandMetadata(pattern, map), depth)(map, path, seen)

/** Byte order, which for the keys of Kubernetes objects is the order of UTF-16 units. */
const byKey = (a: Entry, b: Entry): number => (a.written < b.written ? -1 : a.written > b.written ? 1 : 0)

function mapMatcher(pattern: JsonObject, depth: number): MapMatcher {
  const entries = Object.entries(pattern)
    .map(([written, item]): Entry => ({ written, anchor: parseAnchor(written), pattern: item }))
    .sort(byKey)
  const isAnchor = ({ anchor }: Entry): boolean => anchor !== undefined && anchor.modifier !== '<' && anchor.modifier !== '+'
  const anchors = entries.filter(isAnchor).map((entry) => compileEntry(entry, depth))
  const others = inWalkOrder(entries.filter((entry) => !isAnchor(entry))).map((entry) => compileEntry(entry, depth))
  const watched = entries.filter(({ anchor }) => anchor?.modifier === '' || anchor?.modifier === '^')
  return (map, path, seen) => {
    for (const { written, anchor } of watched)
      if (seen.get(written) !== true) seen.set(written, anchor !== undefined && Object.hasOwn(map, anchor.key))
    const stopped = anchors.length === 0 ? undefined : matchAnchors(anchors, map, path, seen)
    if (stopped !== undefined) return stopped
    for (const entry of others) {
      const mismatch = entry(map, path, seen)
      if (mismatch !== undefined) return mismatch
    }
    return undefined
  }
}

/** Keys that hold anchors inside come first, the last of them first: they may say that the rest is not meant. */
function inWalkOrder(entries: readonly Entry[]): readonly Entry[] {
  const order: Entry[] = []
  for (const entry of entries) {
    if (entry.anchor?.modifier === '<' || hasAnchors(entry.pattern)) order.unshift(entry)
    else order.push(entry)
  }
  return order
}

/**
 * All anchors are looked at even after one did not hold. A real failure ends the walk unless a condition of this very map did not hold before it. Nothing applied and
 * something skipped, or a condition of this map not holding: the map is not meant.
 */
function matchAnchors(anchors: readonly MapMatcher[], map: JsonObject, path: string, seen: AnchorsSeen): Mismatch | undefined {
  let applied = 0
  let direct = false
  let skipped: string[] | undefined
  for (const anchor of anchors) {
    const mismatch = anchor(map, path, seen)
    if (mismatch === undefined) applied += 1
    else if (mismatch.kind === 'skip') {
      ;(skipped ??= []).push(mismatch.message)
      direct ||= mismatch.direct
    } else if (!direct) return mismatch
  }
  return skipped !== undefined && (applied === 0 || direct) ? new Mismatch('skip', path, skipped.join('; ')) : undefined
}

function compileEntry({ written, anchor, pattern }: Entry, depth: number): MapMatcher {
  switch (anchor?.modifier) {
    case undefined:
    case '+':
      return plainEntry(written, pattern, depth)
    case '':
      return conditionEntry(anchor.key, compileElement(pattern, depth + 1))
    case '<':
      return globalEntry(anchor.key, compileElement(pattern, depth + 1))
    case '=':
      return equalityEntry(anchor.key, compileElement(pattern, depth + 1))
    case 'X':
      return negationEntry(anchor.key)
    case '^':
      return existenceEntry(anchor.key, pattern, depth)
  }
}

const own = (map: JsonObject, key: string): Json | undefined => (Object.hasOwn(map, key) ? map[key] : undefined)

function stepped(mismatch: Mismatch | undefined, key: string): Mismatch | undefined {
  mismatch?.steps.push(key)
  return mismatch
}

function plainEntry(key: string, pattern: Json, depth: number): MapMatcher {
  const segment = `${key}/`
  if (pattern === '*') {
    return (map, path) => {
      const value = own(map, key)
      return value === undefined || value === null
        ? new Mismatch('mismatch', path, `${path}/${key} not found`, { expected: pattern })
        : undefined
    }
  }
  const match = compileElement(pattern, depth + 1)
  return (map, path, seen) => {
    const mismatch = match(own(map, key), path + segment, seen)
    return mismatch === undefined ? undefined : stepped(mismatch, key)
  }
}

const conditionEntry =
  (key: string, match: Matcher): MapMatcher =>
  (map, path, seen) => {
    const inside = `${path}${key}/`
    if (!Object.hasOwn(map, key)) {
      return new Mismatch('skip', inside, "conditional anchor mismatch: conditional anchor key doesn't exist in the resource", {
        direct: true,
      })
    }
    const mismatch = match(map[key], inside, seen)
    return mismatch === undefined
      ? undefined
      : new Mismatch('skip', mismatch.path, `conditional anchor mismatch: ${mismatch.message}`, { direct: true })
  }

const globalEntry =
  (key: string, match: Matcher): MapMatcher =>
  (map, path, seen) => {
    if (!Object.hasOwn(map, key)) return undefined
    const mismatch = match(map[key], `${path}${key}/`, seen)
    return mismatch === undefined
      ? undefined
      : new Mismatch('skip', mismatch.path, `global anchor mismatch: ${mismatch.message}`, { direct: true })
  }

const equalityEntry =
  (key: string, match: Matcher): MapMatcher =>
  (map, path, seen) =>
    Object.hasOwn(map, key) ? stepped(match(map[key], `${path}${key}/`, seen), key) : undefined

const negationEntry =
  (key: string): MapMatcher =>
  (map, path) => {
    if (!Object.hasOwn(map, key)) return undefined
    const inside = `${path}${key}/`
    const mismatch = new Mismatch('negation', inside, `negation anchor matched in resource: ${inside} is not allowed`)
    return stepped(mismatch, key)
  }

function existenceEntry(key: string, pattern: Json, depth: number): MapMatcher {
  const wanted = isJsonArray(pattern)
    ? pattern.map((item) => (isJsonObject(item) ? compileElement(item, depth + 1) : undefined))
    : undefined
  return (map, path, seen) => {
    if (!Object.hasOwn(map, key)) return undefined
    const inside = `${path}${key}/`
    const list = map[key] ?? null
    const wrong = (message: string): Mismatch | undefined => stepped(new Mismatch('mismatch', inside, message), key)
    if (!isJsonArray(list))
      return wrong(`invalid resource type ${typeName(list)}: Existence ^ () anchor can be used only on list/array type resource`)
    if (wanted === undefined)
      return wrong(`invalid pattern type ${typeName(pattern)}: Pattern has to be of list to compare against resource`)
    for (const match of wanted) {
      if (match === undefined) return wrong('invalid pattern type: Pattern has to be of type map to compare against items in resource')
      if (!list.some((item, index) => match(item, `${inside}${index}/`, seen) === undefined))
        return wrong(`existence anchor validation failed at path ${inside}`)
    }
    return undefined
  }
}
