import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, setOwn } from '../../core/json.ts'
import type { KubeObject } from '../object.ts'
import type { Schema } from '../schema.ts'

const deepest = 200
const header = new Set(['apiVersion', 'kind', 'metadata'])

/** Takes away the fields that the schema does not have, and says which. */
export function prune(object: KubeObject, schema: Schema): { readonly object: KubeObject; readonly unknown: readonly string[] } {
  const unknown: string[] = []
  const pruned = pruneObject(object, schema, { unknown, path: '', isResource: true, depth: 0 })
  return { object: pruned as KubeObject, unknown }
}

interface Walk {
  readonly unknown: string[]
  readonly path: string
  /** Here stands an object with apiVersion, kind and metadata. */
  readonly isResource: boolean
  readonly depth: number
}

function pruneValue(value: Json, schema: Schema, walk: Walk): Json {
  if (walk.depth > deepest) return value
  if (isJsonArray(value)) {
    const { items } = schema
    if (items === undefined) return value
    return value.map((item, i) =>
      pruneValue(item, items, {
        ...walk,
        path: `${walk.path}[${i}]`,
        depth: walk.depth + 1,
        isResource: items['x-kubernetes-embedded-resource'] === true,
      }),
    )
  }
  return isJsonObject(value) ? pruneObject(value, schema, walk) : value
}

function pruneObject(object: JsonObject, schema: Schema, walk: Walk): JsonObject {
  const { properties = {}, additionalProperties } = schema
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true || additionalProperties === true
  const kept: { [key: string]: Json } = {}
  for (const [key, value] of Object.entries(object)) {
    const path = walk.path === '' ? key : `${walk.path}.${key}`
    const own = Object.hasOwn(properties, key) ? properties[key] : undefined
    const inner = own ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined)
    if (walk.isResource && header.has(key)) setOwn(kept, key, value)
    else if (inner !== undefined) {
      setOwn(
        kept,
        key,
        pruneValue(value, inner, {
          ...walk,
          path,
          depth: walk.depth + 1,
          isResource: inner['x-kubernetes-embedded-resource'] === true,
        }),
      )
    } else if (open) setOwn(kept, key, value)
    else walk.unknown.push(`unknown field ${JSON.stringify(path)}`)
  }
  return kept
}
