import { firstFound } from '../../core/first.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject } from '../../core/json.ts'
import type { Schema, SchemaSet } from '../../kube/schema.ts'
import { resolveSchema } from '../../kube/schema.ts'

/** As encoding/json names what it reads. */
export const jsonKind = (value: Json): string => (isJsonArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value)

/** As Go names what has been read. */
const goKind = (value: Json): string => {
  if (isJsonArray(value)) return 'slice'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  return typeof value === 'boolean' ? 'bool' : typeof value === 'string' ? 'string' : 'map'
}

const deepest = 40

/** The first place where a strategic merge patch has a value that its field cannot hold, in the words of kube-apiserver; undefined where there is none. */
export function whyUnfit(patch: JsonObject, schema: Schema, definitions: SchemaSet, depth = 0): string | undefined {
  const { properties, additionalProperties } = resolveSchema(schema, definitions)
  for (const [name, value] of Object.entries(patch)) {
    const field = properties === undefined ? additionalProperties : Object.hasOwn(properties, name) ? properties[name] : undefined
    if (typeof field !== 'object' || value === null) continue
    const why = whyValueUnfit(value, field, definitions, depth)
    if (why !== undefined) return why
  }
  return undefined
}

function whyValueUnfit(value: Json, field: Schema, definitions: SchemaSet, depth: number): string | undefined {
  const resolved = resolveSchema(field, definitions)
  if (depth > deepest) return undefined
  if (resolved.type === 'array') {
    if (!isJsonArray(value)) return `cannot restore slice from ${goKind(value)}`
    const { items } = resolved
    return items === undefined ? undefined : firstFound(value, (item) => whyValueUnfit(item, items, definitions, depth + 1))
  }
  const isStruct = resolved.properties !== undefined
  const isMap = !isStruct && typeof resolved.additionalProperties === 'object'
  if (!isStruct && !isMap) return undefined
  if (isJsonObject(value)) return whyUnfit(value, resolved, definitions, depth + 1)
  if (value === null) return undefined
  return isStruct ? `cannot restore struct from: ${goKind(value)}` : `cannot restore map from ${goKind(value)}`
}
