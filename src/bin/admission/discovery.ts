import { setTimeout as pause } from 'node:timers/promises'
import { discover } from '../../cluster/discovery.ts'
import type { KubeClient } from '../../cluster/kube-client.ts'
import type { WatchSet } from '../../cluster/watch-set.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { ServedResource } from '../../policy/admission.ts'
import { settleMilliseconds } from './times.ts'

export interface DiscoveryOptions {
  readonly client: KubeClient
  readonly watches: WatchSet
  /** What was served at the start. */
  readonly served: readonly ServedResource[]
  readonly onFound: (resources: readonly ServedResource[]) => void
  /** Ends the looking. */
  readonly signal: AbortSignal
}

/** What the API server serves, looked for again when definitions change. */
export interface Discovery {
  readonly resources: () => readonly ServedResource[]
  /** A definition as it is stored now. */
  readonly definition: (name: string) => KubeObject | undefined
  /** A change of definitions has not been followed yet. */
  readonly isRunning: boolean
}

interface DiscoveryState {
  resources: readonly ServedResource[]
  isRunning: boolean
  /** Goes up with each change of definitions. */
  changes: number
}

export function startDiscovery(options: DiscoveryOptions): Discovery {
  const state: DiscoveryState = { resources: options.served, isRunning: false, changes: 0 }
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
  const definitions = options.watches.start(path, () => void rediscover(state, options))
  return {
    resources: () => state.resources,
    definition: (name) => definitions.get('', name),
    get isRunning() {
      return state.isRunning
    },
  }
}

/** Many definitions may change at once: they are looked for together. */
async function rediscover(state: DiscoveryState, { client, onFound, signal }: DiscoveryOptions): Promise<void> {
  state.changes += 1
  if (state.isRunning) return
  state.isRunning = true
  let seen: number
  do {
    seen = state.changes
    const found = await discover(client)
    if (found !== undefined) {
      state.resources = found
      onFound(found)
    }
    if (seen !== state.changes) await pause(settleMilliseconds)
  } while (seen !== state.changes && !signal.aborted)
  state.isRunning = false
}
