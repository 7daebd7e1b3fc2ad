import { compileRegex } from '../../core/regex.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { GatorFile, GatorFilter, GatorTestResult } from '../../policy/gator.ts'
import type { ExitStatus, Host } from '../host.ts'
import { clock } from './clock.ts'
import type { GoCommand } from './command.ts'
import { fail, success } from './command.ts'
import type { GoArguments, GoFlagValues } from './flags.ts'
import type { FoundSuite } from './suites.ts'
import { findSuites, readBeside } from './suites.ts'
import { enginesWith, notTraced } from './test.ts'

export const verifyCommand: GoCommand = {
  name: 'verify',
  usage: 'path [--run=name]',
  summary: 'verify suites of tests on Gatekeeper Constraints',
  long: 'verify suites of tests on Gatekeeper Constraints',
  examples: `# Run all tests in label-tests.yaml
kanon gator verify label-tests.yaml

# Run all tests whose names contain "forbid-labels".
kanon gator verify tests/... --run forbid-labels//

# Run all cases whose names contain "nginx-deployment".
kanon gator verify tests/... --run //nginx-deployment

# Run all cases whose names exactly match "nginx-deployment".
kanon gator verify tests/... --run '//^nginx-deployment$'

# Run all cases that are either named "forbid-labels" or are
# in tests named "forbid-labels".
kanon gator verify tests/... --run '^forbid-labels$'`,
  flags: [
    { name: 'enable-k8s-native-validation', type: 'bool', default: 'true', doc: 'Beta: enable the validating admission policy driver' },
    { name: 'run', shorthand: 'r', type: 'string', doc: 'regular expression which filters tests to run by name' },
    { name: 'trace', shorthand: 't', type: 'bool', doc: 'include a trace for the underlying constraint framework evaluation' },
    { name: 'verbose', shorthand: 'v', type: 'bool', doc: 'print extended test output' },
  ],
  takes: 'one',
  run,
}

function run({ args, values }: GoArguments, host: Host): Promise<ExitStatus> {
  const { gator } = host
  const [path = ''] = args
  const suites = gator === undefined ? err('Gatekeeper is not known here') : findSuites(path, host.cwd, gator)
  if (!suites.ok) return Promise.resolve(fail(`Error: listing test files: ${suites.error}`, host))
  const filter = readFilter(values.text('run'))
  if (!filter.ok) return Promise.resolve(fail(`Error: compiling filter: invalid test filter: ${filter.error}`, host))
  if (values.on('trace')) host.err(notTraced)
  let isFailed = false
  for (const suite of suites.value) isFailed = !runSuite(suite, { filter: filter.value, values, host }) || isFailed
  host.out(isFailed ? 'FAIL\n\n' : 'PASS\n\n')
  return Promise.resolve(isFailed ? fail('Error: FAIL', host) : success)
}

interface Calling {
  readonly filter: GatorFilter | undefined
  readonly values: GoFlagValues
  readonly host: Host
}

/** Whether it passed. */
function runSuite({ shown, file, suite }: FoundSuite, { filter, values, host }: Calling): boolean {
  const begun = clock()
  const engines = enginesWith(values.on('enable-k8s-native-validation'))
  const files = new Map<string, GatorFile>()
  const read = (path: string): GatorFile => {
    const content = files.get(path) ?? readBeside(file, path)
    files.set(path, content)
    return content
  }
  const results = suite.run({ read, filter, engines, clock, now: host.now })
  const taken = clock() - begun
  for (const result of results) host.out(printTest(result, values.on('verbose')))
  const isPassed = results.every(hasPassed)
  host.out(`${isPassed ? 'ok' : 'FAIL'}\t${shown}\t${seconds(taken)}\n`)
  return isPassed
}

const hasPassed = ({ error, cases }: GatorTestResult): boolean => error === undefined && cases.every((one) => one.error === undefined)

const seconds = (nanoseconds: number): string => `${(nanoseconds / 1e9).toFixed(3)}s`

/** As `go test` prints; cases stand four columns to the right. */
function printTest(result: GatorTestResult, isVerbose: boolean): string {
  const { name, skipped, error, printed, cases, nanoseconds } = result
  if (skipped) return isVerbose ? `=== SKIP  ${name}\n` : ''
  const inner = cases.map((one) => {
    if (one.skipped) return isVerbose ? `    === SKIP  ${one.name}\n` : ''
    return printOne(one, { margin: '    ', detail: '        ', isVerbose, isPassed: one.error === undefined })
  })
  const outer = printOne({ name, error, printed, nanoseconds }, { margin: '', detail: '  ', isVerbose, isPassed: hasPassed(result) })
  if (!isVerbose) return `${inner.join('')}${outer}`
  const at = outer.indexOf('\n') + 1
  return `${outer.slice(0, at)}${inner.join('')}${outer.slice(at)}`
}

interface Layout {
  readonly margin: string
  readonly detail: string
  readonly isVerbose: boolean
  readonly isPassed: boolean
}

function printOne(
  { name, error, printed, nanoseconds }: Pick<GatorTestResult, 'name' | 'error' | 'printed' | 'nanoseconds'>,
  { margin, detail, isVerbose, isPassed }: Layout,
): string {
  const run = isVerbose ? `${margin}=== RUN   ${name}\n` : ''
  if (isPassed && !isVerbose) return ''
  const why = error === undefined ? '' : `${detail}${error}\n`
  const prints = isVerbose && printed !== '' ? `${detail}=== PRINT ===\n${indented(printed, detail)}` : ''
  return `${run}${prints}${margin}--- ${isPassed ? 'PASS' : 'FAIL'}: ${name}\t(${seconds(nanoseconds)})\n${why}`
}

/** `text` ends with its last line. */
const indented = (text: string, margin: string): string =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => `${margin}${line}\n`)
    .join('')

/** `test//case` needs both to match, a pattern alone either of them. */
function readFilter(text: string): Result<GatorFilter | undefined, string> {
  if (text === '') return ok(undefined)
  const parts = text.split('//')
  if (parts.length > 2) return err('a filter may include at most one "//"')
  const patterns: ((name: string) => boolean)[] = []
  for (const part of parts) {
    const compiled = compileRegex(part)
    if (!compiled.ok) return err(compiled.error)
    patterns.push((name) => compiled.value.test(name))
  }
  const [first, second] = patterns
  if (first === undefined) return ok(undefined)
  if (second !== undefined) return ok({ test: first, case: (_, name) => second(name) })
  return ok({ test: (test, cases) => first(test) || cases.some(first), case: (test, name) => first(test) || first(name) })
}
