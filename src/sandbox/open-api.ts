import { createHash } from 'node:crypto'
import { openApiKey, openApiV2Document, openApiV3Document, openApiV3Index } from '../kube/openapi/openapi.ts'
import { notFound } from '../kube/status.ts'
import type { OpenApiDocuments } from './api-server.ts'
import type { ApiResponse } from './http/exchange.ts'
import { header, jsonResponse, statusResponse } from './http/exchange.ts'
import type { Catalogue } from './served-type.ts'
import type { KubernetesRelease } from './types/built-in.ts'

const prefix = '/openapi/v3'
const oldPath = '/openapi/v2'

/** Asked for with `@` or `.` before the version; the answer is named without `@`, which no media type may have. */
const protobuf = /application\/com\.github\.proto-openapi\.spec\.v2[@.]v1\.0\+protobuf/

/**
 * A document of version 2 without definitions, encoded: swagger "2.0" and info {title, version}. kubectl asks for it only about kinds that no document
 * of version 3 has, and lets those pass.
 */
const noDefinitions: ApiResponse = {
  status: 200,
  headers: { 'content-type': 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf' },
  body: '\x0a\x032.0\x12\x11\x0a\x0aKubernetes\x12\x03any',
}

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
      if (path === oldPath && protobuf.test(header(request, 'accept'))) return noDefinitions
      const body =
        path === oldPath ? documentOf(oldPath) : path.startsWith(`${prefix}/`) ? documentOf(path.slice(prefix.length + 1)) : undefined
      return body === undefined
        ? statusResponse(notFound({ group: '', resource: 'openapi' }, path))
        : { status: 200, headers: { 'content-type': 'application/json' }, body }
    },
  }
}
