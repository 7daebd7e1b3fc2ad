import { afterEach, expect, test } from 'vitest'
import { at, clusterPolicy, listAt, namesOf, until } from './server.ts'
import { authorityOf, configurations, inForce, post, replica, resources, startCluster, stopAll, tryRed, webhooksOf } from './replica.ts'
import { review } from './webhook.ts'

afterEach(stopAll)

test('a replica that is ready has the policies, and the checks of its health say so', async () => {
  const api = await startCluster()
  const first = await replica(api, 'replica-a')
  await first.settled()
  await post(api, clusterPolicy('no-red'))
  await inForce(api)
  const second = await replica(api, 'replica-b')
  const ask = await webhooksOf(second, await authorityOf(api))
  await until('readiness', async () => (await ask({ path: '/health/readiness' })).status === 200)
  const reply = await ask({ method: 'POST', path: '/validate/fail', body: review() })
  expect(at(reply.json, 'response', 'allowed')).toBe(false)
})

test('while another replica serves the webhooks stay; with the last one they go', async () => {
  const api = await startCluster()
  const first = await replica(api, 'replica-a')
  await first.settled()
  await post(api, clusterPolicy('no-red'))
  await inForce(api)
  const second = await replica(api, 'replica-b')
  const joined = async (): Promise<boolean> =>
    namesOf((await api.ask({ path: '/apis/coordination.k8s.io/v1/namespaces/kanon/leases' })).json).includes('kanon-replica-replica-b')
  await until('the lease of the second replica', joined)
  await first.end()
  expect(namesOf((await api.ask({ path: configurations })).json)).toContain('kyverno-resource-validating-webhook-cfg')
  await second.settled()
  const { json } = await api.ask({ path: resources })
  expect(String(at(listAt(json, 'webhooks')[0], 'clientConfig', 'url'))).toContain(`:${second.port}/`)
  await inForce(api)
  await second.end()
  expect(namesOf((await api.ask({ path: configurations })).json)).toEqual([])
  expect((await tryRed(api)).status).toBe(201)
})
