import { isJsonArray, isJsonObject, ownValue, setOwn } from '../../core/json.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { defaultLimits } from '../../core/limits.ts'
import { err, ok } from '../../core/result.ts'
import type { Result } from '../../core/result.ts'
import { unreachable } from '../../core/unreachable.ts'
import { groupVersionKind, isKubeObject } from '../object.ts'
import type { GroupVersionKind } from '../object.ts'
import { mergeKeyedLists } from './kustomize-list.ts'
import { kustomizeMergeType } from './merge-keys.ts'
import type { MergeField, MergeType } from './merge-keys.ts'

/**
 * Merges a patch the way kustomize does with strategic merge patches, and Kyverno with `patchStrategicMerge`. Lists that built-in kinds key by
 * a field are merged, with what the patch mentions first; other lists are replaced. null deletes. `$patch: delete|replace|merge`
 * in a map is about that map, in a list element of its own about the list. Shares with the document what does not change.
 */
export function applyKustomizeMerge(document: Json, patch: Json, gvk: GroupVersionKind): Result<Json, string> {
  const merge: Merge = { problem: undefined, depth: 0 }
  const type = kustomizeMergeType(gvk)
  const merged = mergeValue(merge, document, patch, type === undefined ? undefined : { of: type, keys: undefined, replace: false })
  if (merge.problem !== undefined) return err(merge.problem)
  return merged === undefined ? err('the patch deletes the whole object') : ok(merged)
}

/** One run. The first problem is the result; what is made after it does not matter. */
interface Merge {
  problem: string | undefined
  depth: number
}

/**
 * Merges one value; undefined is "not there", in arguments and result. Where the document has nothing, the patch is merged with itself,
 * which cleans it of nulls and directives: the same value then comes in both arguments.
 */
function mergeValue(merge: Merge, dest: Json | undefined, origin: Json | undefined, field: MergeField | undefined): Json | undefined {
  // A null of the document stays as long as the patch does not mention it.
  if ((dest ?? origin ?? null) === null) return origin === undefined ? dest : undefined
  const kind = nodeKind(dest ?? origin ?? null)
  if (!sameKind(merge, kind, dest, origin)) return dest
  merge.depth += 1
  const merged = merge.depth > defaultLimits.documentDepth ? tooDeep(merge) : mergeOfKind(merge, kind, { dest, origin, field })
  merge.depth -= 1
  return merged
}

function tooDeep(merge: Merge): undefined {
  merge.problem ??= `patch is nested deeper than ${defaultLimits.documentDepth}`
}

interface Pair {
  readonly dest: Json | undefined
  readonly origin: Json | undefined
  readonly field: MergeField | undefined
}

function mergeOfKind(merge: Merge, kind: NodeKind, { dest, origin, field }: Pair): Json | undefined {
  switch (kind) {
    case 'MappingNode':
      return mergeMap(merge, dest, origin, field?.of)
    case 'SequenceNode':
      return field?.keys === undefined ? override(dest, origin) : mergeList(merge, dest, origin, field)
    case 'ScalarNode':
      return overrideScalar(dest, origin)
    default:
      return unreachable(kind)
  }
}

function override(dest: Json | undefined, origin: Json | undefined): Json | undefined {
  return origin === undefined ? dest : (origin ?? undefined)
}

/** What stands in the place of a string is written in the string's quotes, and so becomes one. */
function overrideScalar(dest: Json | undefined, origin: Json | undefined): Json | undefined {
  return typeof dest === 'string' && (typeof origin === 'number' || typeof origin === 'boolean') ? String(origin) : override(dest, origin)
}

type NodeKind = 'MappingNode' | 'SequenceNode' | 'ScalarNode'

function nodeKind(value: Json): NodeKind {
  if (isJsonArray(value)) return 'SequenceNode'
  return isJsonObject(value) ? 'MappingNode' : 'ScalarNode'
}

function sameKind(merge: Merge, kind: NodeKind, dest: Json | undefined, origin: Json | undefined): boolean {
  return checkKind(merge, kind, dest) && checkKind(merge, kind, origin)
}

/** Whether a value is nothing, null, or of the kind; if not, that is the problem. */
function checkKind(merge: Merge, kind: NodeKind, value: Json | undefined): boolean {
  if (value === undefined || value === null || nodeKind(value) === kind) return true
  merge.problem ??= `wrong node kind: expected ${kind} but got ${nodeKind(value)}: node contents:\n${flow(value)}\n`
  return false
}

/** YAML in flow style, as JSON text comes out of a YAML printer. */
function flow(value: Json, depth = 0): string {
  if (depth > defaultLimits.documentDepth) return '...'
  if (isJsonArray(value)) return `[${value.map((item) => flow(item, depth + 1)).join(', ')}]`
  if (!isJsonObject(value)) return JSON.stringify(value)
  const fields = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${flow(item, depth + 1)}`)
  return `{${fields.join(', ')}}`
}

const noFields: MergeType = new Map()
const noField: MergeField = { of: noFields, keys: undefined, replace: false }

function mergeMap(merge: Merge, dest: Json | undefined, origin: Json | undefined, given: MergeType | undefined): Json | undefined {
  const type = given ?? embeddedType(dest) ?? embeddedType(origin)
  if (isJsonObject(dest) && dest !== origin) {
    if (origin === null) return undefined
    if (!isJsonObject(origin)) return mergeFields(merge, dest, {}, type)
    const { directive, rest } = mapDirective(merge, origin)
    if (directive === 'delete') return undefined
    return directive === 'replace' ? mergeFields(merge, rest, rest, type) : mergeFields(merge, dest, rest, type)
  }
  const { directive, rest } = mapDirective(merge, isJsonObject(origin) ? origin : {})
  return directive === 'delete' ? undefined : mergeFields(merge, rest, rest, type)
}

/** Outside of known kinds, a map that says what kind it is merges as that kind. */
function embeddedType(value: Json | undefined): MergeType | undefined {
  return value !== undefined && isKubeObject(value) ? kustomizeMergeType(groupVersionKind(value)) : undefined
}

function mergeFields(merge: Merge, dest: JsonObject, origin: JsonObject, type: MergeType | undefined): JsonObject {
  const merged: { [key: string]: Json } = {}
  let changed = false
  const mergeField = (key: string, before: Json | undefined): void => {
    const field = type === undefined ? undefined : (type.get(key) ?? noField)
    const value = mergeValue(merge, before, ownValue(origin, key), field)
    if (value !== undefined) setOwn(merged, key, value)
    changed ||= value !== before
  }
  for (const [key, before] of Object.entries(dest)) mergeField(key, before)
  if (dest !== origin) for (const key of Object.keys(origin)) if (!Object.hasOwn(dest, key)) mergeField(key, undefined)
  return changed ? merged : dest
}

type Directive = 'merge' | 'replace' | 'delete'

function readDirective(merge: Merge, value: Json | undefined): Directive {
  if (value === 'merge' || value === 'replace' || value === 'delete') return value
  const text = typeof value === 'object' && value !== null ? '' : String(value)
  merge.problem ??= `unknown patch strategy '${text}'`
  return 'merge'
}

function mapDirective(merge: Merge, map: JsonObject): { readonly directive: Directive; readonly rest: JsonObject } {
  if (!Object.hasOwn(map, '$patch')) return { directive: 'merge', rest: map }
  const { $patch, ...rest } = map
  return { directive: readDirective(merge, $patch), rest }
}

function mergeList(merge: Merge, dest: Json | undefined, origin: Json | undefined, field: MergeField): Json | undefined {
  if (!isJsonArray(dest)) return isJsonArray(origin) ? mergeElements(merge, origin, origin, field) : undefined
  if (origin === null) return undefined
  if (!isJsonArray(origin)) return mergeElements(merge, dest, [], field)
  const { directive, rest } = listDirective(merge, origin)
  if (directive === 'delete') return undefined
  return directive === 'replace' || dest === origin ? mergeElements(merge, rest, rest, field) : mergeElements(merge, dest, rest, field)
}

function mergeElements(merge: Merge, dest: readonly Json[], origin: readonly Json[], { of, keys = [] }: MergeField): Json {
  const elementField: MergeField = { of, keys: undefined, replace: false }
  return mergeKeyedLists(dest, origin, {
    keys,
    mergeElement: (before, patch) => mergeValue(merge, before, patch, elementField),
    expect: (kind, value) => checkKind(merge, kind, value),
    fail: (problem) => {
      merge.problem ??= problem
    },
  })
}

/** Only the first element with a `$patch` is looked at; if it says more than that, it is about the element. */
function listDirective(merge: Merge, list: readonly Json[]): { readonly directive: Directive; readonly rest: readonly Json[] } {
  const index = list.findIndex((item) => isJsonObject(item) && Object.hasOwn(item, '$patch'))
  const holder = list[index]
  if (holder === undefined || !isJsonObject(holder) || Object.keys(holder).length > 1) return { directive: 'merge', rest: list }
  return { directive: readDirective(merge, ownValue(holder, '$patch')), rest: list.toSpliced(index, 1) }
}
