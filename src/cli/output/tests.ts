import type { JsonObject } from '../../core/json.ts'
import { printYaml } from '../../kube/yaml/yaml.ts'
import type { TestRow, TestRun } from '../../policy/test-suite.ts'
import { painter, table } from '../show.ts'
import { escapeXml } from './junit.ts'

export interface TestOptions {
  readonly color: boolean
  readonly failOnly: boolean
  readonly detailed: boolean
}

/** How the results of tests are printed, by the name in `--output`. */
export const testFormats: Readonly<Record<string, (runs: readonly TestRun[], options: TestOptions) => string>> = {
  text,
  json: (runs, options) => `${JSON.stringify(rowsJson(runs, options), null, 2)}\n`,
  yaml: (runs, options) => printYaml(rowsJson(runs, options)),
  markdown,
  junit,
}

/** Upstream shows the expectation's fate: a row passes when the rule did what was expected. */
const shown = ({ status }: TestRow): string => (status === 'failed' ? 'Fail' : 'Pass')

const rowsOf = ({ rows }: TestRun, { failOnly }: TestOptions): readonly TestRow[] =>
  failOnly ? rows.filter(({ status }) => status === 'failed') : rows

function text(runs: readonly TestRun[], options: TestOptions): string {
  const paint = painter(options.color)
  const header = ['ID', 'POLICY', 'RULE', 'RESOURCE', 'RESULT', 'REASON', ...(options.detailed ? ['MESSAGE'] : [])]
  const parts = runs.flatMap((run) => {
    const rows = rowsOf(run, options)
    if (rows.length === 0) return []
    const cells = rows.map((row, index) => [
      String(index + 1),
      row.policy,
      row.rule,
      row.resource,
      shown(row),
      row.reason,
      ...(options.detailed ? [row.message.replaceAll('\n', ' ')] : []),
    ])
    return [`\nTest ${paint('bold', run.name)}\n${table(header, cells, paint)}\n`]
  })
  const all = runs.flatMap((run) => run.rows)
  const failed = all.filter(({ status }) => status === 'failed').length
  if (all.length === 0) return 'No test yamls available\n'
  const summary = options.failOnly
    ? `\n${failed} out of ${all.length} tests failed\n`
    : `\nTest Summary: ${all.length - failed} tests passed and ${failed} tests failed\n`
  return parts.join('') + paint(failed > 0 ? 'red' : 'green', summary)
}

function rowsJson(runs: readonly TestRun[], options: TestOptions): JsonObject {
  return {
    tests: runs.map((run) => ({
      name: run.name,
      results: rowsOf(run, options).map(({ policy, rule, resource, expected, actual, status, reason, message }) => ({
        policy,
        rule,
        resource,
        expected,
        actual,
        status,
        reason,
        message,
      })),
    })),
  }
}

function markdown(runs: readonly TestRun[], options: TestOptions): string {
  const cell = (value: string): string => value.replaceAll('|', '\\|').replaceAll('\n', ' ')
  return runs
    .map((run) => {
      const rows = rowsOf(run, options).map(
        (row, index) => `| ${[String(index + 1), row.policy, row.rule, row.resource, shown(row), row.reason].map(cell).join(' | ')} |\n`,
      )
      return `## ${run.name}\n\n| ID | POLICY | RULE | RESOURCE | RESULT | REASON |\n|---|---|---|---|---|---|\n${rows.join('')}\n`
    })
    .join('')
}

function junit(runs: readonly TestRun[], options: TestOptions): string {
  const suites = runs.map((run) => {
    const rows = rowsOf(run, options)
    const cases = rows.map((row) => {
      const open = `    <testcase classname="${escapeXml(row.policy)}" name="${escapeXml(`${row.rule} ${row.resource}`)}"`
      if (row.status === 'passed') return `${open}/>\n`
      if (row.status === 'skipped') return `${open}><skipped message="${escapeXml(row.reason)}"/></testcase>\n`
      return `${open}><failure message="${escapeXml(row.reason)}">${escapeXml(row.message)}</failure></testcase>\n`
    })
    const failed = rows.filter(({ status }) => status === 'failed').length
    return `  <testsuite name="${escapeXml(run.name)}" tests="${rows.length}" failures="${failed}">\n${cases.join('')}  </testsuite>\n`
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="kanon">\n${suites.join('')}</testsuites>\n`
}
