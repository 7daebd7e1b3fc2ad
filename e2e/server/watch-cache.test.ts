import { afterEach, expect, test } from 'vitest'
import { createKubeClient } from '../../src/cluster/kube-client.ts'
import type { WatchCache } from '../../src/cluster/watch-cache.ts'
import { startWatch } from '../../src/cluster/watch-cache.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { nameOf } from '../../src/kube/object.ts'
import type { Api } from './server.ts'
import { at, configMap, pause, startApi, temporaryDirectory, until } from './server.ts'

const running: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const stop of running.splice(0).toReversed()) await stop()
})

const path = '/api/v1/namespaces/default/configmaps'
const create = (api: Api, body: JsonObject) => api.ask({ method: 'POST', path, body })
const remove = (api: Api, name: string) => api.ask({ method: 'DELETE', path: `${path}/${name}` })

function watch(api: Api, fieldSelector?: string): WatchCache & { readonly changes: () => number } {
  let changes = 0
  const client = createKubeClient(api.address, 'test')
  const cache = startWatch({
    client,
    path,
    onChange: () => (changes += 1),
    longestPause: 100,
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
  })
  running.push(() => {
    cache.stop()
    client.close()
  })
  return Object.assign(cache, { changes: () => changes })
}
const names = (cache: WatchCache): readonly string[] =>
  cache
    .list()
    .map(nameOf)
    .filter((name) => name !== 'kube-root-ca.crt')
    .sort()

async function startOne(): Promise<Api> {
  const api = await startApi()
  running.push(() => api.stop())
  return api
}

test('it has what is there, and what comes, changes and goes', async () => {
  const api = await startOne()
  await create(api, configMap('a'))
  const cache = watch(api)
  expect([cache.synced, cache.connected, cache.list()]).toEqual([false, false, []])
  await until('the first list', () => cache.synced)
  expect(cache.connected).toBe(true)
  expect(names(cache)).toEqual(['a'])
  await create(api, configMap('b'))
  await until('b', () => cache.get('default', 'b') !== undefined)
  await api.ask({ method: 'PUT', path: `${path}/b`, body: configMap('b', { data: { x: '1' } }) })
  await until('the change of b', () => at(cache.get('default', 'b'), 'data', 'x') === '1')
  await remove(api, 'a')
  await until('the end of a', () => cache.get('default', 'a') === undefined)
  expect(cache.get('default', 'b')).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' })
  expect(cache.changes()).toBeGreaterThanOrEqual(4)
})

test('a field selector narrows it', async () => {
  const api = await startOne()
  await create(api, configMap('a'))
  const cache = watch(api, 'metadata.name=b')
  await until('the first list', () => cache.synced)
  expect(names(cache)).toEqual([])
  await create(api, configMap('b'))
  await create(api, configMap('c'))
  await until('b', () => names(cache).length > 0)
  expect(names(cache)).toEqual(['b'])
})

test('a list of many pages is read whole', async () => {
  const api = await startOne()
  await Promise.all(Array.from({ length: 620 }, (_, i) => create(api, configMap(`many-${i}`))))
  const cache = watch(api)
  await until('the first list', () => cache.synced)
  expect(names(cache)).toHaveLength(620)
})

test('while the server is away the last state stays; then it is made good, deletions too', async () => {
  const data = temporaryDirectory()
  running.push(data.remove)
  const first = await startApi({ dataDirectory: data.path })
  await create(first, configMap('kept'))
  await create(first, configMap('lost'))
  const cache = watch(first)
  await until('the first list', () => cache.synced)
  await first.stop()
  await until('the loss of the connection', () => !cache.connected)
  expect([cache.synced, names(cache)]).toEqual([true, ['kept', 'lost']])
  const elsewhere = await startApi({ dataDirectory: data.path })
  await remove(elsewhere, 'lost')
  await create(elsewhere, configMap('new'))
  await elsewhere.stop()
  const again = await startApi({ dataDirectory: data.path, port: Number(new URL(first.server).port) })
  running.push(() => again.stop())
  await until('the new state', () => names(cache).join() === 'kept,new')
  expect(cache.connected).toBe(true)
})

test('one that is stopped changes no more', async () => {
  const api = await startOne()
  const cache = watch(api)
  await until('the first list', () => cache.synced)
  cache.stop()
  await create(api, configMap('late'))
  await pause(50)
  expect(names(cache)).toEqual([])
})

test('a resource that is not served yet is found when it is', async () => {
  const api = await startOne()
  const client = createKubeClient(api.address, 'test')
  const cache = startWatch({ client, path: '/apis/example.com/v1/widgets', onChange: () => undefined, longestPause: 50 })
  running.push(() => {
    cache.stop()
    client.close()
  })
  await pause(100)
  expect(cache.synced).toBe(false)
  await api.ask({
    method: 'POST',
    path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    body: {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Cluster',
        names: { plural: 'widgets', kind: 'Widget' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
      },
    },
  })
  await until('the list', () => cache.synced)
})
