import type { Json } from '../../core/json.ts'
import { isJsonArray } from '../../core/json.ts'
import { formatValue, marshalJson } from '../../core/go-format.ts'
import type { FieldError } from '../field-error.ts'

/** A value as field errors print it; numbers as Go prints int64 and float64, or all as float64. */
export function shownValue(value: Json, floats = false): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number') return floats ? formatValue(value) : formatNumber(value)
  return marshalJson(value)
}

export const isInteger = (value: number): boolean => Number.isInteger(value) && value <= 2 ** 63 && value >= -(2 ** 63)

/** What the decoder has made an int64 prints its digits. The largest int64 is not a JavaScript number: the next one stands for it. */
export function formatNumber(value: number): string {
  if (!isInteger(value)) return formatValue(value)
  return value === 2 ** 63 ? '9223372036854775807' : String(BigInt(value))
}

export type JsonType = 'null' | 'array' | 'object' | 'string' | 'boolean' | 'integer' | 'number'

export function jsonType(value: Json): JsonType {
  if (value === null) return 'null'
  if (isJsonArray(value)) return 'array'
  if (typeof value === 'number') return isInteger(value) ? 'integer' : 'number'
  if (typeof value === 'object') return 'object'
  return typeof value === 'string' ? 'string' : 'boolean'
}

/** `spec` + `size`; the root has an empty path. */
export const fieldPath = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`)

/** The whole object is called `<nil>`. */
export const atRoot = (error: FieldError): FieldError => (error.field === '' ? { ...error, field: '<nil>' } : error)

export const invalidValue = (field: string, value: Json | undefined, detail: string, floats = false): FieldError => ({
  reason: 'FieldValueInvalid',
  field,
  message: value === undefined ? `Invalid value: ${detail}` : `Invalid value: ${shownValue(value, floats)}: ${detail}`,
})

export const invalidType = (field: string, value: Json, detail: string): FieldError => ({
  reason: 'FieldValueTypeInvalid',
  field,
  message: `Invalid value: ${shownValue(value)}: ${detail}`,
})

export const unsupportedValue = (field: string, value: Json, supported: readonly Json[], floats = false): FieldError => ({
  reason: 'FieldValueNotSupported',
  field,
  message: `Unsupported value: ${shownValue(value, floats)}: supported values: ${supported
    .map((one) => JSON.stringify(typeof one === 'string' ? one : marshalJson(one)))
    .join(', ')}`,
})

export const duplicateValue = (field: string, value: Json | undefined): FieldError => ({
  reason: 'FieldValueDuplicate',
  field,
  message: value === undefined ? 'Duplicate value' : `Duplicate value: ${shownValue(value)}`,
})

const counted = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`

export const tooLongValue = (field: string, most: number): FieldError => ({
  reason: 'FieldValueTooLong',
  field,
  message: `Too long: may not be more than ${counted(most, 'byte')}`,
})

export const tooManyValues = (field: string, actual: number, most: number): FieldError => ({
  reason: 'FieldValueTooMany',
  field,
  message: `Too many: ${actual}: must have at most ${counted(most, 'item')}`,
})
