import { booleanField, objectField } from '../../../core/fields.ts'
import type { Json, JsonObject } from '../../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue, setOwn } from '../../../core/json.ts'
import type { FieldError } from '../../../kube/field-error.ts'
import type { Schema } from '../../../kube/schema.ts'
import { checkStructural } from '../../../kube/structural-schema/structural-schema.ts'
import { matchSchema } from '../constraint/match-schema.ts'

const open = { 'x-kubernetes-preserve-unknown-fields': true } as const
const deepest = 100

/** Schemas of parameters were not structural before v1. */
export function isLegacy(template: JsonObject, apiVersion: string): boolean {
  const validation = validationOf(template)
  return booleanField(validation, 'legacySchema') ?? !apiVersion.endsWith('/v1')
}

export function validationOf(template: JsonObject): JsonObject | undefined {
  return objectField(objectField(objectField(objectField(template, 'spec'), 'crd'), 'spec'), 'validation')
}

const openObject: Schema = { type: 'object', ...open }

/** The schema of templates themselves: what a version takes for granted stays true when it is read in another. */
export function templateSchema(apiVersion: string): Schema {
  const legacySchema: Schema = { type: 'boolean', default: !apiVersion.endsWith('/v1') }
  const validation: Schema = { ...openObject, default: {}, properties: { legacySchema } }
  const within = (name: string, schema: Schema): Schema => ({ ...openObject, properties: { [name]: schema } })
  const spec = within('crd', within('spec', within('validation', validation)))
  return { type: 'object', properties: { spec, status: openObject } }
}

/** The schema of `spec.parameters`, or undefined where the template has none. */
export function parametersSchema(template: JsonObject, apiVersion: string): Schema | undefined {
  const written = objectField(validationOf(template), 'openAPIV3Schema')
  const legacy = isLegacy(template, apiVersion)
  if (written === undefined) return legacy ? open : undefined
  const schema = readSchema(written, 0)
  return legacy ? preserving(schema, 0) : schema
}

/** Keywords whose value is a schema, a list of schemas, or schemas by name. */
const single: ReadonlySet<string> = new Set(['not', 'additionalProperties'])
const lists: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'oneOf'])

/** What the API machinery reads as a schema: an `items` that is no object is none, and what is not known is left out. */
function readSchema(schema: JsonObject, depth: number): Schema {
  const read: { [key: string]: Json } = {}
  if (depth > deepest) return open
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties') {
      if (isJsonObject(value)) setOwn(read, key, mapSchemas(value, depth) as JsonObject)
    } else if (key === 'items') {
      if (isJsonObject(value)) setOwn(read, key, readSchema(value, depth + 1) as JsonObject)
    } else if (single.has(key)) {
      setOwn(read, key, isJsonObject(value) ? (readSchema(value, depth + 1) as JsonObject) : value)
    } else if (lists.has(key)) {
      if (isJsonArray(value))
        setOwn(
          read,
          key,
          value.filter(isJsonObject).map((one) => readSchema(one, depth + 1) as JsonObject),
        )
    } else if (known.has(key)) setOwn(read, key, value)
  }
  return read as Schema
}

function mapSchemas(schemas: JsonObject, depth: number): Readonly<Record<string, Schema>> {
  const read: { [key: string]: Json } = {}
  for (const [name, schema] of Object.entries(schemas)) {
    if (isJsonObject(schema)) setOwn(read, name, readSchema(schema, depth + 1) as JsonObject)
  }
  return read as Readonly<Record<string, Schema>>
}

const known: ReadonlySet<string> = new Set(
  `type format description title default enum nullable required pattern minimum maximum exclusiveMinimum exclusiveMaximum multipleOf
  minLength maxLength minItems maxItems uniqueItems minProperties maxProperties example externalDocs $ref $schema id definitions dependencies
  patternProperties additionalItems x-kubernetes-int-or-string x-kubernetes-preserve-unknown-fields x-kubernetes-embedded-resource
  x-kubernetes-list-type x-kubernetes-list-map-keys x-kubernetes-map-type x-kubernetes-validations`.split(/\s+/),
)

/** A schema of old: objects keep what it does not name, what has no type is anything, and elements are anything where it does not say. */
function preserving(schema: Schema, depth: number): Schema {
  if (depth > deepest) return open
  const { properties, additionalProperties, items, type } = schema
  const inner = {
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, preserving(one, depth + 1)])) }),
    ...(typeof additionalProperties === 'object' ? { additionalProperties: preserving(additionalProperties, depth + 1) } : {}),
  }
  if (type === 'array') return { ...schema, items: items === undefined ? open : preserving(items, depth + 1) }
  if (type === undefined || type === 'object') {
    const { additionalProperties: _additional, ...rest } = schema
    if (typeof additionalProperties === 'object') return { ...rest, ...inner }
    // A map of anything is what keeps unknown fields: only that there are none to be is worth saying.
    return { ...rest, ...inner, ...(additionalProperties === false ? { additionalProperties } : {}), ...open }
  }
  return schema
}

/** The schema of the constraints of a template. Without one for parameters they take none. */
export function constraintSchema(parameters: Schema | undefined): Schema {
  return {
    type: 'object',
    properties: {
      metadata: { type: 'object', properties: { name: { type: 'string', maxLength: 63 } } },
      spec: {
        type: 'object',
        properties: {
          enforcementAction: { type: 'string', default: 'deny' },
          match: matchSchema,
          ...(parameters === undefined ? {} : { parameters }),
          scopedEnforcementActions: {
            type: 'array',
            items: {
              type: 'object',
              properties: {
                action: { type: 'string' },
                enforcementPoints: { type: 'array', items: { type: 'object', properties: { name: { type: 'string' } } } },
              },
            },
          },
        },
      },
      status: open,
    },
  }
}

/** What is wrong with the schema of a template, by the rules of CustomResourceDefinitions. */
export function checkSchema(schema: Schema): readonly FieldError[] {
  return checkStructural(schema, 'spec.validation.openAPIV3Schema')
}

/** `spec.crd.spec.validation.openAPIV3Schema` of a template holds this where something reads as another type than a schema has there. */
export const schemaPath = ['spec', 'crd', 'spec', 'validation', 'openAPIV3Schema'] as const

/** `required` of a schema that `items` should have been: a schema that was written as a text. */
export function misreadItems(schema: Json | undefined, depth = 0): boolean {
  if (schema === undefined || !isJsonObject(schema) || depth > deepest) return false
  const items = ownValue(schema, 'items')
  if (items !== undefined && !isJsonObject(items)) return true
  const properties = ownValue(schema, 'properties')
  const inner = properties !== undefined && isJsonObject(properties) ? Object.values(properties) : []
  return misreadItems(items, depth + 1) || inner.some((one) => misreadItems(one, depth + 1))
}
