import { lineAndColumn } from '../../core/source.ts'
import { formatDuration } from '../../kube/duration.ts'
import { escapeXml } from '../output/junit.ts'
import type { Paint } from '../show.ts'
import { printable } from '../show.ts'
import type { Out, OutList } from './json-out.ts'
import { fields, printOut, value } from './json-out.ts'
import { problemOut, problemText } from './problem.ts'
import type { TestResult } from './run-test.ts'
import type { TestCase } from './test-cases.ts'
import { locationOut, printTrace } from './trace.ts'

const rule = `${'-'.repeat(80)}\n`
const titles = { pass: 'PASS', fail: 'FAIL', skip: 'SKIPPED', error: 'ERROR' } as const
const tones = { pass: 'green', fail: 'red', skip: 'yellow', error: 'red' } as const

const nameOf = ({ package: of, name }: TestCase): string => printable(`${of}.${name}`)
const rowOf = ({ source, span }: TestCase): number => lineAndColumn(source, span.start).line

function titleOf({ test, outcome, nanoseconds }: TestResult, paint: Paint): string {
  const duration = outcome === 'skip' ? '' : ` (${formatDuration(nanoseconds)})`
  return `${nameOf(test)}: ${paint(tones[outcome], titles[outcome])}${duration}\n`
}

/** As `opa test` prints results: those that passed only where all are wanted. */
export function printPretty(
  results: readonly TestResult[],
  options: { readonly verbose: boolean; readonly varValues: boolean },
  paint: Paint,
): string {
  const shown = results.filter(({ outcome, output }) => options.verbose || outcome !== 'pass' || (output !== '' && options.verbose))
  const lines = shown.map((result) => {
    const { test, error, output, outcome } = result
    const cases = result.cases.filter(({ passed }) => options.verbose || !passed)
    const caseLines = cases.map(
      ({ name, passed }) => `  ${printable(name)}: ${paint(passed ? 'green' : 'red', passed ? 'PASS' : 'FAIL')}\n`,
    )
    const printed = output === '' || (outcome === 'pass' && !options.verbose) ? '' : `\n${indent(output)}\n`
    const why = error === undefined ? '' : `  ${problemText(error)}\n`
    return `${test.source.name}:${rowOf(test)}:\n${titleOf(result, paint)}${caseLines.join('')}${why}${printed}`
  })
  const failures = options.verbose ? printFailures(results, options.varValues, paint) : ''
  return `${lines.join('')}${failures}${lines.length === 0 ? '' : rule}${summary(results, paint)}`
}

const indent = (text: string): string => text.replaceAll(/^(?=.)/gm, '  ')

function printFailures(results: readonly TestResult[], showLocals: boolean, paint: Paint): string {
  const failed = results.filter(({ outcome }) => outcome === 'fail')
  if (failed.length === 0) return ''
  const parts = failed.map((result) => `${titleOf(result, paint)}\n${printTrace(result.trace, showLocals, '  ')}\n`)
  return `${rule}FAILURES\n${rule}${parts.join('')}`
}

function summary(results: readonly TestResult[], paint: Paint): string {
  // A test with cases counts as its cases.
  const outcomes = results.flatMap(({ outcome, cases }) =>
    cases.length === 0 ? [outcome] : cases.map(({ passed }) => (passed ? 'pass' : 'fail')),
  )
  const total = outcomes.length
  return (['pass', 'fail', 'skip', 'error'] as const)
    .map((outcome) => ({ outcome, count: outcomes.filter((each) => each === outcome).length }))
    .filter(({ count }) => count > 0)
    .map(({ outcome, count }) => `${paint(tones[outcome], titles[outcome])}: ${count}/${total}\n`)
    .join('')
}

/** A list of results as `opa test --format json` prints it. */
export function printJson(results: readonly TestResult[]): string {
  return `${printOut(results.map(resultOut))}\n`
}

function resultOut({ test, outcome, error, output, nanoseconds, cases }: TestResult): Out {
  const flags: Readonly<Record<string, Out | OutList>> =
    outcome === 'fail'
      ? { fail: value(true) }
      : outcome === 'skip'
        ? { skip: value(true) }
        : outcome === 'error' && error !== undefined
          ? { error: problemOut(error) }
          : {}
  const byName: Record<string, Out> = {}
  for (const { name, passed } of cases) byName[name] = fields({ name: value(name), ...(passed ? {} : { fail: value(true) }) })
  return fields({
    location: locationOut(test),
    package: value(test.package),
    name: value(test.name),
    ...flags,
    duration: value(Number(nanoseconds)),
    ...(output === '' ? {} : { output: value(Buffer.from(output).toString('base64')) }),
    ...(cases.length === 0 ? {} : { sub_results: fields(byName) }),
  })
}

/** One suite a package, one case a test. */
export function printJunit(results: readonly TestResult[]): string {
  const suites = [...Map.groupBy(results, ({ test }) => test.package)].map(([name, own]) => {
    const count = (outcome: TestResult['outcome']): number => own.filter((result) => result.outcome === outcome).length
    const head = `tests="${own.length}" failures="${count('fail')}" errors="${count('error')}" skipped="${count('skip')}"`
    return `  <testsuite name="${escapeXml(name)}" ${head}>\n${own.map(junitCase).join('')}  </testsuite>\n`
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="kanon rego test" tests="${results.length}">\n${suites.join('')}</testsuites>\n`
}

function junitCase({ test, outcome, error, nanoseconds, trace }: TestResult): string {
  const seconds = (Number(nanoseconds) / 1e9).toFixed(6)
  const open = `    <testcase classname="${escapeXml(test.package)}" name="${escapeXml(test.name)}" file="${escapeXml(test.source.name)}" line="${rowOf(test)}" time="${seconds}"`
  switch (outcome) {
    case 'pass':
      return `${open}/>\n`
    case 'skip':
      return `${open}><skipped/></testcase>\n`
    case 'fail':
      return `${open}><failure message="the test is undefined or not true">${escapeXml(printTrace(trace, false))}</failure></testcase>\n`
    case 'error':
      return `${open}><error message="${escapeXml(error === undefined ? '' : problemText(error))}"/></testcase>\n`
  }
}
