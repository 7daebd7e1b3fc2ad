import { expect, test } from 'vitest'
import { builtInResource, builtInResources, kindOfResource, pluralOf, resourceOf } from './resources.ts'

test.each([
  ['', 'v1', 'Pod', 'pods', true],
  ['', 'v1', 'Endpoints', 'endpoints', true],
  ['', 'v1', 'Namespace', 'namespaces', false],
  ['apps', 'v1', 'Deployment', 'deployments', true],
  ['batch', 'v1', 'CronJob', 'cronjobs', true],
  ['networking.k8s.io', 'v1', 'Ingress', 'ingresses', true],
  ['networking.k8s.io', 'v1', 'IngressClass', 'ingressclasses', false],
  ['networking.k8s.io', 'v1', 'NetworkPolicy', 'networkpolicies', true],
  ['rbac.authorization.k8s.io', 'v1', 'ClusterRole', 'clusterroles', false],
  ['example.com', 'v1', 'Policy', 'policies', true],
  ['example.com', 'v1', 'Gateway', 'gateways', true],
])('%s/%s %s is %s, namespaced: %s', (group, version, kind, plural, namespaced) => {
  expect(resourceOf({ group, version, kind })).toMatchObject({ plural, namespaced })
})

test('kinds are found by their plural', () => {
  expect(kindOfResource('apps', 'v1', 'deployments')).toEqual({ group: 'apps', version: 'v1', kind: 'Deployment' })
  expect(kindOfResource('', 'v1', 'deployments')).toBeUndefined()
})

test('a row holds names and subresources', () => {
  expect(builtInResource('', 'ReplicationController')).toEqual({
    group: '',
    versions: ['v1'],
    kind: 'ReplicationController',
    plural: 'replicationcontrollers',
    namespaced: true,
    shortNames: ['rc'],
    subresources: ['scale', 'status'],
  })
  expect(builtInResource('apps', 'Pod')).toBeUndefined()
})

test('no kind and no plural stands twice in a group', () => {
  expect(new Set(builtInResources.map((r) => `${r.group}/${r.kind}`)).size).toBe(builtInResources.length)
  expect(new Set(builtInResources.map((r) => `${r.group}/${r.plural}`)).size).toBe(builtInResources.length)
})

test.each([
  ['', ''],
  ['Endpoints', 'endpoints'],
  ['VirtualService', 'virtualservices'],
  ['Class', 'classes'],
])('the plural of %j is %j', (kind, plural) => {
  expect(pluralOf(kind)).toBe(plural)
})

test('what would be guessed is what most of the table says', () => {
  const guessedWrong = builtInResources.filter((r) => pluralOf(r.kind) !== r.plural).map((r) => r.kind)
  expect(guessedWrong).toEqual(['NodeMetrics', 'PodMetrics'])
})
