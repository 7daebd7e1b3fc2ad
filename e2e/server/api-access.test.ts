import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../src/core/json.ts'
import type { Api, Exchange } from './server.ts'
import { at, configMap, namesOf, startApi, until } from './server.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
  await post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } })
  await role('Role', 'reader', [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch'] }])
  await bind('RoleBinding', 'reader', { kind: 'Role', name: 'reader' }, [
    { kind: 'User', name: 'alice' },
    { kind: 'Group', name: 'readers' },
    { kind: 'ServiceAccount', name: 'robot', namespace: 'team' },
  ])
  await post('/api/v1/namespaces/team/serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' } })
})
afterAll(() => api.stop())

const post = (path: string, body: JsonObject) => api.ask({ method: 'POST', path, body })
const rbac = '/apis/rbac.authorization.k8s.io/v1'
const subjects = (list: readonly JsonObject[]): readonly JsonObject[] =>
  list.map((one) => ({ ...one, ...(one['kind'] === 'ServiceAccount' ? {} : { apiGroup: 'rbac.authorization.k8s.io' }) }))
const placeOf = (kind: string): string =>
  kind.startsWith('Cluster') ? `${rbac}/${kind.toLowerCase()}s` : `${rbac}/namespaces/team/${kind.toLowerCase()}s`
const role = (kind: 'Role' | 'ClusterRole', name: string, rules: readonly JsonObject[]) =>
  post(placeOf(kind), { apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata: { name }, rules })
const bind = (kind: 'RoleBinding' | 'ClusterRoleBinding', name: string, ref: JsonObject, to: readonly JsonObject[]) =>
  post(placeOf(kind), {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind,
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', ...ref },
    subjects: subjects(to),
  })

type Headers = Readonly<Record<string, string | readonly string[]>>
/** The administrator in somebody else's name. */
const as = (headers: Headers, exchange: Exchange) => api.ask({ ...exchange, headers: { ...exchange.headers, ...headers } })
const alice: Headers = { 'impersonate-user': 'alice' }
const maps = '/api/v1/namespaces/team/configmaps'

describe('who is who', () => {
  const whoami = async (headers: Headers): Promise<Json | undefined> =>
    at(
      (await as(headers, { method: 'POST', path: '/apis/authentication.k8s.io/v1/selfsubjectreviews', body: {} })).json,
      'status',
      'userInfo',
    )

  test('a certificate', async () => {
    expect(await whoami({})).toMatchObject({ username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] })
  })

  test.each<[string, Headers, JsonObject]>([
    ['a user', alice, { username: 'alice', groups: ['system:authenticated'] }],
    ['a user in groups', { ...alice, 'impersonate-group': ['a', 'b'] }, { username: 'alice', groups: ['a', 'b', 'system:authenticated'] }],
    [
      'a uid and extras',
      { ...alice, 'impersonate-uid': '7', 'impersonate-extra-a%2Fb': 'c' },
      { username: 'alice', uid: '7', groups: ['system:authenticated'], extra: { 'a/b': ['c'] } },
    ],
    [
      'a service account',
      { 'impersonate-user': 'system:serviceaccount:team:robot' },
      {
        username: 'system:serviceaccount:team:robot',
        groups: ['system:serviceaccounts', 'system:serviceaccounts:team', 'system:authenticated'],
      },
    ],
  ])('impersonation of %s', async (_, headers, user) => {
    expect(await whoami(headers)).toEqual(user)
  })

  test('an extra that cannot be decoded is taken as it is', async () => {
    expect(await whoami({ ...alice, 'impersonate-extra-a%': 'c' })).toMatchObject({ extra: { 'a%': ['c'] } })
  })

  test('groups without a user are refused', async () => {
    const reply = await as({ 'impersonate-group': 'a' }, { path: '/api/v1/namespaces' })
    expect(reply.status).toBe(500)
    expect(reply.json['message']).toContain('without impersonating a user')
  })

  test('nobody is anonymous, and may look at the health and the version only', async () => {
    expect((await api.askBare({ path: '/healthz' })).status).toBe(200)
    expect((await api.askBare({ path: '/version' })).json['gitVersion']).toBe('v1.36.2')
    const { status, json } = await api.askBare({ path: '/api/v1/namespaces' })
    expect([status, json['message']]).toEqual([
      403,
      'namespaces is forbidden: User "system:anonymous" cannot list resource "namespaces" in API group "" at the cluster scope',
    ])
  })

  test.each(['nonsense', 'a.b.c', `${'x'.repeat(5_000)}`, 'eyJhbGciOiJub25lIn0.e30.'])('the token %.20s is nobody', async (token) => {
    const { status, json } = await api.askBare({ path: '/api/v1/namespaces', headers: { authorization: `Bearer ${token}` } })
    expect([status, json['reason'], json['message']]).toEqual([401, 'Unauthorized', 'Unauthorized'])
  })

  test('a token of a service account works while the account is there', async () => {
    const account = '/api/v1/namespaces/team/serviceaccounts'
    await post(account, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'passing' } })
    const made = await post(`${account}/passing/token`, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} })
    const authorization = `Bearer ${String(at(made.json, 'status', 'token'))}`
    const review = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      spec: { token: String(at(made.json, 'status', 'token')) },
    }
    const reviewed = await post('/apis/authentication.k8s.io/v1/tokenreviews', review)
    expect(at(reviewed.json, 'status')).toMatchObject({ authenticated: true, user: { username: 'system:serviceaccount:team:passing' } })
    const asked = () => api.askBare({ path: maps, headers: { authorization } })
    expect((await asked()).json['message']).toContain('User "system:serviceaccount:team:passing" cannot list resource "configmaps"')
    await api.ask({ method: 'DELETE', path: `${account}/passing` })
    expect((await asked()).status).toBe(401)
  })

  test('a token whose signature is another is nobody', async () => {
    const made = await post('/api/v1/namespaces/team/serviceaccounts/robot/token', { spec: {} })
    const token = String(at(made.json, 'status', 'token'))
    const [head = '', body = '', signature = ''] = token.split('.')
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as JsonObject
    const forged = Buffer.from(JSON.stringify({ ...claims, sub: 'system:serviceaccount:kube-system:default' })).toString('base64url')
    const ask = (text: string) => api.askBare({ path: maps, headers: { authorization: `Bearer ${text}` } })
    expect((await ask(token)).status).toBe(200)
    expect((await ask(`${head}.${forged}.${signature}`)).status).toBe(401)
    expect((await ask(`${head}.${body}.${signature.slice(1)}`)).status).toBe(401)
  })
})

describe('who may what', () => {
  test.each<[string, Headers, string, string, number]>([
    ['a user of the binding', alice, 'GET', maps, 200],
    ['a user of the binding in another way', alice, 'DELETE', `${maps}/x`, 403],
    ['a user of the binding elsewhere', alice, 'GET', '/api/v1/namespaces/default/configmaps', 403],
    ['a user of the binding everywhere', alice, 'GET', '/api/v1/configmaps', 403],
    ['a user of the binding for another resource', alice, 'GET', '/api/v1/namespaces/team/secrets', 403],
    ['somebody else', { 'impersonate-user': 'bob' }, 'GET', maps, 403],
    ['a member of the group', { 'impersonate-user': 'bob', 'impersonate-group': 'readers' }, 'GET', maps, 200],
    ['the service account', { 'impersonate-user': 'system:serviceaccount:team:robot' }, 'GET', maps, 200],
    ['a service account of the same name elsewhere', { 'impersonate-user': 'system:serviceaccount:default:robot' }, 'GET', maps, 403],
  ])('%s', async (_, headers, method, path, status) => {
    expect((await as(headers, { method, path })).status).toBe(status)
  })

  test('a refusal says who, what and where', async () => {
    const { json } = await as(alice, { method: 'POST', path: '/apis/apps/v1/namespaces/team/deployments', body: {} })
    expect(json).toMatchObject({
      reason: 'Forbidden',
      message:
        'deployments.apps is forbidden: User "alice" cannot create resource "deployments" in API group "apps" in the namespace "team"',
      details: { group: 'apps', kind: 'deployments' },
    })
    expect((await as(alice, { method: 'DELETE', path: `${maps}/x` })).json['message']).toBe(
      'configmaps "x" is forbidden: User "alice" cannot delete resource "configmaps" in API group "" in the namespace "team"',
    )
    expect((await as(alice, { path: '/metrics' })).json['message']).toBe('forbidden: User "alice" cannot get path "/metrics"')
  })

  test('a right counts from the moment it is given, and no longer when it is taken', async () => {
    const carol = { 'impersonate-user': 'carol' }
    const list = async () => (await as(carol, { path: '/api/v1/nodes' })).status
    expect(await list()).toBe(403)
    await role('ClusterRole', 'node-reader', [{ apiGroups: [''], resources: ['nodes'], verbs: ['list'] }])
    await bind('ClusterRoleBinding', 'carol', { kind: 'ClusterRole', name: 'node-reader' }, [{ kind: 'User', name: 'carol' }])
    expect(await list()).toBe(200)
    await api.ask({ method: 'DELETE', path: `${rbac}/clusterrolebindings/carol` })
    expect(await list()).toBe(403)
  })

  test('names, subresources and paths of rules', async () => {
    await role('ClusterRole', 'narrow', [
      { apiGroups: [''], resources: ['configmaps'], resourceNames: ['one'], verbs: ['get'] },
      { apiGroups: ['apps'], resources: ['deployments/scale'], verbs: ['get'] },
      { nonResourceURLs: ['/metrics', '/logs/*'], verbs: ['get'] },
    ])
    await bind('ClusterRoleBinding', 'narrow', { kind: 'ClusterRole', name: 'narrow' }, [{ kind: 'User', name: 'dora' }])
    const status = async (path: string) => (await as({ 'impersonate-user': 'dora' }, { path })).status
    expect(await status(`${maps}/one`)).toBe(404)
    expect(await status(`${maps}/two`)).toBe(403)
    expect(await status(maps)).toBe(403)
    expect(await status('/apis/apps/v1/namespaces/team/deployments/x/scale')).toBe(404)
    expect(await status('/apis/apps/v1/namespaces/team/deployments/x')).toBe(403)
    expect(await status('/metrics')).toBe(200)
    expect(await status('/logs/x')).toBe(404)
  })

  test('who may not impersonate, may not', async () => {
    const made = await post('/api/v1/namespaces/team/serviceaccounts/robot/token', { spec: {} })
    const authorization = `Bearer ${String(at(made.json, 'status', 'token'))}`
    const { status, json } = await api.askBare({ path: maps, headers: { authorization, 'impersonate-user': 'alice' } })
    expect([status, json['message']]).toEqual([
      403,
      'users "alice" is forbidden: User "system:serviceaccount:team:robot" cannot impersonate resource "users" in API group "" at the cluster scope',
    ])
  })

  test.each<[string, string, JsonObject, boolean]>([
    ['selfsubjectaccessreviews', 'alice', { resourceAttributes: { namespace: 'team', verb: 'list', resource: 'configmaps' } }, true],
    ['selfsubjectaccessreviews', 'alice', { resourceAttributes: { namespace: 'team', verb: 'delete', resource: 'configmaps' } }, false],
    ['selfsubjectaccessreviews', 'alice', { nonResourceAttributes: { path: '/version', verb: 'get' } }, true],
    [
      'subjectaccessreviews',
      '',
      { user: 'bob', groups: ['readers'], resourceAttributes: { namespace: 'team', verb: 'get', resource: 'configmaps' } },
      true,
    ],
    ['subjectaccessreviews', '', { user: 'bob', resourceAttributes: { namespace: 'team', verb: 'get', resource: 'configmaps' } }, false],
  ])('a review of access (%s of %s)', async (resource, user, spec, allowed) => {
    const headers: Headers = user === '' ? {} : { 'impersonate-user': user }
    const { json } = await as(headers, { method: 'POST', path: `/apis/authorization.k8s.io/v1/${resource}`, body: { spec } })
    expect(at(json, 'status', 'allowed')).toBe(allowed)
  })

  test('roles that are made of others', async () => {
    const labels = { 'example.com/aggregate': 'true' }
    await post(`${rbac}/clusterroles`, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'whole' },
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: labels }] },
      rules: [],
    })
    await post(`${rbac}/clusterroles`, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'part', labels },
      rules: [{ apiGroups: [''], resources: ['events'], verbs: ['list'] }],
    })
    await bind('ClusterRoleBinding', 'whole', { kind: 'ClusterRole', name: 'whole' }, [{ kind: 'User', name: 'erik' }])
    await until('the right', async () => (await as({ 'impersonate-user': 'erik' }, { path: '/api/v1/events' })).status === 200)
  })

  test('a write is in the name of who made it', async () => {
    await role('ClusterRole', 'writer', [{ apiGroups: [''], resources: ['configmaps'], verbs: ['create'] }])
    await bind('ClusterRoleBinding', 'writer', { kind: 'ClusterRole', name: 'writer' }, [{ kind: 'User', name: 'frida' }])
    expect((await as({ 'impersonate-user': 'frida' }, { method: 'POST', path: maps, body: configMap('of-frida') })).status).toBe(201)
    expect(namesOf((await api.ask({ path: maps })).json)).toContain('of-frida')
  })
})
