import type { Json } from '../core/json.ts'

/** The reasons of the API server's field errors, as they stand in `details.causes[].reason` of a Status. */
export const fieldErrorReasons = [
  'FieldValueRequired',
  'FieldValueInvalid',
  'FieldValueNotSupported',
  'FieldValueForbidden',
  'FieldValueDuplicate',
  'FieldValueNotFound',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
  'InternalError',
] as const
export type FieldErrorReason = (typeof fieldErrorReasons)[number]

/** What the API server says about one field of an object that it refuses. */
export interface FieldError {
  readonly reason: FieldErrorReason
  /** As Kubernetes writes paths: `spec.containers[0].name`, `metadata.labels[a/b]`; `<nil>` for the whole object. */
  readonly field: string
  /** Without the path: `Invalid value: "x": must be …`. */
  readonly message: string
}

/** A value as field errors print it: strings quoted, everything else as JSON. */
const shown = (value: Json): string => JSON.stringify(value)
const withDetail = (head: string, detail: string): string => (detail === '' ? head : `${head}: ${detail}`)

export const required = (field: string, detail = ''): FieldError => ({
  reason: 'FieldValueRequired',
  field,
  message: withDetail('Required value', detail),
})

/** Without a value (undefined) only the detail is shown, as for CEL rules on objects. */
export const invalid = (field: string, value: Json | undefined, detail: string): FieldError => ({
  reason: 'FieldValueInvalid',
  field,
  message: value === undefined ? withDetail('Invalid value', detail) : withDetail(`Invalid value: ${shown(value)}`, detail),
})

export const typeInvalid = (field: string, value: Json, detail: string): FieldError => ({
  reason: 'FieldValueTypeInvalid',
  field,
  message: withDetail(`Invalid value: ${shown(value)}`, detail),
})

/** `supported` in the order in which it is to be shown. */
export const notSupported = (field: string, value: Json, supported: readonly string[]): FieldError => ({
  reason: 'FieldValueNotSupported',
  field,
  message: withDetail(
    `Unsupported value: ${shown(value)}`,
    supported.length === 0 ? '' : `supported values: ${supported.map((text) => JSON.stringify(text)).join(', ')}`,
  ),
})

export const forbidden = (field: string, detail: string): FieldError => ({
  reason: 'FieldValueForbidden',
  field,
  message: withDetail('Forbidden', detail),
})
export const duplicate = (field: string, value: Json): FieldError => ({
  reason: 'FieldValueDuplicate',
  field,
  message: `Duplicate value: ${shown(value)}`,
})
export const fieldNotFound = (field: string, value: Json): FieldError => ({
  reason: 'FieldValueNotFound',
  field,
  message: `Not found: ${shown(value)}`,
})
export const tooLong = (field: string, maxBytes: number): FieldError => ({
  reason: 'FieldValueTooLong',
  field,
  message: `Too long: may not be more than ${maxBytes} bytes`,
})
export const tooMany = (field: string, actual: number, max: number): FieldError => ({
  reason: 'FieldValueTooMany',
  field,
  message: `Too many: ${actual}: must have at most ${max} items`,
})
export const internalFieldError = (field: string, detail: string): FieldError => ({
  reason: 'InternalError',
  field,
  message: withDetail('Internal error', detail),
})

/** `field: message`, as in the message of a Status. */
export const printFieldError = ({ field, message }: FieldError): string => `${field}: ${message}`

/** Several errors stand in brackets. */
export function fieldErrorsText(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map(printFieldError))]
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`
}
