import { request } from 'node:https'
import { connect } from 'node:tls'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Json } from '../../src/core/json.ts'
import type { Api } from './server.ts'
import { configMap, startApi, until } from './server.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.stop())

const maps = '/api/v1/namespaces/default/configmaps'

test.each<[string, string, string, number, string]>([
  ['a resource that is none', 'GET', '/api/v1/namespaces/default/nonsense', 404, 'NotFound'],
  ['a version that is none', 'GET', '/apis/apps/v9/deployments', 404, 'NotFound'],
  ['a subresource that is none', 'GET', `${maps}/a/nonsense`, 404, 'NotFound'],
  ['an object that is not there', 'GET', `${maps}/absent`, 404, 'NotFound'],
  ['an object without its namespace', 'GET', '/api/v1/configmaps/a', 404, 'NotFound'],
  ['a namespace for what has none', 'GET', '/api/v1/namespaces/default/nodes', 404, 'NotFound'],
  ['a POST to an object', 'POST', `${maps}/a`, 405, 'MethodNotAllowed'],
  ['a PUT to a collection', 'PUT', maps, 405, 'MethodNotAllowed'],
  ['a PATCH of a collection', 'PATCH', maps, 405, 'MethodNotAllowed'],
  ['a POST to a status', 'POST', '/api/v1/namespaces/default/pods/a/status', 405, 'MethodNotAllowed'],
  ['a deletion of all namespaces', 'DELETE', '/api/v1/namespaces', 405, 'MethodNotAllowed'],
])('%s is answered with a Status', async (_, method, path, code, reason) => {
  const { status, json } = await api.ask({ method, path, ...(method === 'GET' || method === 'DELETE' ? {} : { body: configMap('a') }) })
  expect([status, json['kind'], json['apiVersion'], json['status'], json['code'], json['reason']]).toEqual([
    code,
    'Status',
    'v1',
    'Failure',
    code,
    reason,
  ])
})

test('for a group that is none nobody answers', async () => {
  const { status, text } = await api.ask({ path: '/apis/nothing.example.com/v1/things' })
  expect([status, text]).toEqual([404, '404 page not found\n'])
})

test.each<[string, Json, Readonly<Record<string, string>>, number, RegExp]>([
  ['no body', '', {}, 400, /unexpected end of JSON input/],
  [
    'no JSON',
    'hello',
    {},
    400,
    /^the object provided is unrecognized \(must be of type ConfigMap\): couldn't get version\/kind; json parse error/,
  ],
  ['a list', [], {}, 400, /^the object provided is unrecognized/],
  ['null', 'null', {}, 400, /^the object provided is unrecognized/],
  ['YAML that is none', 'a: [', { 'content-type': 'application/yaml' }, 400, /^the object provided is unrecognized/],
  [
    'a media type that is none',
    '{}',
    { 'content-type': 'text/plain' },
    415,
    /^the body of the request was in an unknown format - accepted media types include: application\/json/,
  ],
  ['protobuf that is none', 'k8s', { 'content-type': 'application/vnd.kubernetes.protobuf' }, 400, /./],
  ['another kind', { apiVersion: 'v1', kind: 'Pod' }, {}, 400, /^Pod in version "v1" cannot be handled as a ConfigMap/],
  ['a kind that is no text', { apiVersion: 1, kind: [] }, {}, 422, /./],
  ['metadata that is no object', { metadata: 'x' }, {}, 400, /cannot be handled as a ConfigMap/],
  ['a name that is no text', { metadata: { name: { a: 1 } } }, {}, 400, /cannot be handled as a ConfigMap/],
  ['labels that are no texts', { metadata: { name: 'a', labels: { a: 1 } } }, {}, 400, /cannot be handled as a ConfigMap/],
])('a body with %s is answered with a Status', async (_, body, headers, code, message) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const { status, json } = await api.ask({ method: 'POST', path: maps, body: text, headers })
  expect([status, json['kind'], json['code']]).toEqual([code, 'Status', code])
  expect(json['message']).toMatch(message)
})

test('YAML is taken', async () => {
  const body = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yaml}\ndata: {a: "1"}\n'
  const { status, json } = await api.ask({ method: 'POST', path: maps, body, headers: { 'content-type': 'application/yaml' } })
  expect([status, json['data']]).toEqual([201, { a: '1' }])
})

test.each<[string, Readonly<Record<string, string>>]>([
  ['that says its length', { 'content-length': String(4 * 1024 * 1024) }],
  ['in chunks', { 'transfer-encoding': 'chunked' }],
])('a body of 4 MB %s is too large', async (_, headers) => {
  const { hostname, port } = new URL(api.server)
  const said = await new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
    const outgoing = request(
      {
        hostname,
        port,
        path: maps,
        method: 'POST',
        ca: api.authority,
        cert: api.admin.certificate,
        key: api.admin.key,
        agent: false,
        headers: { 'content-type': 'application/json', ...headers },
      },
      (incoming) => {
        let text = ''
        incoming.on('data', (chunk: Buffer) => (text += chunk.toString()))
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, text }))
      },
    )
    outgoing.on('error', reject)
    outgoing.end(Buffer.alloc(4 * 1024 * 1024, 0x20))
  })
  expect(said.status).toBe(413)
  expect(JSON.parse(said.text)).toMatchObject({ kind: 'Status', code: 413, reason: 'RequestEntityTooLarge' })
})

test.each([
  '//',
  '/%',
  '/api/v1/namespaces/%ff/pods',
  '/api/v1/namespaces/default/configmaps/%2e%2e',
  '/apis//v1/x',
  '/api/v1/namespaces/default/configmaps?pretty=true',
])('the path %s harms nobody', async (path) => {
  const { status } = await api.ask({ path, headers: { 'user-agent': 'curl/8' } })
  expect(status).toBeLessThan(500)
  expect((await api.ask({ path: '/healthz' })).text).toBe('ok')
})

test('what curl asks has line breaks', async () => {
  expect((await api.ask({ path: '/api', headers: { 'user-agent': 'curl/8' } })).text.split('\n').length).toBeGreaterThan(3)
  expect((await api.ask({ path: '/api' })).text.trim()).not.toContain('\n')
})

test('a client that leaves in the middle of its body harms nobody', async () => {
  const { hostname, port } = new URL(api.server)
  const socket = connect({ host: hostname, port: Number(port), ca: api.authority, cert: api.admin.certificate, key: api.admin.key })
  await new Promise((resolve) => socket.once('secureConnect', resolve))
  socket.write(`POST ${maps} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{`)
  await until('the write', () => socket.writableLength === 0)
  socket.destroy()
  expect((await api.ask({ path: '/healthz' })).text).toBe('ok')
})

test('a request for another protocol is answered like any', async () => {
  const { hostname, port } = new URL(api.server)
  const status = await new Promise<number>((resolve, reject) => {
    const outgoing = request(
      {
        hostname,
        port,
        path: '/api/v1/namespaces/default/pods/absent/exec?command=sh',
        method: 'POST',
        ca: api.authority,
        cert: api.admin.certificate,
        key: api.admin.key,
        agent: false,
        headers: { connection: 'Upgrade', upgrade: 'SPDY/3.1' },
      },
      (incoming) => {
        incoming.resume()
        resolve(incoming.statusCode ?? 0)
      },
    )
    outgoing.on('error', reject)
    outgoing.end()
  })
  expect(status).toBe(404)
})

test('no object makes the server fail', async () => {
  const kinds = fc.constantFrom('ConfigMap', 'Pod', 'Secret', 'Service', 'Namespace', 'ServiceAccount')
  const object = fc.record(
    { metadata: fc.jsonValue({ maxDepth: 3 }), spec: fc.jsonValue({ maxDepth: 4 }), data: fc.jsonValue() },
    { requiredKeys: [] },
  )
  await fc.assert(
    fc.asyncProperty(kinds, object, async (kind, body) => {
      const plural = `${kind.toLowerCase()}s`
      const path = kind === 'Namespace' ? '/api/v1/namespaces' : `/api/v1/namespaces/default/${plural}`
      const { status, json } = await api.ask({
        method: 'POST',
        path: `${path}?dryRun=All`,
        body: { apiVersion: 'v1', kind, ...(body as object) } as Json,
      })
      expect(json['message'] ?? '').not.toMatch(/Internal error|TypeError|undefined/)
      expect(status).not.toBe(500)
    }),
    { numRuns: 120 },
  )
})
