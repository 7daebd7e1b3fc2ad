import type { Status } from '../kube/status.ts'
import { failure } from '../kube/status.ts'
import type { UserInfo } from '../policy/request.ts'

/** One thing that somebody wants to do. */
export interface AuthorizationRequest {
  readonly user: UserInfo
  readonly verb: string
  readonly apiGroup: string
  readonly resource: string
  readonly subresource: string
  readonly namespace: string
  readonly name: string
  /** Of a request that is about no resource. */
  readonly path: string | undefined
}

export interface AuthorizationAnswer {
  readonly allowed: boolean
  readonly reason: string
}

export interface Authorizer {
  authorize(request: AuthorizationRequest): AuthorizationAnswer
}

/** Kubernetes' sentence about what was not allowed. */
export function forbiddenMessage({ user, verb, apiGroup, resource, subresource, namespace, path }: AuthorizationRequest): string {
  const who = `User ${JSON.stringify(user.username)}`
  if (path !== undefined) return `${who} cannot ${verb} path ${JSON.stringify(path)}`
  const what = subresource === '' ? resource : `${resource}/${subresource}`
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`
  return `${who} cannot ${verb} resource ${JSON.stringify(what)} in API group ${JSON.stringify(apiGroup)} ${where}`
}

export function forbiddenAnswer(request: AuthorizationRequest, reason: string): Status {
  const { apiGroup, resource, name, path } = request
  const detail = reason === '' ? forbiddenMessage(request) : `${forbiddenMessage(request)}: ${reason}`
  if (path !== undefined) return failure({ code: 403, reason: 'Forbidden', message: `forbidden: ${detail}`, details: {} })
  const qualified = apiGroup === '' ? resource : `${resource}.${apiGroup}`
  const about = name === '' ? qualified : `${qualified} ${JSON.stringify(name)}`
  return failure({
    code: 403,
    reason: 'Forbidden',
    message: `${about} is forbidden: ${detail}`,
    details: { ...(name === '' ? {} : { name }), ...(apiGroup === '' ? {} : { group: apiGroup }), kind: resource },
  })
}
