import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { KubeObject } from '../object.ts'
import type { Status } from '../status.ts'
import { failure } from '../status.ts'
import { compare, fieldsOf } from './compare.ts'
import type { FieldSet } from './field-set.ts'
import { difference, intersection, isEmptySet, pathsOf, printPath, union, without } from './field-set.ts'
import { merge, remove } from './merge.ts'
import type { TypeOf } from './typed.ts'

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
}

/** One entry of `metadata.managedFields`. */
interface Manager {
  readonly manager: string
  readonly operation: string
  readonly apiVersion: string
  readonly subresource: string
  readonly time: string
  readonly fields: FieldSet
}

/** What the server writes belongs to nobody. */
const serverOwned: FieldSet = {
  'f:apiVersion': {},
  'f:kind': {},
  'f:metadata': Object.fromEntries(
    ['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'generation', 'managedFields', 'resourceVersion', 'deletionTimestamp', 'deletionGracePeriodSeconds'].map(
      (name) => [`f:${name}`, {}],
    ),
  ),
}

const text = (object: JsonObject, key: string): string => {
  const value = ownValue(object, key)
  return typeof value === 'string' ? value : ''
}

function managersOf(object: KubeObject | undefined): readonly Manager[] {
  const metadata = object === undefined ? undefined : ownValue(object, 'metadata')
  const list = isJsonObject(metadata) ? ownValue(metadata, 'managedFields') : undefined
  return (isJsonArray(list) ? list : []).filter(isJsonObject).map((entry) => ({
    manager: text(entry, 'manager'),
    operation: text(entry, 'operation'),
    apiVersion: text(entry, 'apiVersion'),
    subresource: text(entry, 'subresource'),
    time: text(entry, 'time'),
    fields: isJsonObject(entry['fieldsV1']) ? entry['fieldsV1'] : {},
  }))
}

const order = ({ operation, time, manager, apiVersion, subresource }: Manager): string => [operation, time, manager, apiVersion, subresource].join('\u0000')

/** Past this many writers the oldest are one. */
const mostUpdates = 10
const ancient = 'ancient-changes'

function withManagers(object: KubeObject, managers: readonly Manager[]): KubeObject {
  const sorted = capped(managers.filter(({ fields }) => !isEmptySet(fields))).toSorted((a, b) => (order(a) < order(b) ? -1 : 1))
  const metadata = ownValue(object, 'metadata')
  const { managedFields: _old, ...rest } = isJsonObject(metadata) ? metadata : {}
  const entries = sorted.map(({ manager, operation, apiVersion, subresource, time, fields }) => ({
    manager,
    operation,
    apiVersion,
    time,
    fieldsType: 'FieldsV1',
    fieldsV1: fields,
    ...(subresource === '' ? {} : { subresource }),
  }))
  return { ...object, metadata: { ...rest, ...(entries.length === 0 ? {} : { managedFields: entries }) } }
}

function capped(managers: readonly Manager[]): readonly Manager[] {
  const updates = managers.filter(({ operation }) => operation === 'Update').toSorted((a, b) => (a.time < b.time ? -1 : 1))
  const surplus = updates.length - mostUpdates
  const [oldest] = updates
  if (surplus <= 0 || oldest === undefined) return managers
  const old = new Set(updates.slice(0, surplus + 1))
  const fields = [...old].reduce<FieldSet>((set, entry) => union(set, entry.fields), {})
  return [...managers.filter((entry) => !old.has(entry)), { ...oldest, manager: ancient, subresource: '', fields }]
}

const isSame = (entry: Manager, change: Change, operation: string): boolean =>
  entry.manager === change.manager &&
  entry.operation === operation &&
  entry.apiVersion === change.apiVersion &&
  entry.subresource === change.subresource

/** What a write may own: not the server's fields; writes of the object not its status, writes of the status nothing else. */
function ownable(set: FieldSet, { subresource, hasStatus }: Change): FieldSet {
  const own = without(set, serverOwned)
  if (subresource === 'status') return without(own, { 'f:spec': {} })
  return hasStatus && subresource === '' ? without(own, { 'f:status': {} }) : own
}

const clears = (object: KubeObject): boolean => {
  const metadata = ownValue(object, 'metadata')
  const list = isJsonObject(metadata) ? ownValue(metadata, 'managedFields') : undefined
  return isJsonArray(list) && (list.length === 0 || (list.length === 1 && isJsonObject(list[0]) && Object.keys(list[0]).length === 0))
}

/** The object after a create, update or patch, with who owns what: fields that this write changed belong to its manager. */
export function trackUpdate(before: KubeObject | undefined, after: KubeObject, change: Change): KubeObject {
  if (clears(after)) return withManagers(after, [])
  const { changed: all, removed } = compare(before, after, change.type)
  const changed = ownable(all, change)
  const known = managersOf(before)
  if (isEmptySet(changed) && isEmptySet(removed)) return withManagers(after, known)
  const others = known
    .filter((entry) => !isSame(entry, change, 'Update'))
    .map((entry) => ({ ...entry, fields: without(difference(entry.fields, leaves(changed)), removed) }))
  const own = known.find((entry) => isSame(entry, change, 'Update'))
  const fields = union(without(own?.fields ?? {}, removed), changed)
  const time = own !== undefined && isEmptySet(difference(fields, own.fields)) && isEmptySet(difference(own.fields, fields)) ? own.time : change.time
  return withManagers(after, [
    ...others,
    { manager: change.manager, operation: 'Update', apiVersion: change.apiVersion, subresource: change.subresource, time, fields },
  ])
}

/** Only what holds a value: that an element is there may be owned by many. */
function leaves(set: FieldSet): FieldSet {
  const kept: { [key: string]: Json } = {}
  for (const [key, value] of Object.entries(set)) {
    if (key !== '.') kept[key] = isJsonObject(value) ? leaves(value) : {}
  }
  return kept
}

interface Conflict {
  readonly owner: Manager
  readonly paths: readonly string[]
}

/** Server-side apply: the object with what is applied merged in and what the manager no longer applies taken away, or the conflicts. */
export function serverSideApply(
  live: KubeObject | undefined,
  applied: KubeObject,
  change: Change & { readonly force: boolean },
): Result<KubeObject, Status> {
  const known = managersOf(live)
  const own = known.find((entry) => isSame(entry, change, 'Apply'))
  const others = known.filter((entry) => entry !== own)
  const fields = ownable(fieldsOf(applied, change.type), change)
  const merged = merge(live, withoutManagers(applied), change.type) as KubeObject
  const { changed } = compare(live, merged, change.type)
  const contested = others.map((entry) => ({ entry, fields: intersection(leaves(entry.fields), leaves(changed)) }))
  const conflicts = contested.filter((one) => !isEmptySet(one.fields)).map(({ entry, fields: set }) => ({ owner: entry, paths: pathsOf(set).map(printPath) }))
  if (conflicts.length > 0 && !change.force) return err(conflictStatus(conflicts))
  const left = contested.map(({ entry, fields: set }) => ({ ...entry, fields: difference(entry.fields, set) }))
  const kept = left.reduce<FieldSet>((set, entry) => union(set, entry.fields), fields)
  const gone = difference(own?.fields ?? {}, fields)
  const result = isEmptySet(gone) ? merged : (remove(merged, change.type, { gone, kept }) as KubeObject)
  const same = own !== undefined && isEmptySet(gone) && isEmptySet(difference(fields, own.fields))
  return ok(
    withManagers(result, [
      ...left,
      {
        manager: change.manager,
        operation: 'Apply',
        apiVersion: change.apiVersion,
        subresource: change.subresource,
        time: same ? own.time : change.time,
        fields,
      },
    ]),
  )
}

function withoutManagers(object: KubeObject): KubeObject {
  const metadata = ownValue(object, 'metadata')
  if (!isJsonObject(metadata)) return object
  const { managedFields: _fields, ...rest } = metadata
  return { ...object, metadata: rest }
}

function ownerText({ manager, operation, apiVersion, subresource, time }: Manager): string {
  const through = subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`
  const using = operation === 'Update' ? ` using ${apiVersion}` : ''
  return time === '' && operation !== 'Update' ? `${JSON.stringify(manager)}${through}` : `${JSON.stringify(manager)}${through}${using}`
}

function conflictStatus(conflicts: readonly Conflict[]): Status {
  const sorted = conflicts.toSorted((a, b) => (ownerText(a.owner) < ownerText(b.owner) ? -1 : 1))
  const all = sorted.flatMap(({ owner, paths }) => paths.map((path) => ({ owner: ownerText(owner), path })))
  const [first] = all
  const detail =
    all.length === 1 && first !== undefined
      ? `conflict with ${first.owner}: ${first.path}`
      : sorted.map(({ owner, paths }) => `conflicts with ${ownerText(owner)}:\n${paths.map((path) => `- ${path}`).join('\n')}`).join('\n')
  return failure({
    code: 409,
    reason: 'Conflict',
    message: `Apply failed with ${all.length} conflict${all.length === 1 ? '' : 's'}: ${detail}`,
    details: {
      causes: all.map(({ owner, path }) => ({ reason: 'FieldManagerConflict', message: `conflict with ${owner}`, field: path })),
    },
  })
}
