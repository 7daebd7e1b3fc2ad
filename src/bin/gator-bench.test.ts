import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Answer } from './gator-testbed.ts'
import { loadValue } from '../kube/yaml/yaml.ts'
import { call, cwd, words } from './gator-testbed.ts'

/** `kanon gator` through the front door. Texts are those that gator 3.23 printed for the same files. */

const bench = (...args: readonly string[]): Promise<Answer> =>
  call(['bench', '-e', 'rego', '-f', 'policy.yaml', '-f', 'pods.yaml', '-n', '2', '--warmup', '0', ...args])

test('bench takes what has no namespace to be of the cluster, and makes nothing of it', async () => {
  const found = async (...files: readonly string[]): Promise<unknown> => {
    const { out } = await call(['bench', '-e', 'rego', '-n', '1', '-o', 'json', ...files.flatMap((file) => ['-f', file])])
    const [result] = JSON.parse(out) as readonly Record<string, unknown>[]
    return result?.['violationCount']
  }
  expect(await found('template.yaml', 'inside.yaml', 'pods.yaml')).toBe(1)
  expect(await found('policy.yaml', 'expansion.yaml', 'deployment.yaml')).toBe(0)
})

test('bench measures', async () => {
  const { status, out, err } = await bench()
  expect(status).toBe(0)
  expect(out).toMatch(
    /^=== Benchmark Results: REGO Engine ===\n\nConfiguration:\n {2}Templates: {6}1\n {2}Constraints: {4}1\n {2}Objects: {8}2\n {2}Iterations: {5}2\n {2}Total Reviews: {2}4\n\nTiming:\n/,
  )
  expect(out).toMatch(/\nResults:\n {2}Violations Found: {2}4\n$/)
  expect(err).toMatch(/^Warning: 2 iterations may not provide/)
  const [result] = JSON.parse((await bench('-o', 'json', '--stats')).out) as readonly Record<string, unknown>[]
  expect(result).toMatchObject({ engine: 'rego', totalReviews: 4, violationCount: 4, referentialDataSupported: true })
})

test.each([
  ['json', 1e12, 0, [], '✓ No significant regressions (threshold: 10.0%)\n'],
  ['json', 1, 1, [], '✗ Regressions detected in: P50 Latency, P95 Latency, P99 Latency, Mean Latency (threshold: 10.0%)\n'],
  ['yaml', 1, 0, ['--min-threshold', '10m'], '✓ No significant regressions (threshold: 10.0%)\n'],
] as const)('bench compares with a baseline in %s of %j ns: %j', async (format, time, status, more, end) => {
  const file = `base-${time}.${format}`
  expect((await bench('--save', file)).err).toContain(`\nResults saved to: ${file}\n`)
  const saved = readFileSync(join(cwd, file), 'utf8')
  const latencies = saved.replaceAll(/("?(?:p50|p95|p99|mean)"?): \d+/g, `$1: ${time}`)
  writeFileSync(join(cwd, file), latencies.replace(/("?reviewsPerSecond"?): [\d.e+]+/, '$1: 0'))
  const answer = await bench('--compare', file, ...more)
  expect(answer.status).toBe(status)
  expect(answer.out.endsWith(`\n${end}`)).toBe(true)
})

/** What was measured with which engine, of templates for one of them and for both. */
const mixed = ['policy.yaml', 'cel.yaml', 'both.yaml', 'orphan.yaml', 'one.yaml']

test.each([
  [
    'rego',
    'json',
    { templateCount: 2, constraintCount: 3, violationCount: 3, skippedTemplates: ['native'], skippedConstraints: ['n1', 'alone'] },
  ],
  [
    'cel',
    'yaml',
    { templateCount: 2, constraintCount: 3, violationCount: 3, skippedTemplates: ['say'], skippedConstraints: ['c1', 'alone'] },
  ],
] as const)('bench -e %s skips what it cannot evaluate', async (engine, format, expected) => {
  const args = ['bench', '-e', engine, '-n', '1', '--warmup', '0', '--save', `skipped.${format}`, ...mixed.flatMap((file) => ['-f', file])]
  const { status, out } = await call(args)
  const saved = loadValue(readFileSync(join(cwd, `skipped.${format}`), 'utf8'))
  expect(saved.ok ? saved.value : saved.error).toMatchObject([{ engine, ...expected, referentialDataSupported: engine === 'rego' }])
  expect(status).toBe(0)
  expect(out).toContain(`\nWarnings:\n  Skipped Templates:    1 (${expected.skippedTemplates.join(', ')})\n`)
  expect(out.includes('  Referential Data:  Not supported by cel engine\n')).toBe(engine === 'cel')
})

test('bench -e all compares the engines, with the statistics of each', async () => {
  const { out } = await call(['bench', '-e', 'all', '-n', '1', '--warmup', '0', '--stats', ...mixed.flatMap((file) => ['-f', file])])
  const stats = [...out.matchAll(/^ {2}Constraint: (.*)$/gm)].map(([, stat]) => stat)
  expect(stats).toEqual(['Say (Scope: template)', 'Both (Scope: template)', 'Native/n1', 'Both/b1', 'Both/b2'].map(scoped))
  expect(out).toMatch(/\n=== Engine Comparison ===\n\nMetric +REGO +CEL\n/)
})

const scoped = (stat: string): string => (stat.endsWith(')') ? stat : `${stat} (Scope: constraint)`)

test.each([
  ['cel', 'benchmarking cel: no constraints loaded (all 1 constraints skipped due to missing templates)'],
  [
    'all',
    'no engines could process the templates: [rego: no constraints loaded (all 1 constraints skipped due to missing templates) cel: no templates compatible with cel engine (all 1 templates skipped)]',
  ],
] as const)('bench -e %s of nothing that it can measure: %s', async (engine, problem) => {
  const template = engine === 'cel' ? 'alone-cel.yaml' : 'template.yaml'
  const { status, err } = await call(['bench', '-e', engine, '-n', '1000', '-f', template, '-f', 'orphan.yaml', '-f', 'one.yaml'])
  expect({ status, err }).toEqual({ status: 1, err: `benchmark failed: ${problem}\n` })
})

test.each([
  ['an engine', '-e foo', 'invalid engine: invalid engine "foo" (valid: rego, cel, all)\n'],
  ['a format', '-o xml', 'invalid output format: invalid output format: "xml" (valid: table, json, yaml)\n'],
  ['no files', '', 'at least one --filename or --image must be specified\n'],
  ['no iterations', '-f x -n 0', 'iterations must be positive\n'],
  ['a baseline that is not there', '-f x --compare nothere', 'baseline file does not exist: nothere\n'],
  ['no templates', '-f pods.yaml', 'benchmark failed: no ConstraintTemplates found in input\n'],
  [
    'no templates in CEL',
    '-f policy.yaml -f pods.yaml',
    'benchmark failed: benchmarking cel: no templates compatible with cel engine (all 1 templates skipped)\n',
  ],
] as const)('bench refuses %s', async (_, args, err) => {
  expect(await call(['bench', ...words(args)])).toEqual({ status: 1, out: '', err })
})
