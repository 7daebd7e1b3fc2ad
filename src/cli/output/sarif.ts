import type { Json, JsonObject } from '../../core/json.ts'
import { nameOf, namespaceOf } from '../../kube/object.ts'
import { policyKey } from '../../policy/policy.ts'
import type { Report, Result } from './result.ts'
import { isProblem, placeOfResult } from './result.ts'

const levels: Readonly<Record<string, string>> = { critical: 'error', high: 'error', medium: 'error', low: 'warning', info: 'note' }

const ruleId = ({ policy, outcome }: Result): string => (outcome.rule === '' ? policyKey(policy) : `${policyKey(policy)}/${outcome.rule}`)

/** SARIF 2.1.0: violations and errors only, as code scanners show them. */
export function sarifOutput(report: Report): JsonObject {
  const problems = report.results.filter(isProblem)
  const rules = [...new Map(problems.map((problem) => [ruleId(problem), problem])).values()]
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'kanon', version: report.version, rules: rules.map(ruleJson) } },
        results: problems.map((problem) => resultJson(problem, report)),
      },
    ],
  }
}

const ruleJson = (result: Result): Json => ({
  id: ruleId(result),
  shortDescription: { text: result.outcome.rule === '' ? policyKey(result.policy) : result.outcome.rule },
  properties: {
    ...(result.policy.category === '' ? {} : { category: result.policy.category }),
    ...(result.policy.severity === '' ? {} : { severity: result.policy.severity }),
  },
})

function resultJson(result: Result, report: Report): Json {
  const place = placeOfResult(result, report.placeOf)
  const { object } = result.subject
  const level = result.result === 'warn' ? 'warning' : (levels[result.policy.severity] ?? 'error')
  return {
    ruleId: ruleId(result),
    level,
    message: { text: result.outcome.message },
    locations: [
      {
        ...(place === undefined
          ? {}
          : { physicalLocation: { artifactLocation: { uri: place.file }, region: { startLine: place.line, startColumn: place.column } } }),
        logicalLocations: [{ fullyQualifiedName: `${namespaceOf(object)}/${object.kind}/${nameOf(object)}` }],
      },
    ],
  }
}
