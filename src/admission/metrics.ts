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
  const countResults = resultCounter(registers)
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
      const concerned = { resource_kind: request.kind.kind, resource_request_operation: labels.resource_request_operation }
      for (const outcome of outcomes) countResults(outcome, concerned)
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

/** What a request was about. */
interface Concerned {
  readonly resource_kind: string
  readonly resource_request_operation: string
}

/** How often rules of a policy had which results for requests that were about one thing: by the rule, then by the result. */
interface Untold {
  readonly policy: { readonly policy_name: string; readonly policy_type: string }
  readonly concerned: Concerned
  readonly rules: Map<string, Map<string, number>>
}

/** There are many results in a request, and a counter that is asked for by its labels is slow: they are counted here, and told when somebody looks. */
function resultCounter(registers: Registry[]): (outcome: PolicyOutcome, concerned: Concerned) => void {
  const untold = new Map<string, Untold>()
  new Counter({
    name: 'kyverno_policy_results_total',
    help: 'outcomes of rules',
    labelNames: ['policy_name', 'policy_type', 'rule_name', 'rule_result', 'resource_kind', 'resource_request_operation'] as const,
    registers,
    collect() {
      for (const { policy, concerned, rules } of untold.values())
        for (const [rule, results] of rules)
          for (const [result, count] of results) this.inc({ ...policy, rule_name: rule, rule_result: result, ...concerned }, count)
      untold.clear()
    },
  })
  return ({ policy, rules }, concerned) => {
    const type = policy.namespace === '' ? 'cluster' : 'namespaced'
    const key = `${policy.name}\0${type}\0${concerned.resource_kind}\0${concerned.resource_request_operation}`
    let counted = untold.get(key)
    if (counted === undefined) {
      counted = { policy: { policy_name: policy.name, policy_type: type }, concerned, rules: new Map() }
      untold.set(key, counted)
    }
    for (const { rule, result } of rules) {
      let results = counted.rules.get(rule)
      if (results === undefined) counted.rules.set(rule, (results = new Map()))
      results.set(result, (results.get(result) ?? 0) + 1)
    }
  }
}
