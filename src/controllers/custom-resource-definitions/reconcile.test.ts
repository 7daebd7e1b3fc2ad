import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { err, ok } from '../../core/result.ts'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf } from '../../kube/object.ts'
import type { Status } from '../../kube/status.ts'
import type { PolicyKind } from '../../policy/dialect.ts'
import type { Api } from '../api.ts'
import { definitionOf, reconcileDefinitions } from './reconcile.ts'

const definition = (name: string, spec: JsonObject): KubeObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name },
  spec,
})
const failure = (code: number): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  code,
  message: `is ${code}`,
})

/** An API server with some definitions, and what was asked of it. */
function apiWith(stored: readonly KubeObject[], refuses?: number): { readonly api: Api; readonly calls: string[] } {
  const calls: string[] = []
  const api: Api = {
    call: ({ method, path, body }) => {
      const found = stored.find((one) => path.endsWith(`/${nameOf(one)}`))
      const version = isJsonObject(body) && isJsonObject(body['metadata']) ? (body['metadata']['resourceVersion'] ?? '') : ''
      calls.push(`${method} ${path.split('/').at(-1) ?? ''} ${String(version)}`.trim())
      if (refuses !== undefined) return Promise.resolve(err(failure(refuses)))
      if (method === 'GET') return Promise.resolve(found === undefined ? err(failure(404)) : ok(found))
      return Promise.resolve(ok({}))
    },
  }
  return { api, calls }
}

test('definitions are made, changed, and left alone where they are as wanted', async () => {
  const there = definition('a', { group: 'g', more: 'filled in' })
  const changed: KubeObject = { ...definition('b', { group: 'old' }), metadata: { name: 'b', resourceVersion: '7' } }
  const { api, calls } = apiWith([there, changed])
  const wanted = [definition('a', { group: 'g' }), definition('b', { group: 'g' }), definition('c', { group: 'g' })]
  expect(await reconcileDefinitions(api, wanted)).toEqual([])
  expect(calls).toEqual(['GET a', 'GET b', 'PUT b 7', 'GET c', 'POST customresourcedefinitions'])
})

test('a definition that a watch has seen as wanted is not asked for', async () => {
  const seen = [definition('a', { group: 'g', more: 'filled in' }), definition('b', { group: 'old' })]
  const { api, calls } = apiWith([...seen, definition('c', { group: 'g' })])
  const wanted = ['a', 'b', 'c'].map((name) => definition(name, { group: 'g' }))
  expect(await reconcileDefinitions(api, wanted, (name) => seen.find((one) => nameOf(one) === name))).toEqual([])
  expect(calls).toEqual(['GET b', 'PUT b', 'GET c'])
})

test('what the API server refuses is told', async () => {
  expect(await reconcileDefinitions(apiWith([], 403).api, [definition('a', {})])).toMatchObject([{ code: 403 }])
})

test('a kind may bring the schema of its versions', () => {
  const kind: PolicyKind = {
    apiVersions: ['g/v2', 'g/v1', 'h/v1'],
    kind: 'K',
    plural: 'ks',
    shortNames: [],
    namespaced: false,
    role: 'policy',
    check: () => [],
    schema: (apiVersion) => ({ type: 'object', description: apiVersion }),
  }
  expect(definitionOf(kind, 'g')['spec']).toMatchObject({
    versions: [
      { name: 'v2', storage: true, schema: { openAPIV3Schema: { description: 'g/v2' } } },
      { name: 'v1', storage: false, schema: { openAPIV3Schema: { description: 'g/v1' } } },
    ],
  })
})
