import { expect, test } from 'vitest'
import type { PolicyOutcome } from '../policy/policy.ts'
import type { PolicyRequest } from '../policy/request.ts'
import { createMetrics } from './metrics.ts'

const request = { kind: { group: '', version: 'v1', kind: 'Pod' }, operation: 'CREATE' } as PolicyRequest
const outcome = (name: string, namespace: string, ...results: readonly string[]): PolicyOutcome =>
  ({ policy: { name, namespace }, rules: results.map((result) => ({ rule: 'r', result })) }) as unknown as PolicyOutcome

const lines = (text: string): readonly string[] => text.split('\n').filter((line) => line.startsWith('kyverno_policy_results_total{'))
const line = (policy: string, type: string, result: string, count: number): string =>
  `kyverno_policy_results_total{policy_name="${policy}",policy_type="${type}",rule_name="r",rule_result="${result}",resource_kind="Pod",resource_request_operation="create"} ${count}`

test('results are counted by policy, rule and result, however often somebody looks', async () => {
  const metrics = createMetrics('1')
  const seen = { request, allowed: true, seconds: 0.001, outcomes: [outcome('a', '', 'pass', 'fail'), outcome('b', 'ns', 'pass')] }
  metrics.request(seen)
  metrics.request(seen)
  const first = [line('a', 'cluster', 'pass', 2), line('a', 'cluster', 'fail', 2), line('b', 'namespaced', 'pass', 2)]
  expect(lines(await metrics.print())).toEqual(first)
  expect(lines(await metrics.print())).toEqual(first)
  metrics.request({ ...seen, outcomes: [outcome('a', '', 'pass')] })
  expect(lines(await metrics.print())).toEqual([line('a', 'cluster', 'pass', 3), ...first.slice(1)])
})
