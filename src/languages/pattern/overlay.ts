import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue, setOwn } from '../../core/json.ts'
import { defaultLimits } from '../../core/limits.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { AnchorKind } from './anchor.ts'
import { hasAnchors, parseAnchor } from './anchor.ts'
import { compilePattern } from './compiled-pattern.ts'

/** What becomes of a part of a patch: its value (undefined: nothing is left of it), or which kind of condition does not hold. */
type Resolved = { readonly value: Json | undefined } | { readonly failed: 'condition' | 'global' | 'depth' }

const conditional: readonly AnchorKind[] = ['condition', 'global']
const resolvable: readonly AnchorKind[] = ['condition', 'global', 'add']
const maximumDepth = 2 * defaultLimits.documentDepth

/**
 * The strategic merge patch that a patch with anchors means for this resource: conditions are tested and removed, `+(k)` becomes `k` where the resource
 * has no `k` and is dropped where it has. A condition that does not hold outside of lists makes the whole patch `{}`.
 */
export function resolveAnchors(patch: Json, resource: Json): Result<{ readonly patch: Json }, string> {
  if (!hasAnchors(patch, resolvable)) return ok({ patch })
  const resolved = resolve(patch, resource, 0)
  if (!('failed' in resolved)) return ok({ patch: resolved.value ?? {} })
  return resolved.failed === 'depth' ? err('the patch is nested too deeply') : ok({ patch: {} })
}

function resolve(patch: Json, resource: Json | undefined, depth: number): Resolved {
  if (depth > maximumDepth) return { failed: 'depth' }
  if (isJsonArray(patch)) return resolveList(patch, resource !== undefined && isJsonArray(resource) ? resource : [], depth)
  return isJsonObject(patch) ? resolveMap(patch, resource !== undefined && isJsonObject(resource) ? resource : {}, depth) : { value: patch }
}

// --- maps

/** Additions first, then `<(k)`, then `(k)`, then the rest. A map that anchors leave empty is removed, so that it blanks nothing. */
function resolveMap(written: JsonObject, resource: JsonObject, depth: number): Resolved {
  const patch = decideAdditions(written, resource)
  for (const kind of ['global', 'condition'] as const) if (!conditionsHold(patch, resource, kind)) return { failed: kind }
  const result: { [key: string]: Json } = {}
  for (const [key, value] of Object.entries(patch)) {
    const anchor = parseAnchor(key)
    if (anchor?.kind === 'condition' || anchor?.kind === 'global') {
      const additions = additionsOf(value, ownValue(resource, anchor.key))
      if (additions !== undefined) setOwn(result, anchor.key, additions)
      continue
    }
    const resolved = resolve(value, ownValue(resource, key), depth + 1)
    if ('failed' in resolved) return resolved
    if (resolved.value !== undefined) setOwn(result, key, resolved.value)
  }
  return { value: Object.keys(result).length === 0 && Object.keys(written).length > 0 ? undefined : result }
}

/** `+(k)` becomes `k`, or nothing where the resource has `k`, even as null. */
function decideAdditions(patch: JsonObject, resource: JsonObject): JsonObject {
  const result: { [key: string]: Json } = {}
  for (const [key, value] of Object.entries(patch)) {
    const anchor = parseAnchor(key)
    if (anchor?.kind !== 'add') setOwn(result, key, value)
    else if (!Object.hasOwn(resource, anchor.key)) setOwn(result, anchor.key, value)
  }
  return result
}

const hasAdditions = (value: Json): value is JsonObject =>
  isJsonObject(value) && Object.keys(value).some((key) => parseAnchor(key)?.kind === 'add')

function conditionsHold(patch: JsonObject, resource: JsonObject, kind: 'condition' | 'global'): boolean {
  return Object.entries(patch).every(([key, value]) => {
    const anchor = parseAnchor(key)
    if (anchor?.kind !== kind) return true
    // A map that adds is there to add: presence of the key is all it asks.
    return Object.hasOwn(resource, anchor.key) && (hasAdditions(value) || conditionHolds(value, resource[anchor.key] ?? null))
  })
}

/** A scalar directly under a condition is compared as the text it is written as. */
function conditionHolds(pattern: Json, value: Json): boolean {
  return compilePattern(asText(pattern)).match(asText(value)).kind === 'pass'
}

const asText = (value: Json): Json =>
  typeof value === 'object' && value !== null ? value : typeof value === 'string' ? value : JSON.stringify(value)

/** What a condition adds: its value where that holds `+(k)`, else nothing. */
function additionsOf(value: Json, resource: Json | undefined): Json | undefined {
  if (!hasAdditions(value)) return undefined
  return withoutConditions(decideAdditions(value, resource !== undefined && isJsonObject(resource) ? resource : {}))
}

function withoutConditions(value: Json): Json | undefined {
  if (isJsonArray(value)) {
    const items = value.filter((item) => !hasAnchors(item, conditional))
    return items.length === 0 && value.length > 0 ? undefined : items
  }
  if (!isJsonObject(value)) return value
  const result: { [key: string]: Json } = {}
  for (const [key, item] of Object.entries(value)) {
    const kind = parseAnchor(key)?.kind
    const kept = kind === 'condition' || kind === 'global' ? undefined : withoutConditions(item)
    if (kept !== undefined) setOwn(result, key, kept)
  }
  return Object.keys(result).length === 0 ? undefined : result
}

// --- lists

/**
 * In a list of maps an element with anchors stands for every element of the resource that satisfies its conditions: a copy with the name of each is put
 * in its place. Elements without a name cannot be addressed by a merge and are left out.
 */
function resolveList(patch: readonly Json[], resource: readonly Json[], depth: number): Resolved {
  const [first] = patch
  if (first === undefined || !isJsonObject(first)) return { value: patch }
  const plain: Json[] = []
  const copies: Json[] = []
  for (const element of patch) {
    if (!isJsonObject(element) || !hasAnchors(element, resolvable)) {
      plain.push(element)
      continue
    }
    const resolved = hasAnchors(element, conditional)
      ? resolveConditional(element, resource, depth)
      : resolveAdditions(element, resource, depth)
    if ('failed' in resolved) return resolved
    copies.push(...resolved.copies)
  }
  const elements = [...plain, ...copies]
  return { value: elements.length === 0 ? undefined : elements }
}

type Copies = { readonly copies: readonly Json[] } | { readonly failed: 'condition' | 'global' | 'depth' }

/** A global condition must hold for some element; a list that is missing or empty has none. */
function resolveConditional(element: JsonObject, resource: readonly Json[], depth: number): Copies {
  const copies: Json[] = []
  let passed = false
  let globalFailed = false
  for (const candidate of resource.length === 0 ? [null] : resource) {
    const resolved = resolve(element, candidate, depth + 1)
    if ('failed' in resolved) {
      if (resolved.failed === 'depth') return resolved
      globalFailed ||= resolved.failed === 'global'
      continue
    }
    passed = true
    const copy = named(resolved.value, candidate)
    if (copy !== undefined) copies.push(copy)
  }
  return globalFailed && !passed ? { failed: 'global' } : { copies }
}

/**
 * Without conditions the element is about the element of its own name, or about all where it has none. Where no element has a name there is nothing to
 * address, and it is added as it is.
 */
function resolveAdditions(element: JsonObject, resource: readonly Json[], depth: number): Copies {
  const own = ownValue(element, 'name')
  const candidates = resource.filter((item) => nameOf(item) !== undefined && (own === undefined || nameOf(item) === own))
  const copies: Json[] = []
  for (const candidate of candidates.length === 0 ? [null] : candidates) {
    const resolved = resolve(element, candidate, depth + 1)
    if ('failed' in resolved) return resolved
    const copy = candidate === null ? resolved.value : named(resolved.value, candidate)
    if (copy !== undefined) copies.push(copy)
  }
  return { copies }
}

function nameOf(element: Json): Json | undefined {
  const name = isJsonObject(element) ? ownValue(element, 'name') : undefined
  return name === null || name === '' ? undefined : name
}

function named(element: Json | undefined, candidate: Json): Json | undefined {
  const name = nameOf(candidate)
  return element === undefined || !isJsonObject(element) || name === undefined ? undefined : { ...element, name }
}
