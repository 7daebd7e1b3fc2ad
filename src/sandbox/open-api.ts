import { createHash } from 'node:crypto'
import type { Json, JsonObject } from '../core/json.ts'
import { isJsonArray, isJsonObject } from '../core/json.ts'
import type { Schema } from '../kube/schema.ts'
import { noSuchPath, notFound } from '../kube/status.ts'
import type { OpenApiDocuments } from './api-server.ts'
import type { ApiResponse } from './http/exchange.ts'
import { jsonResponse, statusResponse } from './http/exchange.ts'
import type { Catalogue, ServedType } from './served-type.ts'
import type { KubernetesRelease } from './types/built-in.ts'

const prefix = '/openapi/v3'
const refPrefix = '#/components/schemas/'

/** `api/v1`, `apis/apps/v1`: how the index of the documents names a group version. */
const pathKey = ({ group, version }: Pick<ServedType, 'group' | 'version'>): string =>
  group === '' ? `api/${version}` : `apis/${group}/${version}`

/** `/openapi/v3` for every group version served, and one old-style document of everything. Documents are made when they are asked for. */
export function openApiDocuments(release: KubernetesRelease, catalogue: () => Catalogue): OpenApiDocuments {
  const documents = new Map<string, string>()
  let madeFor: Catalogue | undefined
  const current = (): Catalogue => {
    const now = catalogue()
    if (now !== madeFor) {
      documents.clear()
      madeFor = now
    }
    return now
  }
  const documentOf = (key: string): string | undefined => {
    const types = current()
      .all()
      .filter((type) => pathKey(type) === key)
    if (types.length === 0) return undefined
    const known = documents.get(key)
    if (known !== undefined) return known
    const made = JSON.stringify(v3Document(types, release))
    documents.set(key, made)
    return made
  }
  const index = (): Json => ({
    paths: Object.fromEntries(
      [...new Set(current().all().map(pathKey))].map((key) => {
        const hash = createHash('sha512')
          .update(documentOf(key) ?? '')
          .digest('hex')
          .toUpperCase()
        return [key, { serverRelativeURL: `${prefix}/${key}?hash=${hash}` }]
      }),
    ),
  })
  return {
    respond: (request): ApiResponse => {
      const path = request.path.replace(/\/$/, '')
      if (path === prefix) return jsonResponse(200, index())
      if (path === '/openapi/v2') return jsonResponse(200, v2Document(current(), release))
      if (!path.startsWith(`${prefix}/`)) return statusResponse(noSuchPath())
      const body = documentOf(path.slice(prefix.length + 1))
      return body === undefined
        ? statusResponse(notFound({ group: '', resource: 'openapi' }, path))
        : { status: 200, headers: { 'content-type': 'application/json' }, body }
    },
  }
}

/** A definition with references as the document has them. A reference beside other keywords stands in `allOf`. */
function published(schema: Schema, base: string): Json {
  const out: { [key: string]: Json } = {}
  for (const [key, value] of Object.entries(schema) as [string, Json][]) out[key] = publishedValue(value, base)
  const ref = out['$ref']
  if (ref === undefined || Object.keys(out).length === 1) return out
  const { $ref, ...rest } = out
  return { ...rest, allOf: [{ $ref: $ref ?? '' }] }
}

function publishedValue(value: Json, base: string): Json {
  if (isJsonArray(value)) return value.map((item) => publishedValue(item, base))
  if (!isJsonObject(value)) return value
  if (typeof value['$ref'] === 'string') {
    const { $ref, ...rest } = value
    const ref = { $ref: `${base}${$ref}` }
    return Object.keys(rest).length === 0 ? ref : { ...(publishedValue(rest, base) as JsonObject), allOf: [ref] }
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, publishedValue(item, base)]))
}

/** Names of all definitions that some need, themselves included. */
function closure(names: readonly string[], { definitions }: KubernetesRelease): ReadonlySet<string> {
  const found = new Set<string>()
  const queue = [...names]
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (found.has(name) || !Object.hasOwn(definitions, name)) continue
    found.add(name)
    queue.push(...refsIn(definitions[name] as Json))
  }
  return found
}

function refsIn(value: Json): readonly string[] {
  if (isJsonArray(value)) return value.flatMap(refsIn)
  if (!isJsonObject(value)) return []
  return Object.entries(value).flatMap(([key, item]) => (key === '$ref' && typeof item === 'string' ? [item] : refsIn(item)))
}

const objectMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'
const deleteOptions = 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions'

/** `com.example.v1.Widget`: how a definition of a custom resource is called. */
const customName = ({ group, version, kind }: ServedType): string => `${group.split('.').reverse().join('.')}.${version}.${kind}`

const definitionOf = (type: ServedType): string => type.schema?.schema.$ref ?? customName(type)

const gvkOf = ({ group, version, kind }: ServedType): JsonObject => ({ group, version, kind })

/** The published form of a custom type: with the header every object has. */
function customDefinition(type: ServedType): Schema {
  const schema = type.schema?.schema ?? {}
  return {
    ...schema,
    type: 'object',
    properties: {
      apiVersion: { type: 'string', description: 'The version of this form of the object.' },
      kind: { type: 'string', description: 'The kind of the object.' },
      metadata: { description: 'Standard metadata of the object.', $ref: objectMeta },
      ...Object.fromEntries(Object.entries(schema.properties ?? {}).filter(([name]) => !['apiVersion', 'kind', 'metadata'].includes(name))),
    },
    'x-kubernetes-group-version-kind': [{ group: type.group, version: type.version, kind: type.kind }],
  }
}

const parameter = (name: string, type = 'string'): JsonObject => ({ name, in: 'query', schema: { type, uniqueItems: true } })
const writeParameters = ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => parameter(name))

const actions: Readonly<Record<string, readonly [method: string, action: string]>> = {
  create: ['post', 'post'],
  list: ['get', 'list'],
  deletecollection: ['delete', 'deletecollection'],
  get: ['get', 'get'],
  update: ['put', 'put'],
  patch: ['patch', 'patch'],
  delete: ['delete', 'delete'],
}

function operation(type: ServedType, verb: string): JsonObject {
  const [, action = ''] = actions[verb] ?? []
  const writes = verb === 'create' || verb === 'update' || verb === 'patch'
  const content = { 'application/json': { schema: { $ref: `${refPrefix}${definitionOf(type)}` } } }
  return {
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvkOf(type),
    operationId: `${verb}${type.group}${type.version}${type.kind}`,
    ...(writes
      ? { parameters: verb === 'patch' ? [...writeParameters, parameter('force', 'boolean')] : writeParameters, requestBody: { content } }
      : {}),
    responses: { '200': { description: 'OK', content } },
  }
}

function pathsOf(type: ServedType): readonly (readonly [string, JsonObject])[] {
  const root = type.group === '' ? `/api/${type.version}` : `/apis/${type.group}/${type.version}`
  const collection = type.namespaced ? `${root}/namespaces/{namespace}/${type.resource}` : `${root}/${type.resource}`
  const operations = (verbs: readonly string[]): JsonObject =>
    Object.fromEntries(verbs.filter((verb) => type.verbs.includes(verb)).map((verb) => [actions[verb]?.[0] ?? verb, operation(type, verb)]))
  return [
    [collection, operations(['create', 'list', 'deletecollection'])],
    [`${collection}/{name}`, operations(['get', 'update', 'patch', 'delete'])],
  ]
}

function v3Document(types: readonly ServedType[], release: KubernetesRelease): Json {
  const custom = types.filter((type) => type.custom)
  const needed = closure([objectMeta, deleteOptions, ...types.filter((type) => !type.custom).map(definitionOf)], release)
  const schemas = {
    ...Object.fromEntries([...needed].sort().map((name) => [name, published(release.definitions[name] ?? {}, refPrefix)])),
    ...Object.fromEntries(custom.map((type) => [customName(type), published(customDefinition(type), refPrefix)])),
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: `v${release.version}` },
    paths: Object.fromEntries(types.flatMap(pathsOf)),
    components: { schemas },
  }
}

function v2Document(catalogue: Catalogue, release: KubernetesRelease): Json {
  const base = '#/definitions/'
  const custom = catalogue.all().filter((type) => type.custom)
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: `v${release.version}` },
    paths: Object.fromEntries(catalogue.all().flatMap(pathsOf)),
    definitions: {
      ...Object.fromEntries(Object.entries(release.definitions).map(([name, schema]) => [name, published(schema, base)])),
      ...Object.fromEntries(custom.map((type) => [customName(type), published(customDefinition(type), base)])),
    },
  }
}
