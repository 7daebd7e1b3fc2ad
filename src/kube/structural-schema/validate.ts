import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, jsonEqual, ownValue } from '../../core/json.ts'
import { compileRegex } from '../../core/regex.ts'
import type { FieldError } from '../field-error.ts'
import { duplicate, invalid, notSupported, required, tooLong, tooMany, typeInvalid } from '../field-error.ts'
import type { Schema } from '../schema.ts'
import { whyNotFormat } from './formats.ts'

type Check = (value: Json, path: string, old: Json | undefined, into: FieldError[]) => void

const deepest = 200
/** An object with this many errors is wrong enough. */
const mostErrors = 100

const none: Check = () => undefined

/** Compiles a schema to checks. Errors are in the words of kube-apiserver. */
export function compileValidator(schema: Schema): (value: Json, old?: Json) => readonly FieldError[] {
  const check = compile(schema, 0)
  return (value, old) => {
    const errors: FieldError[] = []
    check(value, '', old, errors)
    return errors.slice(0, mostErrors)
  }
}

function compile(schema: Schema, depth: number): Check {
  if (depth > deepest) return none
  const checks = [typed(schema), numeric(schema), textual(schema), listed(schema, depth), mapped(schema, depth), chosen(schema), junctions(schema, depth)].filter(
    (check) => check !== none,
  )
  const [type = none, ...others] = schema.type === undefined && schema['x-kubernetes-int-or-string'] !== true ? [none, ...checks] : checks
  return (value, path, old, into) => {
    // What an update leaves alone is not held against it.
    if (old !== undefined && jsonEqual(value, old)) return
    const before = into.length
    type(value, path, old, into)
    if (into.length > before) return
    for (const check of others) check(value, path, old, into)
  }
}

const child = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`)
const named = (path: string): string => (path === '' ? '<nil>' : path)

function jsonType(value: Json): string {
  if (value === null) return 'null'
  if (isJsonArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

function typed(schema: Schema): Check {
  const { type, nullable } = schema
  if (schema['x-kubernetes-int-or-string'] === true) {
    return (value, path, _, into) => {
      if (value === null && nullable === true) return
      if (typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value))) return
      into.push(wrongType(path, value, 'integer,string'))
    }
  }
  if (type === undefined) return none
  return (value, path, _, into) => {
    if (value === null && nullable === true) return
    const found = jsonType(value)
    if (found === type || (type === 'number' && found === 'integer')) return
    into.push(wrongType(path, value, type))
  }
}

/** The value is shown as its type's name. */
const wrongType = (path: string, value: Json, type: string): FieldError => {
  const shown = value === null ? 'null' : jsonType(value)
  return typeInvalid(named(path), shown, `${path} in body must be of type ${type}: ${JSON.stringify(shown)}`)
}

function numeric({ minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf }: Schema): Check {
  if (minimum === undefined && maximum === undefined && multipleOf === undefined) return none
  return (value, path, _, into) => {
    if (typeof value !== 'number') return
    if (maximum !== undefined && (exclusiveMaximum === true ? value >= maximum : value > maximum))
      into.push(invalid(path, value, `${path} in body should be less than ${exclusiveMaximum === true ? '' : 'or equal to '}${maximum}`))
    if (minimum !== undefined && (exclusiveMinimum === true ? value <= minimum : value < minimum))
      into.push(invalid(path, value, `${path} in body should be greater than ${exclusiveMinimum === true ? '' : 'or equal to '}${minimum}`))
    if (multipleOf !== undefined && multipleOf > 0 && !Number.isInteger(value / multipleOf))
      into.push(invalid(path, value, `${path} in body should be a multiple of ${multipleOf}`))
  }
}

function textual({ minLength, maxLength, pattern, format }: Schema): Check {
  const regex = pattern === undefined ? undefined : compileRegex(pattern)
  if (minLength === undefined && maxLength === undefined && regex === undefined && format === undefined) return none
  return (value, path, _, into) => {
    if (typeof value !== 'string') return
    const length = Array.from(value).length
    if (maxLength !== undefined && length > maxLength) into.push(tooLong(path, maxLength))
    if (minLength !== undefined && length < minLength)
      into.push(invalid(path, value, `${path} in body should be at least ${minLength} chars long`))
    if (regex?.ok === true && !regex.value.test(value)) into.push(invalid(path, value, `${path} in body should match '${pattern ?? ''}'`))
    const why = format === undefined ? undefined : whyNotFormat(format, value)
    if (why !== undefined) into.push(invalid(path, value, `${path} in body must be of type ${format ?? ''}: ${JSON.stringify(value)}`))
  }
}

function listed(schema: Schema, depth: number): Check {
  const { items, minItems, maxItems, uniqueItems } = schema
  const type = schema['x-kubernetes-list-type']
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  const each = items === undefined ? none : compile(items, depth + 1)
  if (each === none && minItems === undefined && maxItems === undefined && type === undefined) return none
  return (value, path, old, into) => {
    if (!isJsonArray(value)) return
    if (maxItems !== undefined && value.length > maxItems) into.push(tooMany(path, value.length, maxItems))
    if (minItems !== undefined && value.length < minItems)
      into.push(invalid(path, value.length, `${path} in body should have at least ${minItems} items`))
    if (uniqueItems === true && hasEqualItems(value)) into.push(invalid(path, value, `${path} in body shouldn't contain duplicates`))
    value.forEach((item, i) => {
      if (into.length < mostErrors) each(item, `${path}[${i}]`, earlier(item, i, old, { type, keys }), into)
    })
    if (type === 'set') duplicates(value, path, (item) => item, into)
    if (type === 'map') duplicates(value, path, (item) => keyOf(item, keys), into)
  }
}

const keyOf = (item: Json, keys: readonly string[]): JsonObject =>
  Object.fromEntries(keys.map((key) => [key, (isJsonObject(item) ? ownValue(item, key) : undefined) ?? null]))

/** The element of the old list that this one comes from, where elements can be told apart. */
function earlier(
  item: Json,
  index: number,
  old: Json | undefined,
  { type, keys }: { readonly type: Schema['x-kubernetes-list-type'] | undefined; readonly keys: readonly string[] },
): Json | undefined {
  if (!isJsonArray(old)) return undefined
  if (type === 'map') return old.find((one) => jsonEqual(keyOf(one, keys), keyOf(item, keys)))
  if (type === 'set') return old.find((one) => jsonEqual(one, item))
  return old[index]
}

function hasEqualItems(list: readonly Json[]): boolean {
  return list.some((item, i) => list.slice(0, i).some((other) => jsonEqual(item, other)))
}

function duplicates(list: readonly Json[], path: string, identity: (item: Json) => Json, into: FieldError[]): void {
  const seen = new Set<string>()
  list.forEach((item, i) => {
    const key = JSON.stringify(identity(item))
    if (seen.has(key)) into.push(duplicate(`${path}[${i}]`, identity(item)))
    seen.add(key)
  })
}

function mapped(schema: Schema, depth: number): Check {
  const { properties = {}, additionalProperties, required: needed = [], minProperties, maxProperties } = schema
  const fields = new Map(Object.entries(properties).map(([key, inner]) => [key, compile(inner, depth + 1)]))
  const rest = typeof additionalProperties === 'object' ? compile(additionalProperties, depth + 1) : none
  return (value, path, old, into) => {
    if (!isJsonObject(value)) return
    const before = isJsonObject(old) ? old : undefined
    const count = Object.keys(value).length
    if (maxProperties !== undefined && count > maxProperties) into.push(tooMany(named(path), count, maxProperties))
    if (minProperties !== undefined && count < minProperties)
      into.push(invalid(named(path), count, `${path} in body should have at least ${minProperties} properties`))
    for (const key of needed) if (!Object.hasOwn(value, key)) into.push(required(child(path, key)))
    // kube-apiserver has no order of its own: required fields come first here, then the others as they were written.
    const keys = new Set([...needed.filter((key) => Object.hasOwn(value, key)), ...Object.keys(value)])
    for (const key of keys) {
      const item = value[key] ?? null
      const check = fields.get(key) ?? rest
      if (into.length < mostErrors) check(item, child(path, key), before === undefined ? undefined : ownValue(before, key), into)
    }
  }
}

function chosen({ enum: values }: Schema): Check {
  if (values === undefined) return none
  return (value, path, _, into) => {
    if (values.some((one) => jsonEqual(one, value))) return
    into.push(notSupported(path, value, values.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))))
  }
}

function junctions({ allOf = [], anyOf = [], oneOf = [], not }: Schema, depth: number): Check {
  if (allOf.length === 0 && anyOf.length === 0 && oneOf.length === 0 && not === undefined) return none
  const [all, any, one] = [allOf, anyOf, oneOf].map((schemas) => schemas.map((schema) => compile(schema, depth + 1)))
  const negated = not === undefined ? undefined : compile(not, depth + 1)
  const fits = (check: Check, value: Json, path: string): boolean => {
    const errors: FieldError[] = []
    check(value, path, undefined, errors)
    return errors.length === 0
  }
  return (value, path, old, into) => {
    for (const check of all ?? []) check(value, path, old, into)
    const word = JSON.stringify(path)
    if (any !== undefined && any.length > 0 && !any.some((check) => fits(check, value, path)))
      into.push(invalid(named(path), shownValue(value), `${word} must validate at least one schema (anyOf)`))
    if (one !== undefined && one.length > 0) {
      const count = one.filter((check) => fits(check, value, path)).length
      if (count === 0) into.push(invalid(named(path), shownValue(value), `${word} must validate one and only one schema (oneOf). Found none valid`))
      if (count > 1) into.push(invalid(named(path), shownValue(value), `${word} must validate one and only one schema (oneOf). Found ${count} valid alternatives`))
    }
    if (negated !== undefined && fits(negated, value, path)) into.push(invalid(named(path), shownValue(value), `${word} must not validate the schema (not)`))
  }
}

/** Objects and lists are not shown in full. */
const shownValue = (value: Json): Json => (typeof value === 'object' && value !== null ? '' : value)
