import type { JsonObject } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import { clusterRoles, namespacedRoles } from './cluster-roles.ts'
import type { RoleTable } from './controller-roles.ts'
import { controllerRoles } from './controller-roles.ts'

const group = 'rbac.authorization.k8s.io'
const apiVersion = `${group}/v1`
const annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' }
const bootstrapping = { 'kubernetes.io/bootstrapping': 'rbac-defaults' }

const listOf = (text: string): readonly string[] => text.split(',')

/** A rule in the form of the tables. */
function ruleOf(text: string): JsonObject {
  const [verbs = '', what = '', of, groups = '', , names] = text.split(' ')
  if (of === undefined) return { nonResourceURLs: listOf(what), verbs: listOf(verbs) }
  return {
    apiGroups: listOf(groups).map((one) => (one === 'core' ? '' : one)),
    ...(names === undefined ? {} : { resourceNames: listOf(names) }),
    resources: listOf(what),
    verbs: listOf(verbs),
  }
}

const metadata = (name: string, labels: JsonObject = {}): JsonObject => ({ name, annotations, labels: { ...bootstrapping, ...labels } })
const aggregates = (to: string): JsonObject => ({ [`${group}/aggregate-to-${to}`]: 'true' })

/** Which parts `admin`, `edit` and `view` are made of, and what they are part of themselves. */
const aggregated: readonly { readonly name: string; readonly parts: readonly string[]; readonly partOf?: string }[] = [
  { name: 'admin', parts: ['system:aggregate-to-edit', 'system:aggregate-to-view', 'system:aggregate-to-admin'] },
  { name: 'edit', parts: ['system:aggregate-to-edit', 'system:aggregate-to-view'], partOf: 'admin' },
  { name: 'view', parts: ['system:aggregate-to-view'], partOf: 'edit' },
]

const aggregatedRoles = aggregated.map(({ name, parts, partOf }): KubeObject => ({
  apiVersion,
  kind: 'ClusterRole',
  metadata: metadata(name, partOf === undefined ? {} : aggregates(partOf)),
  aggregationRule: { clusterRoleSelectors: [{ matchLabels: aggregates(name) }] },
  rules: [...new Set(parts.flatMap((part) => clusterRoles[part] ?? []))].map(ruleOf),
}))

/** `system:aggregate-to-view` is part of `view`. */
const partLabels = (name: string): JsonObject => {
  const to = /^system:aggregate-to-(\w+)$/.exec(name)?.[1]
  return to === undefined ? {} : aggregates(to)
}

const rolesOf = (table: RoleTable, prefix: string): readonly KubeObject[] =>
  Object.entries(table).map(([name, rules]) => ({
    apiVersion,
    kind: 'ClusterRole',
    metadata: metadata(prefix + name, partLabels(name)),
    rules: rules.map(ruleOf),
  }))

const toGroup = (name: string): JsonObject => ({ apiGroup: group, kind: 'Group', name })
const toUser = (name: string): JsonObject => ({ apiGroup: group, kind: 'User', name })
const toAccount = (name: string): JsonObject => ({ kind: 'ServiceAccount', name, namespace: 'kube-system' })

const clusterBinding = (name: string, subjects: readonly JsonObject[]): KubeObject => ({
  apiVersion,
  kind: 'ClusterRoleBinding',
  metadata: metadata(name),
  roleRef: { apiGroup: group, kind: 'ClusterRole', name },
  ...(subjects.length === 0 ? {} : { subjects }),
})

const everybody = toGroup('system:authenticated')
const scheduler = toUser('system:kube-scheduler')
const controllerManager = toUser('system:kube-controller-manager')

/** ClusterRoles that are bound under their own name. */
const clusterSubjects: Readonly<Record<string, readonly JsonObject[]>> = {
  'cluster-admin': [toGroup('system:masters')],
  'system:basic-user': [everybody],
  'system:discovery': [everybody],
  'system:kube-controller-manager': [controllerManager],
  'system:kube-dns': [toAccount('kube-dns')],
  'system:kube-scheduler': [scheduler],
  'system:monitoring': [toGroup('system:monitoring')],
  'system:node': [],
  'system:node-proxier': [toUser('system:kube-proxy')],
  'system:public-info-viewer': [everybody, toGroup('system:unauthenticated')],
  'system:service-account-issuer-discovery': [toGroup('system:serviceaccounts')],
  'system:volume-scheduler': [scheduler],
}

const reader = 'extension-apiserver-authentication-reader'

/** Roles by namespace and name, each with its subjects. All but one are bound under their own name. */
const namespacedSubjects: Readonly<Record<string, readonly JsonObject[]>> = {
  'kube-public/system:controller:bootstrap-signer': [toAccount('bootstrap-signer')],
  [`kube-system/${reader}`]: [controllerManager, scheduler],
  'kube-system/system::leader-locking-kube-controller-manager': [
    controllerManager,
    toAccount('kube-controller-manager'),
    toAccount('leader-election-controller'),
  ],
  'kube-system/system::leader-locking-kube-scheduler': [scheduler, toAccount('kube-scheduler')],
  'kube-system/system:controller:bootstrap-signer': [toAccount('bootstrap-signer')],
  'kube-system/system:controller:cloud-provider': [toAccount('cloud-provider')],
  'kube-system/system:controller:token-cleaner': [toAccount('token-cleaner')],
}

function placed(place: string, subjects: readonly JsonObject[]): readonly KubeObject[] {
  const [namespace = '', role = ''] = place.split('/')
  const bound = role === reader ? `system::${role}` : role
  return [
    {
      apiVersion,
      kind: 'Role',
      metadata: { ...metadata(role), namespace },
      rules: (namespacedRoles[place] ?? []).map(ruleOf),
    },
    {
      apiVersion,
      kind: 'RoleBinding',
      metadata: { ...metadata(bound), namespace },
      roleRef: { apiGroup: group, kind: 'Role', name: role },
      subjects,
    },
  ]
}

/** The roles and bindings that every cluster has from the start. The sandbox's own controllers act as cluster admins. */
export const bootstrapRoles: readonly KubeObject[] = [
  ...aggregatedRoles,
  ...rolesOf(clusterRoles, ''),
  ...rolesOf(controllerRoles, 'system:controller:'),
  ...Object.entries(clusterSubjects).map(([name, subjects]) => clusterBinding(name, subjects)),
  ...Object.keys(controllerRoles).map((name) => clusterBinding(`system:controller:${name}`, [toAccount(name)])),
  ...Object.entries(namespacedSubjects).flatMap(([place, subjects]) => placed(place, subjects)),
]
