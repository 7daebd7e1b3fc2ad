import type { Json } from '../../core/json.ts'
import { isJsonArray, isJsonObject, jsonEqual, ownValue } from '../../core/json.ts'
import type { FieldError, FieldErrorReason } from '../field-error.ts'
import { invalid } from '../field-error.ts'
import type { Schema } from '../schema.ts'
import type { Rule, RuleCompiler, RuleVerdict } from './structural-schema.ts'

export interface CompiledRules {
  readonly isEmpty: boolean
  validate(value: Json, old: Json | undefined): readonly FieldError[]
}

type Walk = (value: Json, path: string, old: Json | undefined, into: FieldError[]) => void

const deepest = 200
const reasons = new Set<FieldErrorReason>(['FieldValueInvalid', 'FieldValueForbidden', 'FieldValueRequired', 'FieldValueDuplicate'])
const words: Readonly<Record<string, string>> = {
  FieldValueForbidden: 'Forbidden',
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
}

/** All rules of a schema, each at the level of its values. */
export function compileRules(schema: Schema, compileRule: RuleCompiler | undefined): CompiledRules {
  const walk = compileRule === undefined ? undefined : compile(schema, compileRule, 0)
  return {
    isEmpty: !hasRules(schema, 0),
    validate: (value, old) => {
      const errors: FieldError[] = []
      walk?.(value, '', old, errors)
      return errors
    },
  }
}

/** Somewhere in the schema is a rule. */
export function hasRules(schema: Schema, depth: number): boolean {
  if ((schema['x-kubernetes-validations'] ?? []).length > 0) return true
  if (depth > deepest) return false
  const inner = [...Object.values(schema.properties ?? {}), schema.items, schema.additionalProperties]
  return inner.some((one) => typeof one === 'object' && hasRules(one, depth + 1))
}

function compile(schema: Schema, compileRule: RuleCompiler, depth: number): Walk | undefined {
  if (depth > deepest) return undefined
  const own = (schema['x-kubernetes-validations'] ?? []).map((rule) => compileOne(rule, schema, compileRule))
  const fields = Object.entries(schema.properties ?? {}).flatMap(([key, inner]): (readonly [string, Walk])[] => {
    const walk = compile(inner, compileRule, depth + 1)
    return walk === undefined ? [] : [[key, walk]]
  })
  const items = schema.items === undefined ? undefined : compile(schema.items, compileRule, depth + 1)
  const rest = typeof schema.additionalProperties === 'object' ? compile(schema.additionalProperties, compileRule, depth + 1) : undefined
  if (own.length === 0 && fields.length === 0 && items === undefined && rest === undefined) return undefined
  const known = new Set(Object.keys(schema.properties ?? {}))
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  return (value, path, old, into) => {
    if (value === null) return
    for (const check of own) check(value, path, old, into)
    if (isJsonArray(value)) {
      value.forEach((item, i) => items?.(item, `${path}[${i}]`, correlated(item, old, keys), into))
    } else if (isJsonObject(value)) {
      const before = isJsonObject(old) ? old : undefined
      const oldOf = (key: string): Json | undefined => (before === undefined ? undefined : ownValue(before, key))
      for (const [key, walk] of fields) {
        const item = ownValue(value, key)
        if (item !== undefined) walk(item, child(path, key), oldOf(key), into)
      }
      if (rest !== undefined) for (const [key, item] of Object.entries(value)) if (!known.has(key)) rest(item, child(path, key), oldOf(key), into)
    }
  }
}

const child = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`)

/** The element before the update: only lists with keys can tell. */
function correlated(item: Json, old: Json | undefined, keys: readonly string[]): Json | undefined {
  if (!isJsonArray(old) || keys.length === 0 || !isJsonObject(item)) return undefined
  return old.find((one) => isJsonObject(one) && keys.every((key) => jsonEqual(ownValue(one, key) ?? null, ownValue(item, key) ?? null)))
}

function compileOne(rule: Rule, schema: Schema, compileRule: RuleCompiler): Walk {
  const compiled = compileRule(rule, schema)
  // A rule that compares with the state before has nothing to say where there was none.
  const transition = /\boldSelf\b/.test(rule.rule) && rule.optionalOldSelf !== true
  return (value, path, old, into) => {
    if (transition && old === undefined) return
    if (old !== undefined && !transition && jsonEqual(value, old)) return
    if (!compiled.ok) {
      into.push(invalid(path === '' ? '<nil>' : path, undefined, `rule compile error: ${compiled.error}`))
      return
    }
    const verdict = compiled.value(value, old)
    const error = errorOf(verdict, rule, { path, value })
    if (error !== undefined) into.push(error)
  }
}

function errorOf(verdict: RuleVerdict, rule: Rule, { path, value }: { readonly path: string; readonly value: Json }): FieldError | undefined {
  const field = `${path}${rule.fieldPath ?? ''}`.replace(/^\./, '') || '<nil>'
  if ('error' in verdict) return invalid(field, undefined, `${verdict.error} evaluating rule: ${rule.message ?? rule.rule}`)
  if (verdict.passed) return undefined
  const detail = verdict.message ?? rule.message?.trim() ?? `failed rule: ${rule.rule.trim()}`
  const reason = reasons.has(rule.reason as FieldErrorReason) ? (rule.reason as FieldErrorReason) : 'FieldValueInvalid'
  if (reason !== 'FieldValueInvalid') return { reason, field, message: `${words[reason] ?? ''}: ${detail}` }
  return invalid(field, typeof value === 'object' ? undefined : value, detail)
}
