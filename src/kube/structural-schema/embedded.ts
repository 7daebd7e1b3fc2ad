import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonObject, ownValue } from '../../core/json.ts'
import type { FieldError } from '../field-error.ts'
import { required } from '../field-error.ts'
import type { Schema } from '../schema.ts'
import { fieldOf } from '../validation/field.ts'
import { validateMetadata } from '../validation/metadata.ts'
import { kindName } from '../validation/names.ts'
import { fieldPath, invalidValue } from './texts.ts'
import type { Look } from './value-walk.ts'
import { compileWalk } from './value-walk.ts'

/** Checks the headers of embedded resources (`x-kubernetes-embedded-resource`) below the root: they are never ratcheted. */
export const compileEmbedded = (schema: Schema): ((value: Json) => readonly FieldError[]) =>
  compileWalk({ ...schema, 'x-kubernetes-embedded-resource': false }, (one) =>
    one['x-kubernetes-embedded-resource'] === true ? lookAtHeader : undefined,
  )

const lookAtHeader: Look = (value, path, into) => {
  if (isJsonObject(value)) header(value, path, into)
}

/** The header of a default that stands for an object, which the object itself has had checked elsewhere. */
export function validateHeader(value: Json, path: string): readonly FieldError[] {
  const errors: FieldError[] = []
  lookAtHeader(value, path, errors)
  return errors
}

function header(object: JsonObject, path: string, into: FieldError[]): void {
  const [apiVersion, kind, metadata] = [ownValue(object, 'apiVersion'), ownValue(object, 'kind'), ownValue(object, 'metadata')]
  into.push(...headerText(apiVersion, fieldPath(path, 'apiVersion'), groupVersion))
  into.push(...headerText(kind, fieldPath(path, 'kind'), kindName))
  if (metadata === undefined || path === '') return
  const place = `${path}.metadata`
  const errors = validateMetadata(fieldOf(place, metadata), { name: () => [], namespaced: undefined })
  // What is embedded may do without a name.
  for (const error of errors) if (error.field !== `${place}.name`) into.push(error)
}

function headerText(value: Json | undefined, path: string, check: (text: string) => readonly string[]): readonly FieldError[] {
  if (value === undefined) return [required(path)]
  if (typeof value !== 'string') return [invalidValue(path, value, 'must be a string')]
  if (value === '') return [invalidValue(path, value, 'must not be empty')]
  return check(value).map((message) => invalidValue(path, value, message))
}

const groupVersion = (text: string): readonly string[] => (text.split('/').length > 2 ? [`unexpected GroupVersion string: ${text}`] : [])
