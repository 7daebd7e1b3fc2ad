import { readSource } from '../../cluster/files.ts'
import type { Diagnostic } from '../../core/diagnostic.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import { parseDuration } from '../../kube/duration.ts'
import type { RegoEnvironment, RegoModule, RegoQuestion, RegoValue, TraceEvent } from '../../languages/rego/rego.ts'
import { compileParsedRego, parseRego } from '../../languages/rego/rego.ts'
import type { Command, Options } from '../command.ts'
import type { ExitStatus, Host } from '../host.ts'
import { exit } from '../host.ts'
import type { AnswerFormat } from './answers.ts'
import { answerFormats, answersOut, printAnswers } from './answers.ts'
import { coverageOut, newCoverage } from './coverage.ts'
import { conflictsOf, loadGiven, parseModules, readValue, versionOf } from './files.ts'
import { bundlesFlag, dataFlag, ignoreFlag, strictFlag, versionFlags } from './flags.ts'
import type { Out } from './json-out.ts'
import { fields, printOut } from './json-out.ts'
import type { DataRecord } from './merge.ts'
import type { Problem } from './problem.ts'
import { problemOf, problemOut, showProblems } from './problem.ts'
import { newProfile, printProfile, profileOut } from './profile.ts'
import type { Explanation, Recorder } from './trace.ts'
import { explanations, newRecorder, printTrace, traceOut } from './trace.ts'

export const evalCommand: Command = {
  name: 'eval',
  usage: 'QUERY',
  summary: 'Evaluate a query on modules and documents',
  details:
    'In folders, documents lie where their folder says: users/eu.json below the folder is at data.users; PREFIX:PATH puts them below data.PREFIX. Standard input is read for --input -.\n\n' +
    'Exit status: 0 evaluated, 1 undefined with --fail or defined with --fail-defined, 2 errors.',
  flags: [
    dataFlag,
    bundlesFlag,
    { name: 'input', shorthand: 'i', argument: 'file', doc: 'the input: JSON or YAML' },
    { name: 'stdin-input', shorthand: 'I', doc: 'read the input from standard input' },
    { name: 'stdin', doc: 'read the query from standard input' },
    { name: 'format', shorthand: 'f', argument: 'format', choices: answerFormats, default: 'json', doc: 'how to print the answers' },
    { name: 'package', argument: 'path', doc: 'the package whose rules the query names' },
    { name: 'import', argument: 'path', many: true, doc: "what the query imports, such as 'data.lib as lib'" },
    { name: 'fail', doc: 'exit with 1 where the query is undefined' },
    { name: 'fail-defined', doc: 'exit with 1 where the query is defined' },
    ...versionFlags,
    strictFlag,
    { name: 'strict-builtin-errors', doc: 'end with the first error of a built-in, which is undefined otherwise' },
    {
      name: 'explain',
      argument: 'what',
      choices: explanations,
      default: 'off',
      doc: 'show how it came to be: what failed, notes of trace(), or every step',
    },
    { name: 'var-values', doc: 'show the values of local variables in explanations' },
    { name: 'coverage', doc: 'report which lines were evaluated' },
    { name: 'profile', doc: 'report which lines took how long' },
    { name: 'profile-limit', argument: 'count', default: '10', doc: 'lines of the profile' },
    { name: 'timeout', argument: 'duration', default: '60s', doc: 'how long the evaluation may take' },
    ignoreFlag,
  ],
  run: runEval,
}

interface Setting {
  readonly modules: readonly RegoModule[]
  readonly data: DataRecord
  readonly question: RegoQuestion
  readonly input: RegoValue | undefined
}

type Problems = readonly (Diagnostic | Problem)[]

async function runEval(args: readonly string[], options: Options, host: Host): Promise<ExitStatus> {
  const format = (options.text('format') ?? 'json') as AnswerFormat
  const query = options.on('stdin') ? await host.readStdin() : args[0]
  if (query === undefined) return misuse(host, "expected a query: kanon rego eval -d policy.rego -i input.json 'data.policy.allow'")
  if (args.length > 1) return misuse(host, 'expected one query; put it in quotes')
  const timeout = parseDuration(options.text('timeout') ?? '')
  if (timeout === undefined) return misuse(host, '--timeout: expected a duration such as 5s')
  const isTraced = options.text('explain') !== 'off' || options.on('coverage') || options.on('profile')
  const setting = await prepare(query, isTraced, options, host)
  if (!setting.ok) {
    showProblems(setting.error, format === 'json', host)
    return exit.unusable
  }
  return evaluate(setting.value, { format, timeout: Number(timeout / 1_000_000n) }, options, host)
}

function misuse(host: Host, message: string): ExitStatus {
  host.err(`${message}\nrun \`kanon rego eval --help\` for what it takes\n`)
  return exit.unusable
}

async function prepare(query: string, trace: boolean, options: Options, host: Host): Promise<Result<Setting, Problems>> {
  const { sources, data, problems } = loadGiven(options, [], host)
  const input = await readInput(options, host)
  const wrong = input.ok ? problems : [...problems, { message: input.error }]
  if (wrong.length > 0 || !input.ok) return err(wrong)
  const regoVersion = versionOf(options)
  const modules = parseModules(sources, regoVersion)
  if (!modules.ok) return modules
  const conflicts = conflictsOf(modules.value, data)
  if (conflicts.length > 0) return err(conflicts)
  const program = compileParsedRego(modules.value, {
    regoVersion,
    strict: options.on('strict'),
    print: true,
    trace,
    strictErrors: options.on('strict-builtin-errors'),
  })
  if (!program.ok) return program
  const context = readContext(options)
  if (!context.ok) return context
  const question = program.value.ask(query, context.value)
  return question.ok ? ok({ modules: modules.value, data, question: question.value, input: input.value }) : question
}

/** The package and the imports of the query, as a module. */
function readContext(options: Options): Result<RegoModule | undefined, readonly Diagnostic[]> {
  const imports = options.list('import')
  const path = options.text('package')
  if (path === undefined && imports.length === 0) return ok(undefined)
  const text = [`package ${path ?? '_'}`, ...imports.map((each) => `import ${each}`)].join('\n')
  return parseRego({ name: '', text }, { regoVersion: versionOf(options) })
}

async function readInput(options: Options, host: Host): Promise<Result<RegoValue | undefined, string>> {
  const path = options.text('input')
  if (options.on('stdin-input') || path === '-') return readValue({ name: 'input.json', text: await host.readStdin() })
  if (path === undefined) return ok(undefined)
  const source = readSource(path.replace(/^file:\/\//, ''), host.cwd)
  if (!source.ok) return source
  const value = readValue(source.value)
  return value.ok ? value : err(`${path}: ${value.error}`)
}

interface Manner {
  readonly format: AnswerFormat
  /** Milliseconds. */
  readonly timeout: number
}

function evaluate({ modules, data, question, input }: Setting, { format, timeout }: Manner, options: Options, host: Host): ExitStatus {
  const recorder = newRecorder((options.text('explain') ?? 'off') as Explanation)
  const coverage = options.on('coverage') ? newCoverage() : undefined
  const profile = options.on('profile') ? newProfile(() => performance.now()) : undefined
  const tracers = [options.text('explain') === 'off' ? undefined : recorder.tracer, coverage?.tracer, profile?.tracer].filter(
    (each) => each !== undefined,
  )
  const environment: RegoEnvironment = {
    data,
    now: BigInt(host.now().getTime()) * 1_000_000n,
    timeout,
    steps: Number.MAX_SAFE_INTEGER,
    strictErrors: options.on('strict-builtin-errors'),
    print: (text) => host.err(`${text}\n`),
    trace: recorder.note,
    ...(tracers.length === 0 ? {} : { tracer: (event: TraceEvent) => tracers.forEach((tracer) => tracer(event)) }),
  }
  const found = question.evaluate(input, environment)
  const limit = Number(options.text('profile-limit'))
  const profiled = profile?.lines().slice(0, Number.isInteger(limit) && limit > 0 ? limit : undefined)
  const covered = coverage === undefined ? undefined : coverageOut(coverage.report(modules))
  if (format === 'json') {
    const out: Readonly<Record<string, Out | readonly Out[]>> = {
      ...(found.ok ? {} : { errors: [problemOut(problemOf(found.error))] }),
      ...(found.ok && found.value.length > 0 ? { result: answersOut(question, found.value) } : {}),
      ...(options.text('explain') === 'off' ? {} : { explanation: traceOut(recorder.lines) }),
      ...(profiled === undefined ? {} : { profile: profileOut(profiled) }),
      ...(covered === undefined ? {} : { coverage: covered }),
    }
    host.out(`${printOut(fields(out))}\n`)
  } else {
    host.out(explained(recorder, options))
    if (found.ok) host.out(printAnswers(question, found.value, format))
    else showProblems([problemOf(found.error)], false, host)
    if (profiled !== undefined) host.out(printProfile(profiled))
    if (covered !== undefined) host.out(`${printOut(covered)}\n`)
  }
  if (!found.ok) return exit.unusable
  const isDefined = found.value.length > 0
  return (options.on('fail') && !isDefined) || (options.on('fail-defined') && isDefined) ? exit.violations : exit.clean
}

function explained(recorder: Recorder, options: Options): string {
  const left = recorder.left()
  return printTrace(recorder.lines, options.on('var-values')) + (left === 0 ? '' : `… and ${left} more lines\n`)
}
