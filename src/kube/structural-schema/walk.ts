import { objectField } from '../../core/fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../core/json.ts'

/** A schema as it is written, which may hold what no schema may, and where it stands. */
export interface Placed {
  readonly schema: JsonObject
  readonly path: string
}

export const propertiesOf = ({ schema, path }: Placed): readonly (readonly [string, Placed])[] =>
  Object.entries(objectField(schema, 'properties') ?? {}).flatMap(([key, inner]): (readonly [string, Placed])[] =>
    isJsonObject(inner) ? [[key, { schema: inner, path: `${path}.properties[${key}]` }]] : [],
  )

export function partOf({ schema, path }: Placed, key: string): Placed | undefined {
  const inner = objectField(schema, key)
  return inner === undefined ? undefined : { schema: inner, path: `${path}.${key}` }
}

const junctions = ['allOf', 'anyOf', 'oneOf'] as const

/** The schemas that a value must fit besides: allOf, anyOf, oneOf and not. */
export function junctionsOf(placed: Placed): readonly Placed[] {
  const { schema, path } = placed
  const listed = junctions.flatMap((key) => {
    const list: Json | undefined = ownValue(schema, key)
    if (!isJsonArray(list)) return []
    return list.flatMap((inner, i): Placed[] => (isJsonObject(inner) ? [{ schema: inner, path: `${path}.${key}[${i}]` }] : []))
  })
  const not = partOf(placed, 'not')
  return not === undefined ? listed : [...listed, not]
}

/** All schemas below one, itself first. */
export function* everySchema(placed: Placed): Generator<Placed> {
  yield placed
  for (const [, inner] of propertiesOf(placed)) yield* everySchema(inner)
  for (const key of ['additionalProperties', 'items']) {
    const inner = partOf(placed, key)
    if (inner !== undefined) yield* everySchema(inner)
  }
  for (const inner of junctionsOf(placed)) yield* everySchema(inner)
}

/** Keywords that OpenAPI or Kubernetes does not have, in the order in which they are told. */
export const unsupportedKeywords = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref'] as const

export const isUsed = (schema: JsonObject, key: string): boolean => {
  const value = ownValue(schema, key)
  if (isJsonObject(value)) return key === 'additionalItems' || Object.keys(value).length > 0
  return value !== undefined && value !== null && value !== ''
}

/** Whether nothing in the schema keeps it from being read as a structural one. */
export function isConvertible(schema: JsonObject): boolean {
  for (const { schema: one } of everySchema({ schema, path: '' })) {
    if (unsupportedKeywords.some((key) => isUsed(one, key)) || isUsed(one, '$schema') || isJsonArray(ownValue(one, 'items'))) return false
    if (ownValue(one, 'x-kubernetes-preserve-unknown-fields') === false) return false
  }
  return true
}
