import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import { parseJsonValue, plainValue } from '../values/json.ts'
import type { RegoValue } from '../values/value.ts'
import { isArray, isObject, isRecord } from '../values/value.ts'
import type { Builtin, BuiltinContext, BuiltinError } from './contract.ts'
import { builtin, failure, type } from './operands.ts'
import type { SchemaContext } from './schema/compile.ts'
import { checkSchema } from './schema/compile.ts'
import { validate } from './schema/validate.ts'

/** JSON text, or an object or array as it is. */
function documentOf(value: RegoValue, depth: number): Result<RegoValue, string> {
  if (isObject(value) || isArray(value)) return ok(plainValue(value))
  if (typeof value !== 'string') return err('wrong type, expected string or object')
  const parsed = parseJsonValue(value, depth)
  return parsed.ok ? parsed : err('invalid JSON string')
}

function loadSchema(value: RegoValue, { limits, regexes }: BuiltinContext): Result<SchemaContext, string> {
  const schema = documentOf(value, limits.depth)
  if (!schema.ok) return schema
  if (!isRecord(schema.value)) return err('schema is invalid')
  const context = { root: schema.value, regexes }
  const checked = checkSchema(schema.value, context)
  return checked.ok ? ok(context) : checked
}

function matchSchema([value = null, against = null]: readonly RegoValue[], context: BuiltinContext): RegoValue | BuiltinError {
  const name = 'json.match_schema'
  const document = documentOf(value, context.limits.depth)
  const schema = loadSchema(against, context)
  if (!document.ok) return failure(name, document.error)
  if (!schema.ok) return failure(name, schema.error)
  const errors = validate(document.value, schema.value.root, schema.value)
  const shown = errors.map((each) => ({
    error: `${each.field}: ${each.description}`,
    type: each.type,
    field: each.field,
    desc: each.description,
  }))
  return [shown.length === 0, shown]
}

function verifySchema([value = null]: readonly RegoValue[], context: BuiltinContext): RegoValue {
  const schema = loadSchema(value, context)
  return schema.ok ? [true, null] : [false, `jsonschema: ${schema.error}`]
}

const document = type.union(type.string, type.object(type.any, type.any))
const errorList = type.array({
  kind: 'object',
  properties: ['error', 'type', 'field', 'desc'].map((key) => ({ key, value: type.string })),
})

export const jsonSchemaBuiltins: readonly Builtin[] = [
  builtin('json.match_schema', [document, document], type.tuple(type.boolean, errorList), matchSchema),
  builtin('json.verify_schema', [document], type.tuple(type.boolean, type.union(type.string, type.null)), verifySchema),
]
