import type { Result } from '../../core/result.ts'
import { ok } from '../../core/result.ts'
import type { Json } from '../../core/json.ts'
import type { FieldError } from '../field-error.ts'
import type { KubeObject } from '../object.ts'
import type { Schema } from '../schema.ts'

export type RuleCompiler = (
  rule: NonNullable<Schema['x-kubernetes-validations']>[number],
  schema: Schema,
) => Result<
  (
    self: Json,
    oldSelf: Json | undefined,
  ) => { readonly passed: true } | { readonly passed: false; readonly message?: string } | { readonly error: string },
  string
>

export interface StructuralSchema {
  prune(object: KubeObject): { readonly object: KubeObject; readonly unknown: readonly string[] }
  applyDefaults(object: KubeObject): KubeObject
  validate(object: KubeObject, old?: KubeObject): readonly FieldError[]
}

export function compileStructuralSchema(
  _schema: Schema,
  _options: { readonly compileRule?: RuleCompiler } = {},
): Result<StructuralSchema, readonly FieldError[]> {
  return ok({ prune: (object) => ({ object, unknown: [] }), applyDefaults: (object) => object, validate: () => [] })
}
