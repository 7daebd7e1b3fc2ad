import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf, namespaceOf } from '../../kube/object.ts'
import type { Status } from '../../kube/status.ts'
import { badRequest, failure } from '../../kube/status.ts'
import type { Clock } from '../client.ts'
import type { ApiRequest, ApiResponse } from '../http/exchange.ts'
import { jsonResponse, statusResponse } from '../http/exchange.ts'
import type { RequestInfo } from '../http/request-info.ts'
import { compileSelection } from '../selectors.ts'
import type { ServedType } from '../served-type.ts'
import type { Store } from '../storage/store.ts'
import { objectKey } from '../storage/store.ts'
import { whyMalformed } from './list-options.ts'
import { representation } from './represent.ts'
import { watchResponse } from './watch.ts'

export interface ReadParts {
  readonly store: Store
  readonly clock: Clock
}

export function listResponse(request: ApiRequest, info: RequestInfo, type: ServedType, { store, clock }: ReadParts): ApiResponse {
  const malformed = whyMalformed(request.query, 'list')
  if (malformed !== undefined) return statusResponse(malformed)
  const selection = compileSelection(request.query, type)
  if (!selection.ok) return statusResponse(badRequest(selection.error))
  const namespace = type.namespaced ? info.namespace : ''
  const found = store.list(type.storage, namespace).filter((object) => selection.value === undefined || selection.value(object))
  const wrong = wrongVersion(request.query.get('resourceVersion') ?? '')
  if (wrong !== undefined) return statusResponse(badRequest(`invalid resource version: ${wrong}`))
  const page = pageOf(found, request.query)
  if (!page.ok) return statusResponse(page.error)
  const metadata = { resourceVersion: String(store.revision), ...page.value.metadata }
  const shown = page.value.objects.map((object) => type.fromStorage(object))
  return jsonResponse(200, representation(request, type, clock).list(shown, metadata))
}

export function watchOf(request: ApiRequest, info: RequestInfo, type: ServedType, { store, clock }: ReadParts): ApiResponse {
  const malformed = whyMalformed(request.query, 'watch')
  if (malformed !== undefined) return statusResponse(malformed)
  const wrong = wrongVersion(request.query.get('resourceVersion') ?? '')
  if (wrong !== undefined) return statusResponse(failure({ code: 500, reason: '', message: wrong }))
  const query = new URLSearchParams(request.query)
  if (info.name !== '') query.set('fieldSelector', `metadata.name=${info.name}`)
  const selection = compileSelection(query, type)
  if (!selection.ok) return statusResponse(badRequest(selection.error))
  return watchResponse(
    {
      type,
      namespace: type.namespaced ? info.namespace : '',
      selection: selection.value,
      query: request.query,
      representation: representation(request, type, clock),
    },
    store,
    clock,
  )
}

/** In the words of kube-apiserver. */
function wrongVersion(version: string): string | undefined {
  if (/^\d*$/.test(version)) return undefined
  const shown = JSON.stringify(version)
  return `resourceVersion: Invalid value: ${shown}: strconv.ParseUint: parsing ${shown}: invalid syntax`
}

interface Page {
  readonly objects: readonly KubeObject[]
  readonly metadata: { readonly continue?: string; readonly remainingItemCount?: number }
}

/** Lists go on after the last key of the page before, on the state of then: objects made meanwhile may show, as they may in a cluster whose history was compacted. */
function pageOf(found: readonly KubeObject[], query: URLSearchParams): Result<Page, Status> {
  const limit = Number(query.get('limit') ?? '0')
  const token = query.get('continue') ?? ''
  let from = 0
  if (token !== '') {
    const after = readToken(token)
    if (after === undefined) return err(badRequest('continue key is not valid: a token from the list before is expected'))
    from = found.findIndex((object) => keyOf(object) > after)
    if (from < 0) from = found.length
  }
  if (limit <= 0 || from + limit >= found.length) return ok({ objects: found.slice(from), metadata: {} })
  const objects = found.slice(from, from + limit)
  const last = objects.at(-1)
  return ok({
    objects,
    metadata: {
      continue: Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', start: last === undefined ? '' : keyOf(last) })).toString('base64url'),
      ...(query.get('labelSelector') || query.get('fieldSelector') ? {} : { remainingItemCount: found.length - from - limit }),
    },
  })
}

const keyOf = (object: KubeObject): string => objectKey(namespaceOf(object), nameOf(object))

function readToken(token: string): string | undefined {
  try {
    const value = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as unknown
    const start = typeof value === 'object' && value !== null ? (value as { readonly start?: unknown }).start : undefined
    return typeof start === 'string' ? start : undefined
  } catch {
    return undefined
  }
}
