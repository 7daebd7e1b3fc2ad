import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, setOwn } from '../../core/json.ts'
import type { Schema } from '../schema.ts'

/** Schemas nested deeper are refused. */
const deepest = 256

type Reader = (value: Json, depth: number) => Json | undefined

const kept =
  (fits: (value: Json) => boolean): Reader =>
  (value) =>
    fits(value) ? value : undefined
const isText = kept((value) => typeof value === 'string')
const isNumber = kept((value) => typeof value === 'number')
const isFlag = kept((value) => typeof value === 'boolean')
const texts: Reader = (value) => (isJsonArray(value) ? value.filter((one) => typeof one === 'string') : undefined)
const schemas: Reader = (value, depth) => (isJsonArray(value) ? value.filter(isJsonObject).map((one) => read(one, depth)) : undefined)
const schemaOrFlag: Reader = (value, depth) => (isJsonObject(value) ? read(value, depth) : isFlag(value, depth))
const schemaOnly: Reader = (value, depth) => (isJsonObject(value) ? read(value, depth) : undefined)
const rules: Reader = (value) =>
  isJsonArray(value) ? value.filter((one) => isJsonObject(one) && typeof one['rule'] === 'string').map((one) => ruleOf(one as JsonObject)) : undefined

const ruleTexts = ['rule', 'message', 'messageExpression', 'reason', 'fieldPath']
const ruleOf = (rule: JsonObject): Json =>
  Object.fromEntries(
    Object.entries(rule).filter(([key, value]) => (ruleTexts.includes(key) ? typeof value === 'string' : typeof value === 'boolean')),
  )

const properties: Reader = (value, depth) => {
  if (!isJsonObject(value)) return undefined
  const out: { [key: string]: Json } = {}
  for (const [key, one] of Object.entries(value)) if (isJsonObject(one)) setOwn(out, key, read(one, depth))
  return out
}

/** How each keyword is read. What has not the right form is as if it were not there. */
const keywords: Readonly<Record<string, Reader>> = {
  description: isText,
  title: isText,
  type: isText,
  format: isText,
  pattern: isText,
  properties,
  additionalProperties: schemaOrFlag,
  items: schemaOnly,
  required: texts,
  enum: kept(isJsonArray),
  default: (value) => value ?? undefined,
  nullable: isFlag,
  minimum: isNumber,
  maximum: isNumber,
  multipleOf: isNumber,
  minLength: isNumber,
  maxLength: isNumber,
  minItems: isNumber,
  maxItems: isNumber,
  minProperties: isNumber,
  maxProperties: isNumber,
  exclusiveMinimum: isFlag,
  exclusiveMaximum: isFlag,
  allOf: schemas,
  anyOf: schemas,
  oneOf: schemas,
  not: schemaOnly,
  'x-kubernetes-int-or-string': isFlag,
  'x-kubernetes-preserve-unknown-fields': isFlag,
  'x-kubernetes-embedded-resource': isFlag,
  'x-kubernetes-list-type': isText,
  'x-kubernetes-list-map-keys': texts,
  'x-kubernetes-map-type': isText,
  'x-kubernetes-validations': rules,
}

/** Nested too deeply: thrown and caught in this file alone. */
class TooDeep extends Error {}

function read(schema: JsonObject, depth: number): JsonObject {
  if (depth > deepest) throw new TooDeep()
  const out: { [key: string]: Json } = {}
  for (const [key, value] of Object.entries(schema)) {
    const reader = Object.hasOwn(keywords, key) ? keywords[key] : undefined
    const found = reader?.(value, depth + 1)
    if (found !== undefined) out[key] = found
  }
  return out
}

/** The schema with only what is a schema: it comes from a client, whatever its type says. Undefined where it is nested too deeply. */
export function soundSchema(schema: Schema): Schema | undefined {
  try {
    const json: Json = schema as JsonObject
    return isJsonObject(json) ? (read(json, 0) as Schema) : {}
  } catch (error) {
    if (error instanceof TooDeep) return undefined
    throw error
  }
}
