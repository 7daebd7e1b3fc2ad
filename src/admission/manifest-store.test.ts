import { expect, test } from 'vitest'
import type { JsonObject } from '../core/json.ts'
import type { KubeObject } from '../kube/object.ts'
import { createManifestStore } from './manifest-store.ts'

const policy = (name: string, spec: JsonObject = {}, more: JsonObject = {}): KubeObject => ({
  apiVersion: 'kyverno.io/v1',
  kind: 'ClusterPolicy',
  metadata: { name, ...more },
  spec,
})
const named = (...objects: readonly KubeObject[]) => {
  const store = createManifestStore()
  store.update(objects)
  return store
}

test('manifests are in the order of their names', () => {
  const store = named(policy('b'), policy('a'))
  expect(store.manifests.map(({ object }) => (object['metadata'] as JsonObject)['name'])).toEqual(['a', 'b'])
})

test.each<[string, readonly KubeObject[], boolean]>([
  ['the same objects', [policy('a'), policy('b')], false],
  ['another order', [policy('b'), policy('a')], false],
  ['a status', [{ ...policy('a'), status: { ready: true } }, policy('b')], false],
  ['bookkeeping of the server', [policy('a', {}, { resourceVersion: '2', managedFields: [] }), policy('b')], false],
  ['another spec', [policy('a', { x: 1 }), policy('b')], true],
  ['a label', [policy('a', {}, { labels: { x: 'y' } }), policy('b')], true],
  ['one more', [policy('a'), policy('b'), policy('c')], true],
  ['one less', [policy('a')], true],
  ['another one', [policy('a'), policy('c')], true],
])('%s: whether it is new', (_, objects, isNew) => {
  const store = named(policy('a'), policy('b'))
  const before = store.manifests
  expect(store.update(objects)).toBe(isNew)
  if (!isNew) expect(store.manifests).toBe(before)
})

test('what did not change keeps its manifest while others change, and one that comes again is new', () => {
  const store = named(policy('a'), policy('b'))
  const [a, b] = store.manifests
  store.update([{ ...policy('a'), status: {} }, policy('b', { x: 1 })])
  expect(store.manifests[0]).toBe(a)
  expect(store.manifests[1]).not.toBe(b)
  store.update([])
  store.update([policy('a')])
  expect(store.manifests[0]).not.toBe(a)
})
