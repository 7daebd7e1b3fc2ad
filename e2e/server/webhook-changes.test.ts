import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import type { Api, Guard } from './server.ts'
import { at, clusterPolicy, configMap, listAt, startApi, startGuard, until } from './server.ts'

let api: Api
let guard: Guard
beforeAll(async () => {
  api = await startApi()
  guard = await startGuard(api)
  await guard.settled()
})
afterAll(async () => {
  await guard.stop({ remove: true })
  await api.stop()
})

const policies = '/apis/kyverno.io/v1/clusterpolicies'
const validating = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/kyverno-resource-validating-webhook-cfg'

const made: string[] = []
async function put(collection: string, body: JsonObject): Promise<void> {
  const reply = await api.ask({ method: 'POST', path: collection, body })
  expect(reply.text).toContain('"uid"')
  const name = String(at(body, 'metadata', 'name'))
  made.push(`${collection}/${name}`)
  if (collection.endsWith('policies'))
    await until('the new policy', () => guard.table().compilation.policies.some((policy) => policy.name === name))
  await guard.settled()
}
const remove = (path: string) => api.ask({ method: 'DELETE', path })
afterEach(async () => {
  for (const path of made.splice(0).toReversed()) await remove(path)
  await until('a table without policies', () => guard.table().compilation.policies.length === 0)
})

const webhooksAt = async (path: string): Promise<readonly JsonObject[]> => listAt((await api.ask({ path })).json, 'webhooks')
const tryRed = (namespace = 'default') =>
  api.ask({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/configmaps?dryRun=All`,
    body: configMap('probe', { data: { colour: 'red' } }),
  })

test('a policy is in force, changed and gone within a second', async () => {
  const took: number[] = []
  for (let attempt = 0; attempt < 3 && !took.some((milliseconds) => milliseconds < 1_000); attempt += 1) {
    const started = performance.now()
    await api.ask({ method: 'POST', path: policies, body: clusterPolicy('quick') })
    await until('enforcement', async () => (await tryRed()).status === 400)
    await remove(`${policies}/quick`)
    await until('the end of enforcement', async () => (await tryRed()).status === 201)
    took.push((performance.now() - started) / 2)
  }
  expect(Math.min(...took)).toBeLessThan(1_000)
})

test('a policy that is edited decides anew', async () => {
  await put(policies, clusterPolicy('no-red'))
  const patch = [{ op: 'replace', path: '/spec/rules/0/validate/message', value: 'never red' }]
  await api.ask({ method: 'PATCH', path: `${policies}/no-red`, body: patch, headers: { 'content-type': 'application/json-patch+json' } })
  await until('the new message', async () => (await tryRed()).text.includes('never red'))
})

test('its status says that it is ready, with the generation it is about', async () => {
  await put(policies, clusterPolicy('no-red'))
  const { json } = await api.ask({ path: `${policies}/no-red` })
  expect(listAt(json, 'status', 'conditions')[0]).toMatchObject({ type: 'Ready', status: 'True', reason: 'Succeeded' })
})

test.each([
  ['deleted', () => remove(validating)],
  [
    'emptied',
    () =>
      api.ask({
        method: 'PATCH',
        path: validating,
        body: { webhooks: null },
        headers: { 'content-type': 'application/merge-patch+json' },
      }),
  ],
  [
    'weakened',
    () =>
      api.ask({
        method: 'PATCH',
        path: validating,
        body: [{ op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Ignore' }],
        headers: { 'content-type': 'application/json-patch+json' },
      }),
  ],
  [
    'extended',
    () =>
      api.ask({
        method: 'PATCH',
        path: validating,
        body: [{ op: 'add', path: '/webhooks/0/rules/0/resources/-', value: 'secrets' }],
        headers: { 'content-type': 'application/json-patch+json' },
      }),
  ],
])('a configuration that somebody has %s is put back', async (_, harm) => {
  await put(policies, clusterPolicy('no-red'))
  const before = await webhooksAt(validating)
  expect(before).toHaveLength(1)
  expect((await harm()).status).toBe(200)
  await until('repair', async () => {
    const now = await webhooksAt(validating)
    return JSON.stringify(now) === JSON.stringify(before)
  })
})

test('configurations of others are left alone', async () => {
  const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations'
  await put(path, { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration', metadata: { name: 'other' } })
  const { json } = await api.ask({ path: `${path}/other` })
  await put(policies, clusterPolicy('no-red'))
  expect((await api.ask({ path: `${path}/other` })).json).toEqual(json)
})
