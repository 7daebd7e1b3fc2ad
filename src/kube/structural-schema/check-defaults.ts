import type { FieldError } from '../field-error.ts'
import { forbidden } from '../field-error.ts'
import type { Schema } from '../schema.ts'
import { compileEmbedded, validateHeader } from './embedded.ts'
import { hasUnknownFields } from './prune.ts'
import { compileRules, compileValueRules } from './rules.ts'
import type { RuleCompiler } from './structural-schema.ts'
import { invalidValue } from './texts.ts'
import { compileValidator } from './validate.ts'

/** Defaults must fit their schemas. Those below additionalProperties are not looked at. */
export function checkDefaults(schema: Schema, path: string, compileRule: RuleCompiler | undefined): readonly FieldError[] {
  const root = schema.default === undefined ? [] : defaultErrors(schema, path, compileRule, true)
  return [
    ...root,
    ...[...fieldDefaults(schema, path)].flatMap((found) =>
      'error' in found ? [found.error] : defaultErrors(found.schema, found.path, compileRule, false),
    ),
  ]
}

type Found = { readonly schema: Schema; readonly path: string } | { readonly error: FieldError }

function* fieldDefaults(root: Schema, path: string): Generator<Found> {
  for (const [key, inner] of Object.entries(root.properties ?? {})) {
    const place = `${path}.properties[${key}]`
    const isHeader = key === 'metadata' || key === 'apiVersion' || key === 'kind'
    for (const found of defaultsIn(inner, place))
      yield isHeader ? { error: forbidden(`${found.path}.default`, `must not be set in top-level ${key}`) } : found
  }
}

function* defaultsIn(schema: Schema, path: string): Generator<{ readonly schema: Schema; readonly path: string }> {
  if (schema.default !== undefined) yield { schema, path }
  for (const [key, inner] of Object.entries(schema.properties ?? {})) yield* defaultsIn(inner, `${path}.properties[${key}]`)
  if (schema.items !== undefined) yield* defaultsIn(schema.items, `${path}.items`)
}

function defaultErrors(schema: Schema, path: string, compileRule: RuleCompiler | undefined, isRoot: boolean): readonly FieldError[] {
  const value = schema.default ?? null
  const place = `${path}.default`
  const form: readonly FieldError[] = [
    ...(hasUnknownFields(value, isRoot ? { ...schema, 'x-kubernetes-embedded-resource': true } : schema)
      ? [invalidValue('', value, 'must not have unknown fields')]
      : []),
    ...(isRoot || schema['x-kubernetes-embedded-resource'] === true ? validateHeader(value, '') : []),
    ...compileValidator(schema, { intOrString: false })(value),
  ]
  const headers = compileEmbedded(schema)(value)
  const rules = form.length + headers.length > 0 ? undefined : (isRoot ? compileRules : compileValueRules)(schema, compileRule)
  return [
    ...form.map((error) => ({ ...error, field: error.field === '' ? place : `${place}.${error.field}` })),
    ...[...headers, ...(rules?.(value, undefined) ?? [])].map((error) => ({ ...error, field: below(place, error.field) })),
  ]
}

const below = (place: string, field: string): string => (field === '' || field.startsWith('[') ? `${place}${field}` : `${place}.${field}`)
