import type { Metrics } from '../../admission/metrics.ts'
import type { KubeClient } from '../../cluster/kube-client.ts'
import type { WatchSet } from '../../cluster/watch-set.ts'
import { createWatchSet } from '../../cluster/watch-set.ts'
import type { Queue } from '../../controllers/queue.ts'
import type { ServedResource } from '../../policy/admission.ts'
import type { Dialect } from '../../policy/dialect.ts'
import type { Discovery } from './discovery.ts'
import { startDiscovery } from './discovery.ts'
import type { Policies } from './policies.ts'
import { startPolicies } from './policies.ts'
import type { Say } from './say.ts'
import type { Surroundings } from './surroundings.ts'
import { watchSurroundings } from './surroundings.ts'

export interface WatchingOptions {
  readonly client: KubeClient
  readonly dialects: readonly Dialect[]
  /** What the API server serves at the start. */
  readonly served: readonly ServedResource[]
  /** Told of everything that may make the cluster differ from what it should hold. */
  readonly queue: Queue
  readonly metrics: Metrics
  readonly say: Say
  readonly signal: AbortSignal
}

/** All that a replica knows of its cluster without asking. */
export interface Watching {
  readonly watches: WatchSet
  readonly policies: Policies
  readonly surroundings: Surroundings
  readonly discovery: Discovery
  /** Something changed that has not been made into policies yet, or that the cluster does not show yet. */
  readonly isBehind: () => boolean
  /** Works off no more changes and says no more of the connection. The watches still run. */
  readonly quieten: () => void
  readonly stop: () => void
}

const connectionMilliseconds = 1_000

export function startWatching({ client, dialects, served, queue, metrics, say, signal }: WatchingOptions): Watching {
  const watches = createWatchSet(client)
  const policies = startPolicies({ watches, dialects, say, onChange: queue.soon })
  policies.follow(served)
  const surroundings = watchSurroundings(watches, queue.soon)
  const onFound = (resources: readonly ServedResource[]): void => {
    policies.follow(resources)
    queue.soon()
  }
  const discovery = startDiscovery({ client, watches, served, onFound, signal })
  const stopConnection = watchConnection(watches, policies, metrics, say)
  const quieten = (): void => {
    stopConnection()
    queue.cancel()
    policies.cancel()
  }
  return {
    watches,
    policies,
    surroundings,
    discovery,
    isBehind: () => policies.isPending || queue.isDirty || discovery.isRunning,
    quieten,
    stop: () => {
      quieten()
      watches.stop()
    },
  }
}

/** Says when the API server is lost and found; the function ends it. */
function watchConnection(watches: WatchSet, policies: Policies, metrics: Metrics, say: Say): () => void {
  let wasConnected = true
  const timer = setInterval(() => {
    const { connected } = watches
    metrics.state(policies.table().compilation.policies.length, connected)
    if (connected === wasConnected) return
    wasConnected = connected
    if (connected) say('info', 'the API server answers again')
    else say('warn', 'the API server does not answer: deciding with the policies known so far')
  }, connectionMilliseconds)
  return () => clearInterval(timer)
}
