import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import type { Api } from './server.ts'
import { at, configMap, listAt, namesOf, startApi, until } from './server.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.stop())

const get = (path: string) => api.ask({ path })
const post = (path: string, body: JsonObject) => api.ask({ method: 'POST', path, body })

describe('what every cluster has', () => {
  test('an APIService for every group version, and for those of definitions as long as they are there', async () => {
    const path = '/apis/apiregistration.k8s.io/v1/apiservices'
    const names = namesOf((await get(path)).json)
    expect(names).toEqual(expect.arrayContaining(['v1.', 'v1.apps', 'v2.autoscaling', 'v1.flowcontrol.apiserver.k8s.io']))
    const core = await get(`${path}/v1.`)
    expect(at(core.json, 'spec')).toEqual({ version: 'v1', groupPriorityMinimum: 18_000, versionPriority: 1 })
    expect(listAt(core.json, 'status', 'conditions')[0]).toMatchObject({ type: 'Available', status: 'True', reason: 'Local' })
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'things.cluster.example.com' },
      spec: {
        group: 'cluster.example.com',
        scope: 'Namespaced',
        names: { plural: 'things', kind: 'Thing' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
      },
    }
    expect((await post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition)).status).toBe(201)
    await until('the APIService', async () => (await get(`${path}/v1.cluster.example.com`)).status === 200)
    await api.ask({ method: 'DELETE', path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.cluster.example.com' })
    await until('its end', async () => (await get(`${path}/v1.cluster.example.com`)).status === 404)
  })

  test('flow schemas with the priority levels they name', async () => {
    const root = '/apis/flowcontrol.apiserver.k8s.io/v1'
    const levels = namesOf((await get(`${root}/prioritylevelconfigurations`)).json)
    const schemas = listAt((await get(`${root}/flowschemas`)).json, 'items')
    expect(schemas).toHaveLength(11)
    for (const schema of schemas) expect(levels).toContain(at(schema, 'spec', 'priorityLevelConfiguration', 'name'))
    await until('a word about every one', async () =>
      listAt((await get(`${root}/flowschemas`)).json, 'items').every(
        (schema) => listAt(schema, 'status', 'conditions')[0]?.['reason'] === 'Found',
      ),
    )
  })

  test('the maps of kube-system', async () => {
    const names = namesOf((await get('/api/v1/namespaces/kube-system/configmaps')).json)
    expect(names).toEqual(
      expect.arrayContaining(['extension-apiserver-authentication', 'kube-apiserver-legacy-service-account-token-tracking']),
    )
    const authentication = await get('/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication')
    expect(at(authentication.json, 'data', 'client-ca-file')).toBe(api.authority)
  })

  test('roles for every controller, bound to its account', async () => {
    const root = '/apis/rbac.authorization.k8s.io/v1'
    const roles = listAt((await get(`${root}/clusterroles`)).json, 'items')
    expect(roles).toHaveLength(69)
    for (const role of roles) expect(listAt(role, 'rules').length).toBeGreaterThan(0)
    const bindings = listAt((await get(`${root}/clusterrolebindings`)).json, 'items')
    const names = new Set(roles.map((role) => at(role, 'metadata', 'name')))
    for (const binding of bindings) expect(names).toContain(at(binding, 'roleRef', 'name'))
    const job = await get(`${root}/clusterrolebindings/system:controller:job-controller`)
    expect(listAt(job.json, 'subjects')).toEqual([{ kind: 'ServiceAccount', name: 'job-controller', namespace: 'kube-system' }])
    const reader = await get(`${root}/namespaces/kube-system/roles/extension-apiserver-authentication-reader`)
    expect(listAt(reader.json, 'rules')).toEqual([
      {
        apiGroups: [''],
        resourceNames: ['extension-apiserver-authentication'],
        resources: ['configmaps'],
        verbs: ['get', 'list', 'watch'],
      },
    ])
  })

  test('endpoints of the server itself', async () => {
    const port = Number(new URL(api.server).port)
    const endpoints = await get('/api/v1/namespaces/default/endpoints/kubernetes')
    expect(listAt(endpoints.json, 'subsets')).toEqual([
      { addresses: [{ ip: '127.0.0.1' }], ports: [{ name: 'https', port, protocol: 'TCP' }] },
    ])
    const slice = await get('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes')
    expect(listAt(slice.json, 'endpoints')).toEqual([{ addresses: ['127.0.0.1'], conditions: { ready: true } }])
  })

  test('component statuses, which are advised against', async () => {
    const all = await get('/api/v1/componentstatuses')
    expect(namesOf(all.json)).toEqual(['scheduler', 'controller-manager', 'etcd-0'])
    expect(all.warnings).toEqual(['299 - "v1 ComponentStatus is deprecated in v1.19+"'])
    const one = await get('/api/v1/componentstatuses/etcd-0')
    expect(listAt(one.json, 'conditions')).toEqual([{ type: 'Healthy', status: 'True', message: 'ok' }])
    const none = await get('/api/v1/componentstatuses/nope')
    expect([none.status, none.json['message']]).toEqual([404, 'componentstatus "nope" not found'])
  })
})

describe('paths of the server itself', () => {
  test('the root lists them', async () => {
    const paths = at((await get('/')).json, 'paths')
    expect(paths).toEqual(expect.arrayContaining(['/api/v1', '/apis/apps/v1', '/livez/ping', '/openapi/v3/', '/version']))
  })

  test('health says what it has looked at', async () => {
    expect((await get('/livez?verbose')).text).toMatch(/^\[\+\]ping ok\n[^]*livez check passed\n$/)
    expect((await get('/readyz/etcd')).text).toBe('ok')
    expect((await get('/livez/nope')).status).toBe(404)
  })

  test('the old OpenAPI document comes as protobuf to those who ask for it', async () => {
    const accept = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'
    const { status, headers, text } = await api.ask({ path: '/openapi/v2', headers: { accept } })
    expect([status, headers['content-type']]).toEqual([200, 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'])
    expect(text.slice(0, 5)).toBe('\n\x032.0')
    expect(text).toContain('io.k8s.api.core.v1.Pod')
  })
})

describe('namespaces', () => {
  test('one that is deleted is Terminating for a while, and nothing is made in it', async () => {
    await post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'going' } })
    await api.ask({ method: 'DELETE', path: '/api/v1/namespaces/going' })
    expect(at((await get('/api/v1/namespaces/going')).json, 'status', 'phase')).toBe('Terminating')
    const late = await post('/api/v1/namespaces/going/configmaps', configMap('late'))
    expect([late.status, late.json['message']]).toEqual([
      403,
      'configmaps "late" is forbidden: unable to create new content in namespace going because it is being terminated',
    ])
    await until('its end', async () => (await get('/api/v1/namespaces/going')).status === 404)
  })
})

test('endpoints are advised against, in every answer about them', async () => {
  const warning = '299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"'
  const path = '/api/v1/namespaces/default/endpoints'
  expect((await get(path)).warnings).toEqual([warning])
  expect((await get(`${path}/nothing`)).warnings).toEqual([warning])
  expect((await post(path, { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'own' } })).warnings).toEqual([warning])
  expect((await get('/api/v1/namespaces/default/services')).warnings).toEqual([])
})

test('a user with a certificate is told which one it was', async () => {
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }
  const { json } = await post('/apis/authentication.k8s.io/v1/selfsubjectreviews', review)
  const [credential] = [at(json, 'status', 'userInfo', 'extra', 'authentication.kubernetes.io/credential-id')].flat()
  expect(credential).toMatch(/^X509SHA256=[0-9a-f]{64}$/)
})
