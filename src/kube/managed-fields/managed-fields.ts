import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, jsonEqual, ownValue } from '../../core/json.ts'
import { defaultLimits } from '../../core/limits.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { KubeObject } from '../object.ts'
import { nameOf, namespaceOf } from '../object.ts'
import type { Status } from '../status.ts'
import { badRequest, failure } from '../status.ts'
import type { Comparison } from './compare.ts'
import { compare, fieldsOf } from './compare.ts'
import type { Conflict } from './conflicts.ts'
import { conflictStatus } from './conflicts.ts'
import type { Entry } from './entries.ts'
import {
  capped,
  clearsEntries,
  decodeEntries,
  isSameEntry,
  keepTimesOfNoChange,
  metadataOf,
  withEntries,
  withManagedFields,
} from './entries.ts'
import type { FieldSet } from './field-set.ts'
import { difference, emptySet, intersection, isEmptySet, setOf, union, without } from './field-set.ts'
import { lastAppliedFields, migratingManager, withLastApplied } from './last-applied.ts'
import { merge, removeItems } from './merge.ts'
import type { TypeOf } from './shape.ts'
import { objectType, withDeclaredFields } from './shape.ts'
import { updatedByScale } from './scale.ts'
import { withStructs } from './structs.ts'
import { typedError } from './validate.ts'

/** A write, as tracking sees it. */
export interface Change {
  readonly manager: string
  readonly apiVersion: string
  /** '' for the object itself. */
  readonly subresource: string
  /** RFC 3339, whole seconds. */
  readonly time: string
  readonly type: TypeOf
  /** The type has a status of its own, which writes of the object do not touch. */
  readonly hasStatus: boolean
  /** What this write does not touch, where it is not the usual: the status for the object, the rest for `status`. Paths of field names. */
  readonly resetFields?: readonly (readonly string[])[]
  /** Where the replicas are that the `scale` subresource of a custom type writes; `spec` and `replicas` by default. */
  readonly scalePath?: readonly string[]
}

const fieldPaths = (paths: readonly (readonly string[])[]): FieldSet => setOf(paths.map((path) => path.map((name) => `f:${name}`)))

/** What the server writes belongs to nobody. */
const serverFields: FieldSet = fieldPaths([
  ['apiVersion'],
  ['kind'],
  ...['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields', 'resourceVersion'].map(
    (name) => ['metadata', name],
  ),
])
const metadataItself: FieldSet = fieldPaths([['metadata']])

/** Without what no manager owns. */
const stripped = (set: FieldSet): FieldSet => difference(without(set, serverFields), metadataItself)

/** Without what this write does not touch. */
function touched(set: FieldSet, { resetFields, subresource, hasStatus, type }: Change): FieldSet {
  if (resetFields !== undefined) return without(set, fieldPaths(resetFields))
  if (subresource === 'status') return isCustom(type) ? onlyStatus(set) : without(set, fieldPaths([['spec']]))
  return subresource === '' && hasStatus ? without(set, fieldPaths([['status']])) : set
}

const onlyStatus = (set: FieldSet): FieldSet => new Map([...set].filter(([step]) => step === 'f:status'))

const isCustom = ({ schema }: TypeOf): boolean => schema.$ref === undefined

function compared(before: JsonObject, after: JsonObject, change: Change): Comparison {
  const type = objectType(change.type)
  const { added, modified, removed } = compare(withStructs(before, type), withStructs(after, type), type)
  return { added: touched(added, change), modified: touched(modified, change), removed: touched(removed, change) }
}

/** The metadata of before is not looked at: it is not there for an object that is new, and equal for one that is not. */
const headOf = ({ apiVersion, kind }: KubeObject): JsonObject => ({ apiVersion, kind, metadata: {} })

/**
 * The object after a create, update or patch, with who owns what: fields that this write changed belong to its manager, and to no other any more. `after`
 * is the object as the request has it, with defaults, and before admission changes it.
 */
export function trackUpdate(before: KubeObject | undefined, after: KubeObject, change: Change): KubeObject {
  const known = entriesToStartFrom(before, after, change)
  // What is not tracked stays so until something is applied.
  if (known.length === 0 && before !== undefined) return withManagedFields(after, undefined)
  if (isTooDeep(after)) return withEntries(after, known)
  const isScaled = change.subresource === 'scale' && before !== undefined
  const scale = { ...change, path: change.scalePath ?? ['spec', 'replicas'] }
  const tracked = withEntries(after, isScaled ? updatedByScale(known, before, after, scale) : updated(known, before, after, change))
  return before === undefined ? tracked : keepTimesOfNoChange(before, tracked)
}

function entriesToStartFrom(before: KubeObject | undefined, after: KubeObject, { subresource, type }: Change): readonly Entry[] {
  const live = decodeEntries(before) ?? []
  // Who writes a subresource does not get to rewrite the entries.
  if (subresource !== '') return live
  if (clearsEntries(after, isCustom(type))) return []
  const requested = decodeEntries(after)
  return requested === undefined || requested.length === 0 ? live : requested
}

function updated(known: readonly Entry[], before: KubeObject | undefined, after: KubeObject, change: Change): readonly Entry[] {
  const { added, modified, removed } = compared(before ?? headOf(after), after, change)
  const changed = union(added, modified)
  const left = known.map((entry) => ({ ...entry, fields: difference(difference(entry.fields, changed), removed) }))
  const taken = stripped(changed)
  if (isEmptySet(taken)) return left
  const entry = entryOf(change, 'Update', taken)
  const own = left.find((one) => isSameEntry(one, entry))
  const others = left.filter((one) => one !== own)
  return capped([...others, { ...entry, fields: union(own?.fields ?? emptySet, taken) }])
}

const entryOf = ({ manager, apiVersion, subresource, time }: Change, operation: 'Apply' | 'Update', fields: FieldSet): Entry => ({
  manager: manager === '' ? 'unknown' : manager,
  operation,
  apiVersion,
  subresource,
  time,
  fields,
})

export type ApplyChange = Change & {
  /** Takes fields from those who own them. */
  readonly force: boolean
}

/**
 * Server-side apply: the live object with the configuration merged in and without what the manager applied before, applies no more, and nobody else owns.
 * `applied` is the body of the request as it is. What comes out is still to be decoded, defaulted and validated.
 */
export function serverSideApply(live: KubeObject | undefined, applied: KubeObject, change: ApplyChange): Result<KubeObject, Status> {
  const refused = refusal(live, applied, change)
  if (refused !== undefined) return err(refused)
  const known = entriesBeforeApply(live, change)
  const first = applyOnce(live, applied, known, change)
  const result =
    first.ok || change.manager !== migratingManager ? first : applyAfterClientSide({ live, applied, known, change }, first.error)
  if (!result.ok) return err(conflictStatus(result.error))
  const object = change.manager === migratingManager ? withLastApplied(result.value, applied) : result.value
  return ok(live === undefined ? object : keepTimesOfNoChange(live, object))
}

function refusal(live: KubeObject | undefined, applied: KubeObject, change: ApplyChange): Status | undefined {
  if ((ownValue(metadataOf(applied), 'managedFields') ?? null) !== null) return badRequest('metadata.managedFields must be nil')
  const about = ({ apiVersion, kind }: KubeObject, object: KubeObject): string =>
    `${namespaceOf(object)}/${nameOf(object)}; ${apiVersion}, Kind=${kind}`
  const tooDeep = 'the object is nested too deeply'
  const error = isTooDeep(applied) ? tooDeep : typedError(applied, objectType(change.type))
  if (error !== undefined) return unreadable(`failed to create typed patch object (${about(applied, applied)}): ${error}`)
  return live !== undefined && isTooDeep(live)
    ? unreadable(`failed to create typed live object (${about(live, live)}): ${tooDeep}`)
    : undefined
}

const unreadable = (message: string): Status => failure({ code: 500, reason: '', message })

function isTooDeep(object: KubeObject): boolean {
  let level: readonly Json[] = [object]
  for (let depth = 0; depth < defaultLimits.documentDepth; depth += 1) {
    if (level.length === 0) return false
    level = level.flatMap((value) => (isJsonArray(value) ? value : isJsonObject(value) ? Object.values(value) : []))
  }
  return level.length > 0
}

/** An object that was not tracked belongs to whoever wrote it before the first apply. */
function entriesBeforeApply(live: KubeObject | undefined, change: Change): readonly Entry[] {
  const known = decodeEntries(live) ?? []
  if (known.length > 0 || live === undefined) return known
  return updated([], undefined, withManagedFields(live, undefined), { ...change, manager: 'before-first-apply' })
}

type Applied = Result<KubeObject, readonly Conflict[]>

function applyOnce(live: KubeObject | undefined, applied: KubeObject, known: readonly Entry[], change: ApplyChange): Applied {
  const type = objectType(change.type)
  const base = live === undefined ? headOf(applied) : withManagedFields(live, undefined)
  const fields = touched(fieldsOf(applied, type), change)
  const entry = entryOf(change, 'Apply', fields)
  const own = known.find((one) => isSameEntry(one, entry))
  const others = known.filter((one) => one !== own)
  const merged = merge(base, withManagedFields(applied, undefined), type) as JsonObject
  const owned = others.reduce((set, one) => union(set, one.fields), fields)
  const next = prune(merged, own?.fields ?? emptySet, owned, type)
  const comparison = compared(base, next, change)
  const changed = union(comparison.added, comparison.modified)
  const conflicts = others.map((owner) => ({ owner, fields: intersection(owner.fields, changed) })).filter((one) => !isEmptySet(one.fields))
  if (conflicts.length > 0 && !change.force) return err(conflicts)
  const left = others.map((one) => ({ ...one, fields: difference(difference(one.fields, changed), comparison.removed) }))
  // The order of an associative list is nobody's, and yet a change.
  const isNoop = live !== undefined && jsonEqual(base, next)
  const mine = { ...entry, fields: stripped(fields), time: isNoop ? own?.time : change.time }
  return ok(withEntries(next as KubeObject, [...left, mine]))
}

/** Without what was applied last and nobody owns now. Elements and fields that hold something owned stay for it. */
function prune(merged: JsonObject, last: FieldSet, owned: FieldSet, type: TypeOf): JsonObject {
  if (isEmptySet(difference(last, owned))) return merged
  const declared = (set: FieldSet): FieldSet => withDeclaredFields(set, type)
  const [gone, kept] = [declared(last), declared(owned)]
  const all = declared(fieldsOf(merged, type))
  const bare = declared(fieldsOf(removeItems(merged, gone, type), type))
  const withOwned = removeItems(merged, difference(all, union(bare, kept)), type)
  const missing = difference(all, declared(fieldsOf(withOwned, type)))
  return removeItems(merged, intersection(missing, gone), type) as JsonObject
}

interface Attempt {
  readonly live: KubeObject | undefined
  readonly applied: KubeObject
  readonly known: readonly Entry[]
  readonly change: ApplyChange
}

/** Conflicts about what client-side apply wrote are none for the manager that now applies on the server. */
function applyAfterClientSide({ live, applied, known, change }: Attempt, conflicts: readonly Conflict[]): Applied {
  const allowed = live === undefined ? emptySet : lastAppliedFields(live, change.apiVersion, change.type)
  const left = conflicts
    .map(({ owner, fields }) => ({ owner, fields: difference(fields, allowed) }))
    .filter(({ fields }) => !isEmptySet(fields))
  return left.length > 0 ? err(left) : applyOnce(live, applied, known, { ...change, force: true })
}
