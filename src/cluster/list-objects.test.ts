import { expect, test } from 'vitest'
import { err, ok } from '../core/result.ts'
import { forbiddenStatus } from '../kube/status.ts'
import type { KubeClient } from './kube-client.ts'
import { listObjects } from './list-objects.ts'

/** An API server with pages of one item. */
function pagesOf(names: readonly string[], refusedAt = -1): { readonly client: KubeClient; readonly paths: readonly string[] } {
  const paths: string[] = []
  const client: KubeClient = {
    call: ({ path }) => {
      paths.push(path)
      const page = paths.length - 1
      if (page === refusedAt) return Promise.resolve(err(forbiddenStatus({ group: '', resource: 'pods' }, '', 'no')))
      const more = page + 1 < names.length ? { continue: `to/${page + 1}` } : {}
      return Promise.resolve(ok({ metadata: more, items: [{ metadata: { name: names[page] ?? '' } }] }))
    },
    watch: () => Promise.resolve(undefined),
    close: () => undefined,
  }
  return { client, paths }
}

const pods = { apiVersion: 'v1', kind: 'Pod', plural: 'pods' }

test('pages are followed, and items get what the list says of them', async () => {
  const { client, paths } = pagesOf(['a', 'b'])
  expect(await listObjects(client, pods)).toEqual(
    ok([
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } },
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'b' } },
    ]),
  )
  expect(paths).toEqual(['/api/v1/pods?limit=500', '/api/v1/pods?limit=500&continue=to%2F1'])
})

test('kinds of groups are elsewhere', async () => {
  const { client, paths } = pagesOf(['a'])
  await listObjects(client, { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments' })
  expect(paths).toEqual(['/apis/apps/v1/deployments?limit=500'])
})

test('a page that is refused is no shorter list', async () => {
  const list = await listObjects(pagesOf(['a', 'b'], 1).client, pods)
  expect(list.ok ? undefined : list.error.code).toBe(403)
})
