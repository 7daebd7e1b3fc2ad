import type { Json, JsonObject } from '../../core/json.ts'
import { nameOf, namespaceOf } from '../../kube/object.ts'
import { policyKey } from '../../policy/policy.ts'
import type { Report, Result } from './result.ts'

/** One PolicyReport a namespace, and a ClusterPolicyReport for what has none (wgpolicyk8s.io/v1alpha2). */
export function policyReports(report: Report): readonly JsonObject[] {
  const byNamespace = Map.groupBy(report.results, ({ subject }) => namespaceOf(subject.object))
  return [...byNamespace]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([namespace, results]) => ({
      apiVersion: 'wgpolicyk8s.io/v1alpha2',
      kind: namespace === '' ? 'ClusterPolicyReport' : 'PolicyReport',
      metadata: { name: 'kanon-apply', ...(namespace === '' ? {} : { namespace }) },
      results: results.map((result) => resultJson(result, report.now)),
      summary: summaryOf(results),
    }))
}

function summaryOf(results: readonly Result[]): JsonObject {
  const count = (wanted: Result['result']): number => results.filter(({ result }) => result === wanted).length
  return { pass: count('pass'), fail: count('fail'), warn: count('warn'), error: count('error'), skip: count('skip') }
}

function resultJson({ policy, outcome, result, subject }: Result, now: Date): Json {
  const { object } = subject
  const namespace = namespaceOf(object)
  return {
    policy: policyKey(policy),
    rule: outcome.rule,
    result,
    message: outcome.message,
    scored: policy.scored,
    source: policy.reportSource,
    ...(policy.severity === '' ? {} : { severity: policy.severity }),
    ...(policy.category === '' ? {} : { category: policy.category }),
    ...(Object.keys(outcome.properties).length === 0 ? {} : { properties: outcome.properties }),
    resources: [{ apiVersion: object.apiVersion, kind: object.kind, name: nameOf(object), ...(namespace === '' ? {} : { namespace }) }],
    timestamp: { seconds: Math.floor(now.getTime() / 1000), nanos: 0 },
  }
}
