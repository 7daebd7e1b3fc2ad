import type { Clause, Expression, Group, Step } from '../ir/ir.ts'
import { RegoNumber } from '../values/number.ts'
import type { RegoValue } from '../values/value.ts'
import type { Scope } from './linker.ts'
import type { Get } from './machine.ts'

/** Below this many clauses trying each is as quick. */
const fewClauses = 8

type Key = string | number | boolean | null

/**
 * Finds the clauses worth trying, in order: where many clauses compare the same part of the input (or the same argument) with
 * constants, only those with its value, and those that do not compare it.
 */
export function indexClauses(scope: Scope, group: Group): (...of: Parameters<Get>) => readonly number[] {
  const subject = subjectOf(group)
  if (subject === undefined) {
    const all = group.clauses.map((_, at) => at)
    return () => all
  }
  const others: number[] = []
  const byKey = new Map<Key, number[]>()
  for (const [at, clause] of group.clauses.entries()) {
    const key = comparisonsOf(group, clause).find(({ text }) => text === subject.text)?.key
    const known = key === undefined ? others : byKey.get(key)
    if (known !== undefined) known.push(at)
    else if (key !== undefined) byKey.set(key, [at])
  }
  const find = merged(byKey, others)
  const get = scope.linker.expression(scope, subject.of)
  return (machine, frame) => {
    const value = get(machine, frame)
    const key = value === undefined ? undefined : keyOf(value)
    return key === undefined ? others : find(key)
  }
}

/** The clauses with a key and those without one, in order; put together when they are first asked for. */
function merged(byKey: ReadonlyMap<Key, readonly number[]>, others: readonly number[]): (key: Key) => readonly number[] {
  const found = new Map<Key, readonly number[]>()
  return (key) => {
    const own = byKey.get(key)
    if (own === undefined || others.length === 0) return own ?? others
    const known = found.get(key) ?? [...own, ...others].sort((a, b) => a - b)
    found.set(key, known)
    return known
  }
}

/** Whether an index finds the clauses of a group. */
export const isIndexed = (group: Group): boolean => subjectOf(group) !== undefined

/** What most clauses compare. */
function subjectOf(group: Group): Comparison | undefined {
  return group.clauses.length < fewClauses ? undefined : mostCompared(group.clauses.map((clause) => comparisonsOf(group, clause)))
}

interface Comparison {
  readonly of: Expression
  /** Equal for equal expressions. */
  readonly text: string
  readonly key: Key
}

/** What every solution of a clause has compared with constants. A clause with `else` has no such thing: its branches compare others. */
function comparisonsOf(group: Group, { body, otherwise }: Clause): readonly Comparison[] {
  return otherwise === undefined ? body.flatMap((step) => comparisonOf(group, step) ?? []) : []
}

function comparisonOf(group: Group, step: Step): Comparison | undefined {
  if (step.kind !== 'equal') return undefined
  const { left, right } = step
  const [of, value] = right.kind === 'constant' ? [left, right.value] : left.kind === 'constant' ? [right, left.value] : [left, undefined]
  const key = value === undefined ? undefined : keyOf(value)
  const text = textOf(group, of)
  return key === undefined || text === undefined ? undefined : { of, text, key }
}

/** A value by which a Map finds it; undefined for what it would not. */
function keyOf(value: RegoValue): Key | undefined {
  if (typeof value !== 'object' || value === null) return value
  return value instanceof RegoNumber && typeof value.key === 'number' ? value.key : undefined
}

/** A name for a path of the input or an argument; undefined for all else. */
function textOf(group: Group, expression: Expression): string | undefined {
  if (expression.kind === 'input') return 'input'
  if (expression.kind === 'slot' && expression.slot < group.arity) return `$${expression.slot}`
  if (expression.kind !== 'index' || expression.key.kind !== 'constant') return undefined
  const of = textOf(group, expression.of)
  const { value } = expression.key
  return of !== undefined && typeof value === 'string' ? `${of}[${JSON.stringify(value)}]` : undefined
}

function mostCompared(comparisons: readonly (readonly Comparison[])[]): Comparison | undefined {
  const counts = new Map<string, { readonly comparison: Comparison; count: number }>()
  for (const comparison of comparisons.flat()) {
    const known = counts.get(comparison.text)
    if (known === undefined) counts.set(comparison.text, { comparison, count: 1 })
    else known.count += 1
  }
  const [best] = [...counts.values()].sort((a, b) => b.count - a.count)
  return best === undefined || best.count < fewClauses ? undefined : best.comparison
}
