import { objectAt } from '../core/fields.ts'
import type { Json, JsonObject } from '../core/json.ts'
import { isJsonArray, isJsonObject, ownValue, valueAt } from '../core/json.ts'
import { invalid } from '../kube/field-error.ts'
import type { KubeObject } from '../kube/object.ts'
import { nameOf } from '../kube/object.ts'
import type { Status } from '../kube/status.ts'
import { badRequest, conflict, failure, invalidStatus, success } from '../kube/status.ts'
import type { UserInfo } from '../policy/request.ts'
import type { TokenIssuer } from './authentication/service-account-tokens.ts'
import type { AuthorizationRequest, Authorizer } from './authorizer.ts'
import type { Clock } from './client.ts'
import type { ApiRequest, ApiResponse } from './http/exchange.ts'
import { jsonResponse, statusResponse } from './http/exchange.ts'
import type { RequestInfo } from './http/request-info.ts'
import { timestamp, uidOf, withFields } from './registry/metadata.ts'
import type { AdmissionChain } from './registry/operation.ts'
import type { Place, Registry } from './registry/registry.ts'
import { requestOptions } from './registry/registry.ts'
import { readObject } from './resources/decode-body.ts'
import { writeOptions } from './resources/write.ts'
import type { ServedType } from './served-type.ts'

export interface Incoming {
  readonly request: ApiRequest
  readonly info: RequestInfo
  readonly user: UserInfo
  readonly type: ServedType
  readonly annotate: (key: string, value: string) => void
}

/** Resources and subresources that are not objects to read and write but things to do. Undefined where the request is about an ordinary object. */
export interface Subresources {
  respond(incoming: Incoming): Promise<ApiResponse | undefined>
}

export interface SubresourceParts {
  readonly registry: Registry
  readonly admission: AdmissionChain
  readonly authorizer: Authorizer
  readonly rulesOf: (user: UserInfo, namespace: string) => JsonObject
  readonly tokens: TokenIssuer
  readonly clock: Clock
}

type Handler = (incoming: Incoming, parts: SubresourceParts) => Promise<ApiResponse> | ApiResponse

/** By group, resource and subresource. */
const handlers: Readonly<Record<string, Handler>> = {
  '/pods/binding': bind,
  '/bindings/': bind,
  '/pods/eviction': evict,
  '/pods/log': logs,
  '/pods/exec': connect,
  '/pods/attach': connect,
  '/pods/portforward': connect,
  '/pods/proxy': connect,
  '/services/proxy': connect,
  '/nodes/proxy': connect,
  '/serviceaccounts/token': issueToken,
  'authentication.k8s.io/tokenreviews/': reviewToken,
  'authentication.k8s.io/selfsubjectreviews/': reviewSelf,
  'authorization.k8s.io/selfsubjectaccessreviews/': reviewAccess,
  'authorization.k8s.io/subjectaccessreviews/': reviewAccess,
  'authorization.k8s.io/localsubjectaccessreviews/': reviewAccess,
  'authorization.k8s.io/selfsubjectrulesreviews/': reviewRules,
}

export function createSubresources(parts: SubresourceParts): Subresources {
  return {
    respond: async (incoming) => {
      const { type, info } = incoming
      const key = `${type.group}/${type.resource}/${info.subresource}`
      const handler = Object.hasOwn(handlers, key) ? handlers[key] : undefined
      return handler === undefined ? undefined : handler(incoming, parts)
    },
  }
}

const placeOf = ({ info, type }: Incoming): Place => ({ type, namespace: info.namespace, name: info.name, subresource: '' })

/** Runs admission for a CREATE on a subresource, whose body is not the type's own kind. */
async function admitCreate(incoming: Incoming, body: KubeObject, { admission }: SubresourceParts): Promise<Status | undefined> {
  const { info, type } = incoming
  const options = writeOptions(incoming, () => undefined)
  if (!options.ok) return options.error
  const slash = body.apiVersion.indexOf('/')
  const attributes = {
    operation: 'CREATE' as const,
    type,
    subresource: info.subresource,
    namespace: info.namespace,
    name: info.name,
    object: body,
    oldObject: undefined,
    kind: { group: slash < 0 ? '' : body.apiVersion.slice(0, slash), version: body.apiVersion.slice(slash + 1), kind: body.kind },
    requestOptions: requestOptions('CreateOptions', options.value),
    options: options.value,
  }
  const mutated = await admission.mutate(attributes)
  if (!mutated.ok) return mutated.error
  return admission.validate({ ...attributes, object: mutated.value })
}

/** A body of a review or another virtual kind, with its header filled in. */
function bodyOf({
  request,
  type,
  info,
}: Incoming): { readonly ok: true; readonly value: KubeObject } | { readonly ok: false; readonly error: Status } {
  const declared = type.subresources.find(({ name }) => name === info.subresource)
  const kind = declared?.kind ?? type.kind
  const read = readObject(request, kind)
  if (!read.ok) return read
  const group = declared?.group ?? type.group
  const version = declared?.version ?? type.version
  return {
    ok: true,
    value: {
      ...read.value,
      apiVersion: read.value.apiVersion === '' ? (group === '' ? version : `${group}/${version}`) : read.value.apiVersion,
      kind: read.value.kind === '' ? kind : read.value.kind,
    },
  }
}

async function bind(incoming: Incoming, parts: SubresourceParts): Promise<ApiResponse> {
  const body = bodyOf(incoming)
  if (!body.ok) return statusResponse(body.error)
  const place = { ...placeOf(incoming), name: incoming.info.name || nameOf(body.value) }
  const pod = parts.registry.get(place)
  if (!pod.ok) return statusResponse(pod.error)
  const assigned = valueAt(pod.value, ['spec', 'nodeName'])
  if (typeof assigned === 'string' && assigned !== '')
    return statusResponse(
      conflict(
        { group: '', resource: 'pods/binding' },
        place.name,
        `pod ${place.name} is already assigned to node ${JSON.stringify(assigned)}`,
      ),
    )
  const refused = await admitCreate(incoming, body.value, parts)
  if (refused !== undefined) return statusResponse(refused)
  const node = valueAt(body.value, ['target', 'name'])
  const options = writeOptions(incoming, () => undefined)
  if (!options.ok) return statusResponse(options.error)
  const bound = withFields(pod.value, { spec: { ...objectAt(pod.value, 'spec'), nodeName: typeof node === 'string' ? node : '' } })
  const done = await parts.registry.update({ ...place, subresource: 'binding' }, bound, options.value)
  return done.ok ? jsonResponse(201, success({})) : statusResponse(done.error)
}

async function evict(incoming: Incoming, parts: SubresourceParts): Promise<ApiResponse> {
  const body = bodyOf(incoming)
  if (!body.ok) return statusResponse(body.error)
  const place = placeOf(incoming)
  const pod = parts.registry.get(place)
  if (!pod.ok) return statusResponse(pod.error)
  const refused = await admitCreate(incoming, body.value, parts)
  if (refused !== undefined) return statusResponse(refused)
  const options = writeOptions(incoming, () => undefined)
  if (!options.ok) return statusResponse(options.error)
  const grace = valueAt(body.value, ['deleteOptions', 'gracePeriodSeconds'])
  const done = await parts.registry.delete(place, typeof grace === 'number' ? { gracePeriodSeconds: grace } : {}, options.value)
  return done.ok ? jsonResponse(201, success({})) : statusResponse(done.error)
}

/** In the order in which kube-apiserver lists them. */
const containerNames = (
  pod: KubeObject,
  lists: readonly string[] = ['initContainers', 'containers', 'ephemeralContainers'],
): readonly string[] =>
  lists.flatMap((list) => {
    const value = valueAt(pod, ['spec', list])
    return isJsonArray(value) ? value.filter(isJsonObject).map((container) => String(container['name'])) : []
  })

/** Why a Pod has no container to `exec` in or `attach` to. */
function whyNoContainer(pod: KubeObject, asked: string): Status | undefined {
  const names = containerNames(pod)
  if (asked !== '' && !names.includes(asked)) return badRequest(`container ${asked} is not valid for pod ${nameOf(pod)}`)
  if (asked === '' && containerNames(pod, ['containers']).length > 1)
    return badRequest(`a container name must be specified for pod ${nameOf(pod)}, choose one of: [${names.join(' ')}]`)
  return undefined
}

/** Containers do not run here: their log is a line that says so. */
function logs(incoming: Incoming, parts: SubresourceParts): ApiResponse {
  const pod = parts.registry.get(placeOf(incoming))
  if (!pod.ok) return statusResponse(pod.error)
  const containers = containerNames(pod.value)
  const asked = incoming.request.query.get('container') ?? ''
  const { name } = incoming.info
  if (asked !== '' && !containers.includes(asked)) return statusResponse(badRequest(`container ${asked} is not valid for pod ${name}`))
  const only = containerNames(pod.value, ['containers'])
  if (asked === '' && only.length > 1)
    return statusResponse(badRequest(`a container name must be specified for pod ${name}, choose one of: [${containers.join(' ')}]`))
  // Where there is no node there is nobody to ask.
  if (!hasNode(pod.value)) return { status: 200, headers: { 'content-type': 'text/plain' }, body: '' }
  return {
    status: 200,
    headers: { 'content-type': 'text/plain' },
    body: `the sandbox runs no containers: ${asked || (only[0] ?? '')} of pod ${name} has written nothing\n`,
  }
}

const hasNode = (pod: KubeObject): boolean => {
  const node = valueAt(pod, ['spec', 'nodeName'])
  return typeof node === 'string' && node !== ''
}

/** Admission decides about `kubectl exec` and its like; what passes cannot be done, because no container runs. */
async function connect(incoming: Incoming, parts: SubresourceParts): Promise<ApiResponse> {
  const { info, type, request } = incoming
  const found = parts.registry.get(placeOf(incoming))
  if (!found.ok) return statusResponse(found.error)
  const options = writeOptions(incoming, () => undefined)
  if (!options.ok) return statusResponse(options.error)
  const declared = type.subresources.find(({ name }) => name === info.subresource)
  const kind = { group: declared?.group ?? '', version: declared?.version ?? 'v1', kind: declared?.kind ?? 'PodExecOptions' }
  const query = Object.fromEntries([...request.query.keys()].map((key) => [key, queryValue(request.query.getAll(key), key)]))
  const attributes = {
    operation: 'CONNECT' as const,
    type,
    subresource: info.subresource,
    namespace: info.namespace,
    name: info.name,
    object: { kind: kind.kind, apiVersion: kind.version, ...query } satisfies KubeObject,
    oldObject: undefined,
    kind,
    requestOptions: { kind: '', apiVersion: '' },
    options: options.value,
  }
  const mutated = await parts.admission.mutate(attributes)
  const refused = mutated.ok ? await parts.admission.validate({ ...attributes, object: mutated.value }) : mutated.error
  if (refused !== undefined) return statusResponse(refused)
  const noContainer =
    info.subresource === 'exec' || info.subresource === 'attach'
      ? whyNoContainer(found.value, request.query.get('container') ?? '')
      : undefined
  if (noContainer !== undefined) return statusResponse(noContainer)
  if (type.resource === 'pods' && info.subresource !== 'proxy' && !hasNode(found.value))
    return statusResponse(badRequest(`pod ${info.name} does not have a host assigned`))
  return statusResponse(
    failure({
      code: 501,
      reason: 'NotImplemented',
      message: `the sandbox runs no containers, so there is nothing to ${info.subresource} in ${info.name}`,
    }),
  )
}

const queryValue = (values: readonly string[], key: string): Json => {
  if (key === 'command') return values
  const [first = ''] = values
  return first === 'true' ? true : first === 'false' ? false : first
}

const whyDuration = (seconds: number): string | undefined => {
  if (seconds < 600) return 'may not specify a duration less than 10 minutes'
  return seconds > 2 ** 32 ? 'may not specify a duration larger than 2^32 seconds' : undefined
}

async function issueToken(incoming: Incoming, parts: SubresourceParts): Promise<ApiResponse> {
  const body = bodyOf(incoming)
  if (!body.ok) return statusResponse(body.error)
  const account = parts.registry.get(placeOf(incoming))
  if (!account.ok) return statusResponse(account.error)
  const refused = await admitCreate(incoming, body.value, parts)
  if (refused !== undefined) return statusResponse(refused)
  const spec = objectAt(body.value, 'spec')
  const seconds = typeof spec['expirationSeconds'] === 'number' ? spec['expirationSeconds'] : 3600
  const audiences = isJsonArray(spec['audiences']) ? spec['audiences'].map(String) : []
  const { namespace, name } = incoming.info
  const wrong = whyDuration(seconds)
  if (wrong !== undefined)
    return statusResponse(
      invalidStatus({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, '', [invalid('spec.expirationSeconds', seconds, wrong)]),
    )
  const token = parts.tokens.issue({ namespace, name, uid: uidOf(account.value) }, seconds, audiences)
  const expirationTimestamp = timestamp(new Date(parts.clock.now().getTime() + seconds * 1000))
  return jsonResponse(201, { ...body.value, spec: { ...spec, expirationSeconds: seconds }, status: { token, expirationTimestamp } })
}

function reviewToken(incoming: Incoming, { tokens }: SubresourceParts): ApiResponse {
  const body = bodyOf(incoming)
  if (!body.ok) return statusResponse(body.error)
  const token = valueAt(body.value, ['spec', 'token'])
  const user = typeof token === 'string' ? tokens.userOf(token) : undefined
  const status = user === undefined ? { user: {}, error: 'invalid bearer token' } : { authenticated: true, user: userJson(user) }
  return jsonResponse(201, { ...body.value, status })
}

const userJson = ({ username, uid, groups, extra }: UserInfo): JsonObject => ({
  username,
  ...(uid === '' ? {} : { uid }),
  groups,
  ...(Object.keys(extra).length === 0 ? {} : { extra }),
})

function reviewSelf(incoming: Incoming): ApiResponse {
  const body = bodyOf(incoming)
  if (!body.ok) return statusResponse(body.error)
  return jsonResponse(201, { ...body.value, status: { userInfo: userJson(incoming.user) } })
}

const stringOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

function reviewAccess(incoming: Incoming, { authorizer }: SubresourceParts): ApiResponse {
  const body = bodyOf(incoming)
  if (!body.ok) return statusResponse(body.error)
  const spec = objectAt(body.value, 'spec')
  const about = ownValue(spec, 'resourceAttributes')
  const path = ownValue(spec, 'nonResourceAttributes')
  const self = incoming.type.resource.startsWith('self')
  const groups = spec['groups']
  const user: UserInfo = self
    ? incoming.user
    : { username: stringOf(spec['user']), uid: stringOf(spec['uid']), groups: isJsonArray(groups) ? groups.map(String) : [], extra: {} }
  const resource = isJsonObject(about) ? about : {}
  const request: AuthorizationRequest = {
    user,
    verb: stringOf(isJsonObject(path) ? path['verb'] : resource['verb']),
    apiGroup: stringOf(resource['group']),
    resource: stringOf(resource['resource']),
    subresource: stringOf(resource['subresource']),
    namespace: stringOf(resource['namespace']),
    name: stringOf(resource['name']),
    path: isJsonObject(path) ? stringOf(path['path']) : undefined,
  }
  const { allowed, reason } = authorizer.authorize(request)
  return jsonResponse(201, { ...body.value, status: { allowed, ...(reason === '' ? {} : { reason }) } })
}

function reviewRules(incoming: Incoming, { rulesOf }: SubresourceParts): ApiResponse {
  const body = bodyOf(incoming)
  if (!body.ok) return statusResponse(body.error)
  const namespace = stringOf(valueAt(body.value, ['spec', 'namespace']))
  if (namespace === '') return statusResponse(badRequest('no namespace on request'))
  return jsonResponse(201, { ...body.value, status: rulesOf(incoming.user, namespace) })
}
