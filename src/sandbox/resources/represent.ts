import type { Json, JsonObject } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Clock } from '../client.ts'
import type { ApiRequest } from '../http/exchange.ts'
import { header } from '../http/exchange.ts'
import { metadataOf, resourceVersionOf } from '../registry/metadata.ts'
import type { ServedType } from '../served-type.ts'
import { groupVersion } from '../served-type.ts'
import { tableFor } from '../tables/tables.ts'

/** How a client wants objects: whole, as rows of a table, or only their metadata. */
export interface Representation {
  one(object: KubeObject): Json
  list(objects: readonly KubeObject[], metadata: JsonObject): Json
}

type Form = 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList' | 'object'

/** The first form of the Accept header that this server can make. */
function wantedForm(request: ApiRequest): Form {
  for (const part of header(request, 'accept').split(',')) {
    const as = /;\s*as=([A-Za-z]+)/.exec(part)?.[1]
    if (as === 'Table' || as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return as
    if (as === undefined) return 'object'
  }
  return 'object'
}

const partial = (object: KubeObject): JsonObject => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata: metadataOf(object),
})

/** Items of built-in lists carry no kind, as Go writes them. */
const withoutKind = (object: KubeObject): JsonObject => {
  const { apiVersion: _version, kind: _kind, ...rest } = object
  return rest
}

export function representation(request: ApiRequest, type: ServedType, clock: Clock): Representation {
  const form = wantedForm(request)
  if (form === 'Table') return asTable(request, type, clock)
  if (form === 'object') {
    return {
      one: (object) => object,
      list: (objects, metadata) => ({
        kind: type.listKind,
        apiVersion: groupVersion(type),
        metadata,
        items: type.custom ? objects : objects.map(withoutKind),
      }),
    }
  }
  return {
    one: partial,
    list: (objects, metadata) => ({
      kind: 'PartialObjectMetadataList',
      apiVersion: 'meta.k8s.io/v1',
      metadata,
      items: objects.map(partial),
    }),
  }
}

function asTable(request: ApiRequest, type: ServedType, clock: Clock): Representation {
  const include = request.query.get('includeObject')
  const table = (objects: readonly KubeObject[], metadata: JsonObject): Json => ({
    ...tableFor({ of: type }, objects, {
      now: clock.now(),
      includeObject: include === 'Object' || include === 'None' ? include : 'Metadata',
      ...(type.columns === undefined ? {} : { columns: type.columns }),
    }),
    metadata,
  })
  return { one: (object) => table([object], { resourceVersion: resourceVersionOf(object) }), list: table }
}
