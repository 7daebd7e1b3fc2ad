import type { CelFunction, CelLibrary } from '../function.ts'
import { memberFunction } from '../function.ts'
import { celType } from '../types.ts'
import type { CelOutcome, CelValue } from '../values.ts'
import { CelError, opaqueKind } from '../values.ts'

/** What is asked of the authorizer. Fields that were not given are empty. */
export interface AccessQuery {
  /** Another user than the one of the request. */
  readonly serviceAccount?: { readonly namespace: string; readonly name: string }
  /** Of a query for a path that is no resource. */
  readonly path?: string
  readonly group: string
  readonly resource: string
  readonly subresource: string
  readonly namespace: string
  readonly name: string
  readonly fieldSelector: string
  readonly labelSelector: string
  readonly verb: string
}

export interface AccessDecision {
  readonly allowed: boolean
  readonly reason: string
  readonly error?: string
}

/** Answers queries. Must not throw. */
export type Authorize = (query: AccessQuery) => AccessDecision

interface Check {
  readonly authorize: Authorize
  readonly query: AccessQuery
}

const noQuery: AccessQuery = {
  group: '',
  resource: '',
  subresource: '',
  namespace: '',
  name: '',
  fieldSelector: '',
  labelSelector: '',
  verb: '',
}

const never = (): boolean => false
const authorizerKind = opaqueKind<Check>('kubernetes.authorization.Authorizer', never)
const pathKind = opaqueKind<Check>('kubernetes.authorization.PathCheck', never)
const groupKind = opaqueKind<Check>('kubernetes.authorization.GroupCheck', never)
const resourceKind = opaqueKind<Check>('kubernetes.authorization.ResourceCheck', never)
const decisionKind = opaqueKind<AccessDecision>('kubernetes.authorization.Decision', never)

/** The types of the variables `authorizer` and `authorizer.requestResource`. */
export const authorizerType = celType.opaque(authorizerKind.name)
export const resourceCheckType = celType.opaque(resourceKind.name)
const resourceType = resourceCheckType
const pathType = celType.opaque(pathKind.name)
const groupType = celType.opaque(groupKind.name)
const decisionType = celType.opaque(decisionKind.name)

/** The value of `authorizer`. */
export const authorizerValue = (authorize: Authorize): CelValue => authorizerKind.wrap({ authorize, query: noQuery })

/** The value of `authorizer.requestResource`: the resource of the request. */
export const requestResourceValue = (authorize: Authorize, resource: Partial<AccessQuery>): CelValue =>
  resourceKind.wrap({ authorize, query: { ...noQuery, ...resource } })

type Field = 'resource' | 'subresource' | 'namespace' | 'name' | 'fieldSelector' | 'labelSelector'

/** Sets a field of a query for a resource. */
const builder = (field: Field): CelFunction =>
  memberFunction(field, [resourceType, 'string'], {
    returns: resourceType,
    evaluate: (value, text) => {
      const { authorize, query } = resourceKind.unwrap(value)
      return resourceKind.wrap({ authorize, query: { ...query, [field]: text } })
    },
  })

function ask({ authorize, query }: Check, verb: string): CelOutcome {
  return decisionKind.wrap(authorize({ ...query, verb }))
}

/** An error ends the evaluation only where the author does not ask for it. */
function allowed(value: CelValue): boolean {
  return decisionKind.unwrap(value).allowed
}

/** Kubernetes lets no expression ask more than twice. */
const checkCost = (): number => 350_000

/** Questions of what the user of the request may do. The answers come from the variable `authorizer`. */
export const authorizerLibrary: CelLibrary = {
  name: 'k8s.authz',
  types: {
    [authorizerKind.name]: authorizerType,
    [pathKind.name]: pathType,
    [groupKind.name]: groupType,
    [resourceKind.name]: resourceType,
    [decisionKind.name]: decisionType,
  },
  functions: [
    memberFunction('path', [authorizerType, 'string'], {
      returns: pathType,
      evaluate: (value, path) => {
        if (path === '') return new CelError('path must not be empty')
        const { authorize, query } = authorizerKind.unwrap(value)
        return pathKind.wrap({ authorize, query: { ...query, path } })
      },
    }),
    memberFunction('group', [authorizerType, 'string'], {
      returns: groupType,
      evaluate: (value, group) => {
        const { authorize, query } = authorizerKind.unwrap(value)
        return groupKind.wrap({ authorize, query: { ...query, group } })
      },
    }),
    memberFunction('serviceAccount', [authorizerType, 'string', 'string'], {
      returns: authorizerType,
      evaluate: (value, namespace, name) => {
        const { authorize, query } = authorizerKind.unwrap(value)
        return authorizerKind.wrap({ authorize, query: { ...query, serviceAccount: { namespace, name } } })
      },
    }),
    memberFunction('resource', [groupType, 'string'], {
      returns: resourceType,
      evaluate: (value, resource) => {
        const { authorize, query } = groupKind.unwrap(value)
        return resourceKind.wrap({ authorize, query: { ...query, resource } })
      },
    }),
    builder('subresource'),
    builder('namespace'),
    builder('name'),
    builder('fieldSelector'),
    builder('labelSelector'),
    memberFunction('check', [pathType, 'string'], {
      returns: decisionType,
      evaluate: (value, verb) => ask(pathKind.unwrap(value), verb),
      cost: checkCost,
    }),
    memberFunction('check', [resourceType, 'string'], {
      returns: decisionType,
      evaluate: (value, verb) => ask(resourceKind.unwrap(value), verb),
      cost: checkCost,
    }),
    memberFunction('allowed', [decisionType], { returns: 'bool', evaluate: allowed }),
    memberFunction('reason', [decisionType], { returns: 'string', evaluate: (value) => decisionKind.unwrap(value).reason }),
    memberFunction('errored', [decisionType], { returns: 'bool', evaluate: (value) => decisionKind.unwrap(value).error !== undefined }),
    memberFunction('error', [decisionType], { returns: 'string', evaluate: (value) => decisionKind.unwrap(value).error ?? '' }),
  ],
}
