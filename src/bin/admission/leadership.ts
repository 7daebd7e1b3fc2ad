import { setTimeout as pause } from 'node:timers/promises'
import type { PolicyTable } from '../../admission/policy-table.ts'
import type { KubeClient } from '../../cluster/kube-client.ts'
import { startElection } from '../../controllers/leader-election/leader-election.ts'
import { join } from '../../controllers/membership/membership.ts'
import type { Queue } from '../../controllers/queue.ts'
import { reconcileCluster } from '../../controllers/reconcile.ts'
import { removeWebhooks } from '../../controllers/webhook-configuration/reconcile.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Dialect } from '../../policy/dialect.ts'
import type { Say } from './say.ts'
import { retryMilliseconds } from './times.ts'
import type { Watching } from './watching.ts'

export interface LeadershipOptions {
  readonly client: KubeClient
  readonly dialects: readonly Dialect[]
  readonly namespace: string
  readonly identity: string
  readonly watching: Watching
  /** The webhook configurations that policies want. */
  readonly webhooks: (table: PolicyTable) => readonly KubeObject[]
  /** Its work is what the leader writes. */
  readonly queue: Queue
  readonly now: () => Date
  readonly say: Say
  /** Nothing is written from then on. */
  readonly signal: AbortSignal
}

export interface Leadership {
  readonly leads: boolean
  /** Leaves the replicas. With the last one the webhook configurations go, if they are to be removed. */
  readonly leave: (options: { readonly remove: boolean }) => Promise<void>
}

/** Takes part in the election, and writes what the cluster should hold while this replica leads. */
export function startLeadership(options: LeadershipOptions): Leadership {
  const { client, namespace, identity, watching, webhooks, queue, now, say, signal } = options
  const membership = join({ api: client, namespace, identity, now })
  const election = startElection({
    api: client,
    namespace,
    name: 'kanon',
    identity,
    now,
    onChange: (leads) => {
      say('info', leads ? 'leading' : 'not leading')
      if (leads) queue.soon()
    },
  })
  queue.start({ mayBegin: () => !signal.aborted && election.leads && watching.policies.synced, run: () => write(options) })
  return {
    get leads() {
      return election.leads
    },
    leave: async ({ remove }) => {
      // While others serve, their webhooks stay.
      const isLast = await membership.leave()
      if (remove && isLast) await removeWebhooks(client, webhooks(watching.policies.table()))
      await election.stop()
    },
  }
}

async function write({ client, dialects, watching, webhooks, queue, now, say }: LeadershipOptions): Promise<void> {
  const { policies, discovery } = watching
  const table = policies.table()
  const failed = await reconcileCluster(client, {
    dialects,
    manifests: policies.manifests(),
    compilation: table.compilation,
    webhooks: () => webhooks(table),
    definition: discovery.definition,
    current: policies.current,
    now,
  })
  if (failed.length === 0) return
  for (const status of failed) say('warn', `not written: ${status.message ?? ''}`)
  await pause(retryMilliseconds)
  queue.soon()
}
