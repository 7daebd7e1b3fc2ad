import { compileRegex } from '../../core/regex.ts'
import { parseDuration } from '../../kube/duration.ts'
import type { RegoModule, RegoProgram } from '../../languages/rego/rego.ts'
import { compileParsedRego } from '../../languages/rego/rego.ts'
import type { Command, Options } from '../command.ts'
import type { ExitStatus, Host } from '../host.ts'
import { exit } from '../host.ts'
import { painter } from '../show.ts'
import type { Coverage } from './coverage.ts'
import { coverageOut, newCoverage } from './coverage.ts'
import { conflictsOf, loadRegoFiles, parseModules, versionOf } from './files.ts'
import { bundleFlag, ignoreFlag, versionFlags } from './flags.ts'
import { printOut } from './json-out.ts'
import type { DataRecord } from './merge.ts'
import { problemText, showProblems } from './problem.ts'
import type { TestResult } from './run-test.ts'
import { runTest } from './run-test.ts'
import type { TestCase } from './test-cases.ts'
import { findTests } from './test-cases.ts'
import { printJson, printJunit, printPretty } from './test-output.ts'

export const testCommand: Command = {
  name: 'test',
  usage: 'PATH...',
  summary: 'Run the rules whose names begin with test_',
  details:
    'A test passes where its rule is true; rules that begin with todo_test_ are skipped. A rule with a variable in its head (test_x[name]) has a case for each value of it.\n\n' +
    'Exit status: 0 all passed, 1 something could not be read or compiled, 2 failed, erroneous or skipped tests, or less coverage than --threshold; as `opa test`.',
  flags: [
    { name: 'verbose', shorthand: 'v', doc: 'show the tests that passed too, and what failed on the way' },
    { name: 'var-values', doc: 'show the values of local variables in what failed' },
    { name: 'run', shorthand: 'r', argument: 'regex', doc: 'run only tests whose full name (data.package.test_name) matches' },
    { name: 'coverage', shorthand: 'c', doc: 'report which lines were evaluated, as JSON' },
    { name: 'threshold', argument: 'percent', doc: 'fail below this coverage' },
    {
      name: 'format',
      shorthand: 'f',
      argument: 'format',
      choices: ['pretty', 'json', 'junit'],
      default: 'pretty',
      doc: 'how to print results',
    },
    { name: 'exit-zero-on-skipped', shorthand: 'z', doc: 'skipped tests are no reason for another exit status than 0' },
    { name: 'fail-on-empty', doc: 'fail where there is no test' },
    { name: 'timeout', argument: 'duration', default: '5s', doc: 'how long one test may take' },
    bundleFlag,
    ...versionFlags,
    ignoreFlag,
  ],
  run: (args, options, host) => Promise.resolve(runTests(args, options, host)),
}

const unreadable: ExitStatus = 1
const failed: ExitStatus = 2

function runTests(paths: readonly string[], options: Options, host: Host): ExitStatus {
  if (paths.length === 0) return misuse(host, 'expected files or folders: kanon rego test policies/')
  const timeout = parseDuration(options.text('timeout') ?? '')
  if (timeout === undefined) return misuse(host, '--timeout: expected a duration such as 5s')
  const threshold = options.text('threshold') === undefined ? undefined : Number(options.text('threshold'))
  if (threshold !== undefined && Number.isNaN(threshold)) return misuse(host, '--threshold: expected a number')
  const wanted = compileRegex(options.text('run') ?? '')
  if (!wanted.ok) return misuse(host, `--run: ${wanted.error}`)
  const setting = prepare(paths, threshold !== undefined || options.on('coverage'), options, host)
  if (setting === undefined) return unreadable
  const tests = setting.tests.filter(({ path }) => wanted.value.test(`data.${path.join('.')}`))
  if (tests.length === 0) {
    host.err('no tests were run\n')
    if (options.on('fail-on-empty')) return failed
  }
  const results = run(setting, tests, Number(timeout / 1_000_000n), host)
  return report(results, setting, threshold, { options, host })
}

function misuse(host: Host, message: string): ExitStatus {
  host.err(`${message}\nrun \`kanon rego test --help\` for what it takes\n`)
  return unreadable
}

interface Setting {
  readonly tests: readonly TestCase[]
  readonly modules: readonly RegoModule[]
  readonly data: DataRecord
  readonly program: RegoProgram
  readonly coverage: Coverage | undefined
  readonly traced: boolean
}

function prepare(paths: readonly string[], wantsCoverage: boolean, options: Options, host: Host): Setting | undefined {
  const { sources, data, problems } = loadRegoFiles(
    paths,
    { ignore: options.list('ignore'), data: true, bundle: options.on('bundle') },
    host,
  )
  const regoVersion = versionOf(options)
  const parsed = parseModules(sources, regoVersion)
  if (!parsed.ok || problems.length > 0) {
    showProblems([...problems, ...(parsed.ok ? [] : parsed.error)], false, host)
    return undefined
  }
  const { tests, modules } = findTests(parsed.value)
  const traced =
    wantsCoverage || options.on('verbose') || options.text('format') === 'junit' || tests.some(({ variables }) => variables.length > 0)
  const conflicts = conflictsOf(modules, data)
  const program = compileParsedRego(modules, { regoVersion, print: true, trace: traced })
  if (program.ok && conflicts.length === 0) {
    return { tests, modules: parsed.value, data, program: program.value, coverage: wantsCoverage ? newCoverage() : undefined, traced }
  }
  showProblems([...conflicts, ...(program.ok ? [] : program.error)], false, host)
  return undefined
}

function run({ program, data, coverage, traced }: Setting, tests: readonly TestCase[], timeout: number, host: Host): readonly TestResult[] {
  const environment = { data, timeout, now: BigInt(host.now().getTime()) * 1_000_000n }
  const clock = (): number => performance.now()
  return tests.map((test) => runTest(test, { program, environment, tracer: coverage?.tracer, clock, traced }))
}

interface Manner {
  readonly options: Options
  readonly host: Host
}

function report(
  results: readonly TestResult[],
  { coverage, modules }: Setting,
  threshold: number | undefined,
  { options, host }: Manner,
): ExitStatus {
  const isSkipFailure = !options.on('exit-zero-on-skipped')
  const bad = results.filter(({ outcome }) => outcome === 'fail' || outcome === 'error' || (outcome === 'skip' && isSkipFailure))
  if (coverage === undefined) {
    host.out(printResults(results, options, host))
    return bad.length > 0 ? failed : exit.clean
  }
  const covered = coverage.report(modules)
  const broken = bad.filter(({ outcome }) => outcome !== 'skip')
  if (broken.length > 0) host.err(printResults(broken, options, host))
  if (options.on('coverage')) host.out(`${printOut(coverageOut(covered))}\n`)
  else if (broken.length === 0) host.out(printResults(results, options, host))
  if (threshold !== undefined && covered.coverage < threshold) {
    host.err(`Code coverage threshold not met: got ${covered.coverage.toFixed(2)} instead of ${threshold.toFixed(2)}\n`)
    return failed
  }
  for (const { error } of broken) if (error !== undefined && !options.on('coverage')) host.err(`${problemText(error)}\n`)
  return bad.length > 0 ? failed : exit.clean
}

function printResults(results: readonly TestResult[], options: Options, host: Host): string {
  switch (options.text('format')) {
    case 'json':
      return printJson(results)
    case 'junit':
      return printJunit(results)
    default:
      return printPretty(results, { verbose: options.on('verbose'), varValues: options.on('var-values') }, painter(host.color))
  }
}
