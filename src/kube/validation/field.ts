import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../core/json.ts'
import type { FieldError } from '../field-error.ts'
import { inGoOrder } from './go-order.ts'
import { invalid, notSupported, required } from '../field-error.ts'

/** What validators find, in the order in which the API server says it. */
export type Errors = Iterable<FieldError>

/** A place in an object with what is there. Null and what is missing are both undefined, as after decoding. */
export interface Field {
  readonly path: string
  readonly value: Json | undefined
}

export const fieldOf = (path: string, value: Json | undefined): Field => ({ path, value: value ?? undefined })
export const rootOf = (object: JsonObject): Field => fieldOf('', object)

const joined = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)

export function at(field: Field, ...keys: readonly string[]): Field {
  let current = field
  for (const key of keys) {
    const { path, value } = current
    current = fieldOf(joined(path, key), isJsonObject(value) ? ownValue(value, key) : undefined)
  }
  return current
}

/** The same value under another path: the API server is not always exact about where something is. */
export const under = (path: string, { value }: Field): Field => ({ path, value })

/** The items of a list; none where there is no list. */
export function itemsOf({ path, value }: Field): readonly Field[] {
  return isJsonArray(value) ? value.map((item, index) => fieldOf(`${path}[${index}]`, item)) : []
}

/** The entries of a map, whose paths are `map[key]`. */
export function entriesOf({ path, value }: Field): readonly (readonly [string, Field])[] {
  if (!isJsonObject(value)) return []
  return Object.keys(value).map((key) => [key, fieldOf(`${path}[${key}]`, ownValue(value, key))] as const)
}

export const isSet = ({ value }: Field): boolean => value !== undefined
export const textOf = ({ value }: Field): string => (typeof value === 'string' ? value : '')
export const numberOf = ({ value }: Field): number | undefined => (typeof value === 'number' ? value : undefined)
export const isTrue = ({ value }: Field): boolean => value === true
export const countOf = ({ value }: Field): number => (isJsonArray(value) ? value.length : 0)
/** Neither missing nor an empty list or map. */
export const hasItems = ({ value }: Field): boolean =>
  isJsonArray(value) ? value.length > 0 : isJsonObject(value) && Object.keys(value).length > 0
export const textsOf = (field: Field): readonly string[] => itemsOf(field).map(textOf)
/** A value as an error shows it: what is missing is null, and maps are sorted. */
export const shownOf = ({ value }: Field): Json => inGoOrder(value ?? null)

export function* invalidAll(field: Field, messages: readonly string[]): Errors {
  for (const message of messages) yield invalid(field.path, shownOf(field), message)
}

export function* nonNegative(field: Field): Errors {
  const number = numberOf(field)
  if (number !== undefined && number < 0) yield invalid(field.path, number, 'must be greater than or equal to 0')
}

export function* requiredText(field: Field, detail = ''): Errors {
  if (textOf(field) === '') yield required(field.path, detail)
}

/** One of the values, if it is set at all. */
export function* oneOf(field: Field, supported: readonly string[]): Errors {
  if (isSet(field) && !supported.includes(textOf(field))) yield notSupported(field.path, shownOf(field), supported)
}

/** One of the values; nothing counts as ''. */
export function* exactlyOneOf(field: Field, supported: readonly string[]): Errors {
  if (!supported.includes(textOf(field))) yield notSupported(field.path, field.value ?? '', supported)
}

/** One of the values, and not nothing. */
export function* requiredOneOf(field: Field, supported: readonly string[]): Errors {
  if (textOf(field) === '') yield required(field.path)
  else yield* oneOf(field, supported)
}
