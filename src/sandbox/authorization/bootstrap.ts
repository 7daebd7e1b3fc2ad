import type { JsonObject } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'

const apiVersion = 'rbac.authorization.k8s.io/v1'
const annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' }
const bootstrapping = { 'kubernetes.io/bootstrapping': 'rbac-defaults' }

type Rule = JsonObject

const rule = (apiGroups: readonly string[], resources: readonly string[], verbs: readonly string[]): Rule => ({
  apiGroups,
  resources,
  verbs,
})

const read = ['get', 'list', 'watch']
const write = ['create', 'delete', 'deletecollection', 'patch', 'update']

const workloads = [
  'daemonsets',
  'deployments',
  'deployments/rollback',
  'deployments/scale',
  'replicasets',
  'replicasets/scale',
  'statefulsets',
  'statefulsets/scale',
]
const coreWritten = [
  'configmaps',
  'events',
  'persistentvolumeclaims',
  'replicationcontrollers',
  'replicationcontrollers/scale',
  'services',
  'services/proxy',
]

const viewRules: readonly Rule[] = [
  rule(
    [''],
    [
      'bindings',
      'configmaps',
      'endpoints',
      'events',
      'limitranges',
      'namespaces',
      'namespaces/status',
      'persistentvolumeclaims',
      'persistentvolumeclaims/status',
      'pods',
      'pods/log',
      'pods/status',
      'replicationcontrollers',
      'replicationcontrollers/scale',
      'replicationcontrollers/status',
      'resourcequotas',
      'resourcequotas/status',
      'serviceaccounts',
      'services',
      'services/status',
    ],
    read,
  ),
  rule(
    ['apps'],
    ['controllerrevisions', ...workloads, 'daemonsets/status', 'deployments/status', 'replicasets/status', 'statefulsets/status'],
    read,
  ),
  rule(['autoscaling'], ['horizontalpodautoscalers', 'horizontalpodautoscalers/status'], read),
  rule(['batch'], ['cronjobs', 'cronjobs/status', 'jobs', 'jobs/status'], read),
  rule(['discovery.k8s.io'], ['endpointslices'], read),
  rule(['policy'], ['poddisruptionbudgets', 'poddisruptionbudgets/status'], read),
  rule(['networking.k8s.io'], ['ingresses', 'ingresses/status', 'networkpolicies'], read),
]

const editRules: readonly Rule[] = [
  rule([''], ['pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy', 'secrets', 'services/proxy'], read),
  rule([''], ['serviceaccounts'], ['impersonate']),
  rule([''], ['pods', 'pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy'], write),
  rule([''], ['pods/eviction'], ['create']),
  rule([''], [...coreWritten, 'secrets', 'serviceaccounts'], write),
  rule([''], ['serviceaccounts/token'], ['create']),
  rule(['apps'], workloads, write),
  rule(['autoscaling'], ['horizontalpodautoscalers'], write),
  rule(['batch'], ['cronjobs', 'jobs'], write),
  rule(['policy'], ['poddisruptionbudgets'], write),
  rule(['networking.k8s.io'], ['ingresses', 'networkpolicies'], write),
  rule(['coordination.k8s.io'], ['leases'], [...read, ...write]),
]

const adminRules: readonly Rule[] = [
  rule(['authorization.k8s.io'], ['localsubjectaccessreviews'], ['create']),
  rule(['rbac.authorization.k8s.io'], ['rolebindings', 'roles'], [...read, ...write]),
]

const clusterRole = (name: string, rules: readonly Rule[], more: JsonObject = {}, labels: JsonObject = {}): KubeObject => ({
  apiVersion,
  kind: 'ClusterRole',
  metadata: { name, annotations, labels: { ...bootstrapping, ...labels } },
  rules,
  ...more,
})

const aggregates = (to: string): JsonObject => ({ [`rbac.authorization.k8s.io/aggregate-to-${to}`]: 'true' })
const aggregationRule = (to: string): JsonObject => ({ aggregationRule: { clusterRoleSelectors: [{ matchLabels: aggregates(to) }] } })

const binding = (name: string, role: string, subject: JsonObject): KubeObject => ({
  apiVersion,
  kind: 'ClusterRoleBinding',
  metadata: { name, annotations, labels: bootstrapping },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
  subjects: [subject],
})
const toGroup = (name: string): JsonObject => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name })

const everything: readonly Rule[] = [rule(['*'], ['*'], ['*']), { nonResourceURLs: ['*'], verbs: ['*'] }]
const discoveryPaths = [
  '/api',
  '/api/*',
  '/apis',
  '/apis/*',
  '/healthz',
  '/livez',
  '/openapi',
  '/openapi/*',
  '/readyz',
  '/version',
  '/version/',
]
const publicPaths = ['/healthz', '/livez', '/readyz', '/version', '/version/']

/** The roles that every cluster has from the start, as far as people use them. The sandbox's own controllers act as cluster admins. */
export const bootstrapRoles: readonly KubeObject[] = [
  clusterRole('cluster-admin', everything),
  clusterRole('admin', [...adminRules, ...editRules, ...viewRules], aggregationRule('admin')),
  clusterRole('edit', [...editRules, ...viewRules], aggregationRule('edit'), aggregates('admin')),
  clusterRole('view', viewRules, aggregationRule('view'), aggregates('edit')),
  clusterRole('system:aggregate-to-admin', adminRules, {}, aggregates('admin')),
  clusterRole('system:aggregate-to-edit', editRules, {}, aggregates('edit')),
  clusterRole('system:aggregate-to-view', viewRules, {}, aggregates('view')),
  clusterRole('system:basic-user', [
    rule(['authorization.k8s.io'], ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'], ['create']),
    rule(['authentication.k8s.io'], ['selfsubjectreviews'], ['create']),
  ]),
  clusterRole('system:discovery', [{ nonResourceURLs: discoveryPaths, verbs: ['get'] }]),
  clusterRole('system:public-info-viewer', [{ nonResourceURLs: publicPaths, verbs: ['get'] }]),
  clusterRole('system:auth-delegator', [
    rule(['authentication.k8s.io'], ['tokenreviews'], ['create']),
    rule(['authorization.k8s.io'], ['subjectaccessreviews'], ['create']),
  ]),
  binding('cluster-admin', 'cluster-admin', toGroup('system:masters')),
  binding('system:basic-user', 'system:basic-user', toGroup('system:authenticated')),
  binding('system:discovery', 'system:discovery', toGroup('system:authenticated')),
  {
    ...binding('system:public-info-viewer', 'system:public-info-viewer', toGroup('system:authenticated')),
    subjects: [toGroup('system:authenticated'), toGroup('system:unauthenticated')],
  },
]
