import type { SandboxClient } from '../client.ts'
import type { Controllers } from './controllers.ts'
import { startControllers } from './controllers.ts'
import { namespaces } from './kinds.ts'
import type { ManualClock, MemoryServerOptions } from './testbed.ts'
import { manualClock, memoryServer, testedResources } from './testbed.ts'

/** All controllers on a server in memory. */
export interface Cluster {
  readonly client: SandboxClient
  readonly clock: ManualClock
  readonly controllers: Controllers
  /** Lets time pass, and everything settle. */
  readonly pass: (milliseconds: number) => Promise<void>
}

export async function cluster(admit?: MemoryServerOptions['admit']): Promise<Cluster> {
  const clock = manualClock()
  const client = memoryServer({ clock, ...(admit === undefined ? {} : { admit }) })
  const controllers = startControllers({
    client,
    clock,
    kubernetesVersion: 'v1.36.2',
    rootCa: 'PEM',
    namespacedResources: () => testedResources,
    log: () => undefined,
  })
  for (const name of ['default', 'kube-node-lease'])
    await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  await controllers.idle()
  return { client, clock, controllers, pass: (milliseconds) => clock.advance(milliseconds, () => controllers.idle()) }
}
