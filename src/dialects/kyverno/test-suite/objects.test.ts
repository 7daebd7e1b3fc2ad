import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../../../core/json.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { nameOf } from '../../../kube/object.ts'
import type { Answer } from '../../../policy/facts.ts'
import { objectStore } from './objects.ts'

const object = (apiVersion: string, kind: string, namespace: string, name: string, labels: Json = {}): KubeObject => ({
  apiVersion,
  kind,
  metadata: namespace === '' ? { name, labels } : { name, namespace, labels },
})

const store = objectStore(
  [
    object('v1', 'ConfigMap', 'a', 'one', { app: 'web' }),
    object('v1', 'ConfigMap', 'b', 'two'),
    object('v1', 'Secret', 'a', 'one'),
    object('cloud.example.com/v1', 'ComputeClass', '', 'spot'),
    object('example.com/v1', 'Mouse', 'a', 'jerry'),
  ],
  [
    {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      spec: { group: 'example.com', names: { kind: 'Mouse', plural: 'mice' } },
    },
  ],
)

const names = (answer: Answer): readonly string[] | string => {
  if (!answer.known) return answer.reason
  const value = answer.value as KubeObject | readonly KubeObject[]
  if (!('kind' in value)) return value.map(nameOf)
  const items = value['items'] as readonly KubeObject[] | undefined
  return items === undefined ? [nameOf(value)] : items.map(nameOf)
}

test.each([
  ['one object of the core group', '/api/v1/namespaces/a/configmaps/one', ['one']],
  ['those of a namespace', '/api/v1/namespaces/a/configmaps', ['one']],
  ['those of all namespaces', '/api/v1/configmaps', ['one', 'two']],
  ['a query is not part of the path', '/api/v1/configmaps?limit=1', ['one', 'two']],
  ['one that has no namespace', '/apis/cloud.example.com/v1/computeclasses/spot', ['spot']],
  ['a plural that only the definition knows', '/apis/example.com/v1/namespaces/a/mice', ['jerry']],
  ['one that is not there', '/api/v1/namespaces/a/configmaps/two', 'configmaps "two" not found'],
  ['a kind that is not there', '/apis/example.com/v1/rats', 'the server could not find the requested resource'],
  ['no path of the API server', '/healthz', 'the server could not find the requested resource'],
])('GET %s', (_, path, expected) => {
  expect(names(store.read(path))).toEqual(expected)
})

const anything = { apiVersion: 'v1', kind: '', namespace: '', name: '', selector: null }

test.each([
  ['all of a kind', { kind: 'ConfigMap' }, ['one', 'two']],
  ['a namespace', { kind: 'ConfigMap', namespace: 'b' }, ['two']],
  ['wildcards', { kind: 'Config*', name: 'o*' }, ['one']],
  ['labels', { kind: 'ConfigMap', selector: { matchLabels: { app: 'web' } } }, ['one']],
])('list by %s', (_, query, expected) => {
  expect(names(store.list({ ...anything, ...query }))).toEqual(expected)
})

test('no path makes it throw', () => {
  fc.assert(fc.property(fc.webPath(), (path) => void store.read(`/apis${path}`)))
})
