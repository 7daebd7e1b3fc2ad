import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import { nameOf } from '../../kube/object.ts'
import type { GatorClient, GatorEngine, GatorInput, GatorSetup, GatorStat, GatorTools } from '../../policy/gator.ts'
import { clock } from './clock.ts'

export interface BenchSettings {
  readonly engine: GatorEngine
  readonly iterations: number
  readonly warmup: number
  readonly concurrency: number
  readonly stats: boolean
  readonly now: () => Date
}

/** All times are nanoseconds. */
export interface Latencies {
  readonly min: number
  readonly max: number
  readonly mean: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

export interface BenchResult {
  readonly engine: GatorEngine
  readonly templates: number
  readonly constraints: number
  readonly objects: number
  readonly iterations: number
  readonly concurrency: number
  readonly reviews: number
  readonly setup: GatorSetup & { readonly client: number; readonly total: number }
  readonly total: number
  readonly latencies: Latencies
  readonly violations: number
  readonly skippedTemplates: readonly string[]
  readonly skippedConstraints: readonly string[]
  /** Of the first iteration; undefined where they are not asked for. */
  readonly stats: readonly GatorStat[] | undefined
}

/** What there is to measure. */
export interface BenchInputs {
  readonly templates: readonly GatorInput[]
  readonly constraints: readonly GatorInput[]
  readonly objects: readonly GatorInput[]
}

/** Sorts what was read; the error says what is missing. */
export function benchInputs(inputs: readonly GatorInput[], gator: GatorTools): Result<BenchInputs, string> {
  const templates = inputs.filter((input) => gator.isTemplate(input))
  const constraints = inputs.filter((input) => gator.isConstraint(input))
  const objects = inputs.filter((input) => !gator.isTemplate(input) && !gator.isConstraint(input))
  if (templates.length === 0) return err('no ConstraintTemplates found in input')
  if (constraints.length === 0) return err('no Constraints found in input')
  if (objects.length === 0) return err('no objects to review found in input')
  return ok({ templates, constraints, objects })
}

/** Measures one engine: every iteration reviews every object. */
export function runBench(inputs: BenchInputs, settings: BenchSettings, gator: GatorTools): Result<BenchResult, string> {
  const { engine, iterations, warmup, concurrency, now } = settings
  const taken = compatible(inputs, engine, gator)
  if (taken.templates.length === 0)
    return err(`no templates compatible with ${engine} engine (all ${inputs.templates.length} templates skipped)`)
  if (taken.constraints.length === 0)
    return err(`no constraints loaded (all ${inputs.constraints.length} constraints skipped due to missing templates)`)
  const begun = clock()
  const client = gator.open([...taken.templates, ...taken.constraints, ...inputs.objects], {
    engines: [engine],
    purpose: 'bench',
    clock,
    now,
  })
  if (!client.ok) return client
  const opened = clock() - begun
  const warmed = repeat(client.value, warmup)
  if (!warmed.ok) return err(`warmup review failed: ${warmed.error}`)
  const started = clock()
  const measured = repeat(client.value, iterations)
  if (!measured.ok) return err(`review failed: ${measured.error}`)
  const { times, violations, stats } = measured.value
  const { setup } = client.value
  return ok({
    engine,
    templates: taken.templates.length,
    constraints: taken.constraints.length,
    objects: inputs.objects.length,
    iterations,
    concurrency,
    reviews: times.length,
    setup: { ...setup, client: Math.max(0, opened - setup.templates - setup.constraints - setup.data), total: opened },
    total: clock() - started,
    latencies: latenciesOf(times),
    violations,
    skippedTemplates: taken.skippedTemplates,
    skippedConstraints: taken.skippedConstraints,
    stats: settings.stats ? stats : undefined,
  })
}

interface Compatible {
  readonly templates: readonly GatorInput[]
  readonly constraints: readonly GatorInput[]
  readonly skippedTemplates: readonly string[]
  readonly skippedConstraints: readonly string[]
}

/** A constraint goes with its template, whose name is its kind: where that is not taken it is skipped. */
function compatible({ templates, constraints }: BenchInputs, engine: GatorEngine, gator: GatorTools): Compatible {
  const taken = templates.filter((template) => gator.hasEngine(template, engine))
  const names = new Set(taken.map(({ value }) => nameOf(value)))
  const isTaken = ({ value }: GatorInput): boolean => names.has(String(value['kind']).toLowerCase())
  return {
    templates: taken,
    constraints: constraints.filter(isTaken),
    skippedTemplates: templates.filter((template) => !taken.includes(template)).map(({ value }) => nameOf(value)),
    skippedConstraints: constraints.filter((constraint) => !isTaken(constraint)).map(({ value }) => nameOf(value)),
  }
}

interface Measured {
  readonly times: Float64Array
  readonly violations: number
  readonly stats: readonly GatorStat[]
}

function repeat(client: GatorClient, iterations: number): Result<Measured, string> {
  const times = new Float64Array(iterations * client.data.length)
  const stats: GatorStat[] = []
  let violations = 0
  let at = 0
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    for (const object of client.data) {
      const begun = clock()
      const review = client.review(object)
      times[at] = clock() - begun
      at += 1
      if (!review.ok) return review
      violations += review.value.results.length
      if (iteration === 0) stats.push(...review.value.stats)
    }
  }
  return ok({ times, violations, stats })
}

function latenciesOf(times: Float64Array): Latencies {
  const sorted = times.toSorted()
  const sum = sorted.reduce((total, time) => total + time, 0)
  return {
    min: sorted[0] ?? 0,
    max: sorted.at(-1) ?? 0,
    mean: sorted.length === 0 ? 0 : sum / sorted.length,
    p50: percentile(sorted, 0.5),
    p95: percentile(sorted, 0.95),
    p99: percentile(sorted, 0.99),
  }
}

/** Between the two nearest ranks. */
export function percentile(sorted: Float64Array, part: number): number {
  const rank = (sorted.length - 1) * part
  const [below, above] = [sorted[Math.floor(rank)] ?? 0, sorted[Math.ceil(rank)] ?? 0]
  return below + (above - below) * (rank - Math.floor(rank))
}

/** Reviews in a second. */
export const throughput = ({ reviews, total }: Pick<BenchResult, 'reviews' | 'total'>): number =>
  total === 0 ? 0 : (reviews * 1e9) / total
