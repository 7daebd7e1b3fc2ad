import { fastBuiltins } from '../evaluate/fast-builtins.ts'
import type { Expression, Group } from '../ir/ir.ts'
import { clausesOf, visitClause } from '../ir/visit.ts'
import type { Visitor } from '../ir/visit.ts'

/** Clauses with which a function takes longer than to look its value up. */
const someClauses = 3

/** Finds the functions for which it pays to remember what they give for scalars: `canonify("100m")` is asked for again and again. */
export function memoiseFunctions(groups: readonly Group[]): void {
  for (const group of groups) {
    group.memoised =
      group.kind === 'function' &&
      (group.arity === 1 || group.arity === 2) &&
      group.depends !== 'query' &&
      isCostly(group) &&
      !looksInto(group)
  }
}

/** Whether an argument is looked into: then it is no scalar where the function has a value. */
function looksInto(group: Group): boolean {
  let found = false
  const isArgument = (of: Expression): boolean => of.kind === 'slot' && of.slot < group.arity
  const visitor: Visitor = {
    expression: (expression) => {
      if (expression.kind === 'index' && isArgument(expression.of)) found = true
    },
    step: (step) => {
      if ((step.kind === 'scan' || step.kind === 'every') && isArgument(step.of)) found = true
    },
  }
  for (const clause of clausesOf(group)) visitClause(clause, visitor)
  return found
}

function isCostly(group: Group): boolean {
  if (group.clauses.length >= someClauses) return true
  let costly = false
  const visitor: Visitor = {
    expression: (expression) => {
      if (expression.kind === 'comprehension' || expression.kind === 'function') costly = true
      if (expression.kind === 'builtin' && !fastBuiltins.has(expression.builtin.name)) costly = true
    },
    step: ({ kind }) => {
      if (kind === 'scan' || kind === 'relation' || kind === 'every') costly = true
    },
  }
  for (const clause of clausesOf(group)) visitClause(clause, visitor)
  return costly
}
