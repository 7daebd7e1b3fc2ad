import { setTimeout as pause } from 'node:timers/promises'
import { createMetrics } from '../admission/metrics.ts'
import type { PolicyTable } from '../admission/policy-table.ts'
import type { AdmissionServer, LogEntry, ServerLimits } from '../admission/server.ts'
import { noTracer, openTelemetry } from '../admission/tracing.ts'
import { discover } from '../cluster/discovery.ts'
import type { ClusterAddress, KubeClient } from '../cluster/kube-client.ts'
import { createKubeClient } from '../cluster/kube-client.ts'
import { installDefinitions } from '../controllers/custom-resource-definitions/reconcile.ts'
import type { Queue } from '../controllers/queue.ts'
import { createQueue } from '../controllers/queue.ts'
import type { Reach } from '../controllers/webhook-configuration/wanted.ts'
import { clientConfigOf, isTrusted, wantedWebhooks } from '../controllers/webhook-configuration/wanted.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Dialect } from '../policy/dialect.ts'
import type { CertificateSource, CertificateState, ServedNames } from './admission/certificates.ts'
import { mintFor, readCertificates, startRenewal } from './admission/certificates.ts'
import { openFacts } from './admission/facts.ts'
import type { Leadership } from './admission/leadership.ts'
import { startLeadership } from './admission/leadership.ts'
import type { Say } from './admission/say.ts'
import { sayTo } from './admission/say.ts'
import { serve } from './admission/serve.ts'
import { settleMilliseconds } from './admission/times.ts'
import type { Watching } from './admission/watching.ts'
import { startWatching } from './admission/watching.ts'

export interface AdmissionSettings {
  readonly cluster: ClusterAddress
  readonly dialects: readonly Dialect[]
  readonly host: string
  readonly port: number
  /** Kanon's own namespace. */
  readonly namespace: string
  /** How the API server reaches the webhooks: a Service of the namespace, or the address of this process. */
  readonly reach: { readonly kind: 'service'; readonly name: string } | { readonly kind: 'url' }
  readonly identity: string
  readonly version: string
  readonly installDefinitions: boolean
  /** Of an OpenTelemetry collector. */
  readonly traceEndpoint: string | undefined
  /** How long what providers of external data said is kept; not at all where nothing is said. */
  readonly externalDataMilliseconds?: number
  readonly log: (entry: LogEntry) => void
  readonly limits?: Partial<ServerLimits>
}

export interface RunningAdmission {
  readonly port: number
  readonly server: AdmissionServer
  /** The policies in force. */
  readonly table: () => PolicyTable
  /** Resolves once the webhooks for all policies of now are in place, and their status says so. */
  settled(): Promise<void>
  /** Makes new certificates at once. */
  rotateCertificates(): Promise<void>
  /** `remove` takes the webhook configurations away, as when the last replica goes. */
  stop(options: { readonly remove: boolean }): Promise<void>
}

/** Starts everything that guards a cluster: watches, the webhook server, and the writers that one replica leads. */
export async function runAdmission(settings: AdmissionSettings): Promise<RunningAdmission> {
  const { dialects, namespace, identity, host, port, log } = settings
  const say = sayTo(log)
  const now = (): Date => new Date()
  const ending = new AbortController()
  const { signal } = ending
  const client = createKubeClient(settings.cluster, `kanon/${settings.version}`)
  const metrics = createMetrics(settings.version)
  const tracer = settings.traceEndpoint === undefined ? noTracer : await openTelemetry(settings.traceEndpoint, settings.version)

  await prepareCluster(client, settings, say)
  const source: CertificateSource = { client, mint: mintFor(servedNames(settings)), namespace, now, say }
  const certificates: CertificateState = { current: await readCertificates(source, '') }
  const served = (await discover(client)) ?? []

  const queue = createQueue(settleMilliseconds)
  const watching = startWatching({ client, dialects, served, queue, metrics, say, signal })
  const { watches, policies, surroundings, discovery } = watching
  const facts = openFacts({
    client,
    resources: discovery.resources,
    surroundings,
    clientCertificate: () => certificates.current.serving,
    externalDataMilliseconds: settings.externalDataMilliseconds ?? 0,
  })
  const stopAsking = (): void => {
    watching.stop()
    facts.stop()
    client.close()
  }
  const certificate = certificates.current.serving
  const limits = settings.limits ?? {}
  const server = await serve({ host, port, certificate, watching, facts, now, metrics, tracer, log, limits }).catch((error: unknown) => {
    ending.abort()
    stopAsking()
    throw error
  })
  const reach = reachOf(settings, server.port)
  const webhooks = (table: PolicyTable): readonly KubeObject[] =>
    wantedWebhooks({
      dialects,
      policies: table.compilation.policies,
      settings: table.settings,
      resources: discovery.resources(),
      clientConfig: (path) => clientConfigOf(reach, certificates.current.caBundle, path),
      ownNamespace: namespace,
    })
  const leadership = startLeadership({ client, dialects, namespace, identity, watching, webhooks, queue, now, say, signal })
  const renewal = startRenewal({
    source,
    state: certificates,
    watches,
    server,
    isTrusted: (caBundle) => isTrusted(caBundle, webhooks(policies.table()), surroundings.configurations()),
    onNew: queue.soon,
    signal,
  })
  return {
    port: server.port,
    server,
    table: policies.table,
    settled: () => settled(watching, leadership, queue, signal),
    rotateCertificates: renewal.rotate,
    stop: async ({ remove }) => {
      ending.abort()
      renewal.stop()
      watching.quieten()
      await queue.idle()
      await leadership.leave({ remove })
      await server.close()
      stopAsking()
      await tracer.close()
    },
  }
}

/** What a replica needs in the cluster before it can do anything else. */
async function prepareCluster(client: KubeClient, settings: AdmissionSettings, say: Say): Promise<void> {
  await client.call({
    method: 'POST',
    path: '/api/v1/namespaces',
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: settings.namespace } },
  })
  if (!settings.installDefinitions) return
  for (const failed of await installDefinitions(client, settings.dialects))
    say('error', `definition not installed: ${failed.message ?? ''}`)
}

const servedNames = ({ namespace, reach, host }: AdmissionSettings): ServedNames =>
  reach.kind === 'service' ? { namespace, service: reach.name, ipAddresses: [] } : { namespace, service: 'kanon-svc', ipAddresses: [host] }

const reachOf = ({ namespace, reach, host }: AdmissionSettings, port: number): Reach =>
  reach.kind === 'service' ? { kind: 'service', namespace, name: reach.name } : { kind: 'url', host, port }

const pollMilliseconds = 10

/** Resolves once this replica leads and has written everything that it knows of, or ends. */
async function settled({ watches, isBehind }: Watching, leadership: Leadership, queue: Queue, signal: AbortSignal): Promise<void> {
  while (!(watches.synced && leadership.leads) && !signal.aborted) await pause(pollMilliseconds)
  for (let seen = -1; seen !== queue.generation || (isBehind() && !signal.aborted);) {
    seen = queue.generation
    while (isBehind() && !signal.aborted) await pause(pollMilliseconds)
    await queue.idle()
    await pause(settleMilliseconds)
  }
}
