import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, valueAt } from '../../core/json.ts'
import type { OpenApiRelease, PublishedType } from './openapi.ts'
import { openApiKey, openApiV2Document, openApiV3Document, openApiV3Index } from './openapi.ts'

const file = join(import.meta.dirname, '../../../dist/kubernetes.json')
if (!existsSync(file)) throw new Error('dist/kubernetes.json is missing: run `npm run build` first')

interface Resource extends Omit<PublishedType, 'listKind' | 'custom' | 'schema'> {
  readonly definition: string
}
const release = JSON.parse(readFileSync(file, 'utf8')) as OpenApiRelease & { readonly resources: readonly Resource[] }
const { definitions } = release
const types = release.resources.map((resource): PublishedType => ({
  ...resource,
  listKind: `${resource.kind}List`,
  custom: false,
  schema: { schema: { $ref: resource.definition }, definitions },
}))
const widget: PublishedType = {
  group: 'example.com',
  version: 'v1',
  resource: 'widgets',
  kind: 'Widget',
  listKind: 'WidgetList',
  namespaced: true,
  verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: [{ name: 'scale', kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: ['get', 'patch', 'update'] }],
  custom: true,
  schema: {
    schema: {
      type: 'object',
      properties: {
        spec: {
          type: 'object',
          required: ['size'],
          properties: { size: { type: 'integer' }, colour: { type: 'string', enum: ['red'], default: { $ref: 'just data' } } },
        },
      },
    },
    definitions: {},
  },
}

const documentOf = (key: string): Json =>
  openApiV3Document(
    types.filter((type) => openApiKey(type) === key),
    release,
  )
const schemaIn = (document: Json, name: string): Json | undefined => valueAt(document, ['components', 'schemas', name])

function referencesIn(value: Json): readonly string[] {
  if (isJsonArray(value)) return value.flatMap(referencesIn)
  if (!isJsonObject(value)) return []
  return Object.entries(value).flatMap(([key, item]) => (key === '$ref' && typeof item === 'string' ? [item] : referencesIn(item)))
}

const keys = [...new Set(types.map(openApiKey))]

test.each(keys)('every reference in %s leads somewhere', (key) => {
  const document = documentOf(key)
  const missing = referencesIn(document).filter((ref) => schemaIn(document, ref.slice('#/components/schemas/'.length)) === undefined)
  expect(missing).toEqual([])
})

test('the index names each document with its hash', () => {
  expect(
    openApiV3Index([
      ['apis/apps/v1', 'B'],
      ['api/v1', 'A'],
    ] as const),
  ).toEqual({
    paths: {
      'api/v1': { serverRelativeURL: '/openapi/v3/api/v1?hash=A' },
      'apis/apps/v1': { serverRelativeURL: '/openapi/v3/apis/apps/v1?hash=B' },
    },
  })
})

test('kubectl finds the parameters of a patch by the kind of its operation', () => {
  const patch = valueAt(documentOf('apis/apps/v1'), ['paths', '/apis/apps/v1/namespaces/{namespace}/deployments/{name}', 'patch'])
  const names = (valueAt(patch, ['parameters']) as readonly JsonObject[]).map(({ name }) => name)
  expect(names).toEqual(['dryRun', 'fieldManager', 'fieldValidation', 'force'])
  expect(valueAt(patch, ['x-kubernetes-group-version-kind'])).toEqual({ group: 'apps', version: 'v1', kind: 'Deployment' })
  expect(valueAt(patch, ['operationId'])).toBe('patchAppsV1NamespacedDeployment')
})

test.each([
  ['api/v1', '/api/v1/namespaces/{namespace}/pods', ['get', 'post', 'delete', 'parameters']],
  ['api/v1', '/api/v1/pods', ['get', 'parameters']],
  ['api/v1', '/api/v1/namespaces/{namespace}/pods/{name}', ['get', 'put', 'delete', 'patch', 'parameters']],
  ['api/v1', '/api/v1/namespaces/{namespace}/pods/{name}/eviction', ['post', 'parameters']],
  ['api/v1', '/api/v1/nodes/{name}/status', ['get', 'put', 'patch', 'parameters']],
  ['apis/apps/v1', '/apis/apps/v1/', ['get']],
  ['apis/authorization.k8s.io/v1', '/apis/authorization.k8s.io/v1/subjectaccessreviews', ['post', 'parameters']],
])('%s has %s with %j', (key, path, entries) => {
  expect(Object.keys(valueAt(documentOf(key), ['paths', path]) ?? {})).toEqual(entries)
})

test.each([
  ['api/v1', '/api/v1/namespaces/{namespace}/pods/{name}/eviction', 'post', { group: 'policy', version: 'v1', kind: 'Eviction' }],
  [
    'apis/apps/v1',
    '/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale',
    'put',
    { group: 'autoscaling', version: 'v1', kind: 'Scale' },
  ],
])('%s %s takes another kind', (key, path, method, gvk) => {
  const operation = valueAt(documentOf(key), ['paths', path, method])
  expect(valueAt(operation, ['x-kubernetes-group-version-kind'])).toEqual(gvk)
  expect(referencesIn(valueAt(operation, ['requestBody']) ?? null)[0]).toMatch(new RegExp(`\\.${gvk.kind}$`))
})

test('a reference beside other keywords stands in allOf', () => {
  const spec = valueAt(schemaIn(documentOf('api/v1'), 'io.k8s.api.core.v1.Pod'), ['properties', 'spec'])
  expect(spec).toMatchObject({ default: {}, allOf: [{ $ref: '#/components/schemas/io.k8s.api.core.v1.PodSpec' }] })
})

test.each<[string, string, JsonObject]>([
  ['io.k8s.api.core.v1.PodSpec', 'containers', { 'x-kubernetes-list-type': 'map', 'x-kubernetes-patch-merge-key': 'name' }],
  ['io.k8s.api.core.v1.ContainerPort', 'protocol', { default: 'TCP', enum: ['SCTP', 'TCP', 'UDP'] }],
  ['io.k8s.api.core.v1.Container', 'name', { default: '', type: 'string' }],
  ['io.k8s.api.core.v1.Secret', 'data', { additionalProperties: { type: 'string', format: 'byte' } }],
])('%s.%s is published as the API server does', (definition, field, parts) => {
  expect(valueAt(schemaIn(documentOf('api/v1'), definition), ['properties', field])).toMatchObject(parts)
})

test('types that are written in several ways are a choice', () => {
  const document = documentOf('apis/apps/v1')
  const intOrString = schemaIn(document, 'io.k8s.apimachinery.pkg.util.intstr.IntOrString')
  expect(intOrString).toMatchObject({ format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] })
  expect(intOrString).not.toHaveProperty('type')
})

test('a custom type has the header of every object, its own schema and a list', () => {
  const document = openApiV3Document([widget], release)
  const schema = schemaIn(document, 'com.example.v1.Widget')
  expect(schema).toMatchObject({ 'x-kubernetes-group-version-kind': [{ group: 'example.com', version: 'v1', kind: 'Widget' }] })
  expect(Object.keys(valueAt(schema, ['properties']) ?? {})).toEqual(['apiVersion', 'kind', 'metadata', 'spec'])
  // A default is a value, whatever it looks like.
  expect(valueAt(schema, ['properties', 'spec', 'properties', 'colour', 'default'])).toEqual({ $ref: 'just data' })
  expect(valueAt(schemaIn(document, 'com.example.v1.WidgetList'), ['properties', 'items', 'items'])).toEqual({
    $ref: '#/components/schemas/com.example.v1.Widget',
  })
  const missing = referencesIn(valueAt(document, ['paths']) ?? null).filter((ref) => schemaIn(document, ref.slice(21)) === undefined)
  expect(missing).toEqual([])
})

test('a custom type is not patched strategically', () => {
  const patch = valueAt(openApiV3Document([widget], release), [
    'paths',
    '/apis/example.com/v1/namespaces/{namespace}/widgets/{name}',
    'patch',
    'requestBody',
    'content',
  ])
  expect(Object.keys(patch ?? {})).toEqual(['application/apply-patch+yaml', 'application/json-patch+json', 'application/merge-patch+json'])
})

test('the old document has references beside other keywords, and nothing newer than it', () => {
  const document = openApiV2Document([...types, widget], release)
  expect(valueAt(document, ['definitions', 'io.k8s.api.core.v1.Pod', 'properties', 'spec', '$ref'])).toBe(
    '#/definitions/io.k8s.api.core.v1.PodSpec',
  )
  const patch = valueAt(document, ['paths', '/api/v1/namespaces/{namespace}/pods/{name}', 'patch'])
  expect((valueAt(patch, ['parameters']) as readonly JsonObject[]).map(({ name }) => name)).toEqual([
    'body',
    'dryRun',
    'fieldManager',
    'fieldValidation',
    'force',
  ])
  const text = JSON.stringify(document)
  expect(['#/components/', '"allOf":[', '"oneOf":['].filter((newer) => text.includes(newer))).toEqual([])
})
