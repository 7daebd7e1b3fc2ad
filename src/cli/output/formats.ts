import { printYaml } from '../../kube/yaml/yaml.ts'
import { githubOutput } from './github.ts'
import { jsonOutput } from './json.ts'
import { junitOutput } from './junit.ts'
import { markdownOutput } from './markdown.ts'
import { policyReports } from './policy-report.ts'
import type { Report } from './result.ts'
import { sarifOutput } from './sarif.ts'
import { tableOutput } from './table.ts'

/** Outputs for machines and documents, by their name in `--output`. Each is a pure function of the report. */
export const formats: Readonly<Record<string, (report: Report) => string>> = {
  table: tableOutput,
  json: (report) => `${JSON.stringify(jsonOutput(report), null, 2)}\n`,
  yaml: (report) => printYaml(jsonOutput(report)),
  junit: junitOutput,
  sarif: (report) => `${JSON.stringify(sarifOutput(report), null, 2)}\n`,
  github: githubOutput,
  markdown: markdownOutput,
  policyreport: (report) =>
    policyReports(report)
      .map((object) => printYaml(object))
      .join('---\n'),
}
