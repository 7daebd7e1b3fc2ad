import { createHash } from 'node:crypto'
import type { JsonObject } from '../core/json.ts'
import { openApiKey, openApiV2Document, openApiV3Document, openApiV3Index } from '../kube/openapi/openapi.ts'
import { openApiV2Protobuf } from '../kube/openapi/protobuf-document.ts'
import { notFound } from '../kube/status.ts'
import type { OpenApiDocuments } from './api-server.ts'
import type { ApiResponse } from './http/exchange.ts'
import { header, jsonResponse, statusResponse } from './http/exchange.ts'
import type { Catalogue } from './served-type.ts'
import type { KubernetesRelease } from './types/built-in.ts'

/** What kubectl asks for, with and without the parameter that came to be part of the name. */
const protobufType = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'
const wantsProtobuf = (accept: string): boolean => /^application\/com\.github\.proto-openapi\.spec\.v2[@.]v1\.0\+protobuf/.test(accept)
const protobufOf = (document: string): string => Buffer.from(openApiV2Protobuf(JSON.parse(document) as JsonObject)).toString('latin1')

const prefix = '/openapi/v3'
const oldPath = '/openapi/v2'

/** `/openapi/v3` for every group version served, and one document of everything in version 2. Documents are made when they are asked for. */
export function openApiDocuments(release: KubernetesRelease, catalogue: () => Catalogue): OpenApiDocuments {
  const documents = new Map<string, string>()
  let madeFor: Catalogue | undefined
  const current = (): Catalogue => {
    const now = catalogue()
    if (now !== madeFor) {
      documents.clear()
      madeFor = now
    }
    return now
  }
  const documentOf = (key: string): string | undefined => {
    const types = current().all()
    const own = key === oldPath ? types : types.filter((type) => openApiKey(type) === key)
    if (own.length === 0) return undefined
    const known = documents.get(key)
    if (known !== undefined) return known
    const made = JSON.stringify(key === oldPath ? openApiV2Document(own, release) : openApiV3Document(own, release))
    documents.set(key, made)
    return made
  }
  const hashOf = (key: string): string =>
    createHash('sha512')
      .update(documentOf(key) ?? '')
      .digest('hex')
      .toUpperCase()
  return {
    respond: (request): ApiResponse => {
      const path = request.path.replace(/\/$/, '')
      if (path === prefix) {
        const keys = [...new Set(current().all().map(openApiKey))]
        return jsonResponse(200, openApiV3Index(keys.map((key) => [key, hashOf(key)])))
      }
      if (path === oldPath && wantsProtobuf(header(request, 'accept'))) {
        const bytes = protobufOf(documentOf(oldPath) ?? '{}')
        return { status: 200, headers: { 'content-type': protobufType }, body: bytes, binary: true }
      }
      const body =
        path === oldPath ? documentOf(oldPath) : path.startsWith(`${prefix}/`) ? documentOf(path.slice(prefix.length + 1)) : undefined
      return body === undefined
        ? statusResponse(notFound({ group: '', resource: 'openapi' }, path))
        : { status: 200, headers: { 'content-type': 'application/json' }, body }
    },
  }
}
