import type { KubeObject } from '../kube/object.ts'
import { timestamp } from './registry/metadata.ts'
import { bootstrapRoles } from './authorization/bootstrap.ts'
import { flowControlObjects } from './flow-control.ts'
import { serviceRange, serverAddress } from './registry/service-addresses.ts'

const namespace = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
})
const priorityClass = (name: string, value: number, description: string): KubeObject => ({
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name },
  value,
  description,
})
const systemMap = (name: string, data: Readonly<Record<string, string>>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'kube-system' },
  data,
})

/** What depends on when and how the server runs. */
interface Circumstances {
  readonly now: Date
  /** The authority of client certificates, PEM. */
  readonly authority: string
}

/** What a new cluster holds before anybody has done anything. The sandbox has one storage class, as clusters for trying things have. */
export const bootstrapObjects = ({ now, authority }: Circumstances): readonly KubeObject[] => [
  ...['default', 'kube-node-lease', 'kube-public', 'kube-system'].map(namespace),
  ...bootstrapRoles,
  ...flowControlObjects,
  systemMap('extension-apiserver-authentication', { 'client-ca-file': authority }),
  systemMap('kube-apiserver-legacy-service-account-token-tracking', { since: timestamp(now).slice(0, 10) }),
  priorityClass('system-node-critical', 2_000_001_000, 'Used for system critical pods that must not be moved from their current node.'),
  priorityClass(
    'system-cluster-critical',
    2_000_000_000,
    'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  ),
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name: 'kubernetes' },
    spec: { cidrs: [serviceRange] },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: { clusterIP: serverAddress, ports: [{ name: 'https', port: 443, targetPort: 6443 }] },
  },
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: 'sandbox.kanon/none',
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'WaitForFirstConsumer',
  },
]
