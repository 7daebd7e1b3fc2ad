import type { KubeObject } from '../kube/object.ts'
import type { GroupResource } from '../kube/status.ts'
import type { SandboxClient } from './client.ts'
import { withFields } from './registry/metadata.ts'

const at = { namespace: 'default', name: 'kubernetes' }

/** Where the Service `kubernetes` leads, in both forms. A server that is started again may listen elsewhere: what is there is then corrected. */
export async function publishServer(client: SandboxClient, address: string, port: number): Promise<void> {
  const ports = [{ name: 'https', port, protocol: 'TCP' }]
  const endpoints: KubeObject = {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { ...at, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [{ addresses: [{ ip: address }], ports }],
  }
  const slice: KubeObject = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...at, labels: { 'kubernetes.io/service-name': at.name } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports,
  }
  await publish(client, { group: '', resource: 'endpoints' }, endpoints)
  await publish(client, { group: 'discovery.k8s.io', resource: 'endpointslices' }, slice)
}

async function publish(client: SandboxClient, of: GroupResource, object: KubeObject): Promise<void> {
  const there = client.get(of, at.namespace, at.name)
  await (there === undefined
    ? client.create(of, object)
    : client.update(of, withFields(there, { subsets: object['subsets'], endpoints: object['endpoints'], ports: object['ports'] })))
}
