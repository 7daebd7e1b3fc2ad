import { nameOf, namespaceOf } from '../../kube/object.ts'
import { policyKey } from '../../policy/policy.ts'
import type { Report, Result } from './result.ts'
import { placeOfResult } from './result.ts'

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }
/** Text for XML; control characters, which XML cannot hold, become U+FFFD. */
export const escapeXml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (c) => entities[c] ?? c).replaceAll(/[^\P{Cc}\t\n\r]/gu, '\uFFFD')

/** One suite a policy, one case a rule and resource. */
export function junitOutput(report: Report): string {
  const byPolicy = Map.groupBy(report.results, ({ policy }) => policyKey(policy))
  const suites = [...byPolicy].map(([policy, results]) => suite(policy, results, report))
  const { pass, fail, warn, error, skip } = report.counts
  const total = pass + fail + warn + error + skip
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="kanon" tests="${total}" failures="${fail}" errors="${error}" skipped="${skip}">\n${suites.join('')}</testsuites>\n`
}

function suite(policy: string, results: readonly Result[], report: Report): string {
  const count = (wanted: Result['result']): number => results.filter(({ result }) => result === wanted).length
  const cases = results.map((result) => testCase(result, report)).join('')
  return `  <testsuite name="${escapeXml(policy)}" tests="${results.length}" failures="${count('fail')}" errors="${count('error')}" skipped="${count('skip')}">\n${cases}  </testsuite>\n`
}

function testCase(result: Result, report: Report): string {
  const { outcome, subject } = result
  const name = escapeXml(`${outcome.rule} ${namespaceOf(subject.object)}/${subject.object.kind}/${nameOf(subject.object)}`)
  const place = placeOfResult(result, report.placeOf)
  const file = place === undefined ? '' : ` file="${escapeXml(place.file)}" line="${place.line}"`
  const message = escapeXml(outcome.message)
  const where = place === undefined ? '' : escapeXml(`\n${place.file}:${place.line}:${place.column}`)
  const open = `    <testcase classname="${escapeXml(policyKey(result.policy))}" name="${name}"${file}`
  switch (result.result) {
    case 'pass':
      return `${open}/>\n`
    case 'skip':
      return `${open}><skipped message="${message}"/></testcase>\n`
    case 'warn':
      return `${open}><system-out>${message}${where}</system-out></testcase>\n`
    case 'fail':
      return `${open}><failure message="${message}">${message}${where}</failure></testcase>\n`
    case 'error':
      return `${open}><error message="${message}">${message}${where}</error></testcase>\n`
  }
}
