import { X509Certificate } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ServerOptions } from 'node:https'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { afterEach, beforeAll, expect, test } from 'vitest'
import type { ExternalData, ExternalProvider } from '../policy/facts.ts'
import type { KeyPair } from './certificates.ts'
import { createAuthority, issueCertificate } from './certificates.ts'
import type { ExternalDataClient } from './external-data.ts'
import { createExternalDataClient } from './external-data.ts'

const notBefore = new Date(Date.now() - 86_400_000)
let authority: KeyPair
let serving: KeyPair
let own: KeyPair
const certificateFor = (...ipAddresses: readonly string[]): Promise<KeyPair> =>
  issueCertificate(authority, { commonName: 'p', ipAddresses, usage: 'server', notBefore, days: 30 })
beforeAll(async () => {
  authority = await createAuthority('test', notBefore, 30)
  serving = await certificateFor('127.0.0.1')
  own = await issueCertificate(authority, { commonName: 'kanon', usage: 'both', notBefore, days: 30 })
})

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

interface Asked {
  readonly method: string
  readonly type: string
  readonly body: unknown
}

type Handler = (outgoing: ServerResponse, asked: Asked, incoming: IncomingMessage) => void

interface Serving {
  readonly provider: ExternalProvider
  readonly asked: Asked[]
}

/** A provider that answers as the test wishes. */
async function serve(handle: Handler, options: ServerOptions = {}): Promise<Serving> {
  const asked: Asked[] = []
  const server = createServer({ cert: serving.certificate, key: serving.key, ...options }, (incoming, outgoing) => {
    let text = ''
    incoming.on('data', (chunk: Buffer) => (text += chunk.toString()))
    incoming.on('end', () => {
      const one = { method: incoming.method ?? '', type: incoming.headers['content-type'] ?? '', body: JSON.parse(text) as unknown }
      asked.push(one)
      handle(outgoing, one, incoming)
    })
  })
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(() => resolve()))
  })
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/validate`
  return { provider: { url, caBundle: bundle(authority), timeoutSeconds: 2 }, asked }
}

const bundle = ({ certificate }: KeyPair): string => Buffer.from(certificate).toString('base64')

function clientOf(kept = 0, now: () => number = () => 0): ExternalDataClient {
  const client = createExternalDataClient({ clientCertificate: () => own, keptMilliseconds: kept, now })
  cleanups.push(() => client.close())
  return client
}

async function ask(
  client: ExternalDataClient,
  provider: ExternalProvider,
  keys: readonly string[],
  mayBeKept = true,
): Promise<ExternalData> {
  const answer = await client.fetch({ ask: 'externalData', provider, keys, mayBeKept })
  if (!answer.known) throw new Error(answer.reason)
  return answer.value as unknown as ExternalData
}

const said = (response: object, more: object = {}): string =>
  JSON.stringify({ apiVersion: 'externaldata.gatekeeper.sh/v1beta1', kind: 'ProviderResponse', response, ...more })
const say =
  (body: string, status = 200): Handler =>
  (outgoing) =>
    void outgoing.writeHead(status).end(body)
/** The value of each key is `V` and the key. */
const values: Handler = (outgoing, { body }) => {
  const { keys } = (body as { readonly request: { readonly keys: readonly string[] } }).request
  outgoing.end(said({ idempotent: true, items: keys.map((key) => ({ key, value: `V${key}` })) }))
}
const items = (...keys: readonly string[]): readonly object[] => keys.map((key) => ({ key, value: `V${key}`, error: '' }))

test('a provider is sent a ProviderRequest, and says values and errors', async () => {
  const response = {
    idempotent: true,
    items: [
      { key: 'a', value: { deep: [1] } },
      { key: 'b', error: 'no b' },
    ],
    systemError: 'tired',
  }
  const { provider, asked } = await serve(say(said(response), 201))
  expect(await ask(clientOf(), provider, ['a', 'b'])).toEqual({
    statusCode: 201,
    idempotent: true,
    systemError: 'tired',
    items: [
      { key: 'a', value: { deep: [1] }, error: '' },
      { key: 'b', value: null, error: 'no b' },
    ],
  })
  expect(asked).toEqual([
    {
      method: 'POST',
      type: 'application/json',
      body: { apiVersion: 'externaldata.gatekeeper.sh/v1beta1', kind: 'ProviderRequest', request: { keys: ['a', 'b'] } },
    },
  ])
})

test('a provider that wants to know who asks is shown the certificate of the webhooks', async () => {
  let subject = ''
  const { provider } = await serve(
    (outgoing, asked, incoming) => {
      subject = new X509Certificate((incoming.socket as TLSSocket).getPeerCertificate().raw).subject
      values(outgoing, asked, incoming)
    },
    { ca: authority.certificate, requestCert: true, rejectUnauthorized: true },
  )
  expect(await ask(clientOf(), provider, ['a'])).toMatchObject({ statusCode: 200, items: items('a') })
  expect(subject).toBe('CN=kanon')
  const stranger = createExternalDataClient({ clientCertificate: () => undefined, keptMilliseconds: 0, now: () => 0 })
  cleanups.push(() => stranger.close())
  expect(await ask(stranger, provider, ['a'])).toMatchObject({
    statusCode: 500,
    failure: expect.stringContaining('failed to send') as string,
  })
})

const unmarshal = 'failed to unmarshal external data response: '
const larger = said({ systemError: 'x'.repeat(9 * 1024 * 1024) })

test.each<[string, Handler, object]>([
  [
    'another apiVersion is read all the same',
    say(said({ idempotent: true }, { apiVersion: 'x/v9', kind: 'Other' })),
    { statusCode: 200, idempotent: true, items: [] },
  ],
  ['what is not there is empty', say('{}'), { statusCode: 200, idempotent: false, items: [], systemError: '' }],
  ['nothing', say(''), { statusCode: 200, failure: `${unmarshal}unexpected end of JSON input` }],
  ['an error page', say('<html>', 502), { statusCode: 502, failure: `${unmarshal}invalid character '<' looking for beginning of value` }],
  ['an error with an answer', say(said({ systemError: 'down' }), 500), { statusCode: 500, systemError: 'down' }],
  [
    'a list',
    say('[]'),
    { statusCode: 200, failure: `${unmarshal}json: cannot unmarshal array into Go value of type externaldata.ProviderResponse` },
  ],
  [
    'a response that is no object',
    say('{"response": "x"}'),
    { failure: `${unmarshal}json: cannot unmarshal string into Go struct field ProviderResponse.response of type externaldata.Response` },
  ],
  [
    'idempotence as a text',
    say('{"response": {"idempotent": "true"}}'),
    { failure: `${unmarshal}json: cannot unmarshal string into Go struct field Response.response.idempotent of type bool` },
  ],
  [
    'a body that is too large',
    say(larger),
    { statusCode: 500, failure: 'failed to read external data response: the body is larger than 8388608 bytes' },
  ],
  [
    'a body that ends early',
    (outgoing) => void outgoing.writeHead(200, { 'content-length': 10 }).write('{', () => outgoing.destroy()),
    { failure: 'failed to read external data response: unexpected EOF' },
  ],
])('%s', async (_, handle, expected) => {
  const { provider } = await serve(handle)
  expect(await ask(clientOf(), provider, ['a'])).toMatchObject(expected)
})

test('a redirect is not followed', async () => {
  const other = await serve(values)
  const { provider } = await serve((outgoing) => void outgoing.writeHead(307, { location: other.provider.url }).end())
  expect(await ask(clientOf(), provider, ['a'])).toEqual({ statusCode: 307, failure: `${unmarshal}unexpected end of JSON input` })
  expect(other.asked).toEqual([])
})

const notSent = ({ url }: ExternalProvider, why: string): object => ({
  statusCode: 500,
  failure: `failed to send external data request: Post "${url}": ${why}`,
})

test('a provider that is not there', async () => {
  const provider = { url: 'https://127.0.0.1:1/x', caBundle: bundle(authority), timeoutSeconds: 2 }
  expect(await ask(clientOf(), provider, ['a'])).toEqual(notSent(provider, 'dial tcp 127.0.0.1:1: connect: connection refused'))
})

test('a provider that ends the connection', async () => {
  const { provider } = await serve((outgoing) => void outgoing.socket?.destroy())
  expect(await ask(clientOf(), provider, ['a'])).toEqual(notSent(provider, 'EOF'))
})

const verify = 'tls: failed to verify certificate: x509: '

test('a certificate of another authority, for another host, of the past, or of an old TLS is not believed', async () => {
  const { provider, asked } = await serve(values)
  const other = { ...provider, caBundle: bundle(await createAuthority('other', notBefore, 30)) }
  expect(await ask(clientOf(), other, ['a'])).toEqual(notSent(other, `${verify}certificate signed by unknown authority`))
  expect(asked).toEqual([])
  const wrong = await certificateFor('127.0.0.2')
  const elsewhere = await serve(values, { cert: wrong.certificate, key: wrong.key })
  expect(await ask(clientOf(), elsewhere.provider, ['a'])).toEqual(
    notSent(elsewhere.provider, `${verify}certificate is valid for 127.0.0.2, not 127.0.0.1`),
  )
  const old = await issueCertificate(authority, { commonName: 'p', ipAddresses: ['127.0.0.1'], usage: 'server', notBefore, days: 0 })
  const expired = await serve(values, { cert: old.certificate, key: old.key })
  expect(await ask(clientOf(), expired.provider, ['a'])).toMatchObject({
    failure: expect.stringContaining(`${verify}certificate has expired or is not yet valid`) as string,
  })
  const unnamed = await certificateFor()
  const nameless = await serve(values, { cert: unnamed.certificate, key: unnamed.key })
  expect(await ask(clientOf(), nameless.provider, ['a'])).toEqual(
    notSent(nameless.provider, `${verify}cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs`),
  )
  const outdated = await serve(values, { maxVersion: 'TLSv1.2' })
  expect(await ask(clientOf(), outdated.provider, ['a'])).toEqual(
    notSent(outdated.provider, 'remote error: tls: protocol version not supported'),
  )
})

test('a provider that is too slow is given up, before and in its answer', async () => {
  const silent = await serve(() => undefined)
  const slow = { ...silent.provider, timeoutSeconds: 0.1 }
  expect(await ask(clientOf(), slow, ['a'])).toEqual(notSent(slow, 'context deadline exceeded'))
  const stalling = await serve((outgoing) => void outgoing.writeHead(200).write('{'))
  expect(await ask(clientOf(), { ...stalling.provider, timeoutSeconds: 0.1 }, ['a'])).toEqual({
    statusCode: 500,
    failure: 'failed to read external data response: context deadline exceeded',
  })
  const never = { ...silent.provider, timeoutSeconds: 0 }
  expect(await ask(clientOf(), never, ['a'])).toEqual(notSent(never, 'context deadline exceeded'))
})

test('only https is spoken', async () => {
  const provider = { url: 'http://127.0.0.1:1', caBundle: '', timeoutSeconds: 1 }
  expect(await ask(clientOf(), provider, ['a'])).toMatchObject({
    failure: expect.stringContaining('only HTTPS scheme is supported') as string,
  })
})

test('what was said of a key is kept for a while, and told before what has to be asked', async () => {
  const { provider, asked } = await serve(values)
  let time = 0
  const client = clientOf(1000, () => time)
  expect(await ask(client, provider, ['a', 'b'])).toMatchObject({ statusCode: 200, items: items('a', 'b') })
  expect(await ask(client, provider, ['c', 'a'])).toMatchObject({ statusCode: 200, items: items('a', 'c') })
  const question = { ask: 'externalData', provider, keys: ['b', 'c'], mayBeKept: true } as const
  expect(client.known(question)).toEqual({
    known: true,
    value: { statusCode: 0, idempotent: true, items: items('b', 'c'), systemError: '' },
  })
  expect(client.known({ ...question, mayBeKept: false })).toBeUndefined()
  expect(client.known({ ...question, keys: ['d'] })).toBeUndefined()
  // A provider that moves is another one.
  expect(client.known({ ...question, provider: { ...provider, url: `${provider.url}/2` } })).toBeUndefined()
  time = 1000
  expect(client.known(question)).toBeUndefined()
  await ask(client, provider, ['b'])
  await ask(client, provider, ['b'], false)
  expect(asked.map(({ body }) => (body as { readonly request: object }).request)).toEqual([
    { keys: ['a', 'b'] },
    { keys: ['c'] },
    { keys: ['b'] },
    { keys: ['b'] },
  ])
})

test('an answer with a part that may change is not idempotent', async () => {
  let idempotent = false
  const { provider } = await serve((outgoing) => void outgoing.end(said({ idempotent, items: [{ key: 'a', value: 1 }] })))
  const client = clientOf(1000)
  expect(await ask(client, provider, ['a'])).toMatchObject({ idempotent: false })
  idempotent = true
  expect(await ask(client, provider, ['a', 'b'])).toMatchObject({ idempotent: false, statusCode: 200 })
})

test('questions of the same moment are asked once, and no more than so many at a time', async () => {
  let [running, most] = [0, 0]
  const { provider, asked } = await serve((outgoing, one, incoming) => {
    running += 1
    most = Math.max(most, running)
    setTimeout(() => {
      running -= 1
      values(outgoing, one, incoming)
    }, 5)
  })
  const client = clientOf()
  const same = await Promise.all(Array.from({ length: 10 }, () => ask(client, provider, ['a'])))
  expect(new Set(same.map((one) => JSON.stringify(one))).size).toBe(1)
  expect(asked).toHaveLength(1)
  const many = await Promise.all(Array.from({ length: 60 }, (_, index) => ask(client, provider, [`k${index}`])))
  expect(many.every((one) => !('failure' in one))).toBe(true)
  expect(most).toBeLessThanOrEqual(16)
})
