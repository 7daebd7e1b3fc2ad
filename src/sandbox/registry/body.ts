import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { KubeObject } from '../../kube/object.ts'
import { namespaceOf } from '../../kube/object.ts'
import type { Status } from '../../kube/status.ts'
import { badRequest } from '../../kube/status.ts'
import { groupVersion } from '../served-type.ts'
import type { WriteOptions } from './operation.ts'
import { withFields } from './metadata.ts'
import type { Place } from './registry.ts'

/** The object of a body, as its type: unknown fields are refused, warned about or dropped as the request wishes. */
export function readBody({ type, namespace }: Place, body: KubeObject, options: WriteOptions): Result<KubeObject, Status> {
  const wanted = groupVersion(type)
  const kind = body.kind === '' || body.kind === undefined ? type.kind : body.kind
  const apiVersion = body.apiVersion === '' || body.apiVersion === undefined ? wanted : body.apiVersion
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1)
  if (kind !== type.kind || apiVersion.split('/')[0] !== wanted.split('/')[0]) {
    return err(
      badRequest(
        `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${type.kind}: the body is ${apiVersion} ${kind}, this path takes ${wanted} ${type.kind}`,
      ),
    )
  }
  if (apiVersion !== wanted)
    return err(badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${wanted})`))
  const decoded = type.decode(withFields(body, { apiVersion, kind }))
  if (decoded.mismatch !== undefined) return err(badRequest(`${cannotBeHandled(type)}: ${decoded.mismatch}`))
  if (options.fieldValidation === 'Strict' && decoded.unknown.length > 0)
    return err(badRequest(`${cannotBeHandled(type)}: strict decoding error: ${decoded.unknown.join(', ')}`))
  if (options.fieldValidation === 'Warn') decoded.unknown.forEach(options.warn)
  const own = namespaceOf(decoded.object)
  if (own !== '' && type.namespaced && own !== namespace)
    return err(badRequest('the namespace of the provided object does not match the namespace sent on the request'))
  return ok(decoded.object)
}

const cannotBeHandled = ({ kind, version }: { readonly kind: string; readonly version: string }): string =>
  `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}`
