import { textAt } from '../../core/fields.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Clock, SandboxClient } from '../client.ts'
import { microTimestamp, timestamp, uidOf, withField } from './fields.ts'
import { leases, nodes } from './kinds.ts'

export interface NodeIdentity {
  readonly name: string
  readonly kubernetesVersion: string
}

/** Where the node and its host network are. */
export const nodeAddress = '172.18.0.2'
const capacity = { cpu: '8', 'ephemeral-storage': '100Gi', 'hugepages-1Gi': '0', 'hugepages-2Mi': '0', memory: '16Gi', pods: '110' }
/** How often a kubelet renews its Lease is 10 s; the sandbox has nobody who waits for it. */
const renewal = 40_000
const leaseNamespace = 'kube-node-lease'

/** Creates the Node unless there is one already, and keeps its Lease fresh. The returned function ends it. */
export function startNode(client: SandboxClient, clock: Clock, identity: NodeIdentity, busy: (delta: 1 | -1) => void): () => void {
  let cancel: () => void = () => undefined
  let stopped = false
  const work = async (task: () => Promise<void>): Promise<void> => {
    busy(1)
    // The next renewal tries again what could not be written.
    await task().catch(() => undefined)
    busy(-1)
  }
  const tick = async (): Promise<void> => {
    await ensureNode(client, clock, identity)
    await renewLease(client, clock, identity)
    if (!stopped) cancel = clock.after(renewal, () => void work(tick))
  }
  void work(tick)
  return () => {
    stopped = true
    cancel()
  }
}

async function ensureNode(client: SandboxClient, clock: Clock, identity: NodeIdentity): Promise<void> {
  const existing = client.get(nodes, '', identity.name)
  if (existing !== undefined && textAt(existing, 'status', 'nodeInfo', 'kubeletVersion') === identity.kubernetesVersion) return
  const node = nodeObject(identity, clock.now())
  const stored = existing ?? (await client.create(nodes, node))
  const current = 'ok' in stored ? (stored.ok ? stored.value : undefined) : stored
  if (current === undefined) return
  // The server drops `status` from what is created.
  await client.update(nodes, { ...(current as KubeObject), status: node['status'] ?? {} }, 'status')
}

function nodeObject({ name, kubernetesVersion }: NodeIdentity, now: Date): KubeObject {
  const labels = {
    'beta.kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    'node-role.kubernetes.io/control-plane': '',
  }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels, annotations: { 'node.alpha.kubernetes.io/ttl': '0' } },
    spec: { podCIDR: '10.244.0.0/24', podCIDRs: ['10.244.0.0/24'] },
    status: {
      addresses: [
        { type: 'InternalIP', address: nodeAddress },
        { type: 'Hostname', address: name },
      ],
      allocatable: capacity,
      capacity,
      conditions: nodeConditions(timestamp(now)),
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: {
        architecture: 'amd64',
        bootID: '00000000-0000-0000-0000-000000000000',
        containerRuntimeVersion: 'containerd://2.2.0',
        kernelVersion: '6.12.0',
        kubeProxyVersion: '',
        kubeletVersion: kubernetesVersion,
        machineID: '00000000000000000000000000000000',
        operatingSystem: 'linux',
        osImage: 'Kanon sandbox',
        systemUUID: '00000000-0000-0000-0000-000000000000',
      },
    },
  }
}

function nodeConditions(now: string): readonly KubeCondition[] {
  const condition = (type: string, status: string, reason: string, message: string): KubeCondition => ({
    type,
    status,
    lastHeartbeatTime: now,
    lastTransitionTime: now,
    reason,
    message,
  })
  return [
    condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
    condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
    condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
    condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
  ]
}
type KubeCondition = { readonly [key: string]: string }

async function renewLease(client: SandboxClient, clock: Clock, { name }: NodeIdentity): Promise<void> {
  const renewTime = microTimestamp(clock.now())
  const existing = client.get(leases, leaseNamespace, name)
  if (existing !== undefined) {
    await client.update(leases, withField(existing, ['spec', 'renewTime'], renewTime))
    return
  }
  const node = client.get(nodes, '', name)
  if (node === undefined) return
  const ownerReferences = [{ apiVersion: 'v1', kind: 'Node', name, uid: uidOf(node) }]
  await client.create(leases, {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace: leaseNamespace, ownerReferences },
    spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime },
  })
}
