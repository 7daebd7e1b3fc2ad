import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject } from '../../core/json.ts'
import type { SchemaSet } from '../schema.ts'
import type { DefinitionOfKind } from './paths.ts'
import { discoveryPath, pathsOfType } from './paths.ts'
import type { OpenApiRelease, PublishedType } from './published.ts'
import { customDefinitions, metaDefinition, neededDefinitions, publishedDefinition, publishedOldDefinition } from './published.ts'

export type { OpenApiRelease, PublishedSubresource, PublishedType } from './published.ts'

/** `api/v1`, `apis/apps/v1`: how the index names the document of a group version. */
export const openApiKey = ({ group, version }: { readonly group: string; readonly version: string }): string =>
  group === '' ? `api/${version}` : `apis/${group}/${version}`

/** The index of `/openapi/v3`. A hash tells clients whether the document they have is still the one. */
export function openApiV3Index(documents: Iterable<readonly [key: string, hash: string]>): Json {
  const paths = [...documents].sort(([a], [b]) => (a < b ? -1 : 1))
  return { paths: Object.fromEntries(paths.map(([key, hash]) => [key, { serverRelativeURL: `/openapi/v3/${key}?hash=${hash}` }])) }
}

const schemaBase = '#/components/schemas/'
const oldBase = '#/definitions/'

/** The document of one group version: `types` are all of its types. */
export function openApiV3Document(types: readonly PublishedType[], release: OpenApiRelease): Json {
  const definitions = withCustom(types, release)
  const paths = sortedPaths(types, definitions)
  const custom = types.some((type) => type.custom)
  const schemas = neededDefinitions(referencesIn(paths), definitions).map((name) => [
    name,
    publishedDefinition(name, definitions[name] ?? {}, schemaBase),
  ])
  return {
    openapi: '3.0.0',
    info: custom ? { title: 'Kubernetes CRD Swagger', version: 'v0.1.0' } : { title: 'Kubernetes', version: release.version },
    paths,
    components: {
      schemas: Object.fromEntries(schemas),
      ...(custom
        ? {}
        : {
            securitySchemes: {
              BearerToken: { type: 'apiKey', description: 'Bearer Token authentication', name: 'authorization', in: 'header' },
            },
          }),
    },
  }
}

/** The one document of everything, in version 2. */
export function openApiV2Document(types: readonly PublishedType[], release: OpenApiRelease): Json {
  const definitions = withCustom(types, release)
  const paths = sortedPaths(types, definitions)
  const names = Object.keys(definitions).sort()
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: release.version },
    paths: Object.fromEntries(Object.entries(paths).map(([path, item]) => [path, oldPath(item)])),
    definitions: Object.fromEntries(names.map((name) => [name, publishedOldDefinition(definitions[name] ?? {}, oldBase)])),
    securityDefinitions: {
      BearerToken: { description: 'Bearer Token authentication', type: 'apiKey', name: 'authorization', in: 'header' },
    },
    security: [{ BearerToken: [] }],
  }
}

function withCustom(types: readonly PublishedType[], { definitions }: OpenApiRelease): SchemaSet {
  const custom = types.filter((type) => type.custom)
  return custom.length === 0 ? definitions : Object.assign({}, definitions, ...custom.map(customDefinitions))
}

function sortedPaths(types: readonly PublishedType[], definitions: SchemaSet): JsonObject {
  const definitionOf = kindIndex(definitions)
  const groupVersions = new Map(types.map((type) => [openApiKey(type), type]))
  const found = [...groupVersions.values()].filter((type) => !type.custom).map(discoveryPath)
  for (const type of types) found.push(...pathsOfType(type, definitionOf))
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function kindIndex(definitions: SchemaSet): DefinitionOfKind {
  const index = new Map<string, string>()
  for (const [name, schema] of Object.entries(definitions)) {
    for (const { group, version, kind } of schema['x-kubernetes-group-version-kind'] ?? []) index.set(`${group}/${version}/${kind}`, name)
  }
  return ({ group, version, kind }) => index.get(`${group}/${version}/${kind}`)
}

/** The definitions that operations name, and those every document has. */
function referencesIn(value: Json): ReadonlySet<string> {
  const found = new Set([metaDefinition('ObjectMeta')])
  const queue: Json[] = [value]
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (isJsonArray(next)) queue.push(...next)
    else if (isJsonObject(next)) {
      for (const [key, item] of Object.entries(next)) {
        if (key === '$ref' && typeof item === 'string') found.add(item.slice(schemaBase.length))
        else queue.push(item)
      }
    }
  }
  return found
}

const methods = new Set(['get', 'put', 'post', 'delete', 'patch'])

function oldPath(item: Json): Json {
  if (!isJsonObject(item)) return item
  return Object.fromEntries(
    Object.entries(item).map(([key, value]) => {
      if (key === 'parameters' && isJsonArray(value)) return [key, value.map(oldParameter)]
      return [key, methods.has(key) && isJsonObject(value) ? oldOperation(value) : value]
    }),
  )
}

function oldParameter(parameter: Json): Json {
  if (!isJsonObject(parameter)) return parameter
  const { schema, ...rest } = parameter
  return isJsonObject(schema ?? null) ? { ...rest, ...(schema as JsonObject) } : rest
}

function oldOperation({ parameters, requestBody, responses, ...rest }: JsonObject): Json {
  const [consumes, body] = contentOf(requestBody)
  const old = isJsonArray(parameters) ? parameters.map(oldParameter) : []
  const answers = isJsonObject(responses ?? null) ? Object.entries(responses as JsonObject) : []
  const [produces] = contentOf(answers[0]?.[1])
  return {
    ...rest,
    consumes: consumes.length === 0 ? ['*/*'] : consumes,
    produces,
    schemes: ['https'],
    ...(body === undefined && old.length === 0
      ? {}
      : { parameters: [...(body === undefined ? [] : [{ name: 'body', in: 'body', required: true, schema: body }]), ...old] }),
    responses: Object.fromEntries(
      answers.map(([code, answer]) => {
        const [, schema] = contentOf(answer)
        const description = isJsonObject(answer) ? (answer['description'] ?? '') : ''
        return [code, schema === undefined ? { description } : { description, schema }]
      }),
    ),
  }
}

/** The media types of a body, and its schema with references of version 2. */
function contentOf(holder: Json | undefined): readonly [media: readonly string[], schema: Json | undefined] {
  const content = isJsonObject(holder ?? null) ? (holder as JsonObject)['content'] : undefined
  if (content === undefined || !isJsonObject(content)) return [[], undefined]
  const [first] = Object.values(content)
  const schema = first !== undefined && isJsonObject(first) ? first['schema'] : undefined
  if (schema === undefined || !isJsonObject(schema)) return [Object.keys(content), undefined]
  const { $ref } = schema
  return [Object.keys(content), typeof $ref === 'string' ? { $ref: `${oldBase}${$ref.slice(schemaBase.length)}` } : schema]
}
