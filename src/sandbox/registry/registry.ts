import type { Json, JsonObject } from '../../core/json.ts'
import { jsonEqual, ownValue } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf, namespaceOf } from '../../kube/object.ts'
import type { Status } from '../../kube/status.ts'
import { alreadyExists, badRequest, conflict, failure, invalidStatus, notFound } from '../../kube/status.ts'
import type { Clock, DeleteOptions } from '../client.ts'
import type { ServedType } from '../served-type.ts'
import type { Store } from '../storage/store.ts'
import { readBody } from './body.ts'
import { deletion } from './deletion.ts'
import { track } from './field-owners.ts'
import {
  finalizersOf,
  isTerminating,
  metadataOf,
  resourceVersionOf,
  sameContent,
  sameOwners,
  sameSpec,
  tidyMetadata,
  uidOf,
  withMetadata,
  withSystemFields,
} from './metadata.ts'
import type { AdmissionChain, WriteOptions } from './operation.ts'
import type { Patch } from './patch.ts'
import { applyPatch } from './patch.ts'
import type { Strategies } from './strategies.ts'

/** Where in the API a request points. */
export interface Place {
  readonly type: ServedType
  /** '' for cluster-scoped types. */
  readonly namespace: string
  readonly name: string
  readonly subresource: string
  /** The form in which a subresource shows its object; absent where it is the object itself. */
  readonly view?: View
}

/** A subresource with a kind of its own, such as Scale: made from the object, and written back into it. */
export interface View {
  readonly group: string
  readonly version: string
  readonly kind: string
  show(object: KubeObject): KubeObject
  put(view: KubeObject, object: KubeObject): Result<KubeObject, Status>
}

export interface RegistryParts {
  readonly store: Store
  readonly clock: Clock
  readonly admission: AdmissionChain
  readonly strategies: Strategies
}

export interface Registry {
  get(place: Place): Result<KubeObject, Status>
  create(place: Place, body: KubeObject, options: WriteOptions): Promise<Result<KubeObject, Status>>
  update(place: Place, body: KubeObject, options: WriteOptions): Promise<Result<KubeObject, Status>>
  /** `created` tells that server-side apply made the object. */
  patch(
    place: Place,
    patch: Patch,
    options: WriteOptions,
  ): Promise<Result<{ readonly object: KubeObject; readonly created: boolean }, Status>>
  /** The object if it stays for now (finalizers, grace), a Status if it is gone. */
  delete(place: Place, requested: DeleteRequest, options: WriteOptions): Promise<Result<KubeObject | Status, Status>>
}

export interface DeleteRequest extends DeleteOptions {
  readonly resourceVersion?: string
  /** The options as the client sent them, for webhooks. */
  readonly body?: JsonObject
}

const modified = 'the object has been modified; please apply your changes to the latest version and try again'

export const requestOptions = (kind: string, options: WriteOptions, extra: JsonObject = {}): KubeObject => ({
  kind,
  apiVersion: 'meta.k8s.io/v1',
  ...(options.dryRun ? { dryRun: ['All'] } : {}),
  ...(options.fieldManager === '' ? {} : { fieldManager: options.fieldManager }),
  ...(options.fieldValidation === 'Warn' ? {} : { fieldValidation: options.fieldValidation }),
  ...extra,
})

/** Server-side apply has written already who owns what. */
interface Tracked {
  readonly tracked?: boolean
}

/** Writes of these change one part of an object, taken from the body by its strategy, that an ordinary update may not change. */
const partialSubresources = new Set(['binding', 'ephemeralcontainers', 'resize', 'approval', 'finalize'])

/** How often a patch without a resourceVersion is tried on newer states of its object. */
const patchAttempts = 6
const nameAttempts = 8

export function createRegistry({ store, clock, admission, strategies }: RegistryParts): Registry {
  const find = ({ type, namespace, name }: Place): KubeObject | undefined => store.get(type.storage, type.namespaced ? namespace : '', name)
  const missing = ({ type, name }: Place): Status => notFound({ group: type.group, resource: type.resource }, name)
  const finish = deletion(store)

  const create = async (place: Place, body: KubeObject, options: WriteOptions & Tracked): Promise<Result<KubeObject, Status>> => {
    const { type, namespace } = place
    const read = readBody(place, body, options)
    if (!read.ok) return read
    if (resourceVersionOf(read.value) !== '')
      return err(failure({ code: 500, reason: '', message: 'resourceVersion should not be set on objects to be created' }))
    const named = type.namespaced ? withMetadata(read.value, { namespace }) : withMetadata(read.value, { namespace: undefined })
    const defaulted = type.applyDefaults(withMetadata(named, { uid: undefined, creationTimestamp: undefined, generation: undefined }))
    // What admission and the server itself add belongs to nobody.
    const owned =
      options.tracked === true
        ? defaulted
        : track({ type, before: undefined, after: defaulted, options, subresource: '', now: clock.now() })
    const attributes = {
      operation: 'CREATE' as const,
      type,
      subresource: place.subresource,
      namespace,
      name: nameOf(defaulted),
      oldObject: undefined,
      kind: { group: type.group, version: type.version, kind: type.kind },
      requestOptions: requestOptions('CreateOptions', options),
      options,
    }
    const mutated = await admission.mutate({ ...attributes, object: owned })
    if (!mutated.ok) return mutated
    const admitted = mutated.value ?? owned
    const whyNamespace = wrongNamespace(place, admitted)
    if (whyNamespace !== undefined) return err(whyNamespace)
    const prepared = strategies.prepareCreate(type, withSystemFields(tidyMetadata(admitted), clock.now()), options)
    if (!prepared.ok) return prepared
    const fresh = type.countsGenerations ? withMetadata(prepared.value, { generation: 1 }) : prepared.value
    const errors = type.validateCreate(fresh)
    if (errors.length > 0) return err(invalidStatus(type, nameOf(fresh), errors))
    for (const text of type.warnings(fresh, undefined)) options.warn(text)
    const refused = await admission.validate({ ...attributes, object: fresh })
    if (refused !== undefined) return err(refused)
    return insert(place, fresh, { ...options, generated: nameOf(admitted) === '' })
  }

  const insert = (
    place: Place,
    object: KubeObject,
    options: WriteOptions & { readonly generated: boolean },
  ): Result<KubeObject, Status> => {
    const { type } = place
    let named = object
    for (let i = 0; i < nameAttempts && find({ ...place, name: nameOf(named) }) !== undefined; i += 1) {
      if (!options.generated || i === nameAttempts - 1)
        return err(alreadyExists({ group: type.group, resource: type.resource }, nameOf(named)))
      named = withSystemFields(withMetadata(named, { name: undefined }), clock.now())
    }
    if (options.dryRun) return ok(named)
    return ok(type.fromStorage(store.put(type.storage, type.toStorage(named))))
  }

  /** The rest of an update, once the new object has been made from the old one. Synchronous after admission: nothing comes between the check and the write. */
  const replace = async (
    place: Place,
    stored: KubeObject,
    next: KubeObject,
    options: WriteOptions & { readonly optionsKind: string; readonly tracked?: boolean },
  ): Promise<Result<KubeObject, Status>> => {
    const { type, namespace, name, subresource, view } = place
    const old = type.fromStorage(stored)
    const attributes = {
      operation: 'UPDATE' as const,
      type,
      subresource,
      namespace,
      name,
      oldObject: view === undefined ? old : view.show(old),
      kind: view ?? { group: type.group, version: type.version, kind: type.kind },
      requestOptions: requestOptions(options.optionsKind, options, options.force ? { force: true } : {}),
      options,
    }
    const owns = options.tracked !== true && view === undefined
    const owned = owns ? track({ type, before: old, after: next, options, subresource, now: clock.now() }) : next
    const mutated = await admission.mutate({ ...attributes, object: owned })
    if (!mutated.ok) return mutated
    const viewed: Result<KubeObject, Status> = view === undefined ? ok(mutated.value ?? owned) : view.put(mutated.value ?? owned, old)
    if (!viewed.ok) return viewed
    const admitted =
      view === undefined ? viewed.value : track({ type, before: old, after: viewed.value, options, subresource, now: clock.now() })
    const prepared = strategies.prepareUpdate({ ...place, object: keepSystemFields(tidyMetadata(admitted), old), old, options })
    if (!prepared.ok) return prepared
    const counted =
      type.countsGenerations && (!sameSpec(prepared.value, old) || annotationsCount(place, prepared.value, old))
        ? withMetadata(prepared.value, { generation: generationOf(old) + 1 })
        : prepared.value
    const errors = partialSubresources.has(subresource) ? [] : type.validateUpdate(counted, old)
    if (errors.length > 0) return err(invalidStatus(type, name, errors))
    for (const text of type.warnings(counted, old)) options.warn(text)
    const refused = await admission.validate({ ...attributes, object: view === undefined ? counted : view.show(counted) })
    if (refused !== undefined) return err(refused)
    const current = find(place)
    if (current === undefined) return err(missing(place))
    if (resourceVersionOf(current) !== resourceVersionOf(stored)) return err(conflict(type, name, modified))
    // An apply may change who owns what and nothing else.
    if (sameContent(counted, old) && (options.tracked !== true || sameOwners(counted, old))) return ok(old)
    const written = withMetadata(counted, { resourceVersion: resourceVersionOf(old) })
    if (options.dryRun) return ok(written)
    // The last finalizer has gone: so does the object.
    if (isTerminating(written) && finalizersOf(written).length === 0 && finish.isReady(type, written)) {
      store.put(type.storage, type.toStorage(written))
      const last = store.remove(type.storage, namespaceOf(written), name)
      return ok(last === undefined ? written : type.fromStorage(last))
    }
    return ok(type.fromStorage(store.put(type.storage, type.toStorage(written))))
  }

  const update = async (place: Place, body: KubeObject, options: WriteOptions): Promise<Result<KubeObject, Status>> => {
    const { type, name } = place
    const stored = find(place)
    if (place.view !== undefined) {
      const stale = stored === undefined ? missing(place) : whyStale(place, stored, body)
      return stored === undefined || stale !== undefined
        ? err(stale ?? missing(place))
        : replace(place, stored, body, { ...options, optionsKind: 'UpdateOptions' })
    }
    const read = readBody(place, body, options)
    if (!read.ok) return read
    if (nameOf(read.value) !== '' && nameOf(read.value) !== name)
      return err(badRequest(`the name of the object (${nameOf(read.value)}) does not match the name on the URL (${name})`))
    if (stored === undefined) return strategies.createsOnUpdate(type) ? create(place, body, options) : err(missing(place))
    const stale = whyStale(place, stored, read.value)
    if (stale !== undefined) return err(stale)
    const named = withMetadata(read.value, { name, namespace: type.namespaced ? place.namespace : undefined })
    return replace(place, stored, type.applyDefaults(named), { ...options, optionsKind: 'UpdateOptions' })
  }

  const patch = async (
    place: Place,
    requested: Patch,
    options: WriteOptions,
  ): Promise<Result<{ readonly object: KubeObject; readonly created: boolean }, Status>> => {
    for (let attempt = 1; ; attempt += 1) {
      const stored = find(place)
      const apply = requested.kind === 'apply'
      if (stored === undefined && (!apply || place.subresource !== '')) return err(missing(place))
      const live = stored === undefined ? undefined : place.type.fromStorage(stored)
      const shown = live === undefined || place.view === undefined ? live : place.view.show(live)
      const patched = applyPatch(place, requested, shown, options, clock.now())
      if (!patched.ok) return patched
      if (stored === undefined) {
        const made = await create(place, patched.value.object, { ...options, tracked: true })
        return made.ok ? ok({ object: made.value, created: true }) : made
      }
      const stale = whyStale(place, stored, patched.value.object)
      if (stale !== undefined) return err(stale)
      const next = place.view === undefined ? place.type.applyDefaults(patched.value.object) : patched.value.object
      const done = await replace(place, stored, next, {
        ...options,
        optionsKind: 'PatchOptions',
        tracked: apply,
      })
      if (done.ok) return ok({ object: done.value, created: false })
      const retry = done.error.reason === 'Conflict' && !patched.value.pinned && attempt < patchAttempts
      if (!retry) return done
    }
  }

  const remove = async (place: Place, requested: DeleteRequest, options: WriteOptions): Promise<Result<KubeObject | Status, Status>> => {
    const { type, namespace, name } = place
    const stored = find(place)
    if (stored === undefined) return err(missing(place))
    const old = type.fromStorage(stored)
    const failed = failedPrecondition(place, old, requested)
    if (failed !== undefined) return err(failed)
    const attributes = {
      operation: 'DELETE' as const,
      type,
      subresource: '',
      namespace,
      name,
      object: undefined,
      oldObject: old,
      kind: { group: type.group, version: type.version, kind: type.kind },
      requestOptions: { kind: 'DeleteOptions', apiVersion: 'meta.k8s.io/v1', ...requested.body } satisfies KubeObject,
      options,
    }
    const mutated = await admission.mutate(attributes)
    if (!mutated.ok) return mutated
    const refused = await admission.validate(attributes)
    if (refused !== undefined) return err(refused)
    const current = find(place)
    if (current === undefined) return err(missing(place))
    return ok(finish.begin(type, type.fromStorage(current), requested, { dryRun: options.dryRun, now: clock.now() }))
  }

  return {
    get: (place) => {
      const object = find(place)
      return object === undefined ? err(missing(place)) : ok(place.type.fromStorage(object))
    },
    create,
    update,
    patch,
    delete: remove,
  }
}

/** A Deployment has a new generation when its annotations change, too. */
const annotationsCount = ({ type, subresource }: Place, object: KubeObject, old: KubeObject): boolean =>
  type.group === 'apps' &&
  type.resource === 'deployments' &&
  subresource !== 'status' &&
  !jsonEqual(ownValue(metadataOf(object), 'annotations') ?? {}, ownValue(metadataOf(old), 'annotations') ?? {})

const generationOf = (object: KubeObject): number => {
  const generation = metadataOf(object)['generation']
  return typeof generation === 'number' ? generation : 0
}

function wrongNamespace({ type, namespace }: Place, object: KubeObject): Status | undefined {
  if (!type.namespaced || namespaceOf(object) === namespace) return undefined
  return badRequest('the namespace of the provided object does not match the namespace sent on the request')
}

/** A body that names a state (`resourceVersion`, `uid`) other than the stored one. */
function whyStale({ type, name }: Place, stored: KubeObject, body: KubeObject): Status | undefined {
  const version = resourceVersionOf(body)
  if (version !== '' && version !== resourceVersionOf(stored)) return conflict(type, name, modified)
  const uid = uidOf(body)
  if (uid !== '' && uid !== uidOf(stored))
    return conflict(type, name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${uidOf(stored)}`)
  return undefined
}

function failedPrecondition({ type, name }: Place, object: KubeObject, { uid, resourceVersion }: DeleteRequest): Status | undefined {
  if (uid !== undefined && uid !== uidOf(object))
    return conflict(type, name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${uidOf(object)}`)
  if (resourceVersion !== undefined && resourceVersion !== resourceVersionOf(object)) {
    return conflict(
      type,
      name,
      `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${resourceVersionOf(object)}`,
    )
  }
  return undefined
}

/** What a client cannot change by sending something else. */
function keepSystemFields(object: KubeObject, old: KubeObject): KubeObject {
  const before = metadataOf(old)
  const kept: Record<string, Json | undefined> = {}
  for (const key of [
    'uid',
    'creationTimestamp',
    'generateName',
    'generation',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'resourceVersion',
  ]) {
    kept[key] = ownValue(before, key)
  }
  return withMetadata(object, kept)
}
