import { deployment, global, nothing, object, selector, template } from './test-objects.ts'
import { expect, test } from 'vitest'
import { numberAt, objectAt, objectsAt, textAt } from '../../core/fields.ts'
import type { KubeObject } from '../../kube/object.ts'
import { labelsOf, nameOf } from '../../kube/object.ts'
import type { WatchEvent } from '../client.ts'
import { nonZero, withField } from './fields.ts'
import {
  claims,
  controllerRevisions,
  cronJobs,
  daemonSets,
  deployments,
  jobs,
  nodes,
  podDisruptionBudgets,
  pods,
  resourceQuotas,
  services,
  statefulSets,
  storageClasses,
  volumes,
} from './kinds.ts'
import { cluster } from './test-cluster.ts'
import { conditionLines, eventLines } from './testbed.ts'

const statefulSet = (spec: object = {}): KubeObject =>
  object('apps/v1', 'StatefulSet', 'db', {
    spec: {
      replicas: 3,
      serviceName: 'db',
      selector,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      template: template(),
      ...spec,
    },
  })

test('a StatefulSet starts its Pods in order, each when the one before it is ready', async () => {
  const { client, pass } = await cluster()
  await client.create(statefulSets, statefulSet())
  await pass(100)
  expect(client.list(pods).map(nameOf)).toEqual(['db-0'])
  await pass(3000)
  expect(client.list(pods).map(nameOf)).toEqual(['db-0', 'db-1', 'db-2'])
  const [pod = nothing] = client.list(pods)
  const [revision = nothing] = client.list(controllerRevisions)
  expect(labelsOf(pod)).toMatchObject({
    'apps.kubernetes.io/pod-index': '0',
    'statefulset.kubernetes.io/pod-name': 'db-0',
    'controller-revision-hash': nameOf(revision),
  })
  expect(objectAt(pod, 'spec')).toMatchObject({ hostname: 'db-0', subdomain: 'db' })
  expect(objectAt(client.get(statefulSets, 'default', 'db') ?? nothing, 'status')).toMatchObject({
    replicas: 3,
    readyReplicas: 3,
    availableReplicas: 3,
    currentReplicas: 3,
    updatedReplicas: 3,
  })
  expect(eventLines(client, { kind: 'StatefulSet' })).toEqual(
    ['db-0', 'db-1', 'db-2'].map((name) => `SuccessfulCreate: Create Pod ${name} in StatefulSet db successful`),
  )
})

test('a StatefulSet is updated from the last Pod to the first, and scaled down from the last', async () => {
  const { client, pass } = await cluster()
  await client.create(statefulSets, statefulSet({ podManagementPolicy: 'Parallel' }))
  await pass(2000)
  const read = (): KubeObject => client.get(statefulSets, 'default', 'db') ?? nothing
  await client.update(statefulSets, withField(read(), ['spec', 'template'], template('nginx:2') as KubeObject))
  await pass(500)
  expect(client.list(pods).map(nameOf).slice(0, 2)).toEqual(['db-0', 'db-1'])
  await pass(10_000)
  expect(client.list(pods).map((pod) => objectsAt(pod, 'spec', 'containers')[0]?.['image'])).toEqual(['nginx:2', 'nginx:2', 'nginx:2'])
  expect(textAt(read(), 'status', 'currentRevision')).toBe(textAt(read(), 'status', 'updateRevision'))
  await client.update(statefulSets, withField(read(), ['spec', 'replicas'], 1))
  await pass(3000)
  expect(client.list(pods).map(nameOf)).toEqual(['db-0'])
})

test('a StatefulSet makes claims, which a StorageClass fills', async () => {
  const { client, pass } = await cluster()
  await client.create(
    storageClasses,
    global('storage.k8s.io/v1', 'StorageClass', 'standard', { provisioner: 'x', volumeBindingMode: 'Immediate' }),
  )
  const claim = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'standard', resources: { requests: { storage: '1Gi' } } },
  }
  await client.create(statefulSets, statefulSet({ replicas: 1, volumeClaimTemplates: [claim] }))
  await pass(2000)
  expect(client.list(claims).map((one) => [nameOf(one), textAt(one, 'status', 'phase')])).toEqual([['data-db-0', 'Bound']])
  expect(client.list(volumes).map((one) => textAt(one, 'status', 'phase'))).toEqual(['Bound'])
  expect(textAt(client.get(pods, 'default', 'db-0') ?? nothing, 'status', 'phase')).toBe('Running')
})

test('a claim is bound to a volume of the same class that is large enough', async () => {
  const { client, pass } = await cluster()
  const volume = (name: string, storage: string): KubeObject =>
    global('v1', 'PersistentVolume', name, {
      spec: { capacity: { storage }, accessModes: ['ReadWriteOnce'], storageClassName: 'manual', persistentVolumeReclaimPolicy: 'Retain' },
    })
  await client.create(volumes, volume('large', '10Gi'))
  await client.create(volumes, volume('small', '1Gi'))
  await client.create(volumes, volume('right', '5Gi'))
  await client.create(
    claims,
    object('v1', 'PersistentVolumeClaim', 'c', {
      spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'manual', resources: { requests: { storage: '3Gi' } } },
    }),
  )
  await pass(100)
  expect(textAt(client.get(claims, 'default', 'c') ?? nothing, 'spec', 'volumeName')).toBe('right')
  expect(client.list(volumes).map((one) => `${nameOf(one)} ${textAt(one, 'status', 'phase')}`)).toEqual([
    'large Available',
    'right Bound',
    'small Available',
  ])
  await client.delete(claims, { namespace: 'default', name: 'c' })
  await pass(100)
  expect(textAt(client.get(volumes, '', 'right') ?? nothing, 'status', 'phase')).toBe('Released')
})

test('a DaemonSet has a Pod on each node that fits', async () => {
  const { client, pass } = await cluster()
  await client.create(
    daemonSets,
    object('apps/v1', 'DaemonSet', 'agent', {
      spec: {
        selector,
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
        template: template(),
      },
    }),
  )
  await pass(1000)
  expect(client.list(pods).map((pod) => textAt(pod, 'spec', 'nodeName'))).toEqual(['sandbox'])
  const read = (): KubeObject => client.get(daemonSets, 'default', 'agent') ?? nothing
  expect(objectAt(read(), 'status')).toEqual({
    currentNumberScheduled: 1,
    desiredNumberScheduled: 1,
    numberAvailable: 1,
    numberMisscheduled: 0,
    numberReady: 1,
    observedGeneration: 1,
    updatedNumberScheduled: 1,
  })
  await client.update(daemonSets, withField(read(), ['spec', 'template'], template('nginx:2') as KubeObject))
  await pass(3000)
  expect(client.list(pods).map((pod) => objectsAt(pod, 'spec', 'containers')[0]?.['image'])).toEqual(['nginx:2'])
  expect(numberAt(read(), 'status', 'updatedNumberScheduled')).toBe(1)
  const [node = nothing] = client.list(nodes)
  await client.update(nodes, withField(node, ['spec', 'taints'], [{ key: 'a', effect: 'NoExecute' }]))
  await pass(3000)
  expect(client.list(pods)).toEqual([])
})

const job = (spec: object, command = 'true', restartPolicy = 'Never'): KubeObject =>
  object('batch/v1', 'Job', 'pi', {
    spec: {
      completions: 1,
      parallelism: 1,
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      template: { spec: { restartPolicy, containers: [{ name: 'c', image: 'perl', command: ['sh', '-c', command] }] } },
      ...spec,
    },
  })

test.each([
  [{}, 'echo', 5000, { succeeded: 1 }, ['Complete=True CompletionsReached', 'SuccessCriteriaMet=True CompletionsReached']],
  [
    { completions: 3, parallelism: 2 },
    'echo',
    9000,
    { succeeded: 3 },
    ['Complete=True CompletionsReached', 'SuccessCriteriaMet=True CompletionsReached'],
  ],
  [{ backoffLimit: 0 }, 'exit 1', 5000, { failed: 1 }, ['Failed=True BackoffLimitExceeded', 'FailureTarget=True BackoffLimitExceeded']],
  [{ backoffLimit: 1 }, 'exit 1', 30_000, { failed: 2 }, ['Failed=True BackoffLimitExceeded', 'FailureTarget=True BackoffLimitExceeded']],
  [{ activeDeadlineSeconds: 5 }, 'sleep 100', 8000, { failed: 1 }, ['Failed=True DeadlineExceeded', 'FailureTarget=True DeadlineExceeded']],
  [{ suspend: true }, 'echo', 8000, {}, ['Suspended=True JobSuspended']],
  [
    { podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } }] } },
    'exit 42',
    8000,
    { failed: 1 },
    ['Failed=True PodFailurePolicy', 'FailureTarget=True PodFailurePolicy'],
  ],
])('a Job with %j that runs `%s` is after %i ms', async (spec, command, milliseconds, counts, conditions) => {
  const { client, pass } = await cluster()
  await client.create(jobs, job(spec, command))
  await pass(milliseconds)
  const found = client.get(jobs, 'default', 'pi') ?? nothing
  expect(conditionLines(found)).toEqual(conditions)
  expect(nonZero({ succeeded: numberAt(found, 'status', 'succeeded'), failed: numberAt(found, 'status', 'failed') })).toEqual(counts)
  expect(objectAt(found, 'status', 'uncountedTerminatedPods')).toEqual({})
  expect(client.list(pods).filter((pod) => objectAt(pod, 'metadata')['finalizers'] !== undefined)).toEqual([])
})

test('an Indexed Job runs each index once', async () => {
  const { client, pass } = await cluster()
  await client.create(jobs, job({ completions: 4, parallelism: 2, completionMode: 'Indexed' }))
  await pass(500)
  expect(client.list(pods).map((pod) => labelsOf(pod)['batch.kubernetes.io/job-completion-index'])).toEqual(['0', '1'])
  await pass(10_000)
  const found = client.get(jobs, 'default', 'pi') ?? nothing
  expect(objectAt(found, 'status')).toMatchObject({ completedIndexes: '0-3', succeeded: 4 })
  expect(eventLines(client, { kind: 'Job' }).at(-1)).toBe('Completed: Job completed')
})

test('a finished Job goes after its time to live, with its Pods', async () => {
  const { client, pass } = await cluster()
  await client.create(jobs, job({ ttlSecondsAfterFinished: 60 }))
  await pass(10_000)
  expect(client.list(jobs)).toHaveLength(1)
  await pass(60_000)
  expect([...client.list(jobs), ...client.list(pods)]).toEqual([])
})

test('deleting a Job deletes its Pods', async () => {
  const { client, pass } = await cluster()
  await client.create(jobs, job({}, 'sleep 1000'))
  await pass(2000)
  await client.delete(jobs, { namespace: 'default', name: 'pi' }, { propagationPolicy: 'Background' })
  await pass(2000)
  expect([...client.list(jobs), ...client.list(pods)]).toEqual([])
})

const cron = (spec: object = {}, command = 'echo'): KubeObject =>
  object('batch/v1', 'CronJob', 'tick', {
    spec: {
      schedule: '* * * * *',
      concurrencyPolicy: 'Allow',
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
      jobTemplate: { spec: objectAt(job({}, command), 'spec') },
      ...spec,
    },
  })

test('a CronJob starts a Job a minute and keeps the last three', async () => {
  const { client, pass } = await cluster()
  await client.create(cronJobs, cron())
  await pass(5 * 60_000 + 30_000)
  const minute = Date.parse('2026-01-01T00:00:00Z') / 60_000
  expect(client.list(jobs).map(nameOf)).toEqual([3, 4, 5].map((i) => `tick-${minute + i}`))
  expect(objectAt(client.get(cronJobs, 'default', 'tick') ?? nothing, 'status')).toMatchObject({ lastScheduleTime: '2026-01-01T00:05:00Z' })
  expect(eventLines(client, { kind: 'CronJob' }).slice(0, 2)).toEqual([
    `SuccessfulCreate: Created job tick-${minute + 1}`,
    `SawCompletedJob: Saw completed job: tick-${minute + 1}, condition: Complete`,
  ])
})

test.each([
  ['Allow', 3],
  ['Forbid', 1],
  ['Replace', 1],
])('with the concurrency policy %s %i long Jobs run', async (concurrencyPolicy, running) => {
  const { client, pass } = await cluster()
  await client.create(cronJobs, cron({ concurrencyPolicy }, 'sleep 10000'))
  await pass(3 * 60_000 + 5000)
  expect(client.list(jobs)).toHaveLength(running)
})

test('when all is done nothing more is written', async () => {
  const { client, pass } = await cluster()
  await client.create(services, object('v1', 'Service', 'web', { spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } }))
  await client.create(deployments, deployment(3))
  await client.create(
    statefulSets,
    withField(withField(statefulSet(), ['spec', 'selector'], { matchLabels: { app: 'db' } }), ['spec', 'template', 'metadata', 'labels'], {
      app: 'db',
    }),
  )
  await client.create(jobs, job({ completions: 2 }))
  await client.create(resourceQuotas, object('v1', 'ResourceQuota', 'q', { spec: { hard: { pods: '10' } } }))
  await client.create(podDisruptionBudgets, object('policy/v1', 'PodDisruptionBudget', 'b', { spec: { minAvailable: 1, selector } }))
  await pass(60_000)
  const written: string[] = []
  const stop = client.watch(({ of }: WatchEvent) => void written.push(of.resource))
  await pass(3_600_000)
  stop()
  expect([...new Set(written)]).toEqual(['leases'])
})
