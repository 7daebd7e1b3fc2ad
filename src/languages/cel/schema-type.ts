import type { Schema, SchemaSet } from '../../kube/schema.ts'
import { resolveSchema } from '../../kube/schema.ts'
import { escapeField } from './escape.ts'
import type { CelField, CelObjectType, CelType } from './types.ts'
import { celType } from './types.ts'

export interface SchemaTypeOptions {
  /** A name for messages and for telling object types apart. */
  readonly name: string
  readonly definitions?: SchemaSet
  /** Whether the schema is that of a whole resource, which has a kind and metadata whatever the schema says. */
  readonly isResourceRoot?: boolean
}

/** The CEL type of data with this schema. Undefined where Kubernetes gives expressions no access: what may be anything. */
export function schemaType(schema: Schema, options: SchemaTypeOptions): CelType | undefined {
  const { name, definitions = {}, isResourceRoot = false } = options
  const resolved = resolveSchema(schema, definitions)
  if (resolved['x-kubernetes-int-or-string'] === true) return celType.dyn
  switch (resolved.type) {
    case 'boolean':
      return celType.bool
    case 'integer':
      return celType.int
    case 'number':
      return celType.double
    case 'string':
      return stringType(resolved.format)
    case 'array':
      return listType(resolved, name, definitions)
    default:
      return objectOrMap(resolved, { name, definitions, isResourceRoot })
  }
}

function stringType(format: string | undefined): CelType {
  switch (format) {
    case 'byte':
      return celType.bytes
    case 'duration':
      return celType.duration
    case 'date':
    case 'date-time':
      return celType.timestamp
    default:
      return celType.string
  }
}

function listType(schema: Schema, name: string, definitions: SchemaSet): CelType | undefined {
  const element = schema.items === undefined ? undefined : schemaType(schema.items, { name: `${name}.@idx`, definitions })
  if (element === undefined) return undefined
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return { kind: 'list', element, identity: [] }
    case 'map':
      return { kind: 'list', element, identity: schema['x-kubernetes-list-map-keys'] ?? [] }
    default:
      return { kind: 'list', element }
  }
}

function objectOrMap(schema: Schema, options: Required<SchemaTypeOptions>): CelType | undefined {
  const { name, definitions, isResourceRoot } = options
  const isResource = isResourceRoot || schema['x-kubernetes-embedded-resource'] === true
  if (typeof schema.additionalProperties === 'object' && !isResource) {
    const value = schemaType(schema.additionalProperties, { name: `${name}.@elem`, definitions })
    return value === undefined ? undefined : celType.map(celType.string, value)
  }
  if (schema.properties === undefined && !isResource) {
    // Fields that are only preserved cannot be reached.
    return schema.type === undefined ? undefined : emptyObject(name)
  }
  return fieldsOf(schema, { name, definitions, isResource })
}

const emptyObject = (name: string): CelObjectType => ({ kind: 'object', name, field: () => undefined })

interface ObjectOptions {
  readonly name: string
  readonly definitions: SchemaSet
  readonly isResource: boolean
}

/** Fields are made when they are first asked for: schemas may refer to themselves. */
function fieldsOf({ properties = {} }: Schema, { name, definitions, isResource }: ObjectOptions): CelObjectType {
  const keys = new Map(Object.keys(properties).flatMap((key) => entry(escapeField(key), key)))
  const made = new Map<string, CelField | undefined>()
  const make = (field: string): CelField | undefined => {
    const resourceField = isResource ? resourceFields.get(field) : undefined
    if (resourceField !== undefined && !(field === 'metadata' && keys.has('metadata'))) return { type: resourceField }
    const key = keys.get(field)
    const schema = key === undefined || !Object.hasOwn(properties, key) ? undefined : properties[key]
    if (key === undefined || schema === undefined) return undefined
    if (isResource && field === 'metadata') return { type: metadataType }
    const type = schemaType(schema, { name: `${name}.${field}`, definitions })
    return type === undefined ? undefined : { type, ...(key === field ? {} : { key }) }
  }
  return {
    kind: 'object',
    name,
    field: (field) => {
      if (!made.has(field)) made.set(field, make(field))
      return made.get(field)
    },
  }
}

const entry = (field: string | undefined, key: string): readonly (readonly [string, string])[] =>
  field === undefined ? [] : [[field, key]]

/** Of metadata only the names are to be relied on. */
const metadataFields: ReadonlyMap<string, CelField> = new Map([
  ['name', { type: celType.string }],
  ['generateName', { type: celType.string }],
])
const metadataType: CelObjectType = { kind: 'object', name: 'metadata', field: (field) => metadataFields.get(field) }
const resourceFields: ReadonlyMap<string, CelType> = new Map<string, CelType>([
  ['apiVersion', celType.string],
  ['kind', celType.string],
  ['metadata', metadataType],
])
