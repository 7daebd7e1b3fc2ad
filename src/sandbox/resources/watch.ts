import type { Json } from '../../core/json.ts'
import { namespaceOf } from '../../kube/object.ts'
import { failure } from '../../kube/status.ts'
import type { Clock } from '../client.ts'
import type { ApiResponse, StreamSink } from '../http/exchange.ts'
import type { Selection } from '../selectors.ts'
import type { ServedType } from '../served-type.ts'
import { groupVersion } from '../served-type.ts'
import type { Change, Store } from '../storage/store.ts'
import type { Representation } from './represent.ts'

export interface WatchRequest {
  readonly type: ServedType
  /** '' for all. */
  readonly namespace: string
  readonly selection: Selection | undefined
  readonly query: URLSearchParams
  readonly representation: Representation
}

const bookmarkInterval = 60_000
const longestWatch = 3_600

/** A stream of changes: from a revision on, or from the state of now, which is then sent first. */
export function watchResponse(
  { type, namespace, selection, query, representation }: WatchRequest,
  store: Store,
  clock: Clock,
): ApiResponse {
  const from = query.get('resourceVersion') ?? ''
  const initial = from === '' || from === '0' || query.get('sendInitialEvents') === 'true'
  const bookmarks = query.get('allowWatchBookmarks') === 'true' || query.get('allowWatchBookmarks') === '1'
  const asked = Number(query.get('timeoutSeconds') ?? '')
  const seconds = Number.isFinite(asked) && asked > 0 ? Math.min(asked, longestWatch) : longestWatch

  const start = (sink: StreamSink): (() => void) => {
    const send = (kind: string, object: Json): void => sink.write(`${JSON.stringify({ type: kind, object })}\n`)
    const inView = (object: Change['object'] | undefined): boolean =>
      object !== undefined && (namespace === '' || namespaceOf(object) === namespace) && (selection === undefined || selection(object))
    const forward = (change: Change): void => {
      if (change.of.group !== type.storage.group || change.of.resource !== type.storage.resource) return
      const kind = eventKind(inView(change.before), change.type !== 'DELETED' && inView(change.object))
      if (kind !== undefined) send(kind, representation.one(type.fromStorage(change.object)))
    }
    const bookmark = (annotations?: Json): void =>
      send('BOOKMARK', {
        kind: type.kind,
        apiVersion: groupVersion(type),
        metadata: {
          resourceVersion: String(store.revision),
          creationTimestamp: null,
          ...(annotations === undefined ? {} : { annotations }),
        },
      })

    if (initial) {
      for (const object of store.list(type.storage, namespace)) {
        if (inView(object)) send('ADDED', representation.one(type.fromStorage(object)))
      }
      if (query.get('sendInitialEvents') === 'true' && bookmarks) bookmark({ 'k8s.io/initial-events-end': 'true' })
    } else {
      const missed = store.since(Number(from))
      if (missed === undefined) {
        send('ERROR', expired(from, store.oldest) as unknown as Json)
        sink.end()
        return () => undefined
      }
      missed.forEach(forward)
    }
    const stop = store.subscribe(forward)
    let cancelBookmark: () => void = () => undefined
    const nextBookmark = (): void => {
      cancelBookmark = clock.after(bookmarkInterval, () => {
        bookmark()
        nextBookmark()
      })
    }
    if (bookmarks) nextBookmark()
    const cancelEnd = clock.after(seconds * 1000, () => {
      close()
      sink.end()
    })
    const close = (): void => {
      stop()
      cancelBookmark()
      cancelEnd()
    }
    return close
  }
  return { status: 200, headers: { 'content-type': 'application/json', 'cache-control': 'no-cache, private' }, stream: start }
}

/** An object that comes into the view of a selector is added to it, one that leaves it is deleted from it. */
function eventKind(was: boolean, is: boolean): 'ADDED' | 'MODIFIED' | 'DELETED' | undefined {
  if (was && is) return 'MODIFIED'
  if (is) return 'ADDED'
  return was ? 'DELETED' : undefined
}

const expired = (from: string, oldest: number) =>
  failure({ code: 410, reason: 'Expired', message: `too old resource version: ${from} (${oldest})` })
