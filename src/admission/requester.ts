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

function concerns(subject: JsonObject, user: UserInfo): boolean {
  const name = textAt(subject, 'name')
  switch (subject['kind']) {
    case 'User':
      return name === user.username
    case 'Group':
      return user.groups.includes(name)
    case 'ServiceAccount':
      return user.username === `system:serviceaccount:${textAt(subject, 'namespace')}:${name}`
    default:
      return false
  }
}

const binds = (binding: KubeObject, user: UserInfo): boolean => {
  const subjects = ownValue(binding, 'subjects')
  return isJsonArray(subjects) && subjects.some((subject) => isJsonObject(subject) && concerns(subject, user))
}

const roleOf = (binding: KubeObject): JsonObject => {
  const role = ownValue(binding, 'roleRef')
  return isJsonObject(role) ? role : {}
}

/** The roles that are bound to a user. A ClusterRole counts as such also where a RoleBinding gives it in one namespace only (Kyverno's reading). */
export function requesterOf(userInfo: UserInfo, { roleBindings, clusterRoleBindings }: Bindings): Requester {
  const roles = new Set<string>()
  const clusterRoles = new Set<string>()
  for (const binding of roleBindings) {
    if (!binds(binding, userInfo)) continue
    const role = roleOf(binding)
    if (role['kind'] === 'Role') roles.add(`${namespaceOf(binding)}:${textAt(role, 'name')}`)
    else clusterRoles.add(textAt(role, 'name'))
  }
  for (const binding of clusterRoleBindings) if (binds(binding, userInfo)) clusterRoles.add(textAt(roleOf(binding), 'name'))
  return { userInfo, roles: [...roles], clusterRoles: [...clusterRoles] }
}
