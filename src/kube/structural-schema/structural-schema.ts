import type { Json, JsonObject } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { FieldError } from '../field-error.ts'
import type { KubeObject } from '../object.ts'
import type { Schema } from '../schema.ts'
import { withDefaults } from './defaults.ts'
import { compileEmbedded } from './embedded.ts'
import { compileDuplicates } from './list-types.ts'
import type { DecodeMetadata } from './prune.ts'
import { prune } from './prune.ts'
import { compileRules } from './rules.ts'
import { soundSchema } from './sound.ts'
import { atRoot, invalidValue } from './texts.ts'
import { compileValidator } from './validate.ts'

export type { DecodeMetadata } from './prune.ts'
export { checkStructural } from './check.ts'
export { publishedListSchema, publishedSchema } from './published.ts'

export type Rule = NonNullable<Schema['x-kubernetes-validations']>[number]
export type RuleVerdict = { readonly passed: true } | { readonly passed: false; readonly message?: string } | { readonly error: string }

/**
 * Makes a rule of `x-kubernetes-validations` runnable. Injected, because this layer knows no expression language.
 * `schema` is that of `self`; at the root and in embedded resources it has apiVersion, kind, metadata.name and metadata.generateName.
 * The error is what kube-apiserver says after the value: `compilation failed: …`, `cel expression must evaluate to a bool`,
 * `messageExpression must evaluate to a string`.
 */
export type RuleCompiler = (rule: Rule, schema: Schema) => Result<(self: Json, oldSelf: Json | undefined) => RuleVerdict, string>

export interface Pruned {
  readonly object: KubeObject
  /** `unknown field "spec.items[0].x"`, in the order of kube-apiserver. */
  readonly unknown: readonly string[]
  /** Why metadata cannot be read, in the words of Go's decoder; only where `decodeMetadata` is given. */
  readonly mismatch: string | undefined
}

/** The schema of a custom resource, ready to run. Nothing in it throws for any object. */
export interface StructuralSchema {
  /** Without the fields that are not in the schema. */
  readonly prune: (object: KubeObject) => Pruned
  readonly applyDefaults: (object: KubeObject) => KubeObject
  /** In the order of kube-apiserver. On an update what has not changed is not held against the object (ratcheting). */
  readonly validate: (object: KubeObject, old?: KubeObject) => readonly FieldError[]
}

export interface StructuralSchemaOptions {
  readonly compileRule?: RuleCompiler
  /** Reads an ObjectMeta; without it metadata is left as it is. */
  readonly decodeMetadata?: DecodeMetadata
  /** Whether a null that the schema does not allow stays, and is wrong, where there is no default for it. */
  readonly keepsNulls?: boolean | 'always'
  /** See CheckOptions. */
  readonly floats?: boolean
}

/** Said instead of running rules on an object whose form is wrong. */
const notRun = 'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation'

/** After these the values may not be what rules expect. */
const blocking: ReadonlySet<string> = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
])

/** Compiles the schema of one version of a CustomResourceDefinition. Fails only where it is nested beyond all measure. */
export function compileStructuralSchema(
  schema: Schema,
  { compileRule, decodeMetadata, keepsNulls = false, floats = false }: StructuralSchemaOptions = {},
): Result<StructuralSchema, readonly FieldError[]> {
  const sound = soundSchema(schema)
  if (sound === undefined) return err([invalidValue('', undefined, 'the schema is nested too deeply')])
  const validateForm = compileValidator(sound, { intOrString: true, floats })
  const validateEmbedded = compileEmbedded(sound)
  const duplicatesIn = compileDuplicates(sound)
  const rules = compileRules(sound, compileRule)
  return ok({
    prune: (object) => prune(object, sound, decodeMetadata),
    applyDefaults: (object) => withDefaults(object, sound, { keepsNulls, depth: 0 }) as JsonObject as KubeObject,
    validate: (object, old) => {
      const errors = [...validateForm(object, old), ...validateEmbedded(object), ...newDuplicates(duplicatesIn, object, old)]
      if (rules === undefined) return errors.map(atRoot)
      if (errors.some(({ reason }) => blocking.has(reason))) return [...errors.map(atRoot), invalidValue('<nil>', null, notRun)]
      return [...errors, ...rules(object, old)].map(atRoot)
    },
  })
}

/** An object that had duplicates may keep them, and have more. */
function newDuplicates(duplicatesIn: (value: Json) => readonly FieldError[], object: Json, old: Json | undefined): readonly FieldError[] {
  const found = duplicatesIn(object)
  return found.length > 0 && old !== undefined && duplicatesIn(old).length > 0 ? [] : found
}
