import type { JsonObject } from '../../src/core/json.ts'
import type { Api, Guard } from './server.ts'
import { at, configMap, httpsClient, startApi, startGuard, until } from './server.ts'

export const policies = '/apis/kyverno.io/v1/clusterpolicies'
export const configurations = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations'
export const resources = `${configurations}/kyverno-resource-validating-webhook-cfg`
export const secrets = '/api/v1/namespaces/kanon/secrets'

export const running: (() => Promise<void> | void)[] = []
/** Ends everything that was started here, the last first. */
export async function stopAll(): Promise<void> {
  for (const stop of running.splice(0).toReversed()) await stop()
}

export async function startCluster(settings: Parameters<typeof startApi>[0] = {}): Promise<Api> {
  const api = await startApi(settings)
  running.push(() => api.stop())
  return api
}

/** `end` may be called by the test; afterwards nothing happens. */
export async function replica(api: Api, identity: string): Promise<Guard & { readonly end: () => Promise<void> }> {
  const guard = await startGuard(api, identity)
  let ended: Promise<void> | undefined
  const end = (): Promise<void> => {
    ended ??= guard.stop({ remove: true })
    return ended
  }
  running.push(end)
  return { ...guard, end }
}

export const post = (api: Api, body: JsonObject) => api.ask({ method: 'POST', path: policies, body })
export const tryRed = (api: Api) =>
  api.ask({
    method: 'POST',
    path: '/api/v1/namespaces/default/configmaps?dryRun=All',
    body: configMap('probe', { data: { colour: 'red' } }),
  })
export const inForce = (api: Api) => until('enforcement', async () => (await tryRed(api)).status === 400)

export async function authorityOf(api: Api): Promise<string> {
  const { json } = await api.ask({ path: `${secrets}/kanon-tls-ca` })
  return Buffer.from(String(at(json, 'data', 'tls.crt')), 'base64').toString()
}

/** A client of the webhooks themselves, as the API server is one. */
export async function webhooksOf(guard: Guard, authority: string) {
  const client = httpsClient(`https://127.0.0.1:${guard.port}`, authority)
  running.push(client.close)
  return client.ask
}
