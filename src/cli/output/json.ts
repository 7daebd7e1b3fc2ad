import type { Json, JsonObject } from '../../core/json.ts'
import { nameOf, namespaceOf } from '../../kube/object.ts'
import { policyKey } from '../../policy/policy.ts'
import type { Report, Result } from './result.ts'
import { placeOfResult } from './result.ts'

/** `{summary, results[]}`; a result has the names of PolicyReport's fields and `location` in the user's file. */
export function jsonOutput(report: Report): JsonObject {
  return { summary: { ...report.counts }, results: report.results.map((result) => resultJson(result, report)) }
}

function resultJson(result: Result, report: Report): Json {
  const { policy, outcome, subject } = result
  const place = placeOfResult(result, report.placeOf)
  return {
    policy: policyKey(policy),
    rule: outcome.rule,
    result: result.result,
    message: outcome.message,
    resource: {
      apiVersion: subject.object.apiVersion,
      kind: subject.object.kind,
      namespace: namespaceOf(subject.object),
      name: nameOf(subject.object),
    },
    ...(policy.severity === '' ? {} : { severity: policy.severity }),
    ...(policy.category === '' ? {} : { category: policy.category }),
    ...(outcome.exceptions.length === 0 ? {} : { exceptions: outcome.exceptions }),
    ...(place === undefined ? {} : { location: { file: place.file, line: place.line, column: place.column } }),
  }
}
