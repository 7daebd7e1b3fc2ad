import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { GatorEngine } from '../../policy/gator.ts'
import type { ExitStatus, Host } from '../host.ts'
import { compareWithBaseline, loadBaseline, saveBaseline } from './bench-baseline.ts'
import { printBenchJson, printBenchYaml, printTable } from './bench-report.ts'
import type { BenchResult } from './bench-run.ts'
import { benchInputs, runBench } from './bench-run.ts'
import type { GoCommand } from './command.ts'
import { fail, failure, success } from './command.ts'
import type { GoArguments, GoFlagValues } from './flags.ts'
import { filenameFlag } from './input-flags.ts'
import { readFiles } from './read.ts'

export const benchCommand: GoCommand = {
  name: 'bench',
  usage: '',
  summary: 'Benchmark policy evaluation performance',
  long: `Benchmark evaluates the performance of Gatekeeper policies by running
constraint evaluation against test resources and measuring latency metrics.

This command loads ConstraintTemplates, Constraints, and Kubernetes resources
from the specified files or directories, then repeatedly evaluates the resources
against the constraints to gather performance statistics.

Supports both Rego and CEL policy engines for comparison.`,
  examples: `# Benchmark policies with default settings (1000 iterations, cel engine)
kanon gator bench --filename="policies/"

# Benchmark with both Rego and CEL engines
kanon gator bench --filename="policies/" --engine=all

# Benchmark with custom iterations and warmup
kanon gator bench --filename="policies/" --iterations=500 --warmup=50

# Benchmark with concurrent load (simulates real webhook traffic)
kanon gator bench --filename="policies/" --concurrency=10

# Output results as JSON
kanon gator bench --filename="policies/" --output=json

# Benchmark policies from multiple sources
kanon gator bench --filename="templates/" --filename="constraints/" --filename="resources/"

# Benchmark from OCI image
kanon gator bench --image="ghcr.io/example/policies:latest"

# Benchmark with memory profiling
kanon gator bench --filename="policies/" --memory

# Save benchmark results as baseline
kanon gator bench --filename="policies/" --save=baseline.json

# Compare against baseline (fail only if BOTH >10% regression AND >1ms absolute increase)
# This prevents false positives for fast policies where small absolute changes appear as large percentages
kanon gator bench --filename="policies/" --compare=baseline.json --threshold=10 --min-threshold=1ms`,
  flags: [
    { name: 'compare', type: 'string', doc: 'compare results against a baseline file (supports .json and .yaml).' },
    {
      name: 'concurrency',
      shorthand: 'c',
      type: 'int',
      default: '1',
      doc: 'number of concurrent goroutines for reviews. Higher values simulate realistic webhook load.',
    },
    { name: 'engine', shorthand: 'e', type: 'string', default: 'cel', doc: 'policy engine to benchmark. One of: rego|cel|all' },
    filenameFlag(
      'f',
      'a file or directory containing ConstraintTemplates, Constraints, and resources to benchmark. Can be specified multiple times.',
    ),
    {
      name: 'image',
      shorthand: 'i',
      type: 'stringArray',
      many: true,
      doc: 'a URL to an OCI image containing policies. Can be specified multiple times.',
    },
    {
      name: 'iterations',
      shorthand: 'n',
      type: 'int',
      default: '1000',
      doc: 'number of benchmark iterations to run. Use at least 1000 for meaningful P99 metrics.',
    },
    { name: 'memory', type: 'bool', doc: 'enable memory profiling to track allocations per review.' },
    {
      name: 'min-threshold',
      type: 'duration',
      doc: 'minimum absolute latency difference to consider a regression (e.g., 1ms). Prevents false positives on fast policies where small absolute changes appear as large percentages.',
    },
    { name: 'output', shorthand: 'o', type: 'string', default: 'table', doc: 'output format. One of: table|json|yaml' },
    { name: 'save', type: 'string', doc: 'save benchmark results to this file for future comparison (supports .json and .yaml).' },
    { name: 'stats', type: 'bool', doc: 'gather detailed statistics from the constraint framework.' },
    { name: 'tempdir', shorthand: 'd', type: 'string', doc: 'temporary directory to download and unpack images to.' },
    {
      name: 'threshold',
      type: 'float',
      default: '10',
      doc: 'regression threshold percentage for comparison. Exit code 1 if exceeded.',
    },
    { name: 'warmup', type: 'int', default: '10', doc: 'number of warmup iterations before measurement.' },
  ],
  takes: 'none',
  run: (given, host) => Promise.resolve(run(given, host)),
}

const engines: Readonly<Record<string, readonly GatorEngine[]>> = { rego: ['rego'], cel: ['cel'], all: ['rego', 'cel'] }
const formats = ['table', 'json', 'yaml']

/** What is wrong with the flags, in the order in which upstream looks. */
function problemOf(values: GoFlagValues, cwd: string): string | undefined {
  const [engine, output, compare] = [values.text('engine'), values.text('output'), values.text('compare')]
  if (!Object.hasOwn(engines, engine.toLowerCase())) return `invalid engine: invalid engine "${engine}" (valid: rego, cel, all)`
  if (!formats.includes(output.toLowerCase())) return `invalid output format: invalid output format: "${output}" (valid: table, json, yaml)`
  if (values.list('filename').length + values.list('image').length === 0) return 'at least one --filename or --image must be specified'
  if (values.number('iterations') <= 0) return 'iterations must be positive'
  if (values.number('warmup') < 0) return 'warmup must be non-negative'
  if (values.number('threshold') < 0) return 'threshold must be non-negative'
  if (values.number('min-threshold') < 0) return 'min-threshold must be non-negative'
  if (values.number('concurrency') < 1) return 'concurrency must be at least 1'
  if (compare !== '' && !existsSync(resolve(cwd, compare))) return `baseline file does not exist: ${compare}`
  return undefined
}

const enoughIterations = 1000

function warn(values: GoFlagValues, host: Host): void {
  const [warmup, iterations] = [values.number('warmup'), values.number('iterations')]
  if (warmup > iterations) host.err(`Warning: warmup (${warmup}) exceeds iterations (${iterations}). Consider reducing warmup.\n\n`)
  if (iterations < enoughIterations) {
    const advice = `Consider using at least ${enoughIterations} iterations.`
    host.err(`Warning: ${iterations} iterations may not provide statistically meaningful P99 metrics. ${advice}\n\n`)
  }
  if (values.on('memory')) host.err('Warning: memory is not measured.\n\n')
}

function run({ values }: GoArguments, host: Host): ExitStatus {
  const problem = problemOf(values, host.cwd)
  if (problem !== undefined) return fail(problem, host)
  warn(values, host)
  const results = measure(values, host)
  if (typeof results === 'string') return fail(`benchmark failed: ${results}`, host)
  host.out(printResults(results, values.text('output').toLowerCase()))
  const save = values.text('save')
  if (save !== '') {
    const saved = saveBaseline(save, results, host.cwd)
    if (!saved.ok) return fail(saved.error, host)
    host.err(`\nResults saved to: ${save}\n`)
  }
  const compare = values.text('compare')
  return compare === '' ? success : compareAll(compare, results, { values, host })
}

function printResults(results: readonly BenchResult[], format: string): string {
  if (format === 'json') return printBenchJson(results)
  return format === 'yaml' ? printBenchYaml(results) : printTable(results)
}

/** The results of every engine that can be measured. With several engines one that cannot is only warned of. */
function measure(values: GoFlagValues, host: Host): readonly BenchResult[] | string {
  const { gator, now } = host
  if (gator === undefined) return 'Gatekeeper is not known here'
  const read = readFiles(values, host)
  if (!read.ok) return `reading sources: ${read.error}`
  const inputs = benchInputs(read.value, gator)
  if (!inputs.ok) return inputs.error
  const wanted = engines[values.text('engine').toLowerCase()] ?? []
  const results: BenchResult[] = []
  const skipped: string[] = []
  for (const engine of wanted) {
    const settings = {
      engine,
      iterations: values.number('iterations'),
      warmup: values.number('warmup'),
      concurrency: values.number('concurrency'),
      stats: values.on('stats'),
      now,
    }
    const result = runBench(inputs.value, settings, gator)
    if (result.ok) results.push(result.value)
    else if (wanted.length === 1) return `benchmarking ${engine}: ${result.error}`
    else skipped.push(`${engine}: ${result.error}`)
  }
  if (results.length === 0) return `no engines could process the templates: [${skipped.join(' ')}]`
  for (const why of skipped) host.err(`Warning: Engine skipped - ${why}\n\n`)
  return results
}

function compareAll(
  file: string,
  results: readonly BenchResult[],
  { values, host }: { readonly values: GoFlagValues; readonly host: Host },
): ExitStatus {
  const baseline = loadBaseline(file, host.cwd)
  if (!baseline.ok) return fail(baseline.error, host)
  const limits = { relative: values.number('threshold'), absolute: values.number('min-threshold') }
  const comparisons = results.flatMap((result) => compareWithBaseline(baseline.value, result, limits) ?? [])
  if (comparisons.length === 0) host.err('\nWarning: No matching engines found for comparison\n')
  for (const { text } of comparisons) host.out(`\n${text}`)
  return comparisons.some(({ regressed }) => regressed) ? failure : success
}
