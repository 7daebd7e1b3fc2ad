import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../src/core/json.ts'
import type { Api } from './server.ts'
import { at, configMap, startApi } from './server.ts'
import { testCertificates } from './webhook.ts'

interface Call {
  readonly path: string
  readonly review: JsonObject
  readonly request: JsonObject
}
type Answer = (call: Call) => JsonObject | string | { readonly status: number } | undefined

let api: Api
let base: string
let caBundle: string
const calls: Call[] = []
const answers = new Map<string, Answer>()
/** A webhook that answers by its path; undefined is no answer at all. */
const server = createServer()
beforeAll(async () => {
  api = await startApi()
  const { authority, serving } = await testCertificates()
  caBundle = Buffer.from(authority.certificate).toString('base64')
  server.setSecureContext({ cert: serving.certificate, key: serving.key })
  server.on('request', (incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const review = JSON.parse(Buffer.concat(chunks).toString()) as JsonObject
      const call = { path: incoming.url ?? '', review, request: at(review, 'request') as JsonObject }
      calls.push(call)
      const answer = answers.get(call.path.split('?')[0] ?? '')?.(call)
      if (answer === undefined) return
      if (typeof answer === 'string') return void outgoing.end(answer)
      if (typeof answer['status'] === 'number') return void outgoing.writeHead(answer['status']).end('broken')
      outgoing.end(
        JSON.stringify({ apiVersion: review['apiVersion'], kind: 'AdmissionReview', response: { uid: call.request['uid'], ...answer } }),
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await api.stop()
})

const group = '/apis/admissionregistration.k8s.io/v1'
const made: string[] = []
afterEach(async () => {
  for (const path of made.splice(0)) await api.ask({ method: 'DELETE', path })
  calls.splice(0)
  answers.clear()
})

const rule = (resources: readonly string[], operations: readonly string[] = ['CREATE', 'UPDATE', 'DELETE']): JsonObject => ({
  apiGroups: [''],
  apiVersions: ['v1'],
  operations,
  resources,
})

async function register(kind: 'Validating' | 'Mutating', name: string, more: JsonObject, answer: Answer): Promise<void> {
  const collection = `${group}/${kind.toLowerCase()}webhookconfigurations`
  const webhook = {
    name: `${name}.example.com`,
    clientConfig: { url: `${base}/${name}`, caBundle },
    rules: [rule(['configmaps'])],
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    // Only what a test makes.
    objectSelector: { matchLabels: { test: 'yes' } },
    ...more,
  }
  const body = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${kind}WebhookConfiguration`,
    metadata: { name },
    webhooks: [webhook],
  }
  const reply = await api.ask({ method: 'POST', path: collection, body })
  expect(reply.text).toContain('"uid"')
  made.push(`${collection}/${name}`)
  answers.set(`/${name}`, answer)
}

let count = 0
const maps = '/api/v1/namespaces/default/configmaps'
const create = (more: JsonObject = {}, path = maps, query = '') => {
  const name = `w-${(count += 1)}`
  return api.ask({
    method: 'POST',
    path: `${path}${query}`,
    body: { ...configMap(name), metadata: { name, labels: { test: 'yes' } }, ...more },
  })
}
const allow = (): JsonObject => ({ allowed: true })
const patching = (operations: Json) => (): JsonObject => ({
  allowed: true,
  patchType: 'JSONPatch',
  patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
})

describe('what a webhook is asked', () => {
  test('the review has everything about the request', async () => {
    await register('Validating', 'seen', {}, allow)
    const { json } = await create()
    expect(calls).toHaveLength(1)
    expect(calls[0]?.path).toBe('/seen?timeout=10s')
    expect(calls[0]?.review).toMatchObject({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' })
    expect(calls[0]?.request).toMatchObject({
      kind: { group: '', version: 'v1', kind: 'ConfigMap' },
      resource: { group: '', version: 'v1', resource: 'configmaps' },
      requestKind: { group: '', version: 'v1', kind: 'ConfigMap' },
      requestResource: { group: '', version: 'v1', resource: 'configmaps' },
      namespace: 'default',
      name: at(json, 'metadata', 'name'),
      operation: 'CREATE',
      userInfo: { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] },
      oldObject: null,
      dryRun: false,
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
    })
    expect(at(calls[0]?.request, 'object', 'metadata', 'uid')).toBe(at(json, 'metadata', 'uid'))
  })

  test('updates show both objects, deletions the old one', async () => {
    const { json } = await create()
    const path = `${maps}/${String(at(json, 'metadata', 'name'))}`
    await register('Validating', 'both', {}, allow)
    await api.ask({ method: 'PUT', path, body: { ...json, data: { a: '1' } } })
    await api.ask({ method: 'DELETE', path })
    expect(
      calls.map(({ request }) => [request['operation'], at(request, 'object', 'data') ?? null, at(request, 'oldObject', 'data') ?? null]),
    ).toEqual([
      ['UPDATE', { a: '1' }, null],
      ['DELETE', null, { a: '1' }],
    ])
    expect(calls[1]?.request['object']).toBeNull()
  })

  test('one that only knows v1beta1 is asked in it', async () => {
    await register('Validating', 'old', { admissionReviewVersions: ['v1beta1', 'v1'] }, allow)
    expect((await create()).status).toBe(201)
    expect(calls[0]?.review['apiVersion']).toBe('admission.k8s.io/v1beta1')
  })

  test('a subresource and a connection', async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', labels: { test: 'yes' } },
      spec: { containers: [{ name: 'a', image: 'b' }] },
    }
    await api.ask({ method: 'POST', path: '/api/v1/namespaces/default/pods', body: pod })
    await register('Validating', 'sub', { rules: [rule(['pods/exec', 'pods/status'], ['*'])], objectSelector: {} }, ({ request }) =>
      request['operation'] === 'CONNECT' ? { allowed: false, status: { message: 'closed', code: 403 } } : allow(),
    )
    const { json } = await api.ask({
      method: 'POST',
      path: '/api/v1/namespaces/default/pods/p/exec?command=sh&command=-c&stdin=true',
      body: {},
    })
    expect([json['code'], json['message']]).toEqual([403, 'admission webhook "sub.example.com" denied the request: closed'])
    const call = calls.find(({ request }) => request['operation'] === 'CONNECT')
    expect(call?.request).toMatchObject({
      subResource: 'exec',
      name: 'p',
      kind: { kind: 'PodExecOptions' },
      object: { command: ['sh', '-c'], stdin: true },
    })
    expect(calls.every(({ request }) => request['subResource'] !== undefined)).toBe(true)
  })
})

describe('which requests', () => {
  test.each<[string, JsonObject, boolean]>([
    ['another resource', { rules: [rule(['secrets'])] }, false],
    ['all resources', { rules: [rule(['*'])] }, true],
    ['a resource with its subresources', { rules: [rule(['configmaps/*'])] }, true],
    ['a subresource', { rules: [rule(['configmaps/status'])] }, false],
    ['another operation', { rules: [rule(['configmaps'], ['DELETE'])] }, false],
    ['any operation', { rules: [rule(['configmaps'], ['*'])] }, true],
    ['another group', { rules: [{ ...rule(['configmaps']), apiGroups: ['apps'] }] }, false],
    ['any group and version', { rules: [{ ...rule(['configmaps']), apiGroups: ['*'], apiVersions: ['*'] }] }, true],
    ['the cluster scope', { rules: [{ ...rule(['configmaps']), scope: 'Cluster' }] }, false],
    ['the namespaced scope', { rules: [{ ...rule(['configmaps']), scope: 'Namespaced' }] }, true],
    ['a namespace by label', { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } } }, true],
    [
      'another namespace',
      { namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['default'] }] } },
      false,
    ],
    ['an object by label', { objectSelector: { matchExpressions: [{ key: 'test', operator: 'Exists' }] } }, true],
    ['other objects', { objectSelector: { matchLabels: { test: 'no' } } }, false],
  ])('a webhook for %s', async (_, more, asked) => {
    await register('Validating', 'narrow', more, allow)
    await create()
    expect(calls).toHaveLength(asked ? 1 : 0)
  })

  test('an object that loses the label on update is still shown', async () => {
    const { json } = await create()
    await register('Validating', 'leaving', {}, allow)
    const name = String(at(json, 'metadata', 'name'))
    await api.ask({ method: 'PUT', path: `${maps}/${name}`, body: configMap(name) })
    expect(calls).toHaveLength(1)
  })

  test('another version of the resource, where equivalents are wanted', async () => {
    const rules = [{ apiGroups: ['autoscaling'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['horizontalpodautoscalers'] }]
    const body = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'h', labels: { test: 'yes' } },
      spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' } },
    }
    const post = () =>
      api.ask({ method: 'POST', path: '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers?dryRun=All', body })
    await register('Validating', 'exact', { rules, matchPolicy: 'Exact' }, allow)
    await post()
    expect(calls).toHaveLength(0)
    await register('Validating', 'equivalent', { rules, matchPolicy: 'Equivalent' }, allow)
    expect((await post()).status).toBe(201)
    expect(
      calls.map(({ request }) => [
        at(request, 'resource', 'version'),
        at(request, 'requestResource', 'version'),
        at(request, 'object', 'apiVersion'),
      ]),
    ).toEqual([['v1', 'v2', 'autoscaling/v1']])
  })

  test('configurations of webhooks are never held up by webhooks', async () => {
    const rules = [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] }]
    await register('Validating', 'greedy', { rules, objectSelector: {} }, () => ({ allowed: false }))
    expect((await create()).status).toBe(400)
    expect((await api.ask({ method: 'DELETE', path: made.pop() ?? '' })).status).toBe(200)
  })
})

describe('answers', () => {
  test.each<[string, JsonObject, number, string]>([
    ['nothing', {}, 400, 'admission webhook "no.example.com" denied the request without explanation'],
    ['a message', { message: 'never' }, 400, 'admission webhook "no.example.com" denied the request: never'],
    ['a reason', { reason: 'Policy' }, 400, 'admission webhook "no.example.com" denied the request: Policy'],
    ['a code', { message: 'never', code: 429 }, 429, 'admission webhook "no.example.com" denied the request: never'],
    ['a code of success', { message: 'never', code: 200 }, 400, 'admission webhook "no.example.com" denied the request: never'],
  ])('a refusal with %s', async (_, status, code, message) => {
    await register('Validating', 'no', {}, () => ({ allowed: false, status }))
    const { json } = await create()
    expect([json['kind'], json['code'], json['message']]).toEqual(['Status', code, message])
  })

  test('a mutation is applied, decoded and defaulted; webhooks see what those before have made', async () => {
    await register('Mutating', 'a-first', {}, patching([{ op: 'add', path: '/data', value: { a: '1' } }]))
    await register('Mutating', 'b-second', {}, ({ request }) =>
      patching([{ op: 'add', path: '/data/seen', value: JSON.stringify(at(request, 'object', 'data') ?? null) }])(),
    )
    await register('Validating', 'last', {}, allow)
    const { json } = await create()
    expect(json['data']).toEqual({ a: '1', seen: '{"a":"1"}' })
    expect(at(calls.at(-1)?.request, 'object', 'data')).toEqual({ a: '1', seen: '{"a":"1"}' })
  })

  test('one that wants it is asked again when others have changed the object', async () => {
    const once = ({ request }: Call): JsonObject =>
      at(request, 'object', 'data', 'a') === undefined ? patching([{ op: 'add', path: '/data', value: { a: '1' } }])() : allow()
    await register('Mutating', 'a-again', { reinvocationPolicy: 'IfNeeded' }, once)
    await register('Mutating', 'b-changes', {}, patching([{ op: 'add', path: '/data/b', value: '2' }]))
    await create()
    expect(calls.map(({ path }) => path.split('?')[0])).toEqual(['/a-again', '/b-changes', '/a-again'])
    calls.splice(0)
    await api.ask({ method: 'DELETE', path: made.pop() ?? '' })
    await create()
    expect(calls.map(({ path }) => path.split('?')[0])).toEqual(['/a-again'])
  })

  test.each<[string, Json]>([
    ['no list', { op: 'add' }],
    ['a path that is not there', [{ op: 'remove', path: '/data/none' }]],
    ['an object that is none of its kind', [{ op: 'add', path: '/data', value: { a: { b: 1 } } }]],
  ])('a patch that is %s fails the request', async (_, patch) => {
    await register('Mutating', 'bad-patch', {}, patching(patch))
    const { status, json } = await create()
    expect([status, json['kind'], json['code']]).toEqual([500, 'Status', 500])
    expect(json['message']).toContain('bad-patch.example.com')
  })

  test('warnings reach the user, each once, and none that would break a header', async () => {
    const warnings = ['first', 'first', 'se"cond', 'with\nline']
    await register('Validating', 'warns', {}, () => ({ allowed: true, warnings }))
    expect((await create()).warnings.join(', ')).toBe('299 - "first", 299 - "se\\"cond"')
  })

  test('warnings that are too long together are cut', async () => {
    const long = Array.from({ length: 30 }, (_, i) => `${i}-${'x'.repeat(400)}`)
    await register('Validating', 'wordy', {}, () => ({ allowed: true, warnings: long }))
    const shown = (await create()).warnings.join(', ').split(', ')
    expect(shown).toHaveLength(16)
    for (const one of shown) expect(one).toHaveLength(256 + '299 - ""'.length)
  })
})

describe('webhooks that fail', () => {
  const failures: readonly [string, Answer, string][] = [
    ['answers with an error', () => ({ status: 500 }), 'failed to call webhook: the server has encountered an error: broken'],
    ['answers nonsense', () => 'nonsense', "couldn't get version/kind; json parse error"],
    ['answers another', () => ({ allowed: true, uid: 'other' }), 'expected response.uid='],
    ['answers without a response', () => '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}', 'webhook response was absent'],
    ['does not answer in time', () => undefined, 'context deadline exceeded'],
  ]
  test.each(failures)('one that %s fails the request, unless it may be ignored', async (_, answer, text) => {
    await register('Validating', 'failing', { timeoutSeconds: 1 }, answer)
    const { status, json } = await create()
    expect([status, json['code'], json['reason']]).toEqual([500, 500, 'InternalError'])
    expect(json['message']).toMatch(/^Internal error occurred: failed calling webhook "failing\.example\.com": /)
    expect(json['message']).toContain(text)
  })

  test.each(failures.slice(0, 4))('one that %s and may be ignored is', async (_, answer) => {
    await register('Validating', 'ignored', { failurePolicy: 'Ignore' }, answer)
    await register('Mutating', 'ignored', { failurePolicy: 'Ignore' }, answer)
    expect((await create()).status).toBe(201)
  })

  test.each<[string, JsonObject, string]>([
    ['nobody listens', { clientConfig: { url: 'https://127.0.0.1:1/x' } }, 'connect: connection refused'],
    ['its service is not there', { clientConfig: { service: { namespace: 'default', name: 'none' } } }, 'service "none" not found'],
    ['nobody vouches for it', { clientConfig: { url: 'URL' } }, 'x509: certificate signed by unknown authority'],
  ])('one where %s', async (_, more, text) => {
    const unknown = at(more, 'clientConfig', 'url') === 'URL' ? { clientConfig: { url: `${base}/absent` } } : more
    await register('Validating', 'absent', unknown, allow)
    const { status, json } = await create()
    expect(status).toBe(500)
    expect(json['message']).toContain(text)
    expect(calls).toEqual([])
  })

  test('a dry run is told to the webhook', async () => {
    await register('Validating', 'effects', { sideEffects: 'NoneOnDryRun' }, allow)
    expect((await create({}, maps, '?dryRun=All')).status).toBe(201)
    expect(calls[0]?.request['dryRun']).toBe(true)
  })
})
