import { manifestOf } from '../../src/admission/handler.ts'
import { createMetrics } from '../../src/admission/metrics.ts'
import { createPolicyTable } from '../../src/admission/policy-table.ts'
import type { AdmissionServer, AdmissionServerOptions, LogEntry } from '../../src/admission/server.ts'
import { startAdmissionServer } from '../../src/admission/server.ts'
import { noTracer } from '../../src/admission/tracing.ts'
import type { KeyPair } from '../../src/cluster/certificates.ts'
import { createAuthority, issueCertificate } from '../../src/cluster/certificates.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { kyverno } from '../../src/dialects/kyverno/dialect.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import type { Dialect } from '../../src/policy/dialect.ts'
import type { FactSource } from '../../src/policy/facts.ts'
import type { Credentials, Reply } from './server.ts'
import { at, clusterPolicy, configMap, httpsClient } from './server.ts'

export const notBefore = new Date(Date.now() - 86_400_000)
export const serverRequest = { commonName: 'kanon', ipAddresses: ['127.0.0.1'], usage: 'server', notBefore, days: 30 } as const

/** The authority of the tests' certificates, and one for servers on the loopback address. */
export async function testCertificates(): Promise<{ readonly authority: KeyPair; readonly serving: KeyPair }> {
  const authority = await createAuthority('test', notBefore, 30)
  return { authority, serving: await issueCertificate(authority, serverRequest) }
}

export const unknownWorld: FactSource = { fetch: () => Promise.resolve({ known: false, reason: 'there is no cluster' }) }
export const silentWorld: FactSource = { fetch: () => new Promise(() => undefined) }

export interface Webhook extends Omit<AdmissionServer, 'close'> {
  readonly authority: KeyPair
  readonly entries: readonly LogEntry[]
  readonly url: string
  /** Ends the server and the clients made here; again is nothing. */
  readonly close: () => Promise<void>
  /** Posts an AdmissionReview, or anything. */
  readonly post: (path: string, body: JsonObject | string, headers?: Readonly<Record<string, string>>) => Promise<Reply>
  readonly get: (path: string) => Promise<Reply>
  readonly as: (credentials: Credentials) => Pick<Webhook, 'post'>
}

export interface WebhookSettings extends Partial<AdmissionServerOptions> {
  readonly certificates?: Awaited<ReturnType<typeof testCertificates>>
  readonly policies?: readonly JsonObject[]
  readonly dialect?: Dialect
}

/** The webhook server with policies and certificates of its own. */
export async function startWebhook({
  policies = [clusterPolicy('no-red')],
  dialect = kyverno,
  certificates,
  ...options
}: WebhookSettings = {}): Promise<Webhook> {
  const { authority, serving } = certificates ?? (await testCertificates())
  const entries: LogEntry[] = []
  const clients: (() => void)[] = []
  const manifests = policies.map((policy) => manifestOf(policy as KubeObject))
  const table = createPolicyTable({ dialects: [dialect], manifests, settings: {}, onBug: (policy) => entries.push(bug(policy.name)) })
  const server = await startAdmissionServer({
    port: 0,
    host: '127.0.0.1',
    certificate: serving,
    table: () => table,
    source: unknownWorld,
    known: () => undefined,
    requesterOf: (userInfo) => ({ userInfo, roles: [], clusterRoles: [] }),
    kindOf: (_group, _version, resource) => (resource === 'pods' ? 'Pod' : undefined),
    now: () => new Date(),
    metrics: createMetrics('1.2.3'),
    tracer: noTracer,
    log: (entry) => entries.push(entry),
    whyNotReady: () => undefined,
    ...options,
    limits: { drainMilliseconds: 0, ...options.limits },
  })
  const url = `https://127.0.0.1:${server.port}`
  const clientAs = (credentials?: Credentials) => {
    const client = httpsClient(url, authority.certificate, credentials)
    clients.push(client.close)
    return client
  }
  const { ask } = clientAs()
  const poster =
    (send: typeof ask): Webhook['post'] =>
    (path, body, headers = {}) =>
      send({ method: 'POST', path, body, headers })
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    closing ??= server.close().then(() => clients.forEach((end) => end()))
    return closing
  }
  return {
    ...server,
    close,
    authority,
    entries,
    url,
    post: poster(ask),
    get: (path) => ask({ path }),
    as: (credentials) => ({ post: poster(clientAs(credentials).ask) }),
  }
}

const bug = (policy: string): LogEntry => ({ level: 'error', message: `bug in ${policy}`, fields: {} })

export const red = configMap('a', { data: { colour: 'red' } })
export const green = configMap('a', { data: { colour: 'green' } })

/** A review of the creation of a ConfigMap; `request` changes it. */
export const review = (request: JsonObject = {}, apiVersion = 'admission.k8s.io/v1'): JsonObject => ({
  apiVersion,
  kind: 'AdmissionReview',
  request: {
    uid: 'u-1',
    kind: { group: '', version: 'v1', kind: 'ConfigMap' },
    resource: { group: '', version: 'v1', resource: 'configmaps' },
    namespace: 'default',
    name: 'a',
    operation: 'CREATE',
    userInfo: { username: 'alice', groups: ['system:authenticated'] },
    object: red,
    oldObject: null,
    dryRun: false,
    options: null,
    ...request,
  },
})

export const allowed = ({ json }: Reply): unknown => at(json, 'response', 'allowed')
export const denial = ({ json }: Reply): string => String(at(json, 'response', 'status', 'message'))
