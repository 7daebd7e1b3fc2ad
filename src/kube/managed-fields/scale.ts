import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonObject, ownValue, setOwn, valueAt } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { KubeObject } from '../object.ts'
import type { Schema } from '../schema.ts'
import type { Status } from '../status.ts'
import { failure } from '../status.ts'
import { conflictStatus } from './conflicts.ts'
import type { Entry } from './entries.ts'
import { decodeEntries, withEntries } from './entries.ts'
import type { FieldSet } from './field-set.ts'
import { hasMember, setOf, without } from './field-set.ts'
import { objectType } from './shape.ts'
import { typedError } from './validate.ts'

/** A write of the `scale` subresource, told of the object that is scaled. */
export interface ScaleChange {
  readonly manager: string
  /** Of the object that is scaled. */
  readonly apiVersion: string
  /** Field names on the way to the replicas, `spec` and `replicas` for all built-in types. */
  readonly path: readonly string[]
}

const fieldPath = (path: readonly string[]): readonly string[] => path.map((name) => `f:${name}`)

const ownersOf = (entries: readonly Entry[], path: readonly string[]): readonly Entry[] =>
  entries.filter(({ fields }) => hasMember(fields, fieldPath(path)))

/** Who writes the scale owns the replicas and nothing else, and is written down without a time. */
const scaleEntry = ({ manager, apiVersion, path }: ScaleChange, operation: 'Apply' | 'Update'): Entry => ({
  manager,
  operation,
  apiVersion,
  subresource: 'scale',
  time: undefined,
  fields: setOf([fieldPath(path)]),
})

/** The entries after an update of the scale. While nobody owns the replicas, nobody comes to own them this way. */
export function updatedByScale(known: readonly Entry[], before: KubeObject, after: KubeObject, change: ScaleChange): readonly Entry[] {
  const { path } = change
  if (valueAt(before, path) === valueAt(after, path) || ownersOf(known, path).length === 0) return known
  const replicas: FieldSet = setOf([fieldPath(path)])
  return [...known.map((entry) => ({ ...entry, fields: without(entry.fields, replicas) })), scaleEntry(change, 'Update')]
}

const scaleSchema: Schema = {
  type: 'object',
  properties: {
    spec: { type: 'object', properties: { replicas: { type: 'integer' } } },
    status: { type: 'object', properties: { replicas: { type: 'integer' }, selector: { type: 'string' } } },
  },
}

/** Server-side apply of a Scale: the scaled object with the applied replicas, or with none once their only manager applies none. */
export function applyScale(
  live: KubeObject,
  applied: KubeObject,
  change: ScaleChange & { readonly force: boolean },
): Result<KubeObject, Status> {
  const wrong = typedError(applied, objectType({ schema: scaleSchema, definitions: {} }))
  if (wrong !== undefined) {
    const message = `failed to create typed patch object (/; ${applied.apiVersion}, Kind=${applied.kind}): ${wrong}`
    return err(failure({ code: 500, reason: '', message }))
  }
  const known = decodeEntries(live) ?? []
  const mine = scaleEntry(change, 'Apply')
  const isMine = ({ manager, operation, subresource }: Entry): boolean =>
    manager === mine.manager && operation === 'Apply' && subresource === 'scale'
  const others = known.filter((entry) => !isMine(entry))
  const owners = ownersOf(others, change.path)
  const replicas = valueAt(applied, ['spec', 'replicas'])
  if (replicas === undefined) {
    const isOrphaned = known.some(isMine) && owners.length === 0
    return ok(withEntries(isOrphaned ? withValue(live, change.path, 0) : live, others))
  }
  if (replicas === valueAt(live, change.path)) return ok(withEntries(live, [...others, mine]))
  if (owners.length > 0 && !change.force) {
    return err(conflictStatus(owners.map((owner) => ({ owner: { ...owner, apiVersion: applied.apiVersion }, fields: mine.fields }))))
  }
  const left = others.map((entry) => ({ ...entry, fields: without(entry.fields, mine.fields) }))
  return ok(withEntries(withValue(live, change.path, replicas), [...left, mine]))
}

const withValue = (object: KubeObject, path: readonly string[], value: Json): KubeObject => replaced(object, path, value) as KubeObject

function replaced(value: JsonObject, [key, ...rest]: readonly string[], last: Json): JsonObject {
  if (key === undefined) return value
  const copy: { [key: string]: Json } = { ...value }
  const inner = ownValue(value, key)
  setOwn(copy, key, rest.length === 0 ? last : replaced(isJsonObject(inner) ? inner : {}, rest, last))
  return copy
}
