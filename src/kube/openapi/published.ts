import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, setOwn } from '../../core/json.ts'
import type { Schema, SchemaSet } from '../schema.ts'

/** What a document is made of: the definitions of the built-in types. */
export interface OpenApiRelease {
  readonly version: string
  readonly definitions: SchemaSet
}

export interface PublishedSubresource {
  readonly name: string
  readonly kind: string
  readonly group: string
  readonly version: string
  readonly verbs: readonly string[]
}

/** A resource in one version, as far as the documents tell of it. */
export interface PublishedType {
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly kind: string
  readonly listKind: string
  readonly namespaced: boolean
  readonly verbs: readonly string[]
  readonly subresources: readonly PublishedSubresource[]
  /** Of a CustomResourceDefinition: its schema is its own. */
  readonly custom: boolean
  readonly schema: { readonly schema: Schema; readonly definitions: SchemaSet } | undefined
}

const metaV1 = 'io.k8s.apimachinery.pkg.apis.meta.v1'
export const metaDefinition = (name: string): string => `${metaV1}.${name}`

/** `com.example.v1.Widget`: how a definition of a custom resource is called. */
const customName = ({ group, version }: PublishedType, kind: string): string => `${group.split('.').reverse().join('.')}.${version}.${kind}`

export const definitionName = (type: PublishedType): string => type.schema?.schema.$ref ?? customName(type, type.kind)
export const listDefinitionName = (type: PublishedType): string =>
  type.custom ? customName(type, type.listKind) : definitionName(type).replace(/[^.]+$/, type.listKind)

const apiVersionText =
  'APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources'
const kindText =
  'Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds'
const conventions = 'https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md'

const header = (metadata: Schema): Readonly<Record<string, Schema>> => ({
  apiVersion: { description: apiVersionText, type: 'string' },
  kind: { description: kindText, type: 'string' },
  metadata,
})

/** The definitions of a custom type: the object with the header every object has, and the list. */
export function customDefinitions(type: PublishedType): SchemaSet {
  const { group, version } = type
  const { properties = {}, ...own } = type.schema?.schema ?? {}
  const rest = Object.entries(properties).filter(([name]) => !['apiVersion', 'kind', 'metadata'].includes(name))
  const [name, listName] = [definitionName(type), listDefinitionName(type)]
  return {
    [name]: {
      ...own,
      type: 'object',
      properties: {
        ...header({ description: `Standard object's metadata. More info: ${conventions}#metadata`, $ref: metaDefinition('ObjectMeta') }),
        ...Object.fromEntries(rest),
      },
      'x-kubernetes-group-version-kind': [{ group, version, kind: type.kind }],
    },
    [listName]: {
      description: `${type.listKind} is a list of ${type.kind}`,
      type: 'object',
      required: ['items'],
      properties: {
        ...header({ description: `Standard list metadata. More info: ${conventions}#types-kinds`, $ref: metaDefinition('ListMeta') }),
        items: { description: `List of ${type.resource}. More info: ${conventions}`, type: 'array', items: { $ref: name } },
      },
      'x-kubernetes-group-version-kind': [{ group, version, kind: type.listKind }],
    },
  }
}

/** Types that are written as one of several, and are held as strings here. */
const unionTypes: Readonly<Record<string, readonly string[]>> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': ['string', 'number'],
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': ['integer', 'string'],
}

/** A definition as a document of version 3 has it: references start with `base`, and one beside other keywords stands in `allOf`. */
export function publishedDefinition(name: string, schema: Schema, base: string): Json {
  const types = unionTypes[name]
  if (types === undefined) return publishedSchema(schema as JsonObject, base)
  const { type: _type, ...rest } = schema
  return { ...(rest as JsonObject), oneOf: types.map((type) => ({ type })) }
}

/** What was not there when documents were first written in version 2: such schemas are left out of them. */
const newKeywords = new Set(['oneOf', 'anyOf', 'not', 'nullable'])

/** A definition as a document of version 2 has it: a reference stands beside other keywords. */
export function publishedOldDefinition(schema: Schema, base: string): Json {
  return oldSchema(schema as JsonObject, base)
}

function oldSchema(schema: JsonObject, base: string): JsonObject {
  const out: { [key: string]: Json } = {}
  for (const [key, value] of Object.entries(schema)) {
    if (key === '$ref') out[key] = `${base}${String(value)}`
    else if (key === 'allOf' && isJsonArray(value) && isJsonObject(value[0]) && value.length === 1)
      Object.assign(out, oldSchema(value[0], base))
    else if (!newKeywords.has(key))
      setOwn(
        out,
        key,
        inSchema(key, value, (inner) => oldSchema(inner, base)),
      )
  }
  return out
}

function publishedSchema(schema: JsonObject, base: string): JsonObject {
  const out: { [key: string]: Json } = {}
  for (const [key, value] of Object.entries(schema)) {
    if (key !== '$ref')
      setOwn(
        out,
        key,
        inSchema(key, value, (inner) => publishedSchema(inner, base)),
      )
  }
  const { $ref } = schema
  const keys = Object.keys(out)
  if (typeof $ref === 'string') {
    const ref = { $ref: `${base}${$ref}` }
    return keys.length === 0 ? ref : { ...out, allOf: [ref] }
  }
  const { allOf } = out
  return keys.length === 1 && isJsonArray(allOf) && allOf.length === 1 && isJsonObject(allOf[0]) ? allOf[0] : out
}

const schemaMaps = new Set(['properties', 'patternProperties', 'definitions'])
const schemaKeywords = new Set(['items', 'additionalProperties', 'not', 'allOf', 'anyOf', 'oneOf'])

/** The value of a keyword, with `change` done to the schemas in it; values such as defaults may look like schemas and are none. */
function inSchema(key: string, value: Json, change: (schema: JsonObject) => JsonObject): Json {
  if (schemaMaps.has(key) && isJsonObject(value)) {
    const out: { [name: string]: Json } = {}
    for (const [name, inner] of Object.entries(value)) setOwn(out, name, isJsonObject(inner) ? change(inner) : inner)
    return out
  }
  if (!schemaKeywords.has(key)) return value
  if (isJsonArray(value)) return value.map((inner) => (isJsonObject(inner) ? change(inner) : inner))
  return isJsonObject(value) ? change(value) : value
}

/** The names of all definitions that some need, themselves included, sorted. */
export function neededDefinitions(names: Iterable<string>, definitions: SchemaSet): readonly string[] {
  const found = new Set<string>()
  const queue = [...names]
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (found.has(name) || !Object.hasOwn(definitions, name)) continue
    found.add(name)
    queue.push(...referencesIn(definitions[name] as JsonObject))
  }
  return [...found].sort()
}

function referencesIn(schema: JsonObject): readonly string[] {
  const found = typeof schema['$ref'] === 'string' ? [schema['$ref']] : []
  for (const [key, value] of Object.entries(schema)) {
    inSchema(key, value, (inner) => {
      found.push(...referencesIn(inner))
      return inner
    })
  }
  return found
}
