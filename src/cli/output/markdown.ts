import { nameOf, namespaceOf } from '../../kube/object.ts'
import { policyKey } from '../../policy/policy.ts'
import type { Report, Result } from './result.ts'
import { isProblem, placeOfResult } from './result.ts'

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

/** A table for pull requests and chats. */
export function markdownOutput(report: Report): string {
  const { pass, fail, warn, error, skip } = report.counts
  const summary = `**pass: ${pass}, fail: ${fail}, warn: ${warn}, error: ${error}, skip: ${skip}**\n`
  const problems = report.results.filter(isProblem)
  if (problems.length === 0) return summary
  return `${summary}\n| result | policy | rule | resource | where | message |\n|---|---|---|---|---|---|\n${problems.map((problem) => row(problem, report)).join('')}`
}

function row(result: Result, report: Report): string {
  const place = placeOfResult(result, report.placeOf)
  const { object } = result.subject
  const cells = [
    result.result,
    policyKey(result.policy),
    result.outcome.rule,
    `${namespaceOf(object)}/${object.kind}/${nameOf(object)}`,
    place === undefined ? '' : `${place.file}:${place.line}:${place.column}`,
    result.outcome.message,
  ]
  return `| ${cells.map(cell).join(' | ')} |\n`
}
