import { expect, test } from 'vitest'
import { guardedApi, policies, validating } from './guarded-api.ts'
import { clusterPolicy, listAt, until } from './server.ts'

const { ask, put, remove, webhooksAt, tryRed } = guardedApi()

test('a policy is in force, changed and gone within a second', async () => {
  const took: number[] = []
  for (let attempt = 0; attempt < 3 && !took.some((milliseconds) => milliseconds < 1_000); attempt += 1) {
    const started = performance.now()
    await ask({ method: 'POST', path: policies, body: clusterPolicy('quick') })
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
  await ask({ method: 'PATCH', path: `${policies}/no-red`, body: patch, headers: { 'content-type': 'application/json-patch+json' } })
  await until('the new message', async () => (await tryRed()).text.includes('never red'))
})

test('its status says that it is ready, with the generation it is about', async () => {
  await put(policies, clusterPolicy('no-red'))
  const { json } = await ask({ path: `${policies}/no-red` })
  expect(listAt(json, 'status', 'conditions')[0]).toMatchObject({ type: 'Ready', status: 'True', reason: 'Succeeded' })
})

test.each([
  ['deleted', () => remove(validating)],
  [
    'emptied',
    () =>
      ask({
        method: 'PATCH',
        path: validating,
        body: { webhooks: null },
        headers: { 'content-type': 'application/merge-patch+json' },
      }),
  ],
  [
    'weakened',
    () =>
      ask({
        method: 'PATCH',
        path: validating,
        body: [{ op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Ignore' }],
        headers: { 'content-type': 'application/json-patch+json' },
      }),
  ],
  [
    'extended',
    () =>
      ask({
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
  const { json } = await ask({ path: `${path}/other` })
  await put(policies, clusterPolicy('no-red'))
  expect((await ask({ path: `${path}/other` })).json).toEqual(json)
})
