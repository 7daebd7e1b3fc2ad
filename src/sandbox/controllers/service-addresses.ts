import { textAt, textsAt } from '../../core/fields.ts'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf, namespaceOf } from '../../kube/object.ts'
import type { Controller, ControllerContext } from './controller.ts'
import { done, ignoreNotFound } from './controller.ts'
import { ipAddresses, services } from './kinds.ts'

const labels = { 'ipaddress.kubernetes.io/ip-family': 'IPv4', 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' }

const addressesOf = (service: KubeObject): readonly string[] =>
  textsAt(service, 'spec', 'clusterIPs').filter((address) => address.includes('.'))

/** Every address of a Service is an object of its own. */
export const serviceAddressController = ({ client }: ControllerContext): Controller => ({
  name: 'service-addresses',
  kinds: [services, ipAddresses],
  keysOf: ({ of, object }) => {
    if (of.resource === ipAddresses.resource) return [{ namespace: '', name: nameOf(object) }]
    // The addresses a Service had are known from the objects made for it.
    const before = client
      .list(ipAddresses)
      .filter((address) => textAt(address, 'spec', 'parentRef', 'name') === nameOf(object))
      .filter((address) => textAt(address, 'spec', 'parentRef', 'namespace') === namespaceOf(object))
      .map(nameOf)
    return [...new Set([...addressesOf(object), ...before])].map((name) => ({ namespace: '', name }))
  },
  reconcile: async ({ name }) => {
    const there = client.get(ipAddresses, '', name)
    const owner = client.list(services).find((service) => addressesOf(service).includes(name))
    if (owner !== undefined && there === undefined) {
      const made = await client.create(ipAddresses, {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'IPAddress',
        metadata: { name, labels },
        spec: { parentRef: { resource: 'services', namespace: namespaceOf(owner), name: nameOf(owner) } },
      })
      return made.ok || made.error.reason === 'AlreadyExists' ? done : made
    }
    const mine = there !== undefined && textAt(there, 'metadata', 'labels', 'ipaddress.kubernetes.io/managed-by') === 'ipallocator.k8s.io'
    if (owner !== undefined || !mine) return done
    const removed = ignoreNotFound(await client.delete(ipAddresses, { namespace: '', name }))
    return removed.ok ? done : removed
  },
})
