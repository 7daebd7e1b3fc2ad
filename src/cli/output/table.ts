import { nameOf, namespaceOf } from '../../kube/object.ts'
import { policyKey } from '../../policy/policy.ts'
import { painter, table } from '../show.ts'
import type { Report } from './result.ts'
import { placeOfResult } from './result.ts'

/** A row a rule and resource. */
export function tableOutput(report: Report): string {
  const rows = report.results.map((result, index) => {
    const place = placeOfResult(result, report.placeOf)
    const { object } = result.subject
    return [
      String(index + 1),
      policyKey(result.policy),
      result.outcome.rule,
      `${namespaceOf(object)}/${object.kind}/${nameOf(object)}`,
      result.result,
      place === undefined ? '' : `${place.file}:${place.line}:${place.column}`,
    ]
  })
  return `${table(['ID', 'POLICY', 'RULE', 'RESOURCE', 'RESULT', 'WHERE'], rows, painter(false))}\n`
}
