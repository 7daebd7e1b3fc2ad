import { ok } from '../../core/result.ts'
import type { Result } from '../../core/result.ts'
import { err } from '../../core/result.ts'
import { decodeProtobuf } from '../../kube/protobuf/decode.ts'
import type { Status } from '../../kube/status.ts'
import { badRequest } from '../../kube/status.ts'
import type { KubernetesRelease } from '../types/built-in.ts'
import type { ApiRequest } from './exchange.ts'
import { header } from './exchange.ts'

const protobufType = 'application/vnd.kubernetes.protobuf'
const deleteOptions = 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions'

/** Turns protobuf bodies, which `kubectl create` sends, into JSON: the rest of the server knows nothing of them. */
export function protobufBodies(release: KubernetesRelease): (request: ApiRequest) => Result<ApiRequest, Status> {
  const byKind = new Map<string, string>()
  for (const [name, schema] of Object.entries(release.definitions)) {
    for (const { group, version, kind } of schema['x-kubernetes-group-version-kind'] ?? []) {
      byKind.set(`${group === '' ? version : `${group}/${version}`} ${kind}`, name)
    }
  }
  const definitionOf = (apiVersion: string, kind: string): string | undefined =>
    kind === 'DeleteOptions' ? deleteOptions : byKind.get(`${apiVersion} ${kind}`)
  return (request) => {
    if ((header(request, 'content-type').split(';')[0] ?? '').trim() !== protobufType) return ok(request)
    const decoded = decodeProtobuf(request.body, release, definitionOf)
    if (!decoded.ok) return err(badRequest(`the object provided is unrecognized: ${decoded.error}`))
    return ok({
      ...request,
      body: Buffer.from(JSON.stringify(decoded.value)),
      headers: { ...request.headers, 'content-type': ['application/json'] },
    })
  }
}
