import { marshalJson } from '../../core/go-format.ts'
import type { Json } from '../../core/json.ts'
import { isJsonArray, isJsonObject, jsonEqual, ownValue } from '../../core/json.ts'
import { unreachable } from '../../core/unreachable.ts'
import type { FieldError } from '../field-error.ts'
import { forbidden, required } from '../field-error.ts'
import type { Schema } from '../schema.ts'
import { byKey, keyOf } from './list-types.ts'
import { resolveFieldPath } from './rule-path.ts'
import type { Rule, RuleCompiler } from './structural-schema.ts'
import { duplicateValue, fieldPath, invalidValue } from './texts.ts'

type Walk = (value: Json, path: string, old: Json | undefined, into: FieldError[]) => void

/** Runs all rules of an object. On an update `old` is there. */
export type RunRules = (value: Json, old: Json | undefined) => readonly FieldError[]

/** All rules of a schema, each at the level of its values; undefined where it has none. */
export function compileRules(schema: Schema, compileRule: RuleCompiler | undefined): RunRules | undefined {
  return rulesFrom(schema, asResource(schema), compileRule)
}

/** The rules of a value that is not an object with a header of its own: of a default. */
export function compileValueRules(schema: Schema, compileRule: RuleCompiler | undefined): RunRules | undefined {
  return rulesFrom(schema, selfOf(schema), compileRule)
}

function rulesFrom(schema: Schema, self: Schema, compileRule: RuleCompiler | undefined): RunRules | undefined {
  if (compileRule === undefined) return undefined
  const own = ownRules(schema, self, compileRule)
  const below = rulesBelow(schema, compileRule)
  if (own.length === 0 && below === undefined) return undefined
  return (value, old) => {
    const errors: FieldError[] = []
    // Metadata changes with every update, so the rules of the root are never left out.
    for (const check of own) check(value, '', old, errors)
    below?.(value, '', old, errors)
    return errors
  }
}

/** What `self` has in rules at the root and in embedded resources: of metadata only the names. */
export function asResource(schema: Schema): Schema {
  const text: Schema = { type: 'string' }
  const names: Schema = { type: 'object', properties: { name: text, generateName: text } }
  return { ...schema, type: 'object', properties: { apiVersion: text, kind: text, ...schema.properties, metadata: names } }
}

export const selfOf = (schema: Schema): Schema => (schema['x-kubernetes-embedded-resource'] === true ? asResource(schema) : schema)

function compile(schema: Schema, compileRule: RuleCompiler): Walk | undefined {
  const own = ownRules(schema, selfOf(schema), compileRule)
  const below = rulesBelow(schema, compileRule)
  if (own.length === 0 && below === undefined) return undefined
  return (value, path, old, into) => {
    // Nulls have been allowed, or told, before; what an update leaves alone is not held against it.
    if (value === null || (old !== undefined && jsonEqual(value, old))) return
    for (const check of own) check(value, path, old, into)
    below?.(value, path, old, into)
  }
}

function ownRules(schema: Schema, self: Schema, compileRule: RuleCompiler): readonly Walk[] {
  return (schema['x-kubernetes-validations'] ?? []).map((rule) => compileOne(rule, self, compileRule))
}

function rulesBelow(schema: Schema, compileRule: RuleCompiler): Walk | undefined {
  const fields = new Map(
    Object.entries(schema.properties ?? {}).flatMap(([key, inner]): (readonly [string, Walk])[] => {
      const walk = compile(inner, compileRule)
      return walk === undefined ? [] : [[key, walk]]
    }),
  )
  const known = schema.properties ?? {}
  const items = schema.items === undefined ? undefined : compile(schema.items, compileRule)
  const rest = typeof schema.additionalProperties === 'object' ? compile(schema.additionalProperties, compileRule) : undefined
  if (fields.size === 0 && items === undefined && rest === undefined) return undefined
  const keys = schema['x-kubernetes-list-type'] === 'map' ? (schema['x-kubernetes-list-map-keys'] ?? []) : []
  return (value, path, old, into) => {
    if (isJsonArray(value)) {
      if (items === undefined) return
      const before = keys.length > 0 && isJsonArray(old) ? byKey(old, keys) : undefined
      value.forEach((item, i) => items(item, `${path}[${i}]`, before?.get(marshalJson(keyOf(item, keys))), into))
    } else if (isJsonObject(value)) {
      const before = isJsonObject(old) ? old : undefined
      for (const [key, item] of Object.entries(value)) {
        const former = before === undefined ? undefined : ownValue(before, key)
        const walk = fields.get(key)
        if (walk !== undefined) walk(item, fieldPath(path, key), former, into)
        else if (rest !== undefined && !Object.hasOwn(known, key)) rest(item, `${path}[${key}]`, former, into)
      }
    }
  }
}

/** A rule that compares with the state before. */
export const isTransition = (rule: Rule): boolean => /\boldSelf\b/.test(rule.rule)

function compileOne(rule: Rule, self: Schema, compileRule: RuleCompiler): Walk {
  const compiled = compileRule(rule, self)
  const needsOld = isTransition(rule) && rule.optionalOldSelf !== true
  const place = rule.fieldPath === undefined ? '' : (resolveFieldPath(rule.fieldPath, self) ?? '')
  const type = self.type ?? ''
  return (value, path, old, into) => {
    // A rule that compares with the state before has nothing to say where there was none.
    if (needsOld && old === undefined) return
    if (!compiled.ok) {
      into.push(invalidValue(path, type, `rule compile error: ${compiled.error}`))
      return
    }
    const verdict = compiled.value(value, old)
    if ('error' in verdict) into.push(invalidValue(path, type, failureText(verdict.error, trimmed(rule.message) ?? rule.rule)))
    else if (!verdict.passed) into.push(failed(rule, verdict.message, `${path}${place}`.replace(/^\./, ''), value))
  }
}

/** Kubernetes explains errors that type checking or a budget would have kept away. */
function failureText(error: string, rule: string): string {
  if (error.startsWith('no such overload'))
    return `'${error}': call arguments did not match a supported operator, function or macro signature for rule: ${rule}`
  if (error.startsWith('operation cancelled: actual cost limit exceeded'))
    return `'${error}': no further validation rules will be run due to call cost exceeds limit for rule: ${rule}`
  return `${error} evaluating rule: ${rule}`
}

const trimmed = (text: string | undefined): string | undefined => {
  const cut = text?.trim()
  return cut === undefined || cut === '' ? undefined : cut
}

function failed(rule: Rule, own: string | undefined, field: string, value: Json): FieldError {
  const computed = own === undefined || own.includes('\n') ? undefined : trimmed(own)
  const detail = computed ?? trimmed(rule.message) ?? `failed rule: ${rule.rule.trim()}`
  // Objects and lists are not shown.
  const shown = typeof value === 'object' ? undefined : value
  const reason = reasonOf(rule)
  switch (reason) {
    case 'FieldValueInvalid':
      return invalidValue(field, shown, detail)
    case 'FieldValueRequired':
      return required(field, detail)
    case 'FieldValueForbidden':
      return forbidden(field, detail)
    case 'FieldValueDuplicate':
      return duplicateValue(field, shown)
    default:
      return unreachable(reason)
  }
}

export const ruleReasons = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'] as const

const reasonOf = (rule: Rule): (typeof ruleReasons)[number] => ruleReasons.find((reason) => reason === rule.reason) ?? 'FieldValueInvalid'
