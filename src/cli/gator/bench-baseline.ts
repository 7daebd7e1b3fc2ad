import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import type { JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import { defaultLimits } from '../../core/limits.ts'
import { loadValue, printYaml } from '../../kube/yaml/yaml.ts'
import { columns, savedResult, shortDuration } from './bench-report.ts'
import type { BenchResult } from './bench-run.ts'
import { throughput } from './bench-run.ts'
import { printGoJson } from './go-json.ts'
import { goReason } from './read.ts'

/** Writes results for later comparison; the format is that of the file's name. */
export function saveBaseline(file: string, results: readonly BenchResult[], cwd: string): Result<undefined, string> {
  const saved = results.map(savedResult)
  try {
    writeFileSync(resolve(cwd, file), isYaml(file) ? printYaml(saved) : printGoJson(saved, 2))
    return ok(undefined)
  } catch (error) {
    return err(`saving results: writing results to ${file}: open ${file}: ${goReason(error)}`)
  }
}

const isYaml = (file: string): boolean => ['.yaml', '.yml'].includes(extname(file).toLowerCase())

export function loadBaseline(file: string, cwd: string): Result<readonly JsonObject[], string> {
  try {
    const full = resolve(cwd, file)
    if (statSync(full).size > defaultLimits.fileBytes) return err(`loading baseline: reading baseline file ${file}: file too large`)
    const value = loadValue(readFileSync(full, 'utf8'))
    if (!value.ok) return err(`loading baseline: unmarshaling baseline: ${value.error}`)
    if (isJsonArray(value.value) && value.value.every(isJsonObject)) return ok(value.value.filter(isJsonObject))
    const found = isJsonObject(value.value) ? 'object' : typeof value.value
    const decoding = `json: cannot unmarshal ${found} into Go value of type []bench.Results`
    return err(`loading baseline: unmarshaling baseline: error unmarshaling JSON: while decoding JSON: ${decoding}`)
  } catch (error) {
    return err(`loading baseline: reading baseline file ${file}: open ${file}: ${goReason(error)}`)
  }
}

export interface Thresholds {
  /** Per cent. */
  readonly relative: number
  /** Nanoseconds; smaller differences are none. */
  readonly absolute: number
}

interface Metric {
  readonly name: string
  readonly before: number
  readonly now: number
  readonly shown: (value: number) => string
  /** How much worse it has become, in per cent and in nanoseconds of a review. */
  readonly worse: { readonly relative: number; readonly absolute: number }
}

export interface Comparison {
  readonly text: string
  readonly regressed: boolean
}

/** What has become worse since the baseline; undefined where it does not know the engine. */
export function compareWithBaseline(baseline: readonly JsonObject[], result: BenchResult, limits: Thresholds): Comparison | undefined {
  const before = baseline.find((entry) => ownValue(entry, 'engine') === result.engine)
  if (before === undefined) return undefined
  const metrics = metricsOf(before, result)
  const isWorse = ({ worse }: Metric): boolean => worse.relative > limits.relative && worse.absolute >= limits.absolute
  const rows = metrics.map((metric) => {
    const delta = metric.before === 0 ? 0 : ((metric.now - metric.before) / metric.before) * 100
    const sign = delta >= 0 ? '+' : ''
    return [
      metric.name,
      metric.shown(metric.before),
      metric.shown(metric.now),
      `${sign}${delta.toFixed(1)}%`,
      isWorse(metric) ? '✗ REGRESSION' : '✓',
    ]
  })
  const header = ['Metric', 'Baseline', 'Current', 'Delta', 'Status']
  const table = columns([header, header.map((title) => '-'.repeat(title.length)), ...rows])
  const worse = metrics.filter(isWorse).map(({ name }) => name)
  const threshold = `(threshold: ${limits.relative.toFixed(1)}%)`
  const verdict =
    worse.length === 0 ? `✓ No significant regressions ${threshold}` : `✗ Regressions detected in: ${worse.join(', ')} ${threshold}`
  const title = `=== Baseline Comparison: ${result.engine.toUpperCase()} Engine ===`
  return { text: `${title}\n\n${table}\n${verdict}\n`, regressed: worse.length > 0 }
}

function metricsOf(before: JsonObject, result: BenchResult): readonly Metric[] {
  const latencies = ownValue(before, 'latencies')
  const known = latencies !== undefined && isJsonObject(latencies) ? latencies : {}
  const latency = (name: string, key: 'p50' | 'p95' | 'p99' | 'mean'): Metric => {
    const [old, now] = [numberIn(known, key), result.latencies[key]]
    return {
      name,
      before: old,
      now,
      shown: shortDuration,
      worse: { relative: old === 0 ? 0 : ((now - old) / old) * 100, absolute: now - old },
    }
  }
  const [old, now] = [numberIn(before, 'reviewsPerSecond'), throughput(result)]
  return [
    latency('P50 Latency', 'p50'),
    latency('P95 Latency', 'p95'),
    latency('P99 Latency', 'p99'),
    latency('Mean Latency', 'mean'),
    {
      name: 'Throughput',
      before: old,
      now,
      shown: (value) => `${value.toFixed(2)}/sec`,
      worse: { relative: old === 0 ? 0 : ((old - now) / old) * 100, absolute: old === 0 || now === 0 ? 0 : 1e9 / now - 1e9 / old },
    },
  ]
}

function numberIn(object: JsonObject, key: string): number {
  const value = ownValue(object, key)
  return typeof value === 'number' ? value : 0
}
