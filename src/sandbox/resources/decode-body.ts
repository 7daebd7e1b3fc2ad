import type { Json } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Status } from '../../kube/status.ts'
import { badRequest, unsupportedMediaType } from '../../kube/status.ts'
import { loadValue } from '../../kube/yaml/yaml.ts'
import type { ApiRequest } from '../http/exchange.ts'
import { header } from '../http/exchange.ts'

const bodyTypes = ['application/json', 'application/yaml']

export const mediaType = (request: ApiRequest): string => (header(request, 'content-type').split(';')[0] ?? '').trim().toLowerCase()

const textOf = (request: ApiRequest): string => Buffer.from(request.body).toString('utf8')

/** Any JSON or YAML body. */
export function readJson(text: string): Result<Json, string> {
  try {
    return ok(JSON.parse(text) as Json)
  } catch (error) {
    const loaded = loadValue(text)
    return loaded.ok ? loaded : err(error instanceof Error ? error.message : String(error))
  }
}

/** The object of a POST or PUT. A body without kind is of the kind of the path. */
export function readObject(request: ApiRequest, kind: string): Result<KubeObject, Status> {
  const type = mediaType(request)
  if (type !== '' && !bodyTypes.includes(type)) return err(unsupportedMediaType(bodyTypes))
  const text = textOf(request)
  const read = type === 'application/yaml' ? readJson(text) : parseJson(text)
  if (read.ok && isJsonObject(read.value)) {
    const { apiVersion, kind: own } = read.value
    return ok({ ...read.value, apiVersion: typeof apiVersion === 'string' ? apiVersion : '', kind: typeof own === 'string' ? own : '' })
  }
  const why = read.ok ? 'json: an object is expected' : `json parse error: ${read.error}`
  return err(
    badRequest(`the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; ${why} (${text.slice(0, 64)})`),
  )
}

function parseJson(text: string): Result<Json, string> {
  try {
    return ok(JSON.parse(text) as Json)
  } catch (error) {
    return err(text.trim() === '' ? 'unexpected end of JSON input' : error instanceof Error ? error.message : String(error))
  }
}

/** The options of a DELETE, which may have no body. */
export function readOptions(request: ApiRequest): Result<{ readonly [key: string]: Json }, Status> {
  if (request.body.length === 0) return ok({})
  const read = readJson(textOf(request))
  return read.ok && isJsonObject(read.value) ? ok(read.value) : err(badRequest('the body of the request is no DeleteOptions'))
}

/** The patch of a PATCH, parsed. */
export function readPatchBody(request: ApiRequest): Result<Json, Status> {
  const read = readJson(textOf(request))
  return read.ok ? read : err(badRequest(`error decoding patch: ${read.error}`))
}
