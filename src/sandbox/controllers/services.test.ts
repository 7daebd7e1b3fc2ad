import { deployment, global, nothing, object, selector, template } from './test-objects.ts'
import { expect, test } from 'vitest'
import { objectAt, objectsAt, textAt } from '../../core/fields.ts'
import type { KubeObject } from '../../kube/object.ts'
import { withField } from './fields.ts'
import {
  autoscalers,
  clusterRoles,
  deployments,
  endpoints,
  endpointSlices,
  podDisruptionBudgets,
  pods,
  resourceQuotas,
  services,
} from './kinds.ts'
import { cluster } from './test-cluster.ts'
import { conditionLines } from './testbed.ts'

test('a Service has the ready Pods as endpoints', async () => {
  const { client, pass } = await cluster()
  await client.create(
    services,
    object('v1', 'Service', 'web', { spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http', protocol: 'TCP' }] } }),
  )
  await client.create(deployments, deployment(2))
  await pass(1000)
  const ips = client
    .list(pods)
    .map((pod) => textAt(pod, 'status', 'podIP'))
    .sort()
  const [subset = nothing] = objectsAt(client.get(endpoints, 'default', 'web') ?? nothing, 'subsets')
  expect(objectsAt(subset, 'addresses').map((one) => one['ip'])).toEqual(ips)
  expect(subset['ports']).toEqual([{ port: 8080, protocol: 'TCP' }])
  expect(client.list(endpointSlices).map((slice) => [slice['ports'], objectsAt(slice, 'endpoints').length])).toEqual([
    [[{ name: '', port: 8080, protocol: 'TCP' }], 2],
  ])
  await client.update(deployments, withField(client.get(deployments, 'default', 'web') ?? nothing, ['spec', 'replicas'], 0))
  await pass(2000)
  expect(client.get(endpoints, 'default', 'web')?.['subsets']).toBeUndefined()
})

test('a quota counts what is used', async () => {
  const { client, pass } = await cluster()
  const hard = {
    pods: '10',
    'requests.cpu': '2',
    'limits.memory': '1Gi',
    'count/deployments.apps': '5',
    services: '3',
    'requests.storage': '10Gi',
  }
  await client.create(resourceQuotas, object('v1', 'ResourceQuota', 'q', { spec: { hard } }))
  const resources = { requests: { cpu: '250m' }, limits: { memory: '64Mi' } }
  await client.create(deployments, withField(deployment(2), ['spec', 'template'], template('nginx', { resources }) as KubeObject))
  await pass(1000)
  expect(objectAt(client.get(resourceQuotas, 'default', 'q') ?? nothing, 'status')).toEqual({
    hard,
    used: {
      pods: '2',
      'requests.cpu': '500m',
      'limits.memory': '128Mi',
      'count/deployments.apps': '1',
      services: '0',
      'requests.storage': '0',
    },
  })
})

test.each([
  [{ minAvailable: 1 }, { currentHealthy: 3, desiredHealthy: 1, disruptionsAllowed: 2, expectedPods: 3 }],
  [{ minAvailable: '50%' }, { currentHealthy: 3, desiredHealthy: 2, disruptionsAllowed: 1, expectedPods: 3 }],
  [{ maxUnavailable: 1 }, { currentHealthy: 3, desiredHealthy: 2, disruptionsAllowed: 1, expectedPods: 3 }],
])('a PodDisruptionBudget of %j', async (spec, status) => {
  const { client, pass } = await cluster()
  await client.create(podDisruptionBudgets, object('policy/v1', 'PodDisruptionBudget', 'b', { spec: { ...spec, selector } }))
  await client.create(deployments, deployment(3))
  await pass(1000)
  const found = client.get(podDisruptionBudgets, 'default', 'b') ?? nothing
  expect(objectAt(found, 'status')).toMatchObject(status)
  expect(conditionLines(found)).toEqual(['DisruptionAllowed=True SufficientPods'])
})

test('an autoscaler without metrics says so, and keeps its target within bounds', async () => {
  const { client, pass } = await cluster()
  const metrics = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }]
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
  await client.create(
    autoscalers,
    object('autoscaling/v2', 'HorizontalPodAutoscaler', 'h', { spec: { minReplicas: 2, maxReplicas: 3, metrics, scaleTargetRef } }),
  )
  await pass(1000)
  expect(conditionLines(client.get(autoscalers, 'default', 'h') ?? nothing)).toEqual(['AbleToScale=False FailedGetScale'])
  await client.create(deployments, deployment(1))
  await pass(40_000)
  expect(conditionLines(client.get(autoscalers, 'default', 'h') ?? nothing)).toEqual([
    'AbleToScale=True SucceededGetScale',
    'ScalingActive=False FailedGetResourceMetric',
  ])
  expect(client.list(pods)).toHaveLength(2)
})

test('a ClusterRole gathers the rules of those it selects', async () => {
  const { client, pass } = await cluster()
  const labels = { gather: 'yes' }
  await client.create(
    clusterRoles,
    global('rbac.authorization.k8s.io/v1', 'ClusterRole', 'all', {
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: labels }] },
      rules: [],
    }),
  )
  const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]
  await client.create(
    clusterRoles,
    withField(global('rbac.authorization.k8s.io/v1', 'ClusterRole', 'one', { rules }), ['metadata', 'labels'], labels),
  )
  await pass(10)
  expect(client.get(clusterRoles, '', 'all')?.['rules']).toEqual(rules)
})
