import type { UserInfo } from '../../policy/request.ts'
import type { ApiRequest } from '../http/exchange.ts'
import { header } from '../http/exchange.ts'

export interface TokenReader {
  /** The user of a bearer token; undefined where the token is not valid. */
  userOf(token: string): UserInfo | undefined
}

const allAuthenticated = 'system:authenticated'

export const anonymous: UserInfo = { username: 'system:anonymous', uid: '', groups: ['system:unauthenticated'], extra: {} }

export const userNamed = (username: string, groups: readonly string[]): UserInfo => ({
  username,
  uid: '',
  groups: [...groups, allAuthenticated],
  extra: {},
})

/** Service accounts belong to two groups by their name alone. */
export const serviceAccountUser = (namespace: string, name: string, uid = ''): UserInfo => ({
  username: `system:serviceaccount:${namespace}:${name}`,
  uid,
  groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, allAuthenticated],
  extra: {},
})

/** Audit logs and webhooks tell by it which certificate a user came with. */
const withCredential = (user: UserInfo, fingerprint: string): UserInfo =>
  fingerprint === '' ? user : { ...user, extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${fingerprint}`] } }

/** A client certificate, then a bearer token; a request with neither is anonymous. Undefined: the token is wrong. */
export function authenticate(request: ApiRequest, tokens: TokenReader): UserInfo | undefined {
  const { certificate } = request
  if (certificate !== undefined && certificate.commonName !== '')
    return withCredential(userNamed(certificate.commonName, certificate.organizations), certificate.fingerprint ?? '')
  const token = /^Bearer\s+(\S+)$/i.exec(header(request, 'authorization'))?.[1]
  return token === undefined ? anonymous : tokens.userOf(token)
}

export interface Impersonation {
  readonly user: UserInfo
  /** What the real user must be allowed to `impersonate`. */
  readonly needs: readonly {
    readonly group: string
    readonly resource: string
    readonly namespace: string
    readonly name: string
    readonly subresource: string
  }[]
}

const extraPrefix = 'impersonate-extra-'

/** Keys of extras may be percent-encoded; one that is not decodable is meant as it is. */
function decoded(key: string): string {
  try {
    return decodeURIComponent(key)
  } catch {
    return key
  }
}

/** Who the request wants to be, from the `Impersonate-…` headers; undefined where it has none. Groups and the like need a user. */
export function impersonation(request: ApiRequest): Impersonation | 'no user' | undefined {
  const username = header(request, 'impersonate-user')
  const groups = request.headers['impersonate-group'] ?? []
  const uid = header(request, 'impersonate-uid')
  const extra = Object.fromEntries(
    Object.entries(request.headers)
      .filter(([name]) => name.startsWith(extraPrefix))
      .map(([name, values]) => [decoded(name.slice(extraPrefix.length)), values ?? []]),
  )
  if (username === '') return groups.length > 0 || uid !== '' || Object.keys(extra).length > 0 ? 'no user' : undefined
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(username)
  const [, namespace = '', name = ''] = account ?? []
  const need = (
    resource: string,
    of: string,
    more: { readonly namespace?: string; readonly subresource?: string; readonly group?: string } = {},
  ) => ({
    group: '',
    namespace: '',
    subresource: '',
    ...more,
    resource,
    name: of,
  })
  const implied = account === null ? [] : serviceAccountUser(namespace, name).groups.filter((group) => group !== allAuthenticated)
  return {
    user: {
      username,
      uid,
      groups: [
        ...new Set([
          ...groups,
          ...(groups.length === 0 ? implied : []),
          ...(username === anonymous.username ? anonymous.groups : [allAuthenticated]),
        ]),
      ],
      extra,
    },
    needs: [
      account === null ? need('users', username) : need('serviceaccounts', name, { namespace }),
      ...groups.map((group) => need('groups', group)),
      ...Object.entries(extra).flatMap(([key, values]) =>
        values.map((value) => need('userextras', value, { group: 'authentication.k8s.io', subresource: key })),
      ),
      ...(uid === '' ? [] : [need('uids', uid, { group: 'authentication.k8s.io' })]),
    ],
  }
}
