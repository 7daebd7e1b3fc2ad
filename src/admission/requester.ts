import { textAt } from '../core/fields.ts'
import type { JsonObject } from '../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../core/json.ts'
import type { KubeObject } from '../kube/object.ts'
import { namespaceOf } from '../kube/object.ts'
import type { Requester, UserInfo } from '../policy/request.ts'

export interface Bindings {
  readonly roleBindings: readonly KubeObject[]
  readonly clusterRoleBindings: readonly KubeObject[]
}

/** Users and groups by the names that reviews have for them: a service account is a user. Undefined for a subject that is none of these. */
function subjectKey(subject: JsonObject): string | undefined {
  const name = textAt(subject, 'name')
  switch (subject['kind']) {
    case 'User':
      return userKey(name)
    case 'Group':
      return groupKey(name)
    case 'ServiceAccount':
      return userKey(`system:serviceaccount:${textAt(subject, 'namespace')}:${name}`)
    default:
      return undefined
  }
}

const userKey = (name: string): string => `user ${name}`
const groupKey = (name: string): string => `group ${name}`

/** What a binding gives. */
interface Grant {
  /** The place of the binding among all. */
  readonly at: number
  readonly kind: 'Role' | 'ClusterRole'
  readonly role: string
}

function grantOf(binding: KubeObject, at: number): Grant {
  const role = ownValue(binding, 'roleRef')
  const named = isJsonObject(role) ? role : {}
  const name = textAt(named, 'name')
  return named['kind'] === 'Role' ? { at, kind: 'Role', role: `${namespaceOf(binding)}:${name}` } : { at, kind: 'ClusterRole', role: name }
}

/**
 * Finds the roles that are bound to a user. A ClusterRole counts as such also where a RoleBinding gives it in one namespace only (Kyverno's reading).
 * The bindings are looked through once: a cluster has thousands of them, and each review asks.
 */
export function requestersIn({ roleBindings, clusterRoleBindings }: Bindings): (user: UserInfo) => Requester {
  const grants = new Map<string, Grant[]>()
  for (const [at, binding] of [...roleBindings, ...clusterRoleBindings].entries()) {
    const subjects = ownValue(binding, 'subjects')
    if (!isJsonArray(subjects)) continue
    const grant = grantOf(binding, at)
    for (const subject of subjects) {
      const key = isJsonObject(subject) ? subjectKey(subject) : undefined
      if (key === undefined) continue
      const known = grants.get(key)
      if (known === undefined) grants.set(key, [grant])
      else known.push(grant)
    }
  }
  return (userInfo) => {
    const keys = [userKey(userInfo.username), ...userInfo.groups.map(groupKey)]
    const found = keys.flatMap((key) => grants.get(key) ?? []).sort((a, b) => a.at - b.at)
    const named = (kind: Grant['kind']): readonly string[] => [
      ...new Set(found.flatMap((grant) => (grant.kind === kind ? [grant.role] : []))),
    ]
    return { userInfo, roles: named('Role'), clusterRoles: named('ClusterRole') }
  }
}
