import type { JsonObject } from '../../core/json.ts'
import type { GatorStat } from '../../policy/gator.ts'
import { printYaml } from '../../kube/yaml/yaml.ts'
import type { BenchResult } from './bench-run.ts'
import { throughput } from './bench-run.ts'
import { printGoDuration } from './duration.ts'
import { printGoJson } from './go-json.ts'
import { shownStat, statJson } from './results.ts'

/** A duration for people: two decimals of the largest unit. */
export function shortDuration(nanoseconds: number): string {
  if (nanoseconds < 1e3) return `${Math.round(nanoseconds)}ns`
  if (nanoseconds < 1e6) return `${(nanoseconds / 1e3).toFixed(2)}µs`
  return nanoseconds < 1e9 ? `${(nanoseconds / 1e6).toFixed(2)}ms` : `${(nanoseconds / 1e9).toFixed(2)}s`
}

/** Columns two spaces apart. The last one is as long as it is. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, cell.length)))
  const pad = (cell: string, at: number, row: readonly string[]): string =>
    at === row.length - 1 ? cell : cell + ' '.repeat((widths[at] ?? 0) + 2 - cell.length)
  return rows.map((row) => `${row.map(pad).join('')}\n`).join('')
}

const indented = (rows: readonly (readonly string[])[]): string => columns(rows).replaceAll(/^/gm, '  ').replace(/ {2}$/, '')

const section = (title: string, rows: readonly (readonly string[])[]): string => `${title}:\n${indented(rows)}`

export function printTable(results: readonly BenchResult[]): string {
  const tables = results.map(tableOf)
  return (results.length > 1 ? [...tables, comparisonOf(results)] : tables).join('\n')
}

function tableOf(result: BenchResult): string {
  const { engine, setup, latencies, stats } = result
  const parts = [
    `=== Benchmark Results: ${engine.toUpperCase()} Engine ===\n`,
    section('Configuration', configurationOf(result)),
    ...skippedOf(result),
    ...(engine === 'cel' ? [noReferences] : []),
    section('Timing', [
      ['Setup Duration:', shortDuration(setup.total)],
      ['  └─ Client Creation:', shortDuration(setup.client)],
      ['  └─ Template Compilation:', shortDuration(setup.templates)],
      ['  └─ Constraint Loading:', shortDuration(setup.constraints)],
      ['  └─ Data Loading:', shortDuration(setup.data)],
      ['Total Duration:', shortDuration(result.total)],
      ['Throughput:', `${throughput(result).toFixed(2)} reviews/sec`],
    ]),
    section('Latency (per review)', [
      ['Min:', shortDuration(latencies.min)],
      ['Max:', shortDuration(latencies.max)],
      ['Mean:', shortDuration(latencies.mean)],
      ['P50:', shortDuration(latencies.p50)],
      ['P95:', shortDuration(latencies.p95)],
      ['P99:', shortDuration(latencies.p99)],
    ]),
    section('Results', [['Violations Found:', String(result.violations)]]),
    ...(stats === undefined ? [] : [statsOf(stats)]),
  ]
  return parts.join('\n')
}

const noReferences = `Note:
  Referential Data:  Not supported by cel engine
                     (Referential constraints cannot be exercised with this engine)
`

function configurationOf({
  templates,
  constraints,
  objects,
  iterations,
  concurrency,
  reviews,
}: BenchResult): readonly (readonly string[])[] {
  return [
    ['Templates:', String(templates)],
    ['Constraints:', String(constraints)],
    ['Objects:', String(objects)],
    ['Iterations:', String(iterations)],
    ...(concurrency > 1 ? [['Concurrency:', String(concurrency)]] : []),
    ['Total Reviews:', String(reviews)],
  ]
}

function skippedOf({ skippedTemplates, skippedConstraints }: BenchResult): readonly string[] {
  const row = (title: string, names: readonly string[]): readonly (readonly string[])[] =>
    names.length === 0 ? [] : [[title, `${names.length} (${names.join(', ')})`]]
  const rows = [...row('Skipped Templates:', skippedTemplates), ...row('Skipped Constraints:', skippedConstraints)]
  return rows.length === 0 ? [] : [section('Warnings', rows)]
}

function statsOf(stats: NonNullable<BenchResult['stats']>): string {
  const blocks = stats.map(shownStat).map(({ scope, statsFor, values }) => {
    const rows = values.map(({ name, value }) => [`${name}:`, `${value} engine`])
    return `  Constraint: ${statsFor} (Scope: ${scope})\n${indented(rows).replaceAll(/^(?=.)/gm, '  ')}`
  })
  return `Per-Constraint Statistics (from first iteration):\n${blocks.join('')}`
}

/** Engines beside each other. */
function comparisonOf(results: readonly BenchResult[]): string {
  const row = (title: string, cell: (result: BenchResult) => string): readonly string[] => [title, ...results.map(cell)]
  const table = columns([
    row('Metric', ({ engine }) => engine.toUpperCase()),
    row('------', () => '------'),
    row('Templates', ({ templates }) => String(templates)),
    row('Constraints', ({ constraints }) => String(constraints)),
    row('Setup Time', ({ setup }) => shortDuration(setup.total)),
    row('Throughput', (result) => `${throughput(result).toFixed(2)}/sec`),
    row('Mean Latency', ({ latencies }) => shortDuration(latencies.mean)),
    row('P95 Latency', ({ latencies }) => shortDuration(latencies.p95)),
    row('P99 Latency', ({ latencies }) => shortDuration(latencies.p99)),
    row('Violations', ({ violations }) => String(violations)),
  ])
  return `=== Engine Comparison ===\n\n${table}${performanceOf(results)}`
}

function performanceOf(results: readonly BenchResult[]): string {
  const [fast, slow] = [...results].sort((a, b) => throughput(b) - throughput(a))
  if (fast === undefined || slow === undefined || throughput(slow) === 0) return ''
  const times = (throughput(fast) / throughput(slow)).toFixed(2)
  return `\nPerformance: ${fast.engine.toUpperCase()} is ${times}x faster than ${slow.engine.toUpperCase()}\n`
}

/** `-o json`: no end of line after it. */
export const printBenchJson = (results: readonly BenchResult[]): string => printGoJson(results.map(shownResult), 2)

export const printBenchYaml = (results: readonly BenchResult[]): string => printYaml(results.map(shownResult), { sortKeys: false })

const skippedTemplates = ({ skippedTemplates: names }: BenchResult): JsonObject => (names.length === 0 ? {} : { skippedTemplates: names })

const skippedConstraints = ({ skippedConstraints: names }: BenchResult): JsonObject =>
  names.length === 0 ? {} : { skippedConstraints: names }

/** For people: durations are texts. */
function shownResult(result: BenchResult): JsonObject {
  const { engine, templates, constraints, objects, iterations, concurrency, reviews, setup, latencies, violations, stats } = result
  return {
    engine,
    templateCount: templates,
    constraintCount: constraints,
    objectCount: objects,
    iterations,
    concurrency,
    totalReviews: reviews,
    setupDuration: printGoDuration(setup.total),
    setupBreakdown: {
      clientCreation: printGoDuration(setup.client),
      templateCompilation: printGoDuration(setup.templates),
      constraintLoading: printGoDuration(setup.constraints),
      dataLoading: printGoDuration(setup.data),
    },
    totalDuration: printGoDuration(result.total),
    latencies: Object.fromEntries(Object.entries(latencies).map(([name, time]: [string, number]) => [name, printGoDuration(time)])),
    violationCount: violations,
    reviewsPerSecond: throughput(result),
    ...(stats === undefined ? {} : { statsEntries: stats.map(statOf) }),
    ...skippedTemplates(result),
    ...skippedConstraints(result),
    referentialDataSupported: engine === 'rego',
  }
}

function statOf(stat: GatorStat): JsonObject {
  const { scope, statsFor, values, source, labels } = shownStat(stat)
  return { scope, statsFor, stats: values.map((each) => ({ ...each, source: `engine/${source}` })), labels }
}

/** For `--save`: durations are nanoseconds. */
export function savedResult(result: BenchResult): JsonObject {
  const { engine, templates, constraints, objects, iterations, concurrency, setup, latencies, violations, stats } = result
  return {
    engine,
    templateCount: templates,
    ...skippedTemplates(result),
    constraintCount: constraints,
    ...skippedConstraints(result),
    referentialDataSupported: engine === 'rego',
    objectCount: objects,
    iterations,
    concurrency,
    setupDuration: Math.round(setup.total),
    setupBreakdown: {
      clientCreation: Math.round(setup.client),
      templateCompilation: Math.round(setup.templates),
      constraintLoading: Math.round(setup.constraints),
      dataLoading: Math.round(setup.data),
    },
    totalDuration: Math.round(result.total),
    latencies: Object.fromEntries(Object.entries(latencies).map(([name, time]: [string, number]) => [name, Math.round(time)])),
    violationCount: violations,
    reviewsPerSecond: throughput(result),
    ...(stats === undefined ? {} : { statsEntries: stats.map(statJson) }),
  }
}
