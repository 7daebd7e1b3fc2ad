import { lineAndColumn } from '../../core/source.ts'
import type { Source } from '../../core/source.ts'
import type { RegoModule, TraceEvent } from '../../languages/rego/rego.ts'
import type { Out } from './json-out.ts'
import { fields, value } from './json-out.ts'

/** Which lines an evaluation has come by. */
export interface Coverage {
  readonly tracer: (event: TraceEvent) => void
  readonly report: (modules: readonly RegoModule[]) => CoverageReport
}

export interface CoverageReport {
  readonly files: readonly FileCoverage[]
  readonly covered: number
  readonly notCovered: number
  /** Percent of the lines. */
  readonly coverage: number
}

export interface FileCoverage {
  readonly name: string
  readonly covered: readonly number[]
  readonly notCovered: readonly number[]
}

/** A line is covered where an expression that begins on it was tried, or a rule that begins on it has had a value. */
export function newCoverage(): Coverage {
  const covered = new Map<Source, Set<number>>()
  return {
    tracer: ({ operation, node: { kind, source, span } }) => {
      if (operation !== (kind === 'rule' ? 'exit' : 'eval') || source.name === '') return
      const rows = covered.get(source) ?? new Set()
      covered.set(source, rows)
      rows.add(lineAndColumn(source, span.start).line)
    },
    report: (modules) => reportOf(modules, covered),
  }
}

function reportOf(modules: readonly RegoModule[], covered: ReadonlyMap<Source, ReadonlySet<number>>): CoverageReport {
  const files = modules
    .map((module): FileCoverage => {
      const rows = covered.get(module.source) ?? new Set()
      const notCovered = [...rowsOf(module)].filter((row) => !rows.has(row))
      return { name: module.source.name, covered: inOrder(rows), notCovered: inOrder(notCovered) }
    })
    .filter((file) => file.covered.length + file.notCovered.length > 0)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const sum = (count: (file: FileCoverage) => number): number => files.reduce((total, file) => total + count(file), 0)
  const [yes, no] = [sum((file) => file.covered.length), sum((file) => file.notCovered.length)]
  return { files, covered: yes, notCovered: no, coverage: percent(yes, no) }
}

const inOrder = (rows: Iterable<number>): readonly number[] => [...rows].sort((a, b) => a - b)
const percent = (yes: number, no: number): number => (yes + no === 0 ? 0 : (100 * yes) / (yes + no))

/** The rows on which rules and expressions begin; declarations (`some x in xs`) are none. */
function rowsOf({ source, rules }: RegoModule): ReadonlySet<number> {
  const rows = new Set<number>()
  const add = (start: number): void => void rows.add(lineAndColumn(source, start).line)
  const walk = (part: unknown): void => {
    if (Array.isArray(part)) for (const each of part) walk(each)
    else if (isNode(part)) {
      if (isExpression(part)) add(part.span.start)
      for (const [key, each] of Object.entries(part)) if (key !== 'span') walk(each)
    }
  }
  for (const rule of rules) {
    add(rule.span.start)
    for (const { body, span } of rule.elses) if (body.length > 0 || span.end > span.start) add(span.start)
    walk([rule.head, rule.body, rule.elses])
  }
  return rows
}

interface SyntaxNode {
  readonly kind: string
  readonly span: { readonly start: number }
}

const isNode = (part: unknown): part is Record<string, unknown> => typeof part === 'object' && part !== null
const isExpression = (part: Record<string, unknown>): part is Record<string, unknown> & SyntaxNode =>
  'withs' in part && part['kind'] !== 'some' && part['kind'] !== 'some-in'

/** The report as `opa test --coverage` prints it. */
export function coverageOut({ files, covered, notCovered, coverage }: CoverageReport): Out {
  const byName: Record<string, Out> = {}
  for (const file of files) byName[file.name] = fileOut(file)
  return fields({ files: fields(byName), covered_lines: value(covered), not_covered_lines: value(notCovered), coverage: value(coverage) })
}

function fileOut({ covered, notCovered }: FileCoverage): Out {
  return fields({
    ...(covered.length === 0 ? {} : { covered: rangesOut(covered) }),
    ...(notCovered.length === 0 ? {} : { not_covered: rangesOut(notCovered) }),
    ...(covered.length === 0 ? {} : { covered_lines: value(covered.length) }),
    ...(notCovered.length === 0 ? {} : { not_covered_lines: value(notCovered.length) }),
    ...(covered.length === 0 ? {} : { coverage: value(percent(covered.length, notCovered.length)) }),
  })
}

function rangesOut(rows: readonly number[]): readonly Out[] {
  const ranges: { start: number; end: number }[] = []
  for (const row of rows) {
    const last = ranges.at(-1)
    if (last !== undefined && last.end === row - 1) last.end = row
    else ranges.push({ start: row, end: row })
  }
  return ranges.map(({ start, end }) => fields({ start: fields({ row: value(start) }), end: fields({ row: value(end) }) }))
}
