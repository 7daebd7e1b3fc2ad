import { objectAt } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import { notSupported } from '../../kube/field-error.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Status } from '../../kube/status.ts'
import { failure, invalidStatus, methodNotAllowed, noSuchPath } from '../../kube/status.ts'
import type { UserInfo } from '../../policy/request.ts'
import type { Clock } from '../client.ts'
import type { ApiRequest, ApiResponse } from '../http/exchange.ts'
import { header, jsonResponse, statusResponse } from '../http/exchange.ts'
import type { RequestInfo } from '../http/request-info.ts'
import type { WriteOptions } from '../registry/operation.ts'
import type { Patch } from '../registry/patch.ts'
import type { DeleteRequest, Place, Registry } from '../registry/registry.ts'
import { compileSelection } from '../selectors.ts'
import type { ServedType } from '../served-type.ts'
import type { Store } from '../storage/store.ts'
import { nameOf, namespaceOf } from '../../kube/object.ts'
import { mediaType, readObject, readOptions, readPatchBody } from './decode-body.ts'
import { representation } from './represent.ts'
import { viewOf } from './scale.ts'

export interface WriteParts {
  readonly store: Store
  readonly clock: Clock
  readonly registry: Registry
}

export interface Written {
  readonly request: ApiRequest
  readonly info: RequestInfo
  readonly type: ServedType
  readonly user: UserInfo
  readonly annotate: (key: string, value: string) => void
}

const patchKinds: Readonly<Record<string, Patch['kind']>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
}

/** POST, PUT, PATCH and DELETE of an object or of a subresource that shows one. */
export async function writeResponse(written: Written, parts: WriteParts): Promise<ApiResponse> {
  const { request, info, type } = written
  const warnings: string[] = []
  const options = writeOptions(written, (text) => warnings.push(text))
  if (!options.ok) return statusResponse(options.error)
  const place: Place = {
    type,
    namespace: type.namespaced ? info.namespace : '',
    name: info.name,
    subresource: info.subresource,
    ...optionalView(type, info.subresource),
  }
  const shown = representation(request, type, parts.clock)
  const answer = (status: number, object: KubeObject): ApiResponse =>
    jsonResponse(status, place.view === undefined ? shown.one(object) : place.view.show(object), warnings)
  const refuse = (status: Status): ApiResponse => statusResponse(status, warnings)
  switch (info.verb) {
    case 'create': {
      if (info.name !== '') return refuse(methodNotAllowed())
      const body = readObject(request, type.kind)
      if (!body.ok) return refuse(body.error)
      const made = await parts.registry.create({ ...place, name: nameOf(body.value) }, body.value, options.value)
      return made.ok ? answer(201, made.value) : refuse(made.error)
    }
    case 'update': {
      if (info.name === '') return refuse(methodNotAllowed())
      const body = readObject(request, place.view?.kind ?? type.kind)
      if (!body.ok) return refuse(body.error)
      const done = await parts.registry.update(place, body.value, options.value)
      return done.ok ? answer(200, done.value) : refuse(done.error)
    }
    case 'patch': {
      if (info.name === '') return refuse(methodNotAllowed())
      const patch = readPatch(request, type)
      if (!patch.ok) return refuse(patch.error)
      const done = await parts.registry.patch(place, patch.value, options.value)
      return done.ok ? answer(done.value.created ? 201 : 200, done.value.object) : refuse(done.error)
    }
    case 'delete':
      return deleteOne(written, place, { ...parts, options: options.value, warnings })
    case 'deletecollection':
      return deleteMany(written, place, { ...parts, options: options.value, warnings })
    default:
      return refuse(noSuchPath())
  }
}

const optionalView = (type: ServedType, subresource: string) => {
  const view = viewOf(type, subresource)
  return view === undefined ? {} : { view }
}

function readPatch(request: ApiRequest, type: ServedType): Result<Patch, Status> {
  const kind = patchKinds[mediaType(request)]
  if (kind === undefined || (kind === 'strategic' && type.custom)) {
    const message =
      kind === undefined
        ? '415: Unsupported Media Type'
        : 'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml'
    return err(failure({ code: 415, reason: 'UnsupportedMediaType', message, ...(kind === undefined ? { details: {} } : {}) }))
  }
  const body = readPatchBody(request)
  return body.ok ? ok({ kind, body: body.value }) : body
}

interface Deleting extends WriteParts {
  readonly options: WriteOptions
  readonly warnings: readonly string[]
}

function deleteRequest(body: JsonObject, query: URLSearchParams): DeleteRequest {
  const policy = body['propagationPolicy'] ?? query.get('propagationPolicy')
  const grace = body['gracePeriodSeconds'] ?? (query.has('gracePeriodSeconds') ? Number(query.get('gracePeriodSeconds')) : undefined)
  const preconditions = objectAt(body, 'preconditions')
  const orphan = body['orphanDependents']
  const chosen = policy === 'Orphan' || policy === 'Background' || policy === 'Foreground' ? policy : orphan === true ? 'Orphan' : undefined
  return {
    ...(chosen === undefined ? {} : { propagationPolicy: chosen }),
    ...(typeof grace === 'number' && Number.isFinite(grace) ? { gracePeriodSeconds: grace } : {}),
    ...(typeof preconditions['uid'] === 'string' ? { uid: preconditions['uid'] } : {}),
    ...(typeof preconditions['resourceVersion'] === 'string' ? { resourceVersion: preconditions['resourceVersion'] } : {}),
    body,
  }
}

async function deleteOne({ request, type }: Written, place: Place, { registry, options, warnings, clock }: Deleting): Promise<ApiResponse> {
  const body = readOptions(request)
  if (!body.ok) return statusResponse(body.error, warnings)
  const dryRun = options.dryRun || (Array.isArray(body.value['dryRun']) && body.value['dryRun'].includes('All'))
  const done = await registry.delete(place, deleteRequest(body.value, request.query), { ...options, dryRun })
  if (!done.ok) return statusResponse(done.error, warnings)
  const value = done.value
  return 'status' in value && value.kind === 'Status'
    ? jsonResponse(200, value, warnings)
    : jsonResponse(200, representation(request, type, clock).one(value as KubeObject), warnings)
}

async function deleteMany(
  { request, type }: Written,
  place: Place,
  { registry, options, warnings, store, clock }: Deleting,
): Promise<ApiResponse> {
  const body = readOptions(request)
  if (!body.ok) return statusResponse(body.error, warnings)
  const selection = compileSelection(request.query, type)
  if (!selection.ok) return statusResponse(failure({ code: 400, reason: 'BadRequest', message: selection.error }), warnings)
  const chosen = store.list(type.storage, place.namespace).filter((object) => selection.value === undefined || selection.value(object))
  for (const object of chosen) {
    const done = await registry.delete(
      { ...place, namespace: namespaceOf(object), name: nameOf(object) },
      deleteRequest(body.value, request.query),
      options,
    )
    if (!done.ok && done.error.code !== 404) return statusResponse(done.error, warnings)
  }
  return jsonResponse(
    200,
    representation(request, type, clock).list(
      chosen.map((object) => type.fromStorage(object)),
      { resourceVersion: String(store.revision) },
    ),
    warnings,
  )
}

const optionsKinds: Readonly<Record<string, string>> = { create: 'CreateOptions', update: 'UpdateOptions', patch: 'PatchOptions' }

export function writeOptions({ request, info, user, annotate }: Written, warn: (text: string) => void): Result<WriteOptions, Status> {
  const { query } = request
  const kind = optionsKinds[info.verb] ?? 'DeleteOptions'
  const about = { group: 'meta.k8s.io', kind }
  const dryRun = query.getAll('dryRun').filter((value) => value !== '')
  if (dryRun.some((value) => value !== 'All')) return err(invalidStatus(about, '', [notSupported('dryRun', dryRun, ['All'])]))
  const validation = query.get('fieldValidation') ?? 'Warn'
  if (validation !== 'Strict' && validation !== 'Warn' && validation !== 'Ignore')
    return err(invalidStatus(about, '', [notSupported('fieldValidation', validation, ['Ignore', 'Warn', 'Strict'])]))
  const agent = header(request, 'user-agent').split('/')[0] ?? ''
  const apply = mediaType(request) === 'application/apply-patch+yaml'
  return ok({
    user,
    dryRun: dryRun.length > 0,
    fieldManager: query.get('fieldManager') || (apply ? '' : agent.slice(0, 128)),
    fieldValidation: validation,
    force: query.get('force') === 'true',
    warn,
    annotate,
  })
}
