import { fastBuiltins } from '../evaluate/fast-builtins.ts'
import type { Expression, Group, Slot } from '../ir/ir.ts'
import { clausesOf, visitClause } from '../ir/visit.ts'
import type { Visitor } from '../ir/visit.ts'

/** Clauses with which a function takes longer than to look its value up. */
const someClauses = 3

/** Finds the functions for which it pays to remember what they give for scalars: `canonify("100m")` is asked for again and again. */
export function memoiseFunctions(groups: readonly Group[]): void {
  const known = new Map<Group, ReadonlySet<Slot>>()
  for (const group of groups) {
    group.memoised =
      group.kind === 'function' &&
      (group.arity === 1 || group.arity === 2) &&
      group.depends !== 'query' &&
      isCostly(group) &&
      opened(group, known).size === 0
  }
}

/** Arguments that are looked into, by the function or by those that it hands them to: no scalars, where the function has a value. */
function opened(group: Group, known: Map<Group, ReadonlySet<Slot>>): ReadonlySet<Slot> {
  const found = known.get(group)
  if (found !== undefined) return found
  const slots = new Set<Slot>()
  known.set(group, slots)
  const open = (of: Expression | undefined): void => {
    if (of?.kind === 'slot' && of.slot < group.arity) slots.add(of.slot)
  }
  const visitor: Visitor = {
    expression: (expression) => {
      if (expression.kind === 'index') open(expression.of)
      if (expression.kind === 'function') for (const slot of opened(expression.group, known)) open(expression.args[slot])
    },
    step: (step) => {
      if (step.kind === 'scan' || step.kind === 'every') open(step.of)
    },
  }
  for (const clause of clausesOf(group)) visitClause(clause, visitor)
  return slots
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
      if (kind === 'scan' || kind === 'relation' || kind === 'every' || kind === 'join') costly = true
    },
  }
  for (const clause of clausesOf(group)) visitClause(clause, visitor)
  return costly
}
