import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { PolicyOutcome } from '../policy/policy.ts'
import type { PolicyRequest } from '../policy/request.ts'

export interface RequestSeen {
  readonly request: PolicyRequest
  readonly allowed: boolean
  readonly seconds: number
  readonly outcomes: readonly PolicyOutcome[]
}

/** What the server counts, under Kyverno's names where it has them, so that its dashboards keep working. */
export interface Metrics {
  request(seen: RequestSeen): void
  http(path: string, status: number): void
  shed(): void
  /** Policies in force, and whether the server may be out of date. */
  state(policies: number, connected: boolean): void
  /** In the text format of Prometheus. */
  print(): Promise<string>
  readonly contentType: string
}

const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 20, 25, 30]

export function createMetrics(version: string): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const admission = ['resource_kind', 'resource_request_operation', 'request_allowed'] as const
  const requests = new Counter({
    name: 'kyverno_admission_requests_total',
    help: 'admission requests answered',
    labelNames: admission,
    registers,
  })
  const duration = new Histogram({
    name: 'kyverno_admission_review_duration_seconds',
    help: 'seconds from reading an admission request to its answer',
    labelNames: admission,
    buckets,
    registers,
  })
  const countResult = resultCounter(registers)
  const http = new Counter({
    name: 'kyverno_http_requests_total',
    help: 'HTTP requests',
    labelNames: ['http_url', 'status'] as const,
    registers,
  })
  const shed = new Counter({
    name: 'kanon_admission_requests_shed_total',
    help: 'requests refused because too many were waiting',
    registers,
  })
  const policies = new Gauge({ name: 'kanon_policies', help: 'policies in force', registers })
  const connected = new Gauge({ name: 'kanon_api_server_connected', help: '1 while the watches of the API server are up', registers })
  new Gauge({ name: 'kyverno_info', help: 'the version of this server', labelNames: ['version'] as const, registers }).set({ version }, 1)
  return {
    request: ({ request, allowed, seconds, outcomes }) => {
      const labels = {
        resource_kind: request.kind.kind,
        resource_request_operation: request.operation.toLowerCase(),
        request_allowed: String(allowed),
      }
      requests.inc(labels)
      duration.observe(labels, seconds)
      for (const { policy, rules } of outcomes) {
        for (const { rule, result } of rules) {
          countResult({
            policy_name: policy.name,
            policy_type: policy.namespace === '' ? 'cluster' : 'namespaced',
            rule_name: rule,
            rule_result: result,
            resource_kind: request.kind.kind,
            resource_request_operation: labels.resource_request_operation,
          })
        }
      }
    },
    http: (path, status) => http.inc({ http_url: path, status: String(status) }),
    shed: () => shed.inc(),
    state: (count, up) => {
      policies.set(count)
      connected.set(up ? 1 : 0)
    },
    print: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

const resultLabels = ['policy_name', 'policy_type', 'rule_name', 'rule_result', 'resource_kind', 'resource_request_operation'] as const
type ResultLabels = Readonly<Record<(typeof resultLabels)[number], string>>

/** There are many results in a request, and a counter that is asked for by its labels is slow: they are counted here, and told when somebody looks. */
function resultCounter(registers: Registry[]): (labels: ResultLabels) => void {
  const untold = new Map<string, { readonly labels: ResultLabels; count: number }>()
  new Counter({
    name: 'kyverno_policy_results_total',
    help: 'outcomes of rules',
    labelNames: resultLabels,
    registers,
    collect() {
      for (const { labels, count } of untold.values()) this.inc(labels, count)
      untold.clear()
    },
  })
  return (labels) => {
    const key = resultLabels.map((label) => labels[label]).join('\0')
    const known = untold.get(key)
    if (known === undefined) untold.set(key, { labels, count: 1 })
    else known.count += 1
  }
}
