import type { JsonObject } from '../../core/json.ts'
import { isJsonObject, ownValue } from '../../core/json.ts'
import type { FieldError } from '../field-error.ts'
import { forbidden } from '../field-error.ts'
import type { Schema } from '../schema.ts'
import { checkConstraints } from './check-constraints.ts'
import { checkDefaults } from './check-defaults.ts'
import { checkForm } from './check-form.ts'
import { checkRules } from './check-rules.ts'
import { soundSchema } from './sound.ts'
import type { RuleCompiler } from './structural-schema.ts'
import { invalidValue } from './texts.ts'
import { isConvertible } from './walk.ts'

export interface CheckStructuralOptions {
  /** With it rules are compiled, and run on defaults. */
  readonly compileRule?: RuleCompiler
}

/**
 * What kube-apiserver refuses in the schema of a CustomResourceDefinition. `path` is where the schema stands:
 * `spec.validation.openAPIV3Schema` where all versions have the same (or there is one), else `spec.versions[0].schema.openAPIV3Schema`.
 */
export function checkStructural(schema: Schema, path: string, { compileRule }: CheckStructuralOptions = {}): readonly FieldError[] {
  const json = schema as JsonObject
  const sound = soundSchema(schema)
  if (sound === undefined || !isJsonObject(json)) return [invalidValue(path, undefined, 'the schema is nested too deeply')]
  const form = isConvertible(json) ? checkForm(json, path) : undefined
  // What is said of values needs a schema that has the right form.
  const hasForm = form !== undefined && form.length === 0
  return [
    ...rootErrors(json, path),
    ...(form ?? []),
    ...(hasForm ? checkDefaults(sound, path, compileRule) : []),
    ...checkConstraints(json, path),
    ...(hasForm ? checkRules(sound, path, compileRule) : []),
  ]
}

function rootErrors(schema: JsonObject, path: string): readonly FieldError[] {
  const additional = ownValue(schema, 'additionalProperties')
  return [
    ...(ownValue(schema, 'nullable') === true ? [forbidden(`${path}.nullable`, 'nullable cannot be true at the root')] : []),
    ...(additional === undefined || additional === null ? [] : [forbidden(`${path}.additionalProperties`, 'must not be used at the root')]),
  ]
}
