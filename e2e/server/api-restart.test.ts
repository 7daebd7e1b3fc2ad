import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createAuthority, issueCertificate } from '../../src/cluster/certificates.ts'
import { ok } from '../../src/core/result.ts'
import type { AuditEntry } from '../../src/sandbox/api-server.ts'
import { startSandbox } from '../../src/sandbox/sandbox.ts'
import type { Api } from './server.ts'
import { at, configMap, httpsClient, kubernetes, namesOf, startApi, temporaryDirectory, until } from './server.ts'
import { notBefore, serverRequest } from './webhook.ts'

const running: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const stop of running.splice(0).toReversed()) await stop()
})

const maps = '/api/v1/namespaces/default/configmaps'
const post = (api: Api, path: string, body: Parameters<typeof configMap>[1]) =>
  api.ask({ method: 'POST', path, ...(body === undefined ? {} : { body }) })

test('a restart keeps objects, kinds, keys and tokens, and goes on counting', async () => {
  const data = temporaryDirectory()
  running.push(data.remove)
  const first = await startApi({ dataDirectory: data.path })
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  }
  await post(first, '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition)
  await post(first, '/apis/example.com/v1/namespaces/default/widgets', {
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    metadata: { name: 'w' },
  })
  const made = await post(first, maps, configMap('kept', { data: { a: '1' } }))
  await until('an account', async () => (await first.ask({ path: '/api/v1/namespaces/default/serviceaccounts/default' })).status === 200)
  const token = String(
    at((await post(first, '/api/v1/namespaces/default/serviceaccounts/default/token', { spec: {} })).json, 'status', 'token'),
  )
  const versionBefore = Number(at((await first.ask({ path: maps })).json, 'metadata', 'resourceVersion'))
  await first.stop()

  const second = await startApi({ dataDirectory: data.path })
  running.push(() => second.stop())
  expect(second.admin).toEqual(first.admin)
  expect((await second.ask({ path: `${maps}/kept` })).json).toEqual(made.json)
  expect(namesOf((await second.ask({ path: '/apis/example.com/v1/widgets' })).json)).toEqual(['w'])
  const next = await post(second, maps, configMap('next'))
  expect(Number(at(next.json, 'metadata', 'resourceVersion'))).toBeGreaterThan(versionBefore)
  const asked = await second.askBare({ path: maps, headers: { authorization: `Bearer ${token}` } })
  expect(asked.json['message']).toContain('User "system:serviceaccount:default:default" cannot list')
  const gone = await second.ask({ path: `${maps}?watch=true&resourceVersion=1&timeoutSeconds=1` })
  expect(JSON.parse(gone.text)).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } })
})

test('every request is in the audit log, with what webhooks say for it', async () => {
  const authority = await createAuthority('test', notBefore, 30)
  const admin = await issueCertificate(authority, {
    commonName: 'admin',
    organizations: ['system:masters'],
    usage: 'client',
    notBefore,
    days: 30,
  })
  const entries: AuditEntry[] = []
  const sandbox = await startSandbox({
    release: kubernetes(),
    kubernetesVersion: 'v1.36.2',
    host: '127.0.0.1',
    port: 0,
    dataDirectory: undefined,
    certificate: await issueCertificate(authority, serverRequest),
    authority: authority.certificate,
    clock: {
      now: () => new Date('2026-01-02T03:04:05Z'),
      after: (milliseconds, callback) => {
        const timer = setTimeout(callback, milliseconds)
        return () => clearTimeout(timer)
      },
    },
    plugins: [{ name: 'noter', validate: () => ({ allowed: true, warnings: ['noted'], auditAnnotations: { 'noter/said': 'yes' } }) }],
    matchConditions: () => ok(true),
    audit: (entry) => entries.push(entry),
  })
  running.push(() => sandbox.stop())
  const client = httpsClient(`https://127.0.0.1:${sandbox.port}`, authority.certificate, admin)
  running.push(client.close)
  const reply = await client.ask({ method: 'POST', path: maps, body: configMap('a') })
  expect(reply.warnings).toEqual(['299 - "noted"'])
  expect(at(reply.json, 'metadata', 'creationTimestamp')).toBe('2026-01-02T03:04:05Z')
  expect(entries).toEqual([
    {
      id: reply.headers['audit-id'],
      user: {
        username: 'admin',
        uid: '',
        groups: ['system:masters', 'system:authenticated'],
        extra: { 'authentication.kubernetes.io/credential-id': [expect.stringMatching(/^X509SHA256=[0-9a-f]{64}$/)] },
      },
      verb: 'create',
      uri: maps,
      status: 201,
      annotations: { 'noter/said': 'yes' },
    },
  ])
  await client.ask({ path: `${maps}/absent` })
  expect(entries.at(-1)).toMatchObject({ verb: 'get', status: 404, annotations: {} })
})

test('connections that have asked nothing do not keep a server that ends', async () => {
  const api = await startApi()
  const socket = connect(Number(new URL(api.server).port), '127.0.0.1')
  const closed = once(socket, 'close')
  await once(socket, 'connect')
  await api.stop()
  await closed
})
