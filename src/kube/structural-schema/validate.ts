import { marshalJson } from '../../core/go-format.ts'
import type { Json } from '../../core/json.ts'
import { isJsonArray, isJsonObject, jsonEqual, ownValue } from '../../core/json.ts'
import type { FieldError } from '../field-error.ts'
import { required } from '../field-error.ts'
import type { Schema } from '../schema.ts'
import { isKnownFormat } from './formats.ts'
import { junctionChecks } from './junctions.ts'
import { byKey, keyOf } from './list-types.ts'
import { numberCheck } from './numbers.ts'
import { formatCheck, stringCheck } from './strings.ts'
import { fieldPath, invalidType, invalidValue, jsonType, tooManyValues, unsupportedValue } from './texts.ts'

/** What a check has found. */
export interface Findings {
  readonly errors: FieldError[]
  /** Values compared with schemas: of several schemas that do not fit, the one that went furthest is told. */
  visits: number
}

/** `old` is the value before an update, where it can be told which one that is. */
export type Check = (value: Json, path: string, old: Json | undefined, into: Findings) => void

export interface CheckOptions {
  /** Whether a value must be an integer or a string where `x-kubernetes-int-or-string` says so: not asked of defaults. */
  readonly intOrString: boolean
  /** Whether whole numbers are floats as others are, as they are for Gatekeeper's command line: bounds are then compared as they are written, and errors show floats. */
  readonly floats?: boolean
}

/** An object with this many errors is wrong enough. */
const mostErrors = 1000

/** Compiles a schema to checks. Errors are in the words of kube-apiserver; the field of an error of the whole value is empty. */
export function compileValidator(
  schema: Schema,
  options: CheckOptions = { intOrString: true },
): (value: Json, old?: Json) => readonly FieldError[] {
  const check = compileCheck(schema, options)
  return (value, old) => {
    const findings: Findings = { errors: [], visits: 0 }
    check(value, '', old, findings)
    return findings.errors
  }
}

/** The checks of one schema, in the order of kube-apiserver. */
export function compileCheck(schema: Schema, options: CheckOptions): Check {
  const type = typeCheck(schema, options)
  const anyOfValues = enumCheck(schema, options)
  const others = [
    ...junctionChecks(schema, (inner) => compileCheck(inner, options)),
    stringCheck(schema),
    formatCheck(schema),
    numberCheck(schema, options),
    listCheck(schema, options),
    anyOfValues,
    objectCheck(schema, options),
  ].filter((check) => check !== undefined)
  return (value, path, old, into) => {
    if (into.errors.length >= mostErrors) return
    into.visits += 1
    // What an update leaves alone is not held against it.
    if (old !== undefined && jsonEqual(value, old)) return
    type?.(value, path, old, into)
    if (value === null) anyOfValues?.(value, path, old, into)
    else for (const check of others) check(value, path, old, into)
  }
}

function typeCheck(schema: Schema, { intOrString, floats }: CheckOptions): Check | undefined {
  const isEither = schema['x-kubernetes-int-or-string'] === true && intOrString
  const { type, format } = schema
  const wanted = isEither ? 'integer,string' : type
  if (wanted === undefined) return undefined
  const fits: ReadonlySet<string> = new Set([
    ...(isEither ? ['integer', 'string'] : [wanted]),
    ...(type === 'number' ? ['integer'] : []),
    ...(schema.nullable === true ? ['null'] : []),
  ])
  const known = format !== undefined && isKnownFormat(format, isEither ? undefined : type) ? format : undefined
  return (value, path, _old, into) => {
    const read = jsonType(value)
    if (fits.has(read)) return
    const found = read === 'integer' && floats === true ? 'number' : read
    if (known === undefined || found === 'null' || found === 'string' || (found === 'array' && type !== 'string'))
      into.errors.push(wrongType(path, found, wanted))
    // Where there is a format, the Go type of what is no text is compared with it, and a list is mistaken for bytes.
    else if (found !== 'array') into.errors.push(wrongType(path, goTypes[found], known))
  }
}

const goTypes: Readonly<Record<'boolean' | 'integer' | 'number' | 'object', string>> = {
  boolean: '',
  integer: 'int64',
  number: 'float64',
  object: '',
}

/** The value is shown as its type. */
const wrongType = (path: string, found: string, type: string): FieldError =>
  invalidType(path, found, `${path} in body must be of type ${type}: "${found}"`)

function enumCheck({ enum: values }: Schema, { floats }: CheckOptions): Check | undefined {
  if (values === undefined || values.length === 0) return undefined
  return (value, path, _old, into) => {
    if (value === null || !values.some((one) => equalsMember(value, one))) into.errors.push(unsupportedValue(path, value, values, floats))
  }
}

/** A fraction is compared with an integer by its whole part. */
function equalsMember(value: Json, member: Json): boolean {
  if (typeof value === 'number' && typeof member === 'number')
    return value === member || (Number.isInteger(member) && Math.trunc(value) === member)
  return jsonEqual(value, member)
}

function listCheck(schema: Schema, options: CheckOptions): Check | undefined {
  const { items, minItems, maxItems } = schema
  if (items === undefined && minItems === undefined && maxItems === undefined) return undefined
  const each = items === undefined ? undefined : compileCheck(items, options)
  // Only elements with keys can be found in the list before the update.
  const keys = schema['x-kubernetes-list-type'] === 'map' ? (schema['x-kubernetes-list-map-keys'] ?? []) : []
  return (value, path, old, into) => {
    if (!isJsonArray(value)) return
    if (each !== undefined) {
      const before = keys.length > 0 && isJsonArray(old) ? byKey(old, keys) : undefined
      value.forEach((item, i) => each(item, `${path}[${i}]`, before?.get(marshalJson(keyOf(item, keys))), into))
    }
    if (minItems !== undefined && value.length < minItems)
      into.errors.push(invalidValue(path, value.length, `${path} in body should have at least ${minItems} items`))
    if (maxItems !== undefined && value.length > maxItems) into.errors.push(tooManyValues(path, value.length, maxItems))
  }
}

function objectCheck(schema: Schema, options: CheckOptions): Check | undefined {
  const { properties = {}, additionalProperties, required: needed = [], minProperties, maxProperties } = schema
  const fields = new Map(Object.entries(properties).map(([key, inner]) => [key, compileCheck(inner, options)]))
  const rest = typeof additionalProperties === 'object' ? compileCheck(additionalProperties, options) : undefined
  const isBounded = minProperties !== undefined || maxProperties !== undefined
  if (fields.size === 0 && rest === undefined && needed.length === 0 && !isBounded) return undefined
  return (value, path, old, into) => {
    if (!isJsonObject(value)) return
    const keys = Object.keys(value)
    if (minProperties !== undefined && keys.length < minProperties)
      into.errors.push(invalidValue(path, keys.length, `${path} in body should have at least ${minProperties} properties`))
    if (maxProperties !== undefined && keys.length > maxProperties) into.errors.push(tooManyValues(path, keys.length, maxProperties))
    const before = isJsonObject(old) ? old : undefined
    // kube-apiserver goes through them in no order: here the required ones come first, the others as they were written.
    for (const key of new Set([...needed.filter((name) => Object.hasOwn(value, name)), ...keys])) {
      const check = fields.get(key) ?? rest
      check?.(value[key] ?? null, fieldPath(path, key), before === undefined ? undefined : ownValue(before, key), into)
    }
    for (const key of needed) if (!Object.hasOwn(value, key)) into.errors.push(required(fieldPath(path, key)))
  }
}
