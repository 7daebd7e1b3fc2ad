import type { RegoValue } from '../values/value.ts'
import { equalValues } from '../values/value.ts'
import type { Clause, Expression, Group, Step } from './ir.ts'
import { clausesOf, visitClause } from './visit.ts'

/** Whether a step may go on more than once. */
export function isRepeated(step: Step): boolean {
  if (step.kind === 'with' || step.kind === 'traced') return step.body.some(isRepeated)
  return step.kind === 'scan' || step.kind === 'scan-document' || step.kind === 'relation' || step.kind === 'join'
}

/** Whether all clauses that have a value have the same one. */
export function haveOneConstant(clauses: readonly Clause[]): boolean {
  const [first] = clauses
  if (first?.value.kind !== 'constant') return false
  const { value } = first.value
  return clauses.every((clause) => hasConstant(clause.value, value) && clause.otherwise === undefined)
}

const hasConstant = (expression: Expression, value: RegoValue): boolean =>
  expression.kind === 'constant' && equalValues(expression.value, value)

/** What is wrong where two clauses put different values at one path. */
export function pathConflictOf({ clauses }: Group): string {
  const areConstant = clauses.every(({ path }) => path.every(({ kind }) => kind === 'constant'))
  return areConstant ? 'complete rules must not produce multiple outputs' : 'object keys must be unique'
}

/** What is wrong where clauses have different values. */
export function conflictOf({ kind }: Group): string {
  return kind === 'function'
    ? 'functions must not produce multiple outputs for same inputs'
    : 'complete rules must not produce multiple outputs'
}

/** Whether `with` puts functions in the place of others. */
export function replacesFunctions(group: Group): boolean {
  let found = false
  const step = (each: Step): void => {
    if (each.kind === 'with' && each.replacements.some(({ kind }) => kind === 'function')) found = true
  }
  for (const clause of clausesOf(group)) visitClause(clause, { step })
  return found
}

/** Whether rules print. */
export function printsSomething(group: Group): boolean {
  let found = false
  const expression = (each: Expression): void => {
    if (each.kind === 'builtin' && (each.builtin.name === 'print' || each.builtin.name === 'internal.print')) found = true
  }
  for (const clause of clausesOf(group)) visitClause(clause, { expression })
  return found
}
