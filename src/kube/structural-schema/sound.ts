import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, setOwn } from '../../core/json.ts'
import type { Schema } from '../schema.ts'

/** JSON of a schema nested deeper is refused. */
const deepest = 512

type Reader = (value: Json) => Json | undefined

const kept =
  (fits: (value: Json) => boolean): Reader =>
  (value) =>
    fits(value) ? value : undefined
const isText = kept((value) => typeof value === 'string')
const isNumber = kept((value) => typeof value === 'number')
const isFlag = kept((value) => typeof value === 'boolean')
const texts: Reader = (value) => (isJsonArray(value) ? value.filter((one) => typeof one === 'string') : undefined)
const schemas: Reader = (value) => (isJsonArray(value) ? value.filter(isJsonObject).map((one) => read(one)) : undefined)
const schemaOrFlag: Reader = (value) => (isJsonObject(value) ? read(value) : isFlag(value))
const schemaOnly: Reader = (value) => (isJsonObject(value) ? read(value) : undefined)
const rules: Reader = (value) =>
  isJsonArray(value)
    ? value.filter((one) => isJsonObject(one) && typeof one['rule'] === 'string').map((one) => ruleOf(one as JsonObject))
    : undefined

const ruleTexts = ['rule', 'message', 'messageExpression', 'reason', 'fieldPath']
const ruleOf = (rule: JsonObject): Json =>
  Object.fromEntries(
    Object.entries(rule).filter(([key, value]) => (ruleTexts.includes(key) ? typeof value === 'string' : typeof value === 'boolean')),
  )

const properties: Reader = (value) => {
  if (!isJsonObject(value)) return undefined
  const out: { [key: string]: Json } = {}
  for (const [key, one] of Object.entries(value)) if (isJsonObject(one)) setOwn(out, key, read(one))
  return out
}

/** How each keyword is read. What has not the right form is as if it were not there. */
const keywords: Readonly<Record<string, Reader>> = {
  description: isText,
  title: isText,
  example: (value) => value,
  externalDocs: kept(isJsonObject),
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

function read(schema: JsonObject): JsonObject {
  const out: { [key: string]: Json } = {}
  for (const [key, value] of Object.entries(schema)) {
    const reader = Object.hasOwn(keywords, key) ? keywords[key] : undefined
    const found = reader?.(value)
    if (found !== undefined) out[key] = found
  }
  return out
}

function isTooDeep(value: Json, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (depth > deepest) return true
  const inner: readonly Json[] = isJsonArray(value) ? value : Object.values(value)
  return inner.some((one) => isTooDeep(one, depth + 1))
}

/** The schema with only what is a schema: it comes from a client, whatever its type says. Undefined where it is nested too deeply. */
export function soundSchema(schema: Schema): Schema | undefined {
  const json: Json = schema as JsonObject
  if (isTooDeep(json, 0)) return undefined
  return isJsonObject(json) ? (read(json) as Schema) : {}
}
