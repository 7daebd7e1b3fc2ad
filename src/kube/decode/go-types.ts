import type { Json } from '../../core/json.ts'
import { isJsonArray } from '../../core/json.ts'
import type { Schema, SchemaSet } from '../schema.ts'

/** The built-in types, and what is known of the Go types behind them. Tables are by definition, then by field. */
export interface DecodeTypes {
  readonly definitions: SchemaSet
  /** Go's names of the types of fields where the schema does not tell: `v1.Protocol`, `[]v1.IPFamily`. */
  readonly goTypes?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Fields that Go does not write when they are false or 0. */
  readonly zeroOmitted?: Readonly<Record<string, readonly string[]>>
  /** Optional strings and lists that Go writes even when they are empty. */
  readonly emptyKept?: Readonly<Record<string, readonly string[]>>
  /** Required strings and maps that Go does not write when they are empty. */
  readonly emptyOmitted?: Readonly<Record<string, readonly string[]>>
  /** Fields that Go writes as null when they are not given. */
  readonly nulls?: Readonly<Record<string, readonly string[]>>
}

/** Whether the table has the field of the type. */
export const isListed = (
  table: Readonly<Record<string, readonly string[]>> | undefined,
  definition: string | undefined,
  field: string,
): boolean =>
  definition !== undefined && table !== undefined && Object.hasOwn(table, definition) && table[definition]?.includes(field) === true

/** The definition a schema refers to. Values that are any JSON refer to the type of that by `allOf`. */
export const definitionOf = (schema: Schema): string | undefined => schema.$ref ?? schema.allOf?.[0]?.$ref

/** What Go's decoder does to a value by methods of its type rather than by its structure. */
export type OwnDecoding =
  | 'quantity'
  | 'int-or-string'
  | 'time'
  | 'micro-time'
  | 'any'
  | 'schema-or-bool'
  | 'schema-or-array'
  | 'schema-or-strings'

const ownDecodings: Readonly<Record<string, OwnDecoding>> = {
  'resource.Quantity': 'quantity',
  'intstr.IntOrString': 'int-or-string',
  'v1.Time': 'time',
  'v1.MicroTime': 'micro-time',
  'v1.FieldsV1': 'any',
  'runtime.RawExtension': 'any',
  'v1.JSON': 'any',
  'v1.JSONSchemaPropsOrBool': 'schema-or-bool',
  'v1.JSONSchemaPropsOrArray': 'schema-or-array',
  'v1.JSONSchemaPropsOrStringArray': 'schema-or-strings',
}

export function ownDecodingOf(schema: Schema): OwnDecoding | undefined {
  const definition = definitionOf(schema)
  return definition === undefined ? undefined : ownDecodings[packageName(definition)]
}

export const shortName = (definition: string): string => definition.slice(definition.lastIndexOf('.') + 1)

/** `v1.PodSpec`: Go's name of a type in its package. */
const packageName = (definition: string): string => definition.split('.').slice(-2).join('.')

/** The Go type behind a schema, as error messages name it. */
export function goTypeOf(schema: Schema): string {
  const definition = definitionOf(schema)
  if (definition !== undefined) return packageName(definition)
  switch (schema.type) {
    case 'array':
      return `[]${goTypeOf(schema.items ?? {})}`
    case 'object':
      return typeof schema.additionalProperties === 'object'
        ? `map[string]${goTypeOf(schema.additionalProperties)}`
        : 'map[string]interface {}'
    case 'string':
      return schema.format === 'byte' ? '[]uint8' : 'string'
    case 'integer':
      return schema.format ?? 'int64'
    case 'number':
      return 'float64'
    case 'boolean':
      return 'bool'
    default:
      return 'interface {}'
  }
}

export const goTypeOfField = ({ goTypes }: DecodeTypes, definition: string | undefined, field: string, schema: Schema): string => {
  const ofType = definition !== undefined && goTypes !== undefined && Object.hasOwn(goTypes, definition) ? goTypes[definition] : undefined
  return (ofType !== undefined && Object.hasOwn(ofType, field) ? ofType[field] : undefined) ?? goTypeOf(schema)
}

/** The type of what is in a list or map of a type; a list or map that has a name of its own tells nothing. */
export function goTypeOfElement(container: string, element: Schema): string {
  return /^(?:\[\]|map\[[^\]]*\])(.+)$/.exec(container)?.[1] ?? goTypeOf(element)
}

/** How Go's decoder names what it found. */
export function jsonTypeOf(value: Json): string {
  if (value === null) return 'null'
  if (isJsonArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}
