import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../core/json.ts'
import { valueAt } from '../../core/json.ts'
import type { KubeObject } from '../object.ts'
import { applyDefaults } from './defaults.ts'

const pod = (container: JsonObject, spec: JsonObject = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'x' },
  spec: { ...spec, containers: [{ name: 'c', image: 'a:1', ...container }] },
})
const deployment = (spec: JsonObject): KubeObject => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' }, spec })
const service = (spec: JsonObject): KubeObject => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'x' }, spec })
const object = (apiVersion: string, kind: string, rest: JsonObject = {}): KubeObject => ({
  metadata: { name: 'x' },
  ...rest,
  apiVersion,
  kind,
})
const first = ['spec', 'containers', 0] as const

test.each<readonly [string, KubeObject, readonly (string | number)[], Json | undefined]>([
  ['a Pod restarts always', pod({}), ['spec', 'restartPolicy'], 'Always'],
  ['a Pod has service links', pod({}), ['spec', 'enableServiceLinks'], true],
  ['a template has none', deployment({ template: { spec: {} } }), ['spec', 'template', 'spec', 'enableServiceLinks'], undefined],
  ['an image without a tag is always pulled', pod({ image: 'a' }), [...first, 'imagePullPolicy'], 'Always'],
  ['the latest image is always pulled', pod({ image: 'r:5000/a:latest' }), [...first, 'imagePullPolicy'], 'Always'],
  ['a digest is pulled once', pod({ image: `a@sha256:${'a'.repeat(64)}` }), [...first, 'imagePullPolicy'], 'IfNotPresent'],
  ['an image that is none is pulled once', pod({ image: 'A::b' }), [...first, 'imagePullPolicy'], 'IfNotPresent'],
  ['limits are requests', pod({ resources: { limits: { cpu: '1' } } }), [...first, 'resources', 'requests'], { cpu: '1' }],
  [
    'requests that are given stay',
    pod({ resources: { limits: { cpu: '1' }, requests: { cpu: '0.5' } } }),
    [...first, 'resources', 'requests'],
    { cpu: '500m' },
  ],
  [
    'amounts are rounded up to thousandths',
    pod({ resources: { limits: { cpu: '0.00001' } } }),
    [...first, 'resources', 'limits'],
    { cpu: '1m' },
  ],
  [
    'a port of a Pod in the network of the host is the host’s',
    pod({ ports: [{ containerPort: 80 }] }, { hostNetwork: true }),
    [...first, 'ports', 0],
    { containerPort: 80, protocol: 'TCP', hostPort: 80 },
  ],
  [
    'a probe over HTTP asks for the root',
    pod({ livenessProbe: { httpGet: { port: 80 } } }),
    [...first, 'livenessProbe'],
    { httpGet: { port: 80, path: '/', scheme: 'HTTP' }, timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 },
  ],
  ['zero seconds between probes are ten', pod({ livenessProbe: { periodSeconds: 0 } }), [...first, 'livenessProbe', 'periodSeconds'], 10],
  ['a volume without a source is empty', pod({}, { volumes: [{ name: 'v' }] }), ['spec', 'volumes', 0], { name: 'v', emptyDir: {} }],
  ['a null source is no source', pod({}, { volumes: [{ name: 'v', emptyDir: null }] }), ['spec', 'volumes', 0, 'emptyDir'], {}],
  ['both names of the service account are kept', pod({}, { serviceAccount: 'a' }), ['spec', 'serviceAccountName'], 'a'],
  [
    'a limit of the whole Pod is what its containers request together',
    pod({ resources: { requests: { cpu: '1' } } }, { resources: { limits: { cpu: '2', memory: '2Gi' } } }),
    ['spec', 'resources', 'requests'],
    { cpu: '1', memory: '2Gi' },
  ],
  ['a Deployment has one replica', deployment({}), ['spec', 'replicas'], 1],
  ['no replicas stay none', deployment({ replicas: 0 }), ['spec', 'replicas'], 0],
  [
    'a Deployment rolls',
    deployment({}),
    ['spec', 'strategy'],
    { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
  ],
  ['one that recreates does not', deployment({ strategy: { type: 'Recreate' } }), ['spec', 'strategy'], { type: 'Recreate' }],
  ['a Job alone is one Pod', object('batch/v1', 'Job', { spec: {} }), ['spec', 'completions'], 1],
  ['a work queue has no completions', object('batch/v1', 'Job', { spec: { parallelism: 3 } }), ['spec', 'completions'], undefined],
  [
    'the Jobs of a CronJob wait for their defaults',
    object('batch/v1', 'CronJob', { spec: {} }),
    ['spec', 'jobTemplate', 'spec', 'backoffLimit'],
    undefined,
  ],
  ['a Service targets its port', service({ ports: [{ port: 80 }] }), ['spec', 'ports', 0], { port: 80, protocol: 'TCP', targetPort: 80 }],
  ['a named Service has no traffic policy', service({ type: 'ExternalName' }), ['spec', 'internalTrafficPolicy'], undefined],
  [
    'a client stays for three hours',
    service({ sessionAffinity: 'ClientIP' }),
    ['spec', 'sessionAffinityConfig'],
    { clientIP: { timeoutSeconds: 10_800 } },
  ],
  ['a Namespace is labelled with its name', object('v1', 'Namespace'), ['metadata', 'labels'], { 'kubernetes.io/metadata.name': 'x' }],
  ['a Secret is opaque', object('v1', 'Secret', { type: '' }), ['type'], 'Opaque'],
  [
    'a policy without egress is for ingress',
    object('networking.k8s.io/v1', 'NetworkPolicy', { spec: { egress: [] } }),
    ['spec', 'policyTypes'],
    ['Ingress'],
  ],
  [
    'a limit is a request',
    object('v1', 'LimitRange', { spec: { limits: [{ type: 'Container', max: { cpu: '2' } }] } }),
    ['spec', 'limits', 0, 'defaultRequest'],
    { cpu: '2' },
  ],
  [
    'a definition names its list',
    object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', { spec: { names: { kind: 'Widget', plural: 'widgets' } } }),
    ['spec', 'names'],
    { kind: 'Widget', plural: 'widgets', singular: 'widget', listKind: 'WidgetList' },
  ],
])('%s', (_, given, path, expected) => {
  expect(valueAt(applyDefaults(given), path)).toEqual(expected)
})

test('unknown kinds stay the same object', () => {
  const widget = object('example.com/v1', 'Widget', { spec: {} })
  expect(applyDefaults(widget)).toBe(widget)
})

const kinds = [
  'v1/Pod',
  'apps/v1/Deployment',
  'apps/v1/StatefulSet',
  'batch/v1/Job',
  'batch/v1/CronJob',
  'v1/Service',
  'v1/LimitRange',
  'autoscaling/v2/HorizontalPodAutoscaler',
]
const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>

test('defaults of defaults are the same, and no input is changed or makes it throw', () => {
  const structured = fc
    .array(json, { maxLength: 3 })
    .map((list) => ({ containers: list, initContainers: list, template: { spec: { containers: list } }, limits: list, metrics: list }))
  fc.assert(
    fc.property(fc.constantFrom(...kinds), fc.oneof(json, structured), (kind, spec) => {
      const slash = kind.lastIndexOf('/')
      const given: KubeObject = { spec, apiVersion: kind.slice(0, slash), kind: kind.slice(slash + 1) }
      const before = JSON.stringify(given)
      const once = applyDefaults(given)
      expect(JSON.stringify(given)).toBe(before)
      expect(applyDefaults(once)).toEqual(once)
    }),
  )
})
