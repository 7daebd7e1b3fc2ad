import type { Json } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { ok } from '../../core/result.ts'
import type { FieldError } from '../field-error.ts'
import { invalid } from '../field-error.ts'
import type { KubeObject } from '../object.ts'
import type { Schema } from '../schema.ts'
import { withDefaults } from './defaults.ts'
import { prune } from './prune.ts'
import type { CompiledRules } from './rules.ts'
import { compileRules } from './rules.ts'
import { compileValidator } from './validate.ts'

export type Rule = NonNullable<Schema['x-kubernetes-validations']>[number]
export type RuleVerdict = { readonly passed: true } | { readonly passed: false; readonly message?: string } | { readonly error: string }

/** Makes a rule of `x-kubernetes-validations` runnable. Injected, because this layer knows no expression language. */
export type RuleCompiler = (rule: Rule, schema: Schema) => Result<(self: Json, oldSelf: Json | undefined) => RuleVerdict, string>

/** The schema of a custom resource, ready to run. Nothing in it throws for any object. */
export interface StructuralSchema {
  /** Without the fields that are not in the schema; `unknown field "spec.extra"` for each. */
  prune(object: KubeObject): { readonly object: KubeObject; readonly unknown: readonly string[] }
  applyDefaults(object: KubeObject): KubeObject
  /** In the order of kube-apiserver. On an update what has not changed is not held against the object (ratcheting). */
  validate(object: KubeObject, old?: KubeObject): readonly FieldError[]
}

/** Said instead of running rules on an object whose form is wrong. */
const notRun = 'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation'

export function compileStructuralSchema(
  schema: Schema,
  { compileRule }: { readonly compileRule?: RuleCompiler } = {},
): Result<StructuralSchema, readonly FieldError[]> {
  const validator = compileValidator(schema)
  const rules: CompiledRules = compileRules(schema, compileRule)
  return ok({
    prune: (object) => prune(object, schema),
    applyDefaults: (object) => withDefaults(object, schema) as KubeObject,
    validate: (object, old) => {
      const errors = validator(object, old)
      if (errors.length === 0) return rules.validate(object, old)
      return rules.isEmpty ? errors : [...errors, invalid('<nil>', null, notRun)]
    },
  })
}
