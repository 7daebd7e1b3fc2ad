import { objectAt } from '../core/fields.ts'
import { valueAt } from '../core/json.ts'
import type { Result } from '../core/result.ts'
import { err, ok } from '../core/result.ts'
import type { KubeObject } from '../kube/object.ts'
import { nameOf, namespaceOf } from '../kube/object.ts'
import type { Status } from '../kube/status.ts'
import { noSuchPath } from '../kube/status.ts'
import { serviceAccountUser, userNamed } from './authentication/authenticate.ts'
import type { SandboxClient } from './client.ts'
import { withFields } from './registry/metadata.ts'
import type { WriteOptions } from './registry/operation.ts'
import type { Place, Registry } from './registry/registry.ts'
import { viewOf } from './resources/scale.ts'
import type { Catalogue, ServedType } from './served-type.ts'
import type { Store } from './storage/store.ts'

export interface InProcessParts {
  readonly store: Store
  readonly registry: Registry
  readonly catalogue: () => Catalogue
}

/** The server for its own controllers: as theirs, requests skip the network and authorization, not admission. */
export function inProcessClient(parts: InProcessParts, username = 'system:kube-controller-manager'): SandboxClient {
  const { store, registry, catalogue } = parts
  const [, namespace = '', name = ''] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(username) ?? []
  const user =
    name === '' ? userNamed(username, username.startsWith('system:node:') ? ['system:nodes'] : []) : serviceAccountUser(namespace, name)
  const options: WriteOptions = {
    user,
    dryRun: false,
    fieldManager: username.slice(username.lastIndexOf(':') + 1),
    fieldValidation: 'Ignore',
    force: false,
    warn: () => undefined,
    annotate: () => undefined,
  }
  const placeOf = (type: ServedType, at: { readonly namespace: string; readonly name: string }, subresource = ''): Place => {
    const view = viewOf(type, subresource)
    return { type, namespace: type.namespaced ? at.namespace : '', name: at.name, subresource, ...(view === undefined ? {} : { view }) }
  }
  /** What the scheduler writes: the node goes into the Pod. */
  const bindPod = (place: Place, binding: KubeObject): Promise<Result<KubeObject, Status>> => {
    const pod = registry.get(place)
    if (!pod.ok) return Promise.resolve(pod)
    const node = valueAt(binding, ['target', 'name']) ?? ''
    return registry.update(place, withFields(pod.value, { spec: { ...objectAt(pod.value, 'spec'), nodeName: node } }), options)
  }
  return {
    get: (of, inNamespace, named) => store.get(of, inNamespace, named),
    list: (of, inNamespace) => store.list(of, inNamespace),
    create: async (of, object, subresource) => {
      const type = catalogue().ofResource(of)
      if (type === undefined) return err(noSuchPath())
      if (subresource === 'binding') return bindPod({ type, namespace: namespaceOf(object), name: nameOf(object), subresource }, object)
      return registry.create(placeOf(type, { namespace: namespaceOf(object), name: nameOf(object) }, subresource), object, options)
    },
    update: async (of, object, subresource) => {
      const type = catalogue().ofResource(of)
      if (type === undefined) return err(noSuchPath())
      return registry.update(placeOf(type, { namespace: namespaceOf(object), name: nameOf(object) }, subresource), object, options)
    },
    delete: async (of, at, requested = {}) => {
      const type = catalogue().ofResource(of)
      if (type === undefined) return err<Status>(noSuchPath())
      const done = await registry.delete(placeOf(type, at), requested, options)
      return done.ok ? ok(undefined) : done
    },
    watch: (listener) => store.subscribe(({ type, of, object }) => listener({ type, of, object })),
    as: (other) => inProcessClient(parts, other),
  }
}
