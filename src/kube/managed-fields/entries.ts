import { textAt } from '../../core/fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, jsonEqual, ownValue } from '../../core/json.ts'
import { compareText } from '../../core/go-format.ts'
import type { KubeObject } from '../object.ts'
import type { FieldSet } from './field-set.ts'
import { decodeFields, encodeFields, isEmptySet, union } from './field-set.ts'

/** One entry of `metadata.managedFields`. */
export interface Entry {
  readonly manager: string
  readonly operation: string
  readonly apiVersion: string
  /** '' for the object itself. */
  readonly subresource: string
  /** Absent where a manager came to own fields without changing the object. */
  readonly time: string | undefined
  readonly fields: FieldSet
}

export function metadataOf(object: JsonObject | undefined): JsonObject {
  const metadata = object === undefined ? undefined : ownValue(object, 'metadata')
  return isJsonObject(metadata) ? metadata : {}
}

/** The entries of an object; undefined where one of them is not to be read. */
export function decodeEntries(object: JsonObject | undefined): readonly Entry[] | undefined {
  const list = ownValue(metadataOf(object), 'managedFields')
  const entries: Entry[] = []
  for (const item of isJsonArray(list) ? list : []) {
    const entry = isJsonObject(item) ? decodeEntry(item) : undefined
    if (entry === undefined) return undefined
    entries.push(entry)
  }
  return entries
}

function decodeEntry(entry: JsonObject): Entry | undefined {
  const fields = decodeFields(ownValue(entry, 'fieldsV1') ?? {})
  if (fields === undefined || textAt(entry, 'fieldsType') !== 'FieldsV1') return undefined
  return {
    manager: textAt(entry, 'manager'),
    operation: textAt(entry, 'operation'),
    apiVersion: textAt(entry, 'apiVersion'),
    subresource: textAt(entry, 'subresource'),
    time: textAt(entry, 'time') || undefined,
    fields,
  }
}

/** The request clears all tracking: a list of one empty entry, or for built-in types an empty list, which custom resources do not tell from none. */
export function clearsEntries(object: KubeObject, isCustom: boolean): boolean {
  const list = ownValue(metadataOf(object), 'managedFields')
  if (!isJsonArray(list)) return false
  const [first] = list
  return list.length === 0 ? !isCustom : list.length === 1 && isJsonObject(first) && Object.keys(first).length === 0
}

export function withManagedFields(object: KubeObject, list: Json | undefined): KubeObject {
  const { managedFields: _old, ...metadata } = metadataOf(object)
  return { ...object, metadata: list === undefined ? metadata : { ...metadata, managedFields: list } }
}

/** The object with these entries, in the order in which they are written. Entries without fields vanish. */
export function withEntries(object: KubeObject, entries: readonly Entry[]): KubeObject {
  const list = entries
    .filter(({ fields }) => !isEmptySet(fields))
    .toSorted(byOrder)
    .map(encodeEntry)
  return withManagedFields(object, list.length === 0 ? undefined : list)
}

const encodeEntry = ({ manager, operation, apiVersion, subresource, time, fields }: Entry): JsonObject => ({
  manager,
  operation,
  apiVersion,
  ...(time === undefined ? {} : { time }),
  fieldsType: 'FieldsV1',
  fieldsV1: encodeFields(fields),
  ...(subresource === '' ? {} : { subresource }),
})

/** Applies before updates, then the oldest first. */
const byOrder = (a: Entry, b: Entry): number =>
  compareText(a.operation, b.operation) ||
  compareText(a.time ?? '', b.time ?? '') ||
  compareText(a.manager, b.manager) ||
  compareText(a.apiVersion, b.apiVersion) ||
  compareText(a.subresource, b.subresource)

/** One manager has one entry for applies, and one for updates through each version. */
export const isSameEntry = (a: Omit<Entry, 'fields' | 'time'>, b: Omit<Entry, 'fields' | 'time'>): boolean =>
  a.manager === b.manager &&
  a.operation === b.operation &&
  a.subresource === b.subresource &&
  (a.operation === 'Apply' || a.apiVersion === b.apiVersion)

const mostUpdates = 10

/** Past ten updaters the oldest of each version become one, `ancient-changes`. */
export function capped(entries: readonly Entry[]): readonly Entry[] {
  const updates = entries.filter(({ operation, fields }) => operation !== 'Apply' && !isEmptySet(fields)).toSorted(byAge)
  let surplus = updates.length - mostUpdates
  if (surplus <= 0) return entries
  const gone = new Set<Entry>()
  const buckets = new Map<string, Entry>()
  const filled = new Set<string>()
  for (const entry of updates) {
    if (surplus <= 0) break
    const bucket = buckets.get(entry.apiVersion)
    gone.add(entry)
    if (bucket === undefined) {
      buckets.set(entry.apiVersion, entry)
      continue
    }
    // The more recent of the two times.
    buckets.set(entry.apiVersion, { ...entry, manager: 'ancient-changes', subresource: '', fields: union(bucket.fields, entry.fields) })
    filled.add(entry.apiVersion)
    surplus -= 1
  }
  return [...entries.filter((entry) => !gone.has(entry)), ...buckets.values()]
}

const byAge = (a: Entry, b: Entry): number => compareText(a.time ?? '', b.time ?? '') || compareText(identifier(a), identifier(b))

const identifier = ({ manager, operation, apiVersion, subresource }: Entry): string =>
  JSON.stringify({ manager, operation, apiVersion, ...(subresource === '' ? {} : { subresource }) })

/**
 * A write that changed nothing but times of entries changed nothing: the object keeps the old ones, and its resource version. To be asked again after
 * whatever comes between tracking and storing.
 */
export function keepTimesOfNoChange(before: KubeObject, after: KubeObject): KubeObject {
  const [olds, news] = [ownValue(metadataOf(before), 'managedFields'), ownValue(metadataOf(after), 'managedFields')]
  if (!isJsonArray(olds) || !isJsonArray(news) || olds.length !== news.length) return after
  const untimed = (list: readonly Json[]): readonly string[] => list.map((entry) => JSON.stringify(timeless(entry))).toSorted()
  if (untimed(olds).some((text, at) => text !== untimed(news)[at])) return after
  return jsonEqual(withManagedFields(before, undefined), withManagedFields(after, undefined)) ? withManagedFields(after, olds) : after
}

function timeless(entry: Json): Json {
  if (!isJsonObject(entry)) return entry
  const { time: _time, ...rest } = entry
  return Object.fromEntries(Object.entries(rest).toSorted(([a], [b]) => compareText(a, b)))
}
