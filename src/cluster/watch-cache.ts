import { isJsonObject, ownValue } from '../core/json.ts'
import type { KubeObject } from '../kube/object.ts'
import { nameOf, namespaceOf } from '../kube/object.ts'
import type { KubeClient } from './kube-client.ts'
import { itemsOf } from './kube-client.ts'

/** The objects of one resource as a watch keeps them. While the API server is away the last known state stays. */
export interface WatchCache {
  list(): readonly KubeObject[]
  get(namespace: string, name: string): KubeObject | undefined
  /** A first list has been read. */
  readonly synced: boolean
  /** The connection is up as far as is known. */
  readonly connected: boolean
  stop(): void
}

export interface WatchOptions {
  readonly client: KubeClient
  /** `/api/v1/namespaces`, `/apis/kyverno.io/v1/clusterpolicies`. */
  readonly path: string
  readonly onChange: () => void
  readonly fieldSelector?: string
  /** Milliseconds to wait after a failure, at most; it doubles from a tenth of a second. */
  readonly longestPause?: number
}

const pageSize = 500
const firstPause = 100
const watchSeconds = 290

const key = (namespace: string, name: string): string => `${namespace}/${name}`

export function startWatch({ client, path, onChange, fieldSelector, longestPause = 5_000 }: WatchOptions): WatchCache {
  const stopping = new AbortController()
  let objects = new Map<string, KubeObject>()
  let [synced, connected] = [false, false]
  const selector = fieldSelector === undefined ? '' : `&fieldSelector=${encodeURIComponent(fieldSelector)}`

  const listAll = async (): Promise<string | undefined> => {
    const found = new Map<string, KubeObject>()
    let token = ''
    for (;;) {
      const more = token === '' ? '' : `&continue=${encodeURIComponent(token)}`
      const page = await client.call({ method: 'GET', path: `${path}?limit=${pageSize}${selector}${more}` })
      if (!page.ok) return undefined
      for (const object of itemsOf(page.value)) found.set(key(namespaceOf(object), nameOf(object)), object)
      const metadata = ownValue(page.value, 'metadata')
      const own = isJsonObject(metadata) ? metadata : {}
      token = typeof own['continue'] === 'string' ? own['continue'] : ''
      if (token !== '') continue
      objects = found
      return typeof own['resourceVersion'] === 'string' ? own['resourceVersion'] : ''
    }
  }

  /** Follows changes from a revision on; gives the last one seen, or undefined where everything has to be listed again. */
  const follow = async (from: string): Promise<string | undefined> => {
    let version: string | undefined = from
    const query = `watch=true&allowWatchBookmarks=true&resourceVersion=${from}&timeoutSeconds=${watchSeconds}${selector}`
    const failed = await client.watch(
      `${path}?${query}`,
      ({ type, object }) => {
        if (type === 'ERROR') {
          version = undefined
          return
        }
        const metadata = ownValue(object, 'metadata')
        const next = isJsonObject(metadata) ? metadata['resourceVersion'] : undefined
        if (typeof next === 'string' && version !== undefined) version = next
        if (type === 'BOOKMARK') return
        if (type === 'DELETED') objects.delete(key(namespaceOf(object), nameOf(object)))
        else objects.set(key(namespaceOf(object), nameOf(object)), object)
        onChange()
      },
      stopping.signal,
    )
    if (failed !== undefined && failed.code !== 0) return undefined
    if (failed !== undefined) connected = false
    return version
  }

  const run = async (): Promise<void> => {
    let pause = firstPause
    let version: string | undefined
    while (!stopping.signal.aborted) {
      if (version === undefined) {
        version = await listAll()
        if (version !== undefined) {
          ;[synced, connected, pause] = [true, true, firstPause]
          onChange()
        }
      }
      if (version === undefined) {
        connected = false
        await sleep(pause, stopping.signal)
        pause = Math.min(pause * 2, longestPause)
        continue
      }
      const started = Date.now()
      version = await follow(version)
      // A server that ends every watch at once is not asked in a tight loop.
      if (Date.now() - started < firstPause) await sleep(pause, stopping.signal)
      if (!connected) version = undefined
    }
  }
  void run()

  return {
    list: () => [...objects.values()],
    get: (namespace, name) => objects.get(key(namespace, name)),
    get synced() {
      return synced
    },
    get connected() {
      return connected
    },
    stop: () => stopping.abort(),
  }
}

const sleep = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const timer = setTimeout(done, milliseconds)
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
  })
