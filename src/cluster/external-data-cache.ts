import { createHash } from 'node:crypto'
import type { ExternalItem, ExternalProvider } from '../policy/facts.ts'

export interface Kept {
  readonly item: ExternalItem
  /** Of the answer that the item was part of. */
  readonly idempotent: boolean
}

/** What providers said of keys, for a while. */
export interface ItemCache {
  get(provider: ExternalProvider, key: string): Kept | undefined
  keep(provider: ExternalProvider, items: readonly ExternalItem[], idempotent: boolean): void
}

export interface CacheOptions {
  /** 0 keeps nothing. */
  readonly keptMilliseconds: number
  readonly now: () => number
  /** Characters of keys and values together. */
  readonly largest?: number
}

interface Entry extends Kept {
  readonly since: number
  readonly size: number
}

const defaultLargest = 32 * 1024 * 1024
/** What an entry takes beside its texts. */
const overhead = 200

/** Bounded by size: the oldest go first. A provider whose address changes is another one. */
export function createItemCache({ keptMilliseconds, now, largest = defaultLargest }: CacheOptions): ItemCache {
  // In the order in which they came.
  const entries = new Map<string, Entry>()
  let size = 0
  const remove = (id: string, entry: Entry): void => {
    entries.delete(id)
    size -= entry.size
  }
  const isOld = ({ since }: Entry): boolean => now() - since >= keptMilliseconds
  const makeRoom = (): void => {
    for (const [id, entry] of entries) {
      if (size <= largest && !isOld(entry)) return
      remove(id, entry)
    }
  }
  return {
    get: (provider, key) => {
      const found = entries.get(idOf(provider, key))
      return found === undefined || isOld(found) ? undefined : found
    },
    keep: (provider, items, idempotent) => {
      if (keptMilliseconds <= 0) return
      for (const item of items) {
        const id = idOf(provider, item.key)
        const before = entries.get(id)
        if (before !== undefined) remove(id, before)
        const entry = { item, idempotent, since: now(), size: overhead + id.length + JSON.stringify(item).length }
        entries.set(id, entry)
        size += entry.size
      }
      makeRoom()
    },
  }
}

/** Bundles are long, and there is an entry for each key. */
const shortNames = new WeakMap<ExternalProvider, string>()

function idOf(provider: ExternalProvider, key: string): string {
  let name = shortNames.get(provider)
  if (name === undefined) {
    name = createHash('sha256')
      .update(JSON.stringify([provider.url, provider.caBundle]))
      .digest('base64')
    shortNames.set(provider, name)
  }
  return `${name} ${key}`
}
