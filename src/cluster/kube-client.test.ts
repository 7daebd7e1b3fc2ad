import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeAll, expect, test } from 'vitest'
import type { KeyPair } from './certificates.ts'
import { createAuthority, issueCertificate } from './certificates.ts'
import type { KubeClient, WatchEvent } from './kube-client.ts'
import { createKubeClient, itemsOf } from './kube-client.ts'

const notBefore = new Date(Date.now() - 86_400_000)
let authority: KeyPair
let serving: KeyPair
beforeAll(async () => {
  authority = await createAuthority('test', notBefore, 30)
  serving = await issueCertificate(authority, { commonName: 'api', ipAddresses: ['127.0.0.1'], usage: 'server', notBefore, days: 30 })
})

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

/** A server that answers as the test wishes, and a client of it. */
async function serve(answer: (incoming: IncomingMessage, outgoing: ServerResponse) => void, token?: () => string): Promise<KubeClient> {
  const server = createServer({ cert: serving.certificate, key: serving.key }, answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = createKubeClient(
    { server: address, certificateAuthority: authority.certificate, ...(token === undefined ? {} : { token }) },
    'kanon/test',
  )
  cleanups.push(() => {
    client.close()
    server.closeAllConnections()
    return new Promise((resolve) => server.close(() => resolve()))
  })
  return client
}
const say = (status: number, body: string) => (_: IncomingMessage, outgoing: ServerResponse) => void outgoing.writeHead(status).end(body)

test.each([
  [
    'a Status',
    404,
    '{"kind":"Status","code":404,"reason":"NotFound","message":"gone"}',
    { code: 404, reason: 'NotFound', message: 'gone' },
  ],
  ['a Status that contradicts its code', 403, '{"kind":"Status","code":200}', { code: 403 }],
  ['text', 502, 'bad gateway', { code: 502, message: 'bad gateway' }],
  ['nothing', 500, '', { code: 500, message: '' }],
  ['JSON that is no Status', 400, '{"error":"x"}', { code: 400, message: '{"error":"x"}' }],
  ['a redirect', 302, '', { code: 302 }],
])('a failure with %s is a Status', async (_, status, body, expected) => {
  const client = await serve(say(status, body))
  const answer = await client.call({ method: 'GET', path: '/x' })
  expect(answer).toMatchObject({ ok: false, error: expected })
})

test('an answer that is no object is text', async () => {
  const client = await serve(say(200, 'ok'))
  expect(await client.call({ method: 'GET', path: '/livez' })).toEqual({ ok: true, value: { text: 'ok' } })
})

test('a server that is not there is a Status with code 0', async () => {
  const client = createKubeClient({ server: 'https://127.0.0.1:1', certificateAuthority: authority.certificate }, 'kanon/test')
  const answer = await client.call({ method: 'GET', path: '/x' })
  expect(answer).toMatchObject({ ok: false, error: { code: 0, reason: 'ServiceUnavailable' } })
  expect(await client.watch('/x', () => undefined, new AbortController().signal)).toMatchObject({ code: 0 })
  client.close()
})

test('a server that says nothing is given up', async () => {
  const client = await serve(() => undefined)
  const answer = await client.call({ method: 'GET', path: '/x', timeoutMilliseconds: 50 })
  expect(answer).toMatchObject({ ok: false, error: { code: 0 } })
})

test('a server that another authority vouches for is not spoken to', async () => {
  const other = await createAuthority('other', notBefore, 30)
  let asked = 0
  const server = createServer({ cert: serving.certificate, key: serving.key }, () => (asked += 1))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => new Promise((resolve) => server.close(() => resolve())))
  const client = createKubeClient(
    {
      server: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
      certificateAuthority: other.certificate,
      token: () => 'secret',
    },
    'kanon/test',
  )
  expect((await client.call({ method: 'GET', path: '/x' })).ok).toBe(false)
  expect(asked).toBe(0)
  client.close()
})

test('the token is read for each request', async () => {
  const seen: (string | undefined)[] = []
  let turn = 0
  const client = await serve(
    (incoming, outgoing) => {
      seen.push(incoming.headers.authorization)
      outgoing.end('{}')
    },
    () => `token-${(turn += 1)}`,
  )
  await client.call({ method: 'GET', path: '/x' })
  await client.call({ method: 'GET', path: '/x' })
  expect(seen).toEqual(['Bearer token-1', 'Bearer token-2'])
})

const event = (name: string): string =>
  `${JSON.stringify({ type: 'ADDED', object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } } })}\n`

test('a watch reads events however they are cut, and ends without an error when the server ends it', async () => {
  const text = event('ä') + event('b')
  const bytes = Buffer.from(text)
  const client = await serve((_, outgoing) => {
    outgoing.writeHead(200)
    for (let i = 0; i < bytes.length; i += 7) outgoing.write(bytes.subarray(i, i + 7))
    outgoing.end()
  })
  const seen: WatchEvent[] = []
  expect(await client.watch('/x', (one) => seen.push(one), new AbortController().signal)).toBeUndefined()
  expect(seen.map(({ object }) => (object['metadata'] as { readonly name: string }).name)).toEqual(['ä', 'b'])
})

test.each([
  ['no JSON', 'nonsense\n'],
  ['half an event at the end', '{"type":"ADD'],
  ['no event', '[1]\n'],
])('a watch that says %s ends the watch, not the process', async (_, text) => {
  const client = await serve(say(200, event('a') + text))
  const seen: WatchEvent[] = []
  const why = await client.watch('/x', (one) => seen.push(one), new AbortController().signal)
  expect(seen).toHaveLength(1)
  expect(why?.message).toBe(text.endsWith('\n') ? 'the API server sent something that is no event' : undefined)
})

test('a watch that is refused says why', async () => {
  const client = await serve(say(403, '{"kind":"Status","message":"no"}'))
  expect(await client.watch('/x', () => undefined, new AbortController().signal)).toMatchObject({ code: 403, message: 'no' })
})

test('a watch can be ended', async () => {
  const client = await serve((_, outgoing) => void outgoing.writeHead(200).write(event('a')))
  const stopping = new AbortController()
  await client.watch('/x', () => stopping.abort(), stopping.signal)
  expect(stopping.signal.aborted).toBe(true)
})

test.each([
  [
    'a list',
    { apiVersion: 'v1', kind: 'PodList', items: [{ metadata: { name: 'a' } }] },
    [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }],
  ],
  [
    'a list whose items say what they are',
    { kind: 'List', items: [{ apiVersion: 'a/v1', kind: 'B' }] },
    [{ apiVersion: 'a/v1', kind: 'B' }],
  ],
  ['no items', { kind: 'PodList', items: null }, []],
  ['items that are no objects', { kind: 'PodList', items: [1, null, 'x'] }, []],
])('the objects of %s', (_, list, items) => {
  expect(itemsOf(list)).toEqual(items)
})

test('many watches keep no call waiting', async () => {
  const client = await serve((incoming, outgoing) => {
    if (incoming.url?.startsWith('/watch') === true) outgoing.writeHead(200).flushHeaders()
    else outgoing.end('{}')
  })
  const stopping = new AbortController()
  const watches = Array.from({ length: 100 }, (_, index) => client.watch(`/watch/${index}`, () => undefined, stopping.signal))
  expect(await client.call({ method: 'GET', path: '/x', timeoutMilliseconds: 5_000 })).toEqual({ ok: true, value: {} })
  stopping.abort()
  await Promise.all(watches)
})
