import type { RegoEnvironment, RegoProgram, RegoValue, TraceEvent } from '../../languages/rego/rego.ts'
import type { Problem } from './problem.ts'
import { problemOf } from './problem.ts'
import type { TestCase } from './test-cases.ts'
import type { TraceLine } from './trace.ts'
import { newRecorder } from './trace.ts'

export interface TestResult {
  readonly test: TestCase
  readonly outcome: 'pass' | 'fail' | 'skip' | 'error'
  readonly error?: Problem
  /** What `print` has printed. */
  readonly output: string
  readonly nanoseconds: bigint
  /** What failed on the way, where that was asked for. */
  readonly trace: readonly TraceLine[]
  /** Cases by the value of the variable of the head, where it has one. */
  readonly cases: readonly { readonly name: string; readonly passed: boolean }[]
}

export interface TestRun {
  readonly program: RegoProgram
  readonly environment: RegoEnvironment
  readonly tracer: ((event: TraceEvent) => void) | undefined
  readonly clock: () => number
  /** Whether the program tells traces. */
  readonly traced: boolean
}

export function runTest(test: TestCase, { program, environment, tracer, clock, traced }: TestRun): TestResult {
  const nothing = { test, output: '', nanoseconds: 0n, trace: [], cases: [] }
  if (test.isSkipped) return { ...nothing, outcome: 'skip' }
  if (test.isFunction) {
    const message = `function data.${test.path.join('.')} used as reference, not called`
    return { ...nothing, outcome: 'error', error: { code: 'rego_type_error', message } }
  }
  const recorder = newRecorder('fails')
  const tried = new Map<string, boolean>()
  let output = ''
  const tell = (event: TraceEvent): void => {
    recorder.tracer(event)
    tracer?.(event)
    noteCase(test, event, tried)
  }
  const begin = clock()
  const found = program.rule(test.path).evaluate(undefined, {
    ...environment,
    print: (text) => void (output += `${text}\n`),
    trace: recorder.note,
    ...(traced ? { tracer: tell } : {}),
  })
  const nanoseconds = BigInt(Math.round((clock() - begin) * 1e6))
  const known = { test, output, nanoseconds, trace: recorder.lines }
  if (!found.ok) return { ...known, outcome: 'error', error: problemOf(found.error), cases: [] }
  const cases = casesOf(test, found.value, tried)
  const passed = test.variables.length > 0 ? cases.length > 0 && cases.every((each) => each.passed) : found.value === true
  return { ...known, outcome: passed ? 'pass' : 'fail', cases }
}

/** Notes the values that the variables of the head take on, whether they come to pass or not. */
function noteCase({ path, variables }: TestCase, { node, operation, locals }: TraceEvent, tried: Map<string, boolean>): void {
  if (variables.length === 0 || operation !== 'eval' || node.rule !== `data.${path.join('.')}`) return
  const values = new Map(locals())
  const name = caseName(variables.map((variable) => values.get(variable)))
  if (name !== undefined && !tried.has(name)) tried.set(name, false)
}

function caseName(values: readonly (RegoValue | undefined)[]): string | undefined {
  const names = values.flatMap((value) => (value === undefined ? [] : [typeof value === 'string' ? value : JSON.stringify(value)]))
  return names.length === values.length ? names.join('/') : undefined
}

/** Those that were tried, and those that the value has: an object, nested as deep as there are variables. */
function casesOf({ variables }: TestCase, value: RegoValue | undefined, tried: ReadonlyMap<string, boolean>): TestResult['cases'] {
  if (variables.length === 0) return []
  const all = new Map(tried)
  const collect = (of: RegoValue | undefined, names: readonly string[]): void => {
    if (names.length === variables.length) all.set(names.join('/'), of === true)
    else if (isRecord(of)) for (const [key, each] of Object.entries(of)) collect(each, [...names, key])
  }
  collect(value, [])
  return [...all].map(([name, passed]) => ({ name, passed })).sort((a, b) => (a.name < b.name ? -1 : 1))
}

const isRecord = (of: RegoValue | undefined): of is Readonly<Record<string, RegoValue>> =>
  typeof of === 'object' && of !== null && Object.getPrototypeOf(of) === Object.prototype
