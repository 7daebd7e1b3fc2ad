import type { JsonObject } from '../../src/core/json.ts'
import { isJsonObject, ownValue } from '../../src/core/json.ts'
import type { Result } from '../../src/core/result.ts'
import { err, ok } from '../../src/core/result.ts'
import { collectionPath, discover } from '../../src/cluster/discovery.ts'
import type { KubeClient } from '../../src/cluster/kube-client.ts'
import { itemsOf } from '../../src/cluster/kube-client.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import { labelsOf, nameOf, namespaceOf } from '../../src/kube/object.ts'
import type { ServedResource } from '../../src/policy/admission.ts'

/** What the steps of a test do to a cluster. Errors are the messages of the API server. */
export interface TestCluster {
  readonly client: KubeClient
  readonly kubeconfig: string
  pathOf(object: { readonly apiVersion: string; readonly kind: string }, namespace: string, name?: string): Promise<Result<string, string>>
  isNamespaced(object: { readonly apiVersion: string; readonly kind: string }): Promise<boolean>
  create(object: KubeObject): Promise<Result<KubeObject, string>>
  apply(object: KubeObject): Promise<Result<KubeObject, string>>
  patch(object: KubeObject): Promise<Result<KubeObject, string>>
  update(object: KubeObject): Promise<Result<KubeObject, string>>
  delete(object: KubeObject): Promise<Result<undefined, string>>
  /** Objects of the kind: the one named, or those with the labels. */
  find(expected: KubeObject): Promise<readonly KubeObject[]>
}

export function testCluster(client: KubeClient, kubeconfig: string): TestCluster {
  let known: readonly ServedResource[] = []
  const resourceOf = async ({
    apiVersion,
    kind,
  }: {
    readonly apiVersion: string
    readonly kind: string
  }): Promise<ServedResource | undefined> => {
    const fits = (one: ServedResource): boolean =>
      one.kind === kind && (one.group === '' ? one.version : `${one.group}/${one.version}`) === apiVersion
    const found = known.find(fits)
    if (found !== undefined) return found
    known = (await discover(client)) ?? []
    return known.find(fits)
  }
  const pathOf: TestCluster['pathOf'] = async (object, namespace, name) => {
    const resource = await resourceOf(object)
    if (resource === undefined) return err(`no matches for kind "${object.kind}" in version "${object.apiVersion}"`)
    const collection = collectionPath(resource, resource.namespaced ? namespace : '')
    return ok(name === undefined ? collection : `${collection}/${encodeURIComponent(name)}`)
  }
  const send = async (method: 'POST' | 'PUT' | 'PATCH', object: KubeObject, named: boolean): Promise<Result<KubeObject, string>> => {
    const path = await pathOf(object, namespaceOf(object), named ? nameOf(object) : undefined)
    if (!path.ok) return path
    const done = await client.call({
      method,
      path: path.value,
      body: object,
      ...(method === 'PATCH' ? { contentType: 'application/merge-patch+json' } : {}),
    })
    return done.ok ? ok(done.value as KubeObject) : err(done.error.message ?? 'unknown error')
  }
  const get = async (object: KubeObject): Promise<KubeObject | undefined> => {
    const path = await pathOf(object, namespaceOf(object), nameOf(object))
    if (!path.ok) return undefined
    const found = await client.call({ method: 'GET', path: path.value })
    return found.ok ? (found.value as KubeObject) : undefined
  }
  const cluster: TestCluster = {
    client,
    kubeconfig,
    pathOf,
    isNamespaced: async (object) => (await resourceOf(object))?.namespaced ?? true,
    create: (object) => send('POST', object, false),
    apply: async (object) => ((await get(object)) === undefined ? cluster.create(object) : send('PATCH', object, true)),
    patch: (object) => send('PATCH', object, true),
    update: async (object) => {
      const current = await get(object)
      const metadata = current === undefined ? undefined : ownValue(current, 'metadata')
      const version = isJsonObject(metadata) ? metadata['resourceVersion'] : undefined
      return send(
        'PUT',
        { ...object, metadata: { ...(object['metadata'] as JsonObject), ...(version === undefined ? {} : { resourceVersion: version }) } },
        true,
      )
    },
    delete: async (object) => {
      const path = await pathOf(object, namespaceOf(object), nameOf(object))
      if (!path.ok) return path
      const done = await client.call({ method: 'DELETE', path: path.value })
      return done.ok ? ok(undefined) : err(done.error.message ?? 'unknown error')
    },
    find: async (expected) => {
      const [name, namespace] = [nameOf(expected), namespaceOf(expected)]
      if (name !== '') {
        const one = await get(expected)
        return one === undefined ? [] : [one]
      }
      const path = await pathOf(expected, namespace)
      if (!path.ok) return []
      const labels = Object.entries(labelsOf(expected)).map(([key, value]) => `${key}=${value}`)
      const query = labels.length === 0 ? '' : `?labelSelector=${encodeURIComponent(labels.join(','))}`
      const list = await client.call({ method: 'GET', path: `${path.value}${query}` })
      return list.ok ? itemsOf(list.value) : []
    },
  }
  return cluster
}
