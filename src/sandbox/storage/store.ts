import type { KubeObject } from '../../kube/object.ts'
import { nameOf, namespaceOf } from '../../kube/object.ts'
import type { GroupResource } from '../../kube/status.ts'
import type { WatchEvent } from '../client.ts'

/** A change as it is kept for watches that resume, and as it is written down. */
export interface Change extends WatchEvent {
  readonly revision: number
  /** The state before: a watch with a selector needs it to tell that an object has left its view. */
  readonly before: KubeObject | undefined
}

/** Where acknowledged changes survive the process. */
export interface Journal {
  load(): { readonly revision: number; readonly entries: readonly { readonly of: GroupResource; readonly object: KubeObject }[] }
  /** Returns when the change would survive a crash of the process. */
  write(change: Change): void
  close(): void
}

/** Nothing survives. */
export const noJournal: Journal = { load: () => ({ revision: 0, entries: [] }), write: () => undefined, close: () => undefined }

/** How many changes a watch may be behind before it has to list again. */
const historyLength = 20_000

const typeKey = (of: GroupResource): string => `${of.group}/${of.resource}`
export const objectKey = (namespace: string, name: string): string => `${namespace}/${name}`

interface Shelf {
  readonly of: GroupResource
  readonly objects: Map<string, KubeObject>
  /** The objects in the order of their keys; undefined after a change of the set of keys. */
  sorted: readonly string[] | undefined
}

export interface Store {
  readonly revision: number
  /** The first revision from which a watch can still resume. */
  readonly oldest: number
  get(of: GroupResource, namespace: string, name: string): KubeObject | undefined
  list(of: GroupResource, namespace?: string): readonly KubeObject[]
  /** Every type that has an object. */
  types(): readonly GroupResource[]
  /** Stores and gives the object its new resourceVersion. The caller has checked the old one: nothing runs in between. */
  put(of: GroupResource, object: KubeObject): KubeObject
  remove(of: GroupResource, namespace: string, name: string): KubeObject | undefined
  subscribe(listener: (change: Change) => void): () => void
  /** Changes after a revision, oldest first; undefined where they are no longer known. */
  since(revision: number): readonly Change[] | undefined
  close(): void
}

const withVersion = (object: KubeObject, revision: number): KubeObject => ({
  ...object,
  metadata: { ...(object['metadata'] as object), resourceVersion: String(revision) },
})

/** The objects of the sandbox: in memory, and in a journal that is read once at the start. */
export function createStore(journal: Journal = noJournal): Store {
  const shelves = new Map<string, Shelf>()
  const listeners = new Set<(change: Change) => void>()
  let history: Change[] = []
  let dropped = 0
  let revision = 0

  const shelfOf = (of: GroupResource): Shelf => {
    const key = typeKey(of)
    let shelf = shelves.get(key)
    if (shelf === undefined) {
      shelf = { of, objects: new Map(), sorted: undefined }
      shelves.set(key, shelf)
    }
    return shelf
  }

  const loaded = journal.load()
  revision = loaded.revision
  for (const { of, object } of loaded.entries) shelfOf(of).objects.set(objectKey(namespaceOf(object), nameOf(object)), object)
  dropped = revision

  const record = (change: Change): void => {
    journal.write(change)
    history.push(change)
    if (history.length > historyLength * 1.5) {
      dropped = history[history.length - historyLength - 1]?.revision ?? dropped
      history = history.slice(-historyLength)
    }
  }
  const announce = (change: Change): void => {
    for (const listener of listeners) listener(change)
  }

  return {
    get revision() {
      return revision
    },
    get oldest() {
      return dropped
    },
    get: (of, namespace, name) => shelves.get(typeKey(of))?.objects.get(objectKey(namespace, name)),
    list: (of, namespace) => {
      const shelf = shelves.get(typeKey(of))
      if (shelf === undefined) return []
      shelf.sorted ??= [...shelf.objects.keys()].sort()
      const found: KubeObject[] = []
      const prefix = namespace === undefined || namespace === '' ? '' : `${namespace}/`
      for (const key of shelf.sorted) {
        if (!key.startsWith(prefix)) continue
        const object = shelf.objects.get(key)
        if (object !== undefined) found.push(object)
      }
      return found
    },
    types: () => [...shelves.values()].filter(({ objects }) => objects.size > 0).map(({ of }) => of),
    put: (of, object) => {
      const shelf = shelfOf(of)
      const key = objectKey(namespaceOf(object), nameOf(object))
      const before = shelf.objects.get(key)
      const stored = withVersion(object, revision + 1)
      const change: Change = { type: before === undefined ? 'ADDED' : 'MODIFIED', of, object: stored, before, revision: revision + 1 }
      record(change)
      revision += 1
      if (before === undefined) shelf.sorted = undefined
      shelf.objects.set(key, stored)
      announce(change)
      return stored
    },
    remove: (of, namespace, name) => {
      const shelf = shelfOf(of)
      const key = objectKey(namespace, name)
      const before = shelf.objects.get(key)
      if (before === undefined) return undefined
      const last = withVersion(before, revision + 1)
      const change: Change = { type: 'DELETED', of, object: last, before, revision: revision + 1 }
      record(change)
      revision += 1
      shelf.objects.delete(key)
      shelf.sorted = undefined
      announce(change)
      return last
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    since: (from) => (from < dropped ? undefined : history.filter((change) => change.revision > from)),
    close: () => journal.close(),
  }
}
