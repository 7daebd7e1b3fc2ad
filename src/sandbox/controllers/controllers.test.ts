import { expect, test } from 'vitest'
import { numberAt, objectAt, textAt } from '../../core/fields.ts'
import type { KubeObject } from '../../kube/object.ts'
import { labelsOf, nameOf } from '../../kube/object.ts'
import { forbiddenStatus } from '../../kube/status.ts'
import type { SandboxClient } from '../client.ts'
import { withField } from './fields.ts'
import { configMaps, deployments, namespaces, nodes, pods, replicaSets, serviceAccounts } from './kinds.ts'
import { cluster } from './test-cluster.ts'
import { conditionLines, eventLines, testedResources } from './testbed.ts'

const template = (image = 'nginx:1.27', extra: object = {}): object => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image }], ...extra },
})
const deployment = (spec: object = {}): KubeObject =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default', labels: { app: 'web' } },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'web' } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      template: template(),
      ...spec,
    },
  }) as KubeObject

const read = (client: SandboxClient): KubeObject => client.get(deployments, 'default', 'web') ?? { apiVersion: '', kind: '' }
const setImage = async (client: SandboxClient, image: string): Promise<void> => {
  await client.update(deployments, withField(read(client), ['spec', 'template', 'spec'], { containers: [{ name: 'web', image }] }))
}

test('a Deployment becomes Pods that run', async () => {
  const { client, pass } = await cluster()
  await client.create(deployments, deployment())
  await pass(1000)
  expect(client.list(pods).map((pod) => textAt(pod, 'status', 'phase'))).toEqual(['Running', 'Running'])
  expect(objectAt(read(client), 'status')).toMatchObject({
    observedGeneration: 1,
    replicas: 2,
    updatedReplicas: 2,
    readyReplicas: 2,
    availableReplicas: 2,
  })
  expect(conditionLines(read(client))).toEqual(['Available=True MinimumReplicasAvailable', 'Progressing=True NewReplicaSetAvailable'])
  const [set] = client.list(replicaSets)
  const hash = labelsOf(set ?? { apiVersion: '', kind: '' })['pod-template-hash'] ?? ''
  expect(hash).toMatch(/^[bcdf4-9]{5,10}$/)
  expect(eventLines(client, { kind: 'Deployment' })).toEqual([`ScalingReplicaSet: Scaled up replica set web-${hash} from 0 to 2`])
  expect(eventLines(client, { kind: 'ReplicaSet' }).map((line) => line.replace(/-[^-]*$/, ''))).toEqual([
    `SuccessfulCreate: Created pod: web-${hash}`,
    `SuccessfulCreate: Created pod: web-${hash}`,
  ])
})

test('a new template is rolled out, and the old ReplicaSet kept at 0', async () => {
  const { client, pass } = await cluster()
  await client.create(deployments, deployment({ replicas: 4 }))
  await pass(1000)
  await setImage(client, 'nginx:1.28')
  await pass(5000)
  const sizes = client
    .list(replicaSets)
    .map((set) =>
      [textAt(set, 'metadata', 'annotations', 'deployment.kubernetes.io/revision'), numberAt(set, 'spec', 'replicas')].join(': '),
    )
  expect(sizes.sort()).toEqual(['1: 0', '2: 4'])
  expect(textAt(read(client), 'metadata', 'annotations', 'deployment.kubernetes.io/revision')).toBe('2')
  expect(client.list(pods).map((pod) => objectAt(pod, 'spec')['containers'])).toEqual(Array(4).fill([{ name: 'web', image: 'nginx:1.28' }]))
  expect(numberAt(read(client), 'status', 'unavailableReplicas')).toBe(0)
})

test('going back to an old template reuses its ReplicaSet as the latest revision', async () => {
  const { client, pass } = await cluster()
  await client.create(deployments, deployment())
  await pass(1000)
  await setImage(client, 'nginx:1.28')
  await pass(5000)
  await setImage(client, 'nginx:1.27')
  await pass(5000)
  const revisions = client.list(replicaSets).map((set) => textAt(set, 'metadata', 'annotations', 'deployment.kubernetes.io/revision'))
  expect(revisions.sort()).toEqual(['2', '3'])
})

test('Recreate stops the old Pods before it starts new ones', async () => {
  const { client, pass } = await cluster()
  await client.create(deployments, deployment({ strategy: { type: 'Recreate' } }))
  await pass(1000)
  await setImage(client, 'nginx:1.28')
  let most = 0
  for (let i = 0; i < 30; i++) {
    await pass(100)
    most = Math.max(most, client.list(pods).length)
  }
  expect(most).toBe(2)
  expect(client.list(pods).map((pod) => textAt(pod, 'status', 'phase'))).toEqual(['Running', 'Running'])
})

test('a paused Deployment is scaled but not rolled', async () => {
  const { client, pass } = await cluster()
  await client.create(deployments, deployment())
  await pass(1000)
  await client.update(deployments, withField(read(client), ['spec', 'paused'], true))
  await pass(100)
  await setImage(client, 'nginx:1.28')
  await client.update(deployments, withField(read(client), ['spec', 'replicas'], 3))
  await pass(1000)
  expect(client.list(replicaSets)).toHaveLength(1)
  expect(client.list(pods)).toHaveLength(3)
  expect(conditionLines(read(client))).toContain('Progressing=Unknown DeploymentPaused')
})

test('refused Pods show on the ReplicaSet, on the Deployment and in events', async () => {
  const { client, pass } = await cluster(({ verb, of, object }) =>
    verb === 'create' && of.resource === 'pods' && object.kind === 'Pod' ? forbiddenStatus(of, nameOf(object), 'no') : undefined,
  )
  await client.create(deployments, deployment({ replicas: 1 }))
  await pass(2000)
  expect(conditionLines(read(client))).toEqual([
    'Available=False MinimumReplicasUnavailable',
    'Progressing=True NewReplicaSetCreated',
    'ReplicaFailure=True FailedCreate',
  ])
  expect(client.list(replicaSets).map(conditionLines)).toEqual([['ReplicaFailure=True FailedCreate']])
  const [first = ''] = eventLines(client, { kind: 'ReplicaSet' })
  expect(first).toMatch(/^FailedCreate: Error creating: pods "web-\w+-\w+" is forbidden: no$/)
  await pass(600_000)
  expect(conditionLines(read(client))).toContain('Progressing=False ProgressDeadlineExceeded')
})

test('scaling down deletes Pods, and deleting the Deployment everything it owns', async () => {
  const { client, pass } = await cluster()
  await client.create(deployments, deployment({ replicas: 3 }))
  await pass(1000)
  await client.update(deployments, withField(read(client), ['spec', 'replicas'], 1))
  await pass(1000)
  expect(client.list(pods)).toHaveLength(1)
  await client.delete(deployments, { namespace: 'default', name: 'web' }, { propagationPolicy: 'Background' })
  await pass(1000)
  expect([...client.list(replicaSets), ...client.list(pods)]).toEqual([])
})

test('foreground deletion waits for the dependents, orphaning frees them', async () => {
  const { client, pass } = await cluster()
  await client.create(deployments, deployment())
  await pass(1000)
  await client.delete(deployments, { namespace: 'default', name: 'web' }, { propagationPolicy: 'Foreground' })
  await pass(100)
  expect(client.get(deployments, 'default', 'web')).toBeDefined()
  await pass(1000)
  expect(client.get(deployments, 'default', 'web')).toBeUndefined()
  await client.create(deployments, deployment())
  await pass(1000)
  await client.delete(deployments, { namespace: 'default', name: 'web' }, { propagationPolicy: 'Orphan' })
  await pass(1000)
  expect(client.get(deployments, 'default', 'web')).toBeUndefined()
  expect(client.list(replicaSets).map((set) => objectAt(set, 'metadata')['ownerReferences'])).toEqual([undefined])
  expect(client.list(pods)).toHaveLength(2)
})

test('a namespace has its ServiceAccount and root CA, and is emptied when it goes', async () => {
  const { client, pass } = await cluster()
  await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'demo' } })
  await pass(10)
  expect(client.get(serviceAccounts, 'demo', 'default')).toBeDefined()
  expect(client.get(configMaps, 'demo', 'kube-root-ca.crt')?.['data']).toEqual({ 'ca.crt': 'PEM' })
  await client.create(deployments, withField(deployment(), ['metadata', 'namespace'], 'demo'))
  await pass(1000)
  await client.delete(namespaces, { namespace: '', name: 'demo' })
  await pass(5000)
  expect(client.get(namespaces, '', 'demo')).toBeUndefined()
  expect(testedResources.flatMap((of) => client.list(of, 'demo'))).toEqual([])
})

const pod = (name: string, spec: object): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'busybox' }], ...spec },
  }) as KubeObject

const none = '0/1 nodes are available:'
test.each([
  [
    { nodeSelector: { disk: 'ssd' } },
    `1 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: ${none} 1 Preemption is not helpful for scheduling.`,
  ],
  [
    { containers: [{ name: 'c', image: 'x', resources: { requests: { cpu: '1000' } } }] },
    `1 Insufficient cpu. no new claims to deallocate, preemption: ${none} 1 Preemption is not helpful for scheduling.`,
  ],
  [
    { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] },
    `persistentvolumeclaim "data" not found. no new claims to deallocate, preemption: ${none} 1 Preemption is not helpful for scheduling.`,
  ],
])('a Pod with %j is not scheduled', async (spec, message) => {
  const { client, pass } = await cluster()
  await client.create(pods, pod('p', spec))
  await pass(1000)
  expect(conditionLines(client.get(pods, 'default', 'p') ?? {})).toEqual(['PodScheduled=False Unschedulable'])
  expect(eventLines(client, { kind: 'Pod' })).toEqual([`FailedScheduling: ${none} ${message}`])
})

test('a Pod waits for a taint to go', async () => {
  const { client, pass } = await cluster()
  const [node] = client.list(nodes)
  await client.update(nodes, withField(node ?? pod('', {}), ['spec', 'taints'], [{ key: 'a', effect: 'NoSchedule' }]))
  await client.create(pods, pod('p', {}))
  await pass(1000)
  expect(textAt(client.get(pods, 'default', 'p') ?? {}, 'status', 'phase')).toBe('Pending')
  const [tainted] = client.list(nodes)
  await client.update(nodes, withField(tainted ?? pod('', {}), ['spec', 'taints'], undefined))
  await pass(1000)
  expect(textAt(client.get(pods, 'default', 'p') ?? {}, 'status', 'phase')).toBe('Running')
})

test('the life of a Pod, in events', async () => {
  const { client, pass } = await cluster()
  await client.create(pods, pod('p', {}))
  await pass(1000)
  await client.delete(pods, { namespace: 'default', name: 'p' })
  await pass(1000)
  expect(client.get(pods, 'default', 'p')).toBeUndefined()
  expect(eventLines(client, { kind: 'Pod' }).map((line) => line.replace(/ size: \d+/, ' size: N'))).toEqual([
    'Scheduled: Successfully assigned default/p to sandbox',
    'Pulling: Pulling image "busybox"',
    'Pulled: Successfully pulled image "busybox" in 300ms (300ms including waiting). Image size: N bytes.',
    'Created: Container created',
    'Started: Container started',
    'Killing: Stopping container c',
  ])
})

test.each([
  ['sleep 5', 4000, 'Running'],
  ['sleep 5', 6000, 'Succeeded'],
  ['echo hello', 2000, 'Succeeded'],
  ['exit 3', 2000, 'Failed'],
  ['sleep infinity', 1_000_000, 'Running'],
])('a Pod that is not restarted and runs `%s` is after %i ms %s', async (command, milliseconds, phase) => {
  const { client, pass } = await cluster()
  await client.create(
    pods,
    pod('p', { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', command] }] }),
  )
  await pass(milliseconds)
  expect(textAt(client.get(pods, 'default', 'p') ?? {}, 'status', 'phase')).toBe(phase)
})

test('what is not the name of an image is said so', async () => {
  const { client, pass } = await cluster()
  await client.create(pods, pod('p', { containers: [{ name: 'c', image: 'Not An Image' }] }))
  await pass(1000)
  expect(client.get(pods, 'default', 'p')).toMatchObject({
    status: { phase: 'Pending', containerStatuses: [{ state: { waiting: { reason: 'InvalidImageName' } } }] },
  })
})
