import type { JsonObject } from '../core/json.ts'
import type { KubeObject } from '../kube/object.ts'

const apiVersion = 'flowcontrol.apiserver.k8s.io/v1'
const metadata = (name: string): JsonObject => ({ name, annotations: { 'apf.kubernetes.io/autoupdate-spec': 'true' } })

interface Level {
  readonly name: string
  readonly shares: number
  readonly lendable: number
  /** Queues and hand size; what does not fit is rejected where there are none. */
  readonly queues?: readonly [queues: number, handSize: number]
}

const levels: readonly Level[] = [
  { name: 'catch-all', shares: 5, lendable: 0 },
  { name: 'global-default', shares: 20, lendable: 50, queues: [128, 6] },
  { name: 'leader-election', shares: 10, lendable: 0, queues: [16, 4] },
  { name: 'node-high', shares: 40, lendable: 25, queues: [64, 6] },
  { name: 'system', shares: 30, lendable: 33, queues: [64, 6] },
  { name: 'workload-high', shares: 40, lendable: 50, queues: [128, 6] },
  { name: 'workload-low', shares: 100, lendable: 90, queues: [128, 6] },
]

const limitedLevel = ({ name, shares, lendable, queues }: Level): KubeObject => ({
  apiVersion,
  kind: 'PriorityLevelConfiguration',
  metadata: metadata(name),
  spec: {
    type: 'Limited',
    limited: {
      nominalConcurrencyShares: shares,
      lendablePercent: lendable,
      limitResponse:
        queues === undefined
          ? { type: 'Reject' }
          : { type: 'Queue', queuing: { queues: queues[0], handSize: queues[1], queueLengthLimit: 50 } },
    },
  },
})

const exemptLevel: KubeObject = {
  apiVersion,
  kind: 'PriorityLevelConfiguration',
  metadata: metadata('exempt'),
  spec: { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } },
}

const groups = (...names: readonly string[]): readonly JsonObject[] => names.map((name) => ({ kind: 'Group', group: { name } }))
const users = (...names: readonly string[]): readonly JsonObject[] => names.map((name) => ({ kind: 'User', user: { name } }))
const systemAccounts: JsonObject = { kind: 'ServiceAccount', serviceAccount: { name: '*', namespace: 'kube-system' } }
const anybody = groups('system:unauthenticated', 'system:authenticated')

const everything: JsonObject = {
  nonResourceRules: [{ nonResourceURLs: ['*'], verbs: ['*'] }],
  resourceRules: [{ apiGroups: ['*'], clusterScope: true, namespaces: ['*'], resources: ['*'], verbs: ['*'] }],
}
const leases = (verbs: readonly string[]): JsonObject => ({
  apiGroups: ['coordination.k8s.io'],
  namespaces: ['*'],
  resources: ['leases'],
  verbs,
})

interface Schema {
  readonly name: string
  readonly level: string
  readonly precedence: number
  readonly by?: 'ByUser' | 'ByNamespace'
  readonly subjects: readonly JsonObject[]
  readonly rules?: JsonObject
}

const schemas: readonly Schema[] = [
  { name: 'exempt', level: 'exempt', precedence: 1, subjects: groups('system:masters') },
  {
    name: 'probes',
    level: 'exempt',
    precedence: 2,
    subjects: anybody,
    rules: { nonResourceRules: [{ nonResourceURLs: ['/healthz', '/readyz', '/livez'], verbs: ['get'] }] },
  },
  {
    name: 'system-leader-election',
    level: 'leader-election',
    precedence: 100,
    by: 'ByUser',
    subjects: [...users('system:kube-controller-manager', 'system:kube-scheduler'), systemAccounts],
    rules: { resourceRules: [leases(['get', 'create', 'update'])] },
  },
  {
    name: 'system-node-high',
    level: 'node-high',
    precedence: 400,
    by: 'ByUser',
    subjects: groups('system:nodes'),
    rules: {
      resourceRules: [
        { apiGroups: [''], clusterScope: true, namespaces: ['*'], resources: ['nodes', 'nodes/status'], verbs: ['*'] },
        leases(['*']),
      ],
    },
  },
  { name: 'system-nodes', level: 'system', precedence: 500, by: 'ByUser', subjects: groups('system:nodes') },
  {
    name: 'kube-controller-manager',
    level: 'workload-high',
    precedence: 800,
    by: 'ByNamespace',
    subjects: users('system:kube-controller-manager'),
  },
  { name: 'kube-scheduler', level: 'workload-high', precedence: 800, by: 'ByNamespace', subjects: users('system:kube-scheduler') },
  { name: 'kube-system-service-accounts', level: 'workload-high', precedence: 900, by: 'ByNamespace', subjects: [systemAccounts] },
  { name: 'service-accounts', level: 'workload-low', precedence: 9000, by: 'ByUser', subjects: groups('system:serviceaccounts') },
  { name: 'global-default', level: 'global-default', precedence: 9900, by: 'ByUser', subjects: anybody },
  { name: 'catch-all', level: 'catch-all', precedence: 10_000, by: 'ByUser', subjects: anybody },
]

const schemaObject = ({ name, level, precedence, by, subjects, rules }: Schema): KubeObject => ({
  apiVersion,
  kind: 'FlowSchema',
  metadata: metadata(name),
  spec: {
    ...(by === undefined ? {} : { distinguisherMethod: { type: by } }),
    matchingPrecedence: precedence,
    priorityLevelConfiguration: { name: level },
    rules: [{ ...(rules ?? everything), subjects }],
  },
})

/** The flow schemas and priority levels that kube-apiserver makes. The sandbox serves every request at once: they are there to be read. */
export const flowControlObjects: readonly KubeObject[] = [exemptLevel, ...levels.map(limitedLevel), ...schemas.map(schemaObject)]
