import { request } from 'node:https'
import { connect } from 'node:tls'
import { describe, expect, test } from 'vitest'
import type { KeyPair } from '../../src/cluster/certificates.ts'
import { createAuthority, issueCertificate } from '../../src/cluster/certificates.ts'
import { pause, until } from './server.ts'
import { allowed, notBefore, red, review, testCertificates } from './webhook.ts'
import { webhooksPerTest } from './webhooks-per-test.ts'

const { start } = webhooksPerTest()

describe('bodies', () => {
  test.each([
    ['no JSON', 'hello', /^the body is not JSON: /],
    ['an empty body', '', /^the body is not JSON: /],
    ['a list', '[]', /^the body is no AdmissionReview: an object is expected\n$/],
    ['null', 'null', /^the body is no AdmissionReview: an object is expected\n$/],
    ['another object', JSON.stringify(red), /^expected an AdmissionReview of admission\.k8s\.io\/v1 or v1beta1, not apiVersion "v1"\n$/],
    ['another kind', '{"apiVersion":"admission.k8s.io/v1","kind":"Pod"}', /^expected kind AdmissionReview, not "Pod"\n$/],
    ['a version to come', JSON.stringify(review({}, 'admission.k8s.io/v2')), /not apiVersion "admission\.k8s\.io\/v2"\n$/],
    ['no request', '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}', /^the AdmissionReview has no request\n$/],
    ['no uid', JSON.stringify(review({ uid: '' })), /^the request of the AdmissionReview has no uid\n$/],
    ['a uid that is no text', JSON.stringify(review({ uid: 7 })), /has no uid\n$/],
    ['an unknown operation', JSON.stringify(review({ operation: 'PATCH' })), /^unknown operation "PATCH" /],
    ['no operation', JSON.stringify(review({ operation: null })), /^unknown operation null /],
  ])('%s is answered with 400 and what is wrong', async (_, body, message) => {
    const { post } = await start()
    const reply = await post('/validate', body)
    expect(reply.status).toBe(400)
    expect(reply.text).toMatch(message)
  })

  test('a review whose parts have the wrong types is decided, not crashed on', async () => {
    const { post } = await start()
    const strange = { kind: 'Pod', resource: 3, userInfo: [], object: 'text', oldObject: 5, namespace: {}, name: [], dryRun: 'yes' }
    expect((await post('/validate', review(strange))).status).toBe(200)
    expect((await post('/mutate', review({ ...strange, object: { metadata: 1 } }))).status).toBe(200)
    expect(
      (await post('/policyvalidate', review({ object: { kind: 'ClusterPolicy', apiVersion: 'kyverno.io/v1', spec: 3 } }))).status,
    ).toBe(200)
  })

  test('an object with the key __proto__ is an ordinary object', async () => {
    const { post } = await start()
    const text = JSON.stringify(review()).replace('"metadata":', '"__proto__":{"data":{"colour":"green"}},"metadata":')
    expect(allowed(await post('/validate', text))).toBe(false)
  })

  const bytes = 30 * 1024 * 1024
  test.each([
    ['that says its length', { 'content-length': String(bytes) }],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('a body of 30 MB %s is refused with 413, and the server goes on', async (_, headers) => {
    const webhook = await start()
    const status = await new Promise<number>((resolve, reject) => {
      const outgoing = request(
        `${webhook.url}/validate`,
        { method: 'POST', ca: webhook.authority.certificate, agent: false, headers: { 'content-type': 'application/json', ...headers } },
        (incoming) => {
          incoming.resume()
          resolve(incoming.statusCode ?? 0)
          outgoing.destroy()
        },
      )
      outgoing.on('error', reject)
      outgoing.end(Buffer.alloc(bytes, 0x20))
    })
    expect(status).toBe(413)
    expect(allowed(await webhook.post('/validate', review()))).toBe(false)
  })

  test('a body that ends early leaves the server as it was', async () => {
    const webhook = await start()
    const socket = connect({ host: '127.0.0.1', port: webhook.port, ca: webhook.authority.certificate })
    await new Promise((resolve) => socket.once('secureConnect', resolve))
    socket.write('POST /validate HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{')
    await pause(20)
    socket.destroy()
    expect(allowed(await webhook.post('/validate', review()))).toBe(false)
  })
})

describe('requests', () => {
  test.each([
    ['text/plain', 415, 'expected content-type application/json, not "text/plain"\n'],
    ['application/yaml', 415, 'expected content-type application/json, not "application/yaml"\n'],
    ['', 415, 'expected content-type application/json, not ""\n'],
  ])('content type %j is answered with %i', async (type, status, text) => {
    const { post } = await start()
    expect(await post('/validate', review(), { 'content-type': type })).toMatchObject({ status, text })
  })

  test('a content type with a charset is taken', async () => {
    const { post } = await start()
    expect(allowed(await post('/validate', review(), { 'content-type': 'Application/JSON; charset=utf-8' }))).toBe(false)
  })

  test.each(['/', '/nope', '/validatex', '/validat', '/validate%2f', '/policyvalidate/more', '/health', '//'])(
    'nothing answers %s',
    async (path) => {
      const { post } = await start()
      const reply = await post(path, review())
      expect([400, 404]).toContain(reply.status)
      expect(reply.text).toContain(path === '//' ? '"//" is no path' : `no webhook answers ${path}`)
    },
  )

  test('a path that no policy has is answered, and lets everything through', async () => {
    const { post } = await start()
    expect(allowed(await post('/validate/fail/finegrained/nobody', review()))).toBe(true)
    expect(allowed(await post('/validate/fail', review()))).toBe(false)
    expect(allowed(await post('/validate/ignore', review()))).toBe(true)
  })

  test('another method than POST is not allowed', async () => {
    const { get } = await start()
    const reply = await get('/validate')
    expect(reply.status).toBe(405)
    expect(reply.headers.allow).toBe('POST')
  })

  test.each([
    ['headers', 'POST /validate HTTP/1.1\r\nhost: a\r\n', 'x-a: b\r\n'],
    ['a body', 'POST /validate HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n', ' '],
    ['nothing at all', '', ''],
  ])('a client that dribbles %s is cut off, while others are served', async (_, first, rest) => {
    const webhook = await start({ limits: { requestMilliseconds: 300 } })
    const socket = connect({ host: '127.0.0.1', port: webhook.port, ca: webhook.authority.certificate })
    let said = ''
    let gone = false
    socket.on('data', (chunk: Buffer) => (said += chunk.toString()))
    socket.on('error', () => undefined)
    socket.on('close', () => (gone = true))
    await new Promise((resolve) => socket.once('secureConnect', resolve))
    if (first !== '') socket.write(first)
    const dribble = setInterval(() => void (rest !== '' && !gone && socket.write(rest)), 40)
    try {
      expect(allowed(await webhook.post('/validate', review()))).toBe(false)
      await until('the end of the slow connection', () => gone)
    } finally {
      clearInterval(dribble)
      socket.destroy()
    }
    expect(said).toMatch(/^(HTTP\/1\.1 408 |$)/)
    expect(allowed(await webhook.post('/validate', review()))).toBe(false)
  })

  test('TLS 1.1 is refused, TLS 1.2 and 1.3 are spoken', async () => {
    const webhook = await start()
    const { port } = webhook
    const speak = (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'): Promise<string> =>
      new Promise((resolve) => {
        const socket = connect(
          {
            host: '127.0.0.1',
            port,
            ca: webhook.authority.certificate,
            minVersion: version,
            maxVersion: version,
            ...(version === 'TLSv1.1' ? { ciphers: 'DEFAULT@SECLEVEL=0' } : {}),
          },
          () => {
            resolve(socket.getProtocol() ?? '')
            socket.destroy()
          },
        )
        socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
      })
    expect(await speak('TLSv1.1')).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION')
    expect(await speak('TLSv1.2')).toBe('TLSv1.2')
    expect(await speak('TLSv1.3')).toBe('TLSv1.3')
  })

  test('plain HTTP gets no answer and does no harm', async () => {
    const webhook = await start()
    await expect(fetch(`http://127.0.0.1:${webhook.port}/validate`)).rejects.toThrow('fetch failed')
    expect(allowed(await webhook.post('/validate', review()))).toBe(false)
  })
})

describe('client certificates', () => {
  const client = (from: KeyPair): Promise<KeyPair> =>
    issueCertificate(from, { commonName: 'kube-apiserver', usage: 'client', notBefore, days: 30 })

  test('where they are required nobody else gets a review; health is for all', async () => {
    const certificates = await testCertificates()
    const { authority } = certificates
    const webhook = await start({ clientAuthority: authority.certificate, certificates })
    expect(await webhook.post('/validate', review())).toMatchObject({
      status: 401,
      text: 'a client certificate of the configured authority is expected\n',
    })
    const stranger = await client(await createAuthority('other', notBefore, 30))
    expect((await webhook.as(stranger).post('/validate', review())).status).toBe(401)
    expect(allowed(await webhook.as(await client(authority)).post('/validate', review()))).toBe(false)
    expect((await webhook.get('/health/liveness')).status).toBe(200)
  })

  test('a certificate that has expired is none', async () => {
    const certificates = await testCertificates()
    const { authority } = certificates
    const webhook = await start({ clientAuthority: authority.certificate, certificates })
    const long = new Date(Date.now() - 10 * 86_400_000)
    const old = await issueCertificate(authority, { commonName: 'kube-apiserver', usage: 'client', notBefore: long, days: 1 })
    expect((await webhook.as(old).post('/validate', review())).status).toBe(401)
  })
})
