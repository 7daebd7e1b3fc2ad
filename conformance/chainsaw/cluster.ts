import type { Json, JsonObject } from '../../src/core/json.ts'
import { isJsonObject } from '../../src/core/json.ts'
import type { Result } from '../../src/core/result.ts'
import { err, ok } from '../../src/core/result.ts'
import { collectionPath, discover } from '../../src/cluster/discovery.ts'
import type { Call, ClusterAddress } from '../../src/cluster/kube-client.ts'
import { createKubeClient, itemsOf } from '../../src/cluster/kube-client.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import { isKubeObject, labelsOf, nameOf, namespaceOf } from '../../src/kube/object.ts'
import type { Status } from '../../src/kube/status.ts'
import { failure } from '../../src/kube/status.ts'
import type { ServedResource } from '../../src/policy/admission.ts'

interface Kind {
  readonly apiVersion: string
  readonly kind: string
}

type Answer<T> = Promise<Result<T, Status>>

/** What steps ask of a cluster. */
export interface TestCluster {
  readonly address: ClusterAddress
  /** Undefined for a kind that is not served. */
  isNamespaced(kind: Kind): Promise<boolean | undefined>
  get(object: KubeObject): Answer<KubeObject>
  /** The one that is named, or those in the namespace with the labels. */
  find(object: KubeObject): Answer<readonly KubeObject[]>
  create(object: KubeObject): Answer<KubeObject>
  mergePatch(object: KubeObject): Answer<KubeObject>
  replace(object: KubeObject): Answer<KubeObject>
  delete(object: KubeObject): Answer<JsonObject>
  close(): void
}

export const isNotFound = ({ code }: Status): boolean => code === 404

/** Asking for everything that is served takes many requests, and steps ask again and again for what is not there yet. */
const discoveryPause = 400

export function openCluster(address: ClusterAddress): TestCluster {
  const client = createKubeClient(address, 'chainsaw')
  let served: readonly ServedResource[] = []
  let asked = 0
  const resourceOf = async ({ apiVersion, kind }: Kind): Promise<ServedResource | undefined> => {
    const fits = (one: ServedResource): boolean => one.kind === kind && groupVersion(one) === apiVersion
    const found = served.find(fits)
    if (found !== undefined || Date.now() - asked < discoveryPause) return found
    served = (await discover(client)) ?? served
    asked = Date.now()
    return served.find(fits)
  }
  const pathOf = async (object: KubeObject, name: string | undefined): Answer<string> => {
    const resource = await resourceOf(object)
    if (resource === undefined) return err(noMatch(object))
    const collection = collectionPath(resource, resource.namespaced ? namespaceOf(object) : '')
    return ok(name === undefined ? collection : `${collection}/${encodeURIComponent(name)}`)
  }
  const call = async (
    object: KubeObject,
    name: string | undefined,
    rest: Omit<Call, 'path'> & { readonly query?: string },
  ): Answer<JsonObject> => {
    const path = await pathOf(object, name)
    if (!path.ok) return path
    const { query = '', ...how } = rest
    return client.call({ ...how, path: `${path.value}${query}` })
  }
  const get: TestCluster['get'] = async (object) => asObject(await call(object, nameOf(object), { method: 'GET' }))
  return {
    address,
    isNamespaced: async (kind) => (await resourceOf(kind))?.namespaced,
    get,
    find: async (object) => {
      if (nameOf(object) !== '') {
        const one = await get(object)
        return one.ok ? ok([one.value]) : one
      }
      const list = await call(object, undefined, { method: 'GET', query: labelQuery(object) })
      return list.ok ? ok(itemsOf(list.value)) : list
    },
    create: async (object) => asObject(await call(object, undefined, { method: 'POST', body: object })),
    mergePatch: async (object) =>
      asObject(await call(object, nameOf(object), { method: 'PATCH', body: object, contentType: 'application/merge-patch+json' })),
    replace: async (object) => asObject(await call(object, nameOf(object), { method: 'PUT', body: object })),
    delete: (object) =>
      call(object, nameOf(object), {
        method: 'DELETE',
        body: { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' },
      }),
    close: () => client.close(),
  }
}

const groupVersion = ({ group, version }: ServedResource): string => (group === '' ? version : `${group}/${version}`)

const noMatch = ({ apiVersion, kind }: Kind): Status =>
  failure({ code: 404, reason: 'NotFound', message: `no matches for kind "${kind}" in version "${apiVersion}"` })

function labelQuery(object: KubeObject): string {
  const labels = Object.entries(labelsOf(object)).map(([key, value]) => `${key}=${value}`)
  return labels.length === 0 ? '' : `?labelSelector=${encodeURIComponent(labels.join(','))}`
}

function asObject(answer: Result<JsonObject, Status>): Result<KubeObject, Status> {
  if (!answer.ok) return answer
  return isKubeObject(answer.value)
    ? ok(answer.value)
    : err(failure({ code: 0, reason: '', message: 'the API server answered with no object' }))
}

/** The object with this in its metadata. */
export function withMetadata(object: KubeObject, added: { readonly [key: string]: Json }): KubeObject {
  const metadata = object['metadata']
  return { ...object, metadata: { ...(metadata !== undefined && isJsonObject(metadata) ? metadata : {}), ...added } }
}

/** A kubeconfig file for programs: JSON is YAML. */
export function kubeconfigOf({ server, certificateAuthority, clientCertificate, clientKey }: ClusterAddress): string {
  const encode = (text: string): string => Buffer.from(text).toString('base64')
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'chainsaw', cluster: { server, 'certificate-authority-data': encode(certificateAuthority) } }],
    users: [
      {
        name: 'chainsaw',
        user: {
          ...(clientCertificate === undefined ? {} : { 'client-certificate-data': encode(clientCertificate) }),
          ...(clientKey === undefined ? {} : { 'client-key-data': encode(clientKey) }),
        },
      },
    ],
    contexts: [{ name: 'chainsaw', context: { cluster: 'chainsaw', user: 'chainsaw' } }],
    'current-context': 'chainsaw',
  })
}
