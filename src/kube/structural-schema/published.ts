import type { GroupVersionKind } from '../object.ts'
import type { Schema } from '../schema.ts'
import { soundSchema } from './sound.ts'

const conventions = 'https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md'

const apiVersion: Schema = {
  description: `APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: ${conventions}#resources`,
  type: 'string',
}
const kind: Schema = {
  description: `Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: ${conventions}#types-kinds`,
  type: 'string',
}
const metadata: Schema = {
  description: `Standard object's metadata. More info: ${conventions}#metadata`,
  $ref: 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta',
}
const embeddedHeader: Readonly<Record<string, Schema>> = {
  apiVersion: {
    description: `apiVersion defines the versioned schema of this representation of an object. More info: ${conventions}#resources`,
    type: 'string',
  },
  kind: {
    description: `kind is a string value representing the type of this object. In CamelCase. More info: ${conventions}#types-kinds`,
    type: 'string',
  },
  metadata,
}

/** `/openapi/v2` cannot say as much as `/openapi/v3`. */
export type OpenApiVersion = 'v2' | 'v3'

/** The schema of a custom resource as `/openapi` shows it: with the header of every object. `$ref`s are bare names. */
export function publishedSchema(schema: Schema, { group, version, kind: name }: GroupVersionKind, openApi: OpenApiVersion = 'v3'): Schema {
  const whole = soundSchema(schema) ?? {}
  const ofKind = { 'x-kubernetes-group-version-kind': [{ group, version, kind: name }] } as const
  // An old client prunes what it does not know, so it is told nothing.
  if (openApi === 'v2' && isOpen(whole)) return { type: 'object', ...ofKind }
  const shown = openApi === 'v2' ? reduced(whole) : complete(whole)
  return { ...shown, type: 'object', properties: { ...shown.properties, apiVersion, kind, metadata }, ...ofKind }
}

/** The schema of a list of custom resources; `definition` is the name of the schema of its elements. */
export function publishedListSchema(
  { group, version, kind: name }: GroupVersionKind,
  { listKind, plural, definition }: { readonly listKind: string; readonly plural: string; readonly definition: string },
): Schema {
  return {
    description: `${listKind} is a list of ${name}`,
    type: 'object',
    required: ['items'],
    properties: {
      apiVersion,
      items: { description: `List of ${plural}. More info: ${conventions}`, type: 'array', items: { $ref: definition } },
      kind,
      metadata: {
        description: `Standard list metadata. More info: ${conventions}#types-kinds`,
        $ref: 'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
      },
    },
    'x-kubernetes-group-version-kind': [{ group, version, kind: listKind }],
  }
}

const isOpen = (schema: Schema): boolean => schema['x-kubernetes-preserve-unknown-fields'] === true

type Form = (schema: Schema) => Schema

/** The schema with a form given to all below it. */
function mapped(schema: Schema, form: Form): Schema {
  const { properties, additionalProperties, items } = schema
  return {
    ...schema,
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(properties).map(([key, inner]) => [key, form(inner)])) }),
    ...(typeof additionalProperties === 'object' ? { additionalProperties: form(additionalProperties) } : {}),
    ...(items === undefined ? {} : { items: form(items) }),
  }
}

function complete(schema: Schema): Schema {
  const inner = mapped(withEmbeddedHeader(schema), complete)
  const isEither = schema['x-kubernetes-int-or-string'] === true && schema.anyOf === undefined && schema.allOf === undefined
  return isEither ? { anyOf: [{ type: 'integer' }, { type: 'string' }], ...inner } : inner
}

function withEmbeddedHeader(schema: Schema): Schema {
  if (schema['x-kubernetes-embedded-resource'] !== true) return schema
  const needed = new Set([...(schema.required ?? []), 'kind', 'apiVersion'])
  return { ...schema, required: [...needed], properties: { ...schema.properties, ...embeddedHeader } }
}

/** Without what old clients do not understand, or would take too literally. */
function reduced(schema: Schema): Schema {
  const { default: _default, nullable, anyOf: _anyOf, oneOf: _oneOf, allOf: _allOf, not: _not, ...plain } = schema
  const described = schema.description === undefined ? {} : { description: schema.description }
  if (nullable === true) return { ...described, ...extensionsOf(schema) }
  if (isOpen(schema) && (schema.type === 'object' || schema.type === undefined)) return { ...described, ...extensionsOf(schema) }
  return mapped(withEmbeddedHeader(plain), reduced)
}

const extensionsOf = (schema: Schema): Schema =>
  Object.fromEntries(Object.entries(schema).filter(([key]) => key.startsWith('x-kubernetes-')))
