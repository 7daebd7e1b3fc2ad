import { policyKey } from '../../policy/policy.ts'
import type { Report, Result } from './result.ts'
import { isProblem, placeOfResult } from './result.ts'

const escapeData = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

/** Workflow commands: annotations on the lines of a pull request. */
export function githubOutput(report: Report): string {
  return report.results
    .filter(isProblem)
    .map((result) => annotation(result, report))
    .join('')
}

function annotation(result: Result, report: Report): string {
  const place = placeOfResult(result, report.placeOf)
  const where = place === undefined ? '' : `file=${escapeProperty(place.file)},line=${place.line},col=${place.column},`
  const title = `${policyKey(result.policy)}${result.outcome.rule === '' ? '' : `/${result.outcome.rule}`}`
  return `::${result.result === 'warn' ? 'warning' : 'error'} ${where}title=${escapeProperty(title)}::${escapeData(result.outcome.message)}\n`
}
