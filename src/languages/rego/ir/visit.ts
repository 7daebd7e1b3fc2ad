import { unreachable } from '../../../core/unreachable.ts'
import type { Clause, Expression, Group, Replacement, Slot, Step } from './ir.ts'

/** The expressions that an expression is made of; steps of comprehensions are `bodiesOf`. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'constant':
    case 'slot':
    case 'input':
    case 'base':
    case 'rules':
      return []
    case 'entry':
      return expression.keys
    case 'document':
      return expression.path
    case 'index':
      return [expression.of, expression.key]
    case 'array':
    case 'set':
      return expression.items
    case 'object':
      return expression.entries.flat()
    case 'comprehension':
      return expression.key === undefined ? [expression.value] : [expression.key, expression.value]
    case 'builtin':
    case 'function':
      return expression.args
    case 'kept':
      return [expression.of]
    default:
      return unreachable(expression)
  }
}

/** The expressions of a step itself; steps inside of it are `innerSteps`. */
export function partsOfStep(step: Step): readonly Expression[] {
  switch (step.kind) {
    case 'test':
    case 'assign':
    case 'scan':
    case 'every':
      return [step.of]
    case 'equal':
      return [step.left, step.right]
    case 'is-object':
      return step.keys
    case 'scan-document':
      return step.path
    case 'relation':
      return step.args
    case 'with':
      return step.replacements.flatMap(({ value }) => (value.kind === 'builtin-callee' || value.kind === 'function-callee' ? [] : [value]))
    case 'is-array':
    case 'not':
    case 'traced':
      return []
    default:
      return unreachable(step)
  }
}

/** Steps inside of a step. */
export const innerSteps = (step: Step): readonly Step[] => ('body' in step ? step.body : [])

/** Calls VISIT with each step and each expression of the steps, from the outside in. */
export function visitSteps(steps: readonly Step[], visit: Visitor): void {
  for (const step of steps) {
    visit.step?.(step)
    for (const part of partsOfStep(step)) visitExpression(part, visit)
    visitSteps(innerSteps(step), visit)
  }
}

export function visitExpression(expression: Expression, visit: Visitor): void {
  visit.expression?.(expression)
  if (expression.kind === 'comprehension') visitSteps(expression.body, visit)
  for (const part of partsOf(expression)) visitExpression(part, visit)
}

export interface Visitor {
  readonly step?: (step: Step) => void
  readonly expression?: (expression: Expression) => void
}

/** Visits a clause and its `else`. */
export function visitClause(clause: Clause, visit: Visitor): void {
  for (let at: Clause | undefined = clause; at !== undefined; at = at.otherwise) {
    visitSteps(at.body, visit)
    for (const part of [...at.path, at.value]) visitExpression(part, visit)
  }
}

/** All clauses of a group, its fallback last. */
export function clausesOf({ clauses, fallback }: Group): readonly Clause[] {
  return fallback === undefined ? clauses : [...clauses, fallback]
}

/** Slots that a step gives values to. */
export function slotsSetBy(step: Step): readonly Slot[] {
  switch (step.kind) {
    case 'assign':
      return [step.slot]
    case 'scan':
    case 'every':
      return [step.key, step.value].filter((slot) => slot !== undefined)
    case 'scan-document':
      return [step.key]
    case 'relation':
      return [step.value]
    case 'test':
    case 'equal':
    case 'is-array':
    case 'is-object':
    case 'not':
    case 'with':
    case 'traced':
      return []
    default:
      return unreachable(step)
  }
}

/** Slots that an expression reads and does not itself give values to. */
export function freeSlots(expression: Expression): ReadonlySet<Slot> {
  const read = new Set<Slot>()
  const set = new Set<Slot>()
  visitExpression(expression, {
    expression: (each) => {
      if (each.kind === 'slot') read.add(each.slot)
    },
    step: (step) => {
      for (const slot of slotsSetBy(step)) set.add(slot)
      if (step.kind === 'is-array' || step.kind === 'is-object') read.add(step.of)
    },
  })
  for (const slot of set) read.delete(slot)
  return read
}

/** How to copy steps. */
export interface Change {
  /** What becomes of an expression: what it answers is not looked into further; undefined is no change. */
  readonly expression: (expression: Expression) => Expression | undefined
  /** Where the values of slots are from now on. */
  readonly slot?: (slot: Slot) => Slot
}

export function mapSteps(steps: readonly Step[], change: Change): readonly Step[] {
  return steps.map((step) => mapStep(step, change))
}

function mapStep(step: Step, change: Change): Step {
  const map = (expression: Expression): Expression => mapExpression(expression, change)
  const move = (slot: Slot): Slot => change.slot?.(slot) ?? slot
  const moveKey = (slot: Slot | undefined): Slot | undefined => (slot === undefined ? undefined : move(slot))
  switch (step.kind) {
    case 'test':
      return { ...step, of: map(step.of) }
    case 'assign':
      return { ...step, slot: move(step.slot), of: map(step.of) }
    case 'scan':
      return { ...step, of: map(step.of), key: moveKey(step.key), value: moveKey(step.value) }
    case 'equal':
      return { ...step, left: map(step.left), right: map(step.right) }
    case 'is-array':
      return { ...step, of: move(step.of) }
    case 'is-object':
      return { ...step, of: move(step.of), keys: step.keys.map(map) }
    case 'scan-document':
      return { ...step, path: step.path.map(map), key: move(step.key) }
    case 'relation':
      return { ...step, args: step.args.map(map), value: move(step.value) }
    case 'every':
      return { ...step, of: map(step.of), key: moveKey(step.key), value: move(step.value), body: mapSteps(step.body, change) }
    case 'with':
      return { ...step, replacements: step.replacements.map((each) => mapReplacement(each, map)), body: mapSteps(step.body, change) }
    case 'not':
    case 'traced':
      return { ...step, body: mapSteps(step.body, change) }
    default:
      return unreachable(step)
  }
}

function mapReplacement(replacement: Replacement, map: (expression: Expression) => Expression): Replacement {
  if (replacement.kind !== 'function') return { ...replacement, value: map(replacement.value) }
  const { value } = replacement
  return value.kind === 'builtin-callee' || value.kind === 'function-callee' ? replacement : { ...replacement, value: map(value) }
}

export function mapExpression(expression: Expression, change: Change): Expression {
  const changed = change.expression(expression)
  if (changed !== undefined) return changed
  const map = (each: Expression): Expression => mapExpression(each, change)
  switch (expression.kind) {
    case 'slot':
      return change.slot === undefined ? expression : { kind: 'slot', slot: change.slot(expression.slot) }
    case 'constant':
    case 'input':
    case 'base':
    case 'rules':
    case 'kept':
      return expression
    case 'entry':
      return { ...expression, keys: expression.keys.map(map) }
    case 'document':
      return { ...expression, path: expression.path.map(map) }
    case 'index':
      return { ...expression, of: map(expression.of), key: map(expression.key) }
    case 'array':
    case 'set':
      return { ...expression, items: expression.items.map(map) }
    case 'object':
      return { ...expression, entries: expression.entries.map(([key, value]) => [map(key), map(value)] as const) }
    case 'comprehension': {
      const key = expression.key === undefined ? undefined : map(expression.key)
      return { ...expression, body: mapSteps(expression.body, change), key, value: map(expression.value) }
    }
    case 'builtin':
    case 'function':
      return { ...expression, args: expression.args.map(map) }
    default:
      return unreachable(expression)
  }
}

/** A copy of a clause and its `else`. */
export function mapClause(clause: Clause, change: Change): Clause {
  return {
    ...clause,
    body: mapSteps(clause.body, change),
    path: clause.path.map((part) => mapExpression(part, change)),
    value: mapExpression(clause.value, change),
    otherwise: clause.otherwise === undefined ? undefined : mapClause(clause.otherwise, change),
  }
}
