import type { KubeClient } from './kube-client.ts'
import type { WatchCache } from './watch-cache.ts'
import { startWatch } from './watch-cache.ts'

/** The watches of a process, which are waited for and ended together. */
export interface WatchSet {
  /** `path` is that of a collection: `/api/v1/namespaces`. */
  start(path: string, onChange: () => void, fieldSelector?: string): WatchCache
  /** Ends one of them. */
  readonly end: (cache: WatchCache) => void
  /** Each has read its first list. */
  readonly synced: boolean
  /** The connection of each is up as far as is known. */
  readonly connected: boolean
  readonly stop: () => void
}

export function createWatchSet(client: KubeClient): WatchSet {
  const caches = new Set<WatchCache>()
  return {
    start: (path, onChange, fieldSelector) => {
      const cache = startWatch({ client, path, onChange, ...(fieldSelector === undefined ? {} : { fieldSelector }) })
      caches.add(cache)
      return cache
    },
    end: (cache) => {
      cache.stop()
      caches.delete(cache)
    },
    get synced() {
      return [...caches].every(({ synced }) => synced)
    },
    get connected() {
      return [...caches].every(({ connected }) => connected)
    },
    stop: () => {
      for (const cache of caches) cache.stop()
    },
  }
}
