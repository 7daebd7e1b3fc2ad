import { randomUUID } from 'node:crypto'
import type { Json } from '../core/json.ts'
import type { Result } from '../core/result.ts'
import type { Status } from '../kube/status.ts'
import { failure, internalError, methodNotAllowed, noSuchPath } from '../kube/status.ts'
import type { UserInfo } from '../policy/request.ts'
import type { TokenIssuer } from './authentication/service-account-tokens.ts'
import { authenticate, impersonation } from './authentication/authenticate.ts'
import type { AuthorizationRequest, Authorizer } from './authorizer.ts'
import { forbiddenAnswer } from './authorizer.ts'
import type { Clock } from './client.ts'
import { aggregatedDiscovery, apiGroup, apiGroupList, apiResourceList, apiVersions } from './discovery.ts'
import { healthPaths, healthResponse } from './health.ts'
import type { ApiRequest, ApiResponse } from './http/exchange.ts'
import { header, jsonResponse, statusResponse } from './http/exchange.ts'
import type { RequestInfo } from './http/request-info.ts'
import { requestInfo } from './http/request-info.ts'
import type { Registry } from './registry/registry.ts'
import { componentStatusResponse, isComponentStatus } from './resources/component-statuses.ts'
import { listResponse, watchOf } from './resources/read.ts'
import { representation } from './resources/represent.ts'
import { viewOf } from './resources/scale.ts'
import { writeResponse } from './resources/write.ts'
import type { Catalogue, ServedType } from './served-type.ts'
import type { Store } from './storage/store.ts'
import type { Subresources } from './subresources.ts'
import { deprecationOf } from './types/deprecated.ts'

/** The documents of `/openapi`. */
export interface OpenApiDocuments {
  respond(request: ApiRequest): ApiResponse
}

export interface ApiServerParts {
  readonly store: Store
  readonly clock: Clock
  readonly registry: Registry
  readonly catalogue: () => Catalogue
  readonly tokens: TokenIssuer
  readonly authorizer: Authorizer
  readonly subresources: Subresources
  readonly openApi: OpenApiDocuments
  /** Makes JSON of bodies in other encodings. */
  readonly readBody: (request: ApiRequest) => Result<ApiRequest, Status>
  /** `/version` */
  readonly version: Json
  readonly address: () => string
  readonly isReady: () => boolean
  readonly metrics: () => string
  readonly audit: (entry: AuditEntry) => void
}

/** One finished request, for the log. */
export interface AuditEntry {
  readonly id: string
  readonly user: Pick<UserInfo, 'username' | 'groups'>
  readonly verb: string
  /** Path and query. */
  readonly uri: string
  readonly status: number
  readonly annotations: Readonly<Record<string, string>>
}

export interface ApiServer {
  handle(request: ApiRequest): Promise<ApiResponse>
}

const unauthorized = (): Status => failure({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' })
const text = (status: number, body: string): ApiResponse => ({ status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body })

const nobody: AuditEntry['user'] = { username: '', groups: [] }

export function createApiServer(parts: ApiServerParts): ApiServer {
  return {
    handle: async (incoming) => {
      const annotations: Record<string, string> = {}
      const id = randomUUID()
      const info = requestInfo(incoming.method, incoming.path, incoming.query)
      let user: AuditEntry['user'] = nobody
      const answer = async (): Promise<ApiResponse> => {
        const identified = identify(incoming, parts)
        if ('status' in identified) return statusResponse(identified)
        user = identified
        const wanted = authorizationOf(info, identified)
        const { allowed, reason } = parts.authorizer.authorize(wanted)
        if (!allowed) return statusResponse(forbiddenAnswer(wanted, reason))
        const readable = parts.readBody(incoming)
        if (!readable.ok) return statusResponse(readable.error)
        const request = readable.value
        return info.isResource
          ? resourceResponse({ request, info, user: identified, annotate: (key, value) => void (annotations[key] = value) }, parts)
          : otherResponse(request, parts)
      }
      const response = await answer()
      const query = incoming.query.toString()
      const uri = query === '' ? incoming.path : `${incoming.path}?${query}`
      parts.audit({ id, user, verb: info.verb, uri, status: response.status, annotations })
      return { ...response, headers: { 'audit-id': id, 'cache-control': 'no-cache, private', ...response.headers } }
    },
  }
}

/** The user the request acts as, or why it may act as nobody. */
function identify(request: ApiRequest, { tokens, authorizer }: ApiServerParts): UserInfo | Status {
  const real = authenticate(request, tokens)
  if (real === undefined) return unauthorized()
  const wanted = impersonation(request)
  if (wanted === undefined) return real
  if (wanted === 'no user') return internalError('requested groups, a uid or extras without impersonating a user')
  for (const { group, resource, namespace, name, subresource } of wanted.needs) {
    const need: AuthorizationRequest = {
      user: real,
      verb: 'impersonate',
      apiGroup: group,
      resource,
      subresource,
      namespace,
      name,
      path: undefined,
    }
    const { allowed, reason } = authorizer.authorize(need)
    if (!allowed) return forbiddenAnswer(need, reason)
  }
  return wanted.user
}

const authorizationOf = (info: RequestInfo, user: UserInfo): AuthorizationRequest => ({
  user,
  verb: info.verb,
  apiGroup: info.group,
  resource: info.resource,
  subresource: info.subresource,
  namespace: info.namespace,
  name: info.name,
  path: info.isResource ? undefined : info.path,
})

interface Incoming {
  readonly request: ApiRequest
  readonly info: RequestInfo
  readonly user: UserInfo
  readonly annotate: (key: string, value: string) => void
}

async function resourceResponse(incoming: Incoming, parts: ApiServerParts): Promise<ApiResponse> {
  const { info } = incoming
  const type = parts.catalogue().find(info.group, info.version, info.resource)
  if (type === undefined) return unknownResource(info, parts.catalogue())
  const response = await typeResponse(incoming, type, parts)
  const deprecation = deprecationOf(type)
  return deprecation === undefined ? response : { ...response, warnings: [deprecation, ...(response.warnings ?? [])] }
}

/** What is built in answers for its groups in JSON; nobody answers for others. */
function unknownResource({ group }: RequestInfo, catalogue: Catalogue): ApiResponse {
  const builtIn = catalogue.all().some((type) => type.group === group && !type.custom)
  return builtIn ? statusResponse(noSuchPath()) : notServed()
}

async function typeResponse(incoming: Incoming, type: ServedType, parts: ApiServerParts): Promise<ApiResponse> {
  const { request, info } = incoming
  if (isComponentStatus(type)) return componentStatusResponse(request, info, type, parts.clock)
  if (info.subresource !== '') return subresourceResponse(incoming, type, parts)
  const placed = info.verb === 'list' || info.verb === 'watch' || info.namespace !== '' || !type.namespaced
  if (!placed || (!type.namespaced && info.namespace !== '' && type.resource !== 'namespaces')) return statusResponse(noSuchPath())
  if (!type.verbs.includes(info.verb)) {
    const special = await parts.subresources.respond({ ...incoming, type })
    return special ?? statusResponse(methodNotAllowed())
  }
  if (!type.verbs.includes('get')) {
    const special = await parts.subresources.respond({ ...incoming, type })
    if (special !== undefined) return special
  }
  switch (info.verb) {
    case 'get':
      return getOne(request, info, type, parts)
    case 'list':
      return listResponse(request, info, type, parts)
    case 'watch':
      return watchOf(request, info, type, parts)
    default:
      return writeResponse({ ...incoming, type }, parts)
  }
}

function getOne(request: ApiRequest, info: RequestInfo, type: ServedType, { registry, clock }: ApiServerParts): ApiResponse {
  const view = viewOf(type, info.subresource)
  const found = registry.get({ type, namespace: type.namespaced ? info.namespace : '', name: info.name, subresource: info.subresource })
  if (!found.ok) return statusResponse(found.error)
  return jsonResponse(200, view === undefined ? representation(request, type, clock).one(found.value) : view.show(found.value))
}

async function subresourceResponse(incoming: Incoming, type: ServedType, parts: ApiServerParts): Promise<ApiResponse> {
  const { request, info } = incoming
  const declared = type.subresources.find(({ name }) => name === info.subresource)
  if (declared === undefined) return statusResponse(noSuchPath())
  const special = await parts.subresources.respond({ ...incoming, type })
  if (special !== undefined) return special
  if (!declared.verbs.includes(info.verb)) return statusResponse(methodNotAllowed())
  return info.verb === 'get' ? getOne(request, info, type, parts) : writeResponse({ ...incoming, type }, parts)
}

const aggregated = /application\/json;.*\bas=APIGroupDiscoveryList\b/

function otherResponse(request: ApiRequest, parts: ApiServerParts): ApiResponse {
  if (request.method !== 'GET' && request.method !== 'HEAD') return statusResponse(methodNotAllowed())
  const { path } = request
  const catalogue = parts.catalogue()
  const [root = '', group = '', version = '', ...more] = path.split('/').filter((part) => part !== '')
  if (path.startsWith('/openapi/')) return parts.openApi.respond(request)
  const health = healthResponse(request, parts.isReady())
  if (health !== undefined) return health
  if (more.length > 0) return notServed()
  switch (root) {
    case 'version':
      return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(parts.version, null, 2) }
    case 'metrics':
      return { status: 200, headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }, body: parts.metrics() }
    case 'api':
      return discoveryResponse(request, parts, group === '' ? undefined : apiResourceList(catalogue, '', group), group === '')
    case 'apis':
      if (group === '') return discoveryResponse(request, parts, undefined, true)
      return discoveryResponse(
        request,
        parts,
        version === '' ? apiGroup(catalogue, group) : apiResourceList(catalogue, group, version),
        false,
      )
    case '':
      return {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ paths: rootPaths(catalogue) }, null, 2),
      }
    default:
      return notServed()
  }
}

const notServed = (): ApiResponse => text(404, '404 page not found\n')

function discoveryResponse(request: ApiRequest, parts: ApiServerParts, document: Json | undefined, root: boolean): ApiResponse {
  const core = request.path.split('/')[1] === 'api'
  const accept = header(request, 'accept')
  if (root && aggregated.test(accept)) {
    const version = /v=(v2(?:beta1)?)\b/.exec(accept)?.[1] ?? 'v2'
    const type = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`
    return { status: 200, headers: { 'content-type': type }, body: JSON.stringify(aggregatedDiscovery(parts.catalogue(), core, version)) }
  }
  const value = root ? (core ? apiVersions(parts.address()) : apiGroupList(parts.catalogue())) : document
  return value === undefined ? text(404, '404 page not found\n') : jsonResponse(200, value)
}

function rootPaths(catalogue: Catalogue): readonly string[] {
  const groups = catalogue.all().flatMap(({ group, version }) => (group === '' ? [] : [`/apis/${group}`, `/apis/${group}/${version}`]))
  return [
    ...new Set([
      '/api',
      '/api/v1',
      '/apis',
      '/apis/',
      ...groups,
      ...healthPaths,
      '/metrics',
      '/openapi/v2',
      '/openapi/v3',
      '/openapi/v3/',
      '/version',
    ]),
  ].sort()
}
