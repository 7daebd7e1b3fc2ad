import { objectAt } from '../../core/fields.ts'
import { nameOf, namespaceOf } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { GroupResource } from '../../kube/status.ts'
import { jsonEqual } from '../../core/json.ts'
import type { Controller, ControllerContext } from './controller.ts'
import { done } from './controller.ts'
import { isDeleting } from './fields.ts'
import { configMaps, namespaces, sameKind, serviceAccounts } from './kinds.ts'
import { namespaceIsTerminating } from './pods.ts'
import type { Reconciled } from './workqueue.ts'

/** Every namespace has the ServiceAccount `default`. */
export const serviceAccountController = (context: ControllerContext): Controller =>
  everyNamespaceHas(context, {
    name: 'serviceaccount',
    of: serviceAccounts,
    object: (namespace) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } }),
  })

const description =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.'

/** Every namespace has the ConfigMap `kube-root-ca.crt`, by which Pods know the server. */
export const rootCaPublisher = (context: ControllerContext, rootCa: string): Controller =>
  everyNamespaceHas(context, {
    name: 'root-ca-cert-publisher',
    of: configMaps,
    object: (namespace) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kube-root-ca.crt', namespace, annotations: { 'kubernetes.io/description': description } },
      data: { 'ca.crt': rootCa },
    }),
  })

interface Resident {
  readonly name: string
  readonly of: GroupResource
  readonly object: (namespace: string) => KubeObject
}

function everyNamespaceHas(context: ControllerContext, { name, of, object }: Resident): Controller {
  const residentName = nameOf(object(''))
  return {
    name,
    kinds: [namespaces, of],
    keysOf: (event) => {
      if (sameKind(event.of, namespaces)) return event.type === 'DELETED' ? [] : [{ namespace: nameOf(event.object), name: residentName }]
      return nameOf(event.object) === residentName ? [{ namespace: namespaceOf(event.object), name: residentName }] : []
    },
    reconcile: ({ namespace }) => ensure(context, of, object(namespace)),
  }
}

async function ensure({ client }: ControllerContext, of: GroupResource, wanted: KubeObject): Promise<Reconciled> {
  const namespace = client.get(namespaces, '', namespaceOf(wanted))
  if (namespace === undefined || isDeleting(namespace)) return done
  const existing = client.get(of, namespaceOf(wanted), nameOf(wanted))
  if (existing === undefined) {
    const created = await client.create(of, wanted)
    if (created.ok || created.error.reason === 'AlreadyExists' || namespaceIsTerminating(created.error)) return done
    return created
  }
  if (wanted['data'] === undefined || jsonEqual(objectAt(existing, 'data'), wanted['data'])) return done
  const updated = await client.update(of, { ...existing, data: wanted['data'] })
  return updated.ok || updated.error.reason === 'NotFound' ? done : updated
}
