import type { ServedResource } from '../policy/admission.ts'
import type { Answer, Question } from '../policy/facts.ts'
import { collectionPath } from './discovery.ts'
import type { KubeClient } from './kube-client.ts'
import type { WatchCache } from './watch-cache.ts'
import { startWatch } from './watch-cache.ts'

export interface InventoryOptions {
  readonly client: KubeClient
  readonly resources: () => readonly ServedResource[]
}

/** Objects that policies look at again and again. */
export interface Inventory {
  /** Undefined where it is not known yet: the watches that will know it are then on their way. */
  answer(question: Extract<Question, { ask: 'inventory' }>): Answer | undefined
  stop(): void
}

/** Keeps the objects of the kinds that were asked for last, by watches. An answer is the same one until something changes. */
export function createInventory({ client, resources }: InventoryOptions): Inventory {
  const caches = new Map<string, WatchCache>()
  let current: { readonly key: string; readonly answer: Answer } | undefined
  const follow = (paths: ReadonlySet<string>): void => {
    for (const [path, cache] of caches) {
      if (paths.has(path)) continue
      cache.stop()
      caches.delete(path)
    }
    for (const path of paths) {
      if (caches.has(path)) continue
      const onChange = (): void => {
        current = undefined
      }
      caches.set(path, startWatch({ client, path, onChange }))
    }
  }
  return {
    answer: ({ kinds }) => {
      const served = resources().filter((one) =>
        kinds.some(({ group, version, kind }) => one.group === group && one.version === version && one.kind === kind),
      )
      const paths = new Set(served.map((one) => collectionPath(one)))
      const key = [...paths].join(' ')
      if (current?.key === key) return current.answer
      follow(paths)
      const all = [...caches.values()]
      if (!all.every(({ synced }) => synced)) return undefined
      current = { key, answer: { known: true, value: all.flatMap((cache) => cache.list()) } }
      return current.answer
    },
    stop: () => {
      for (const cache of caches.values()) cache.stop()
      caches.clear()
    },
  }
}
