import { marshalJson } from '../../core/go-format.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { FieldError } from '../field-error.ts'
import type { Schema } from '../schema.ts'
import { ruleFormErrors } from './check-constraints.ts'
import { asResource, isTransition, selfOf } from './rules.ts'
import type { Rule, RuleCompiler } from './structural-schema.ts'
import { invalidValue } from './texts.ts'

/** Where rules stand, and the innermost list whose elements cannot be followed through an update. */
interface Place {
  readonly path: string
  readonly uncorrelatable: string | undefined
}

/** Rules that do not compile, or that compare with a value nobody can find. */
export function checkRules(schema: Schema, path: string, compileRule: RuleCompiler | undefined): readonly FieldError[] {
  if (compileRule === undefined) return []
  return [...below(schema, asResource(schema), { path, uncorrelatable: undefined }, compileRule)]
}

function* below(schema: Schema, self: Schema, place: Place, compileRule: RuleCompiler): Generator<FieldError> {
  // One rule of the wrong form, and none beside it is compiled.
  const hasForm = ruleFormErrors({ schema: schema as JsonObject, path: '' }).next().done === true
  const rules = hasForm ? (schema['x-kubernetes-validations'] ?? []) : []
  for (const [i, rule] of rules.entries()) {
    yield* ruleErrors(rule, self, { ...place, path: `${place.path}.x-kubernetes-validations[${i}]` }, compileRule)
  }
  for (const [key, inner] of Object.entries(schema.properties ?? {})) {
    yield* below(inner, selfOf(inner), { ...place, path: `${place.path}.properties[${key}]` }, compileRule)
  }
  const { additionalProperties: rest, items } = schema
  if (typeof rest === 'object') yield* below(rest, selfOf(rest), { ...place, path: `${place.path}.additionalProperties` }, compileRule)
  if (items === undefined) return
  const uncorrelatable = place.uncorrelatable ?? (schema['x-kubernetes-list-type'] === 'map' ? undefined : place.path)
  yield* below(items, selfOf(items), { path: `${place.path}.items`, uncorrelatable }, compileRule)
}

function* ruleErrors(rule: Rule, self: Schema, { path, uncorrelatable }: Place, compileRule: RuleCompiler): Generator<FieldError> {
  const compiled = compileRule(rule, self)
  if (!compiled.ok) {
    const field = compiled.error.startsWith('messageExpression') ? 'messageExpression' : 'rule'
    yield invalidRule(`${path}.${field}`, rule, compiled.error)
    // Of a rule that does not compile nobody knows what it uses.
    if (field === 'rule' && rule.optionalOldSelf !== undefined) yield unusedOldSelf(path, rule.optionalOldSelf)
    return
  }
  if (!isTransition(rule)) {
    if (rule.optionalOldSelf !== undefined) yield unusedOldSelf(path, rule.optionalOldSelf)
  } else if (uncorrelatable !== undefined)
    yield invalidValue(
      `${path}.rule`,
      rule.rule,
      `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelatable}`,
    )
}

const unusedOldSelf = (path: string, value: boolean): FieldError =>
  invalidValue(`${path}.optionalOldSelf`, value, 'may not be set if oldSelf is not used in rule')

/** A rule as kube-apiserver shows it: as its Go type, whose fields are not sorted. */
function invalidRule(field: string, rule: Rule, detail: string): FieldError {
  const fields: readonly (readonly [string, Json])[] = [
    ['Rule', rule.rule],
    ['Message', rule.message ?? ''],
    ['MessageExpression', rule.messageExpression ?? ''],
    ['Reason', rule.reason ?? null],
    ['FieldPath', rule.fieldPath ?? ''],
    ['OptionalOldSelf', rule.optionalOldSelf ?? null],
  ]
  const shown = fields.map(([name, value]) => `"${name}":${marshalJson(value)}`).join(',')
  return { reason: 'FieldValueInvalid', field, message: `Invalid value: {${shown}}: ${detail}` }
}
