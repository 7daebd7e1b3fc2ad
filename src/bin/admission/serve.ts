import type { Metrics } from '../../admission/metrics.ts'
import type { AdmissionServer, LogEntry, ServerLimits, ServingCertificate } from '../../admission/server.ts'
import { startAdmissionServer } from '../../admission/server.ts'
import type { Tracer } from '../../admission/tracing.ts'
import type { ReplicaFacts } from './facts.ts'
import type { Watching } from './watching.ts'

export interface ServeOptions {
  readonly host: string
  readonly port: number
  readonly certificate: ServingCertificate
  readonly watching: Watching
  readonly facts: ReplicaFacts
  readonly now: () => Date
  readonly metrics: Metrics
  readonly tracer: Tracer
  readonly log: (entry: LogEntry) => void
  readonly limits: Partial<ServerLimits>
}

/** Starts the server that decides with what is watched. Rejects if it cannot listen. */
export function serve({ watching, facts, ...options }: ServeOptions): Promise<AdmissionServer> {
  const { watches, policies, surroundings, discovery } = watching
  return startAdmissionServer({
    ...options,
    table: policies.table,
    source: facts.source,
    known: facts.known,
    requesterOf: surroundings.requesterOf,
    kindOf: (group, version, resource) =>
      discovery.resources().find((one) => one.group === group && one.version === version && one.resource === resource)?.kind,
    whyNotReady: () => (watches.synced && policies.isLoaded ? undefined : 'the policies are not loaded yet'),
  })
}
