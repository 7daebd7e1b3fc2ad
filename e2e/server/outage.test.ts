import { X509Certificate } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { createAuthority, issueCertificate } from '../../src/cluster/certificates.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { at, clusterPolicy, startApi, temporaryDirectory, until } from './server.ts'
import {
  authorityOf,
  inForce,
  policies,
  post,
  replica,
  resources,
  running,
  secrets,
  startCluster,
  stopAll,
  tryRed,
  webhooksOf,
} from './replica.ts'
import { review } from './webhook.ts'

afterEach(stopAll)

test('while the API server is away a replica keeps deciding and says so; then it catches up', async () => {
  const data = temporaryDirectory()
  running.push(data.remove)
  const before = await startApi({ dataDirectory: data.path })
  const port = Number(new URL(before.server).port)
  const guard = await replica(before, 'replica-a')
  await guard.settled()
  await post(before, clusterPolicy('no-red'))
  await inForce(before)
  const ask = await webhooksOf(guard, await authorityOf(before))
  const metric = async (): Promise<string | undefined> =>
    /^kanon_api_server_connected (\d)/m.exec((await ask({ path: '/metrics' })).text)?.[1]
  const said = (message: string): boolean => guard.entries.some((entry) => entry.message === message)

  await before.stop()
  await until('a log entry', () => said('the API server does not answer: deciding with the policies known so far'))
  expect(await metric()).toBe('0')
  expect((await ask({ path: '/health/readiness' })).status).toBe(200)
  const reply = await ask({ method: 'POST', path: '/validate/fail', body: review() })
  expect(at(reply.json, 'response', 'status', 'message')).toContain('red is not allowed')

  // Somebody changes the cluster where the replica does not see it.
  const elsewhere = await startApi({ dataDirectory: data.path })
  await elsewhere.ask({ method: 'DELETE', path: resources })
  const changed = [{ op: 'replace', path: '/spec/rules/0/validate/message', value: 'still no red' }]
  const patched = await elsewhere.ask({
    method: 'PATCH',
    path: `${policies}/no-red`,
    body: changed,
    headers: { 'content-type': 'application/json-patch+json' },
  })
  expect(patched.status).toBe(200)
  await elsewhere.stop()

  const after = await startCluster({ dataDirectory: data.path, port })
  await until('a log entry', () => said('the API server answers again'))
  await until('the metric', async () => (await metric()) === '1')
  await until('the policy of now', async () => (await tryRed(after)).text.includes('still no red'))
})

test('a serving certificate that has expired, or is nonsense, is replaced', async () => {
  const api = await startCluster()
  const long = new Date(Date.now() - 400 * 86_400_000)
  const authority = await createAuthority('*.kanon.svc', long, 1_000)
  const old = await issueCertificate(authority, {
    commonName: 'kanon-svc',
    ipAddresses: ['127.0.0.1'],
    usage: 'server',
    notBefore: long,
    days: 150,
  })
  const encode = (text: string): string => Buffer.from(text).toString('base64')
  const secret = (name: string, certificate: string, key: string): JsonObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name },
    type: 'kubernetes.io/tls',
    data: { 'tls.crt': encode(certificate), 'tls.key': encode(key) },
  })
  await api.ask({ method: 'POST', path: '/api/v1/namespaces', body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kanon' } } })
  await api.ask({ method: 'POST', path: secrets, body: secret('kanon-tls-ca', authority.certificate, authority.key) })
  await api.ask({ method: 'POST', path: secrets, body: secret('kanon-tls-pair', old.certificate, old.key) })
  const served = async (): Promise<X509Certificate> => {
    const { json } = await api.ask({ path: `${secrets}/kanon-tls-pair` })
    return new X509Certificate(Buffer.from(String(at(json, 'data', 'tls.crt')), 'base64'))
  }
  const guard = await replica(api, 'replica-a')
  await guard.settled()
  expect((await served()).validToDate.getTime()).toBeGreaterThan(Date.now() + 100 * 86_400_000)
  // The authority is still good: it is the same.
  expect(await authorityOf(api)).toBe(authority.certificate)
  await post(api, clusterPolicy('no-red'))
  await inForce(api)

  for (const certificate of [old.certificate, 'nonsense']) {
    const wrong = await api.ask({ method: 'PUT', path: `${secrets}/kanon-tls-pair`, body: secret('kanon-tls-pair', certificate, old.key) })
    expect(wrong.status).toBe(200)
    await until(
      'a new certificate',
      async () =>
        (await served().catch(() => undefined))?.verify(new X509Certificate(authority.certificate).publicKey) === true &&
        (await served()).validToDate.getTime() > Date.now(),
    )
    expect((await tryRed(api)).text).toContain('red is not allowed')
  }
})
