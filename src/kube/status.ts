import type { Json, JsonObject } from '../core/json.ts'
import type { FieldError } from './field-error.ts'
import { printFieldError } from './field-error.ts'

/** Kubernetes' `Status`: how the API server says no. */
export interface Status {
  readonly kind: 'Status'
  readonly apiVersion: 'v1'
  readonly metadata: JsonObject
  readonly status: 'Success' | 'Failure'
  readonly message?: string
  /** One word for programs: `NotFound`, `Conflict`, `Invalid` … */
  readonly reason?: string
  readonly details?: StatusDetails
  /** The HTTP status. */
  readonly code?: number
}

export interface StatusDetails {
  readonly name?: string
  readonly group?: string
  /** The resource (plural), or for `Invalid` the kind. */
  readonly kind?: string
  readonly uid?: string
  readonly causes?: readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[]
  readonly retryAfterSeconds?: number
}

export interface GroupResource {
  readonly group: string
  readonly resource: string
}

interface Failure {
  readonly code: number
  readonly reason: string
  readonly message: string
  readonly details?: StatusDetails
}

export const failure = ({ code, reason, message, details }: Failure): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  ...(reason === '' ? {} : { reason }),
  ...(details === undefined ? {} : { details }),
  code,
})

const qualified = ({ group, resource }: GroupResource): string => (group === '' ? resource : `${resource}.${group}`)
const about = ({ group, resource }: GroupResource, name: string): StatusDetails => ({
  ...(name === '' ? {} : { name }),
  ...(group === '' ? {} : { group }),
  kind: resource,
})

export const notFound = (of: GroupResource, name: string): Status =>
  failure({ code: 404, reason: 'NotFound', message: `${qualified(of)} "${name}" not found`, details: about(of, name) })
export const alreadyExists = (of: GroupResource, name: string): Status =>
  failure({ code: 409, reason: 'AlreadyExists', message: `${qualified(of)} "${name}" already exists`, details: about(of, name) })
export const conflict = (of: GroupResource, name: string, detail: string): Status =>
  failure({
    code: 409,
    reason: 'Conflict',
    message: `Operation cannot be fulfilled on ${qualified(of)} "${name}": ${detail}`,
    details: about(of, name),
  })
export const forbiddenStatus = (of: GroupResource, name: string, detail: string): Status =>
  failure({
    code: 403,
    reason: 'Forbidden',
    message: name === '' ? `${qualified(of)} is forbidden: ${detail}` : `${qualified(of)} "${name}" is forbidden: ${detail}`,
    details: about(of, name),
  })
export const badRequest = (message: string): Status => failure({ code: 400, reason: 'BadRequest', message })
export const internalError = (message: string): Status =>
  failure({
    code: 500,
    reason: 'InternalError',
    message: `Internal error occurred: ${message}`,
    details: { causes: [{ message }] },
  })
/** The server knows no such path. */
export const noSuchPath = (): Status =>
  failure({ code: 404, reason: 'NotFound', message: 'the server could not find the requested resource', details: {} })
export const methodNotAllowed = (): Status =>
  failure({
    code: 405,
    reason: 'MethodNotAllowed',
    message: 'the server does not allow this method on the requested resource',
    details: {},
  })
export const unsupportedMediaType = (supported: readonly string[]): Status =>
  failure({
    code: 415,
    reason: 'UnsupportedMediaType',
    message: `the body of the request was in an unknown format - accepted media types include: ${supported.join(', ')}`,
  })

/** `Kind.group "name" is invalid: …`; one error stands alone, several are a list in brackets. Equal errors are said once. */
export function invalidStatus(of: { readonly group: string; readonly kind: string }, name: string, errors: readonly FieldError[]): Status {
  const texts = [...new Set(errors.map(printFieldError))]
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`
  const kind = of.group === '' ? of.kind : `${of.kind}.${of.group}`
  return failure({
    code: 422,
    reason: 'Invalid',
    message: `${kind} ${JSON.stringify(name)} is invalid: ${list}`,
    details: {
      ...(name === '' ? {} : { name }),
      ...(of.group === '' ? {} : { group: of.group }),
      kind: of.kind,
      causes: errors.map(({ reason, message, field }) => ({ reason, message, field })),
    },
  })
}

export function success(details: StatusDetails): Status {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details }
}

export const statusJson = (status: Status): Json => status as unknown as Json
