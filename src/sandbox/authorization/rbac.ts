import { objectAt, objectsAt, textsAt } from '../../core/fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { ownValue } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf, namespaceOf } from '../../kube/object.ts'
import type { GroupResource } from '../../kube/status.ts'
import type { UserInfo } from '../../policy/request.ts'
import type { AuthorizationAnswer, AuthorizationRequest, Authorizer } from '../authorizer.ts'

/** What RBAC reads. */
export interface RbacView {
  get(of: GroupResource, namespace: string, name: string): KubeObject | undefined
  list(of: GroupResource, namespace?: string): readonly KubeObject[]
}

const group = 'rbac.authorization.k8s.io'
const rbac = (resource: string): GroupResource => ({ group, resource })

/** A binding that gives the user a role, and the role's rules. */
interface Grant {
  readonly binding: KubeObject
  readonly subject: JsonObject
  readonly rules: readonly JsonObject[]
  readonly namespace: string
}

function isSubject(subject: JsonObject, user: UserInfo, namespace: string): boolean {
  const name = String(subject['name'] ?? '')
  switch (subject['kind']) {
    case 'User':
      return name === user.username
    case 'Group':
      return user.groups.includes(name)
    case 'ServiceAccount':
      return user.username === `system:serviceaccount:${String(subject['namespace'] ?? namespace)}:${name}`
    default:
      return false
  }
}

function rulesOf(binding: KubeObject, view: RbacView): readonly JsonObject[] {
  const role = objectAt(binding, 'roleRef')
  const name = String(role['name'] ?? '')
  const found =
    role['kind'] === 'ClusterRole' ? view.get(rbac('clusterroles'), '', name) : view.get(rbac('roles'), namespaceOf(binding), name)
  return found === undefined ? [] : objectsAt(found, 'rules')
}

/** Everything that is bound to the user for the whole cluster, then for the namespace. */
function* grantsOf(user: UserInfo, namespace: string, view: RbacView): Generator<Grant> {
  const bindings = [...view.list(rbac('clusterrolebindings')), ...(namespace === '' ? [] : view.list(rbac('rolebindings'), namespace))]
  for (const binding of bindings) {
    const subject = objectsAt(binding, 'subjects').find((one) => isSubject(one, user, namespaceOf(binding)))
    if (subject !== undefined) yield { binding, subject, rules: rulesOf(binding, view), namespace: namespaceOf(binding) }
  }
}

const has = (values: readonly string[], value: string): boolean => values.includes('*') || values.includes(value)

function pathMatches(patterns: readonly string[], path: string): boolean {
  return patterns.some((pattern) => pattern === '*' || pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1))))
}

function permits(rule: JsonObject, request: AuthorizationRequest): boolean {
  if (!has(textsAt(rule, 'verbs'), request.verb)) return false
  if (request.path !== undefined) return pathMatches(textsAt(rule, 'nonResourceURLs'), request.path)
  const { apiGroup, resource, subresource, name } = request
  const combined = subresource === '' ? resource : `${resource}/${subresource}`
  const resources = textsAt(rule, 'resources')
  const names = textsAt(rule, 'resourceNames')
  const named = has(resources, combined) || (subresource !== '' && resources.includes(`*/${subresource}`))
  return has(textsAt(rule, 'apiGroups'), apiGroup) && named && (names.length === 0 || names.includes(name))
}

function reasonFor({ binding, subject, namespace }: Grant): string {
  const role = objectAt(binding, 'roleRef')
  const who = `${String(subject['kind'])} "${subject['kind'] === 'ServiceAccount' ? `${String(subject['name'])}/${String(subject['namespace'] ?? '')}` : String(subject['name'])}"`
  const what = `${String(role['kind'])} ${JSON.stringify(role['name'])} to ${who}`
  return namespace === ''
    ? `RBAC: allowed by ClusterRoleBinding ${JSON.stringify(nameOf(binding))} of ${what}`
    : `RBAC: allowed by RoleBinding ${JSON.stringify(`${nameOf(binding)}/${namespace}`)} of ${what}`
}

/** Kubernetes' role-based access control, read from the objects of the moment. `system:masters` may do everything. */
export function rbacAuthorizer(view: RbacView): Authorizer {
  return {
    authorize: (request): AuthorizationAnswer => {
      if (request.user.groups.includes('system:masters')) return { allowed: true, reason: '' }
      for (const grant of grantsOf(request.user, request.namespace, view)) {
        if (grant.rules.some((rule) => permits(rule, request))) return { allowed: true, reason: reasonFor(grant) }
      }
      return { allowed: false, reason: '' }
    },
  }
}

/** `status` of a SelfSubjectRulesReview. */
export function rulesReview(user: UserInfo, namespace: string, view: RbacView): JsonObject {
  const all = user.groups.includes('system:masters')
    ? [
        { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
        { verbs: ['*'], nonResourceURLs: ['*'] },
      ]
    : [...grantsOf(user, namespace, view)].flatMap(({ rules }) => rules)
  const pick = (rule: JsonObject, keys: readonly string[]): JsonObject =>
    Object.fromEntries(keys.flatMap((key): [string, Json][] => (ownValue(rule, key) === undefined ? [] : [[key, rule[key] ?? null]])))
  return {
    resourceRules: all
      .filter((rule) => Object.hasOwn(rule, 'resources'))
      .map((rule) => pick(rule, ['verbs', 'apiGroups', 'resources', 'resourceNames'])),
    nonResourceRules: all.filter((rule) => Object.hasOwn(rule, 'nonResourceURLs')).map((rule) => pick(rule, ['verbs', 'nonResourceURLs'])),
    incomplete: false,
  }
}
