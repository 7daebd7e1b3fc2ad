import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { err, ok } from '../core/result.ts'
import type { Status } from '../kube/status.ts'
import type { KubeClient } from './kube-client.ts'
import { createWatchSet } from './watch-set.ts'

const failure: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code: 404, message: 'not served' }

/** An API server in memory that serves empty collections whose path has no `missing`, and what is watched there. */
function emptyApi(): { readonly client: KubeClient; readonly lists: string[]; readonly watched: Set<string> } {
  const [lists, watched]: [string[], Set<string>] = [[], new Set()]
  const client: KubeClient = {
    call: ({ path }) => {
      lists.push(path)
      return Promise.resolve(path.includes('missing') ? err(failure) : ok({ metadata: { resourceVersion: '1' }, items: [] }))
    },
    watch: (url, _, signal) =>
      new Promise((resolve) => {
        const [path = ''] = url.split('?')
        watched.add(path)
        signal.addEventListener('abort', () => {
          watched.delete(path)
          resolve(undefined)
        })
      }),
    close: () => undefined,
  }
  return { client, lists, watched }
}
const nothing = (): void => undefined

test('a set is synced and connected when each of its watches is', async () => {
  const { client, watched } = emptyApi()
  const watches = createWatchSet(client)
  expect([watches.synced, watches.connected]).toEqual([true, true])
  watches.start('/a', nothing)
  expect([watches.synced, watches.connected]).toEqual([false, false])
  await turn()
  expect([watches.synced, watches.connected, [...watched]]).toEqual([true, true, ['/a']])
  const missing = watches.start('/missing', nothing)
  await turn()
  expect([watches.synced, watches.connected]).toEqual([false, false])
  watches.end(missing)
  expect([watches.synced, watches.connected]).toEqual([true, true])
  watches.stop()
})

test('one that is ended is watched no more; with the set all end', async () => {
  const { client, watched } = emptyApi()
  const watches = createWatchSet(client)
  const [first] = ['/a', '/b', '/c'].map((path) => watches.start(path, nothing))
  await turn()
  if (first !== undefined) watches.end(first)
  await turn()
  expect([...watched]).toEqual(['/b', '/c'])
  watches.stop()
  await turn()
  expect([...watched]).toEqual([])
})

test('a field selector is asked for', () => {
  const { client, lists } = emptyApi()
  const watches = createWatchSet(client)
  watches.start('/a', nothing, 'metadata.name=x')
  watches.start('/b', nothing)
  expect(lists).toEqual(['/a?limit=500&fieldSelector=metadata.name%3Dx', '/b?limit=500'])
  watches.stop()
})
