import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import type { Api, Ask, Guard, Reply } from './server.ts'
import { at, configMap, listAt, startApi, startGuard, until } from './server.ts'

export const policies = '/apis/kyverno.io/v1/clusterpolicies'
export const validating = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/kyverno-resource-validating-webhook-cfg'

export interface GuardedApi {
  readonly ask: Ask
  /** Creates an object for one test and waits until it is in force. */
  readonly put: (collection: string, body: JsonObject) => Promise<void>
  readonly remove: (path: string) => Promise<Reply>
  readonly webhooksAt: (path: string) => Promise<readonly JsonObject[]>
  /** Tries, and does not keep, what most of the tests' policies refuse. */
  readonly tryRed: (namespace?: string) => Promise<Reply>
}

/** An API server with a guard for all tests of a file. What a test puts there is gone after it. */
export function guardedApi(): GuardedApi {
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
  const ask: Ask = (exchange) => api.ask(exchange)
  const remove = (path: string): Promise<Reply> => ask({ method: 'DELETE', path })
  const made: string[] = []
  afterEach(async () => {
    for (const path of made.splice(0).toReversed()) await remove(path)
    await until('a table without policies', () => guard.table().compilation.policies.length === 0)
  })
  const put = async (collection: string, body: JsonObject): Promise<void> => {
    const reply = await ask({ method: 'POST', path: collection, body })
    expect(reply.text).toContain('"uid"')
    const name = String(at(body, 'metadata', 'name'))
    made.push(`${collection}/${name}`)
    if (collection.endsWith('policies'))
      await until('the new policy', () => guard.table().compilation.policies.some((policy) => policy.name === name))
    await guard.settled()
  }
  return {
    ask,
    put,
    remove,
    webhooksAt: async (path) => listAt((await ask({ path })).json, 'webhooks'),
    tryRed: (namespace = 'default') =>
      ask({
        method: 'POST',
        path: `/api/v1/namespaces/${namespace}/configmaps?dryRun=All`,
        body: configMap('probe', { data: { colour: 'red' } }),
      }),
  }
}
