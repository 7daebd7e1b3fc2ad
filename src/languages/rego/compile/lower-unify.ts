import type { Expression, Slot, Step } from '../ir/ir.ts'
import type { Term } from './core.ts'
import { isEvaluable, isGround, lowerTerm } from './lower-term.ts'
import { bind, freshSlot, fromSlot } from './lowering.ts'
import type { Lowering } from './lowering.ts'
import { partsOf } from './outputs.ts'

/** Steps that make two terms equal. */
export function lowerEquation(lowering: Lowering, left: Term, right: Term, steps: Step[]): void {
  const waiting: (readonly [Term, Term])[] = [[left, right]]
  while (waiting.length > 0) {
    const at = waiting.findIndex(([a, b]) => isReady(lowering, a, b))
    const pair = waiting[Math.max(at, 0)]
    if (at < 0 || pair === undefined) throw new Error('unsafe variables are refused before')
    const parts = hasOpen(lowering, pair) ? partsOf(...pair) : undefined
    if (parts !== undefined) {
      waiting.splice(at, 1, ...parts)
      continue
    }
    waiting.splice(at, 1)
    equate(lowering, pair[0], pair[1], steps)
  }
}

const hasOpen = (lowering: Lowering, [a, b]: readonly [Term, Term]): boolean => !isGround(lowering, a) || !isGround(lowering, b)

function isReady(lowering: Lowering, a: Term, b: Term): boolean {
  return isEvaluable(lowering, a) || isEvaluable(lowering, b) || partsOf(a, b) !== undefined
}

function equate(lowering: Lowering, a: Term, b: Term, steps: Step[]): void {
  if (isEvaluable(lowering, b) && !isEvaluable(lowering, a)) return match(lowering, a, lowerTerm(lowering, b, steps), steps)
  const value = lowerTerm(lowering, a, steps)
  // Iterating over the left side may have given the right side what it needs.
  if (isEvaluable(lowering, b)) steps.push({ kind: 'equal', left: value, right: lowerTerm(lowering, b, steps) })
  else match(lowering, b, value, steps)
}

/** Steps that match a pattern with a value. */
function match(lowering: Lowering, pattern: Term, value: Expression, steps: Step[]): void {
  if (pattern.kind === 'var' && !lowering.bound.has(pattern.name)) {
    const slot = bind(lowering, pattern)
    steps.push({ kind: 'assign', slot, of: value })
    return
  }
  if (isEvaluable(lowering, pattern)) {
    steps.push({ kind: 'equal', left: lowerTerm(lowering, pattern, steps), right: value })
    return
  }
  const slot = value.kind === 'slot' ? value.slot : freshSlot(lowering)
  if (value.kind !== 'slot') steps.push({ kind: 'assign', slot, of: value })
  matchParts(lowering, pattern, slot, steps)
}

function matchParts(lowering: Lowering, pattern: Term, slot: Slot, steps: Step[]): void {
  if (pattern.kind === 'array') {
    steps.push({ kind: 'is-array', of: slot, length: pattern.items.length })
    for (const [at, item] of pattern.items.entries()) {
      match(lowering, item, { kind: 'index', of: fromSlot(slot), key: { kind: 'constant', value: at } }, steps)
    }
    return
  }
  if (pattern.kind === 'object') {
    const keys = pattern.entries.map(({ key }) => lowerTerm(lowering, key, steps))
    steps.push({ kind: 'is-object', of: slot, keys })
    for (const [at, { value }] of pattern.entries.entries()) {
      const key = keys[at]
      if (key !== undefined) match(lowering, value, { kind: 'index', of: fromSlot(slot), key }, steps)
    }
    return
  }
  throw new Error('unsafe variables are refused before')
}

/** Steps that match a term with what is in a slot. */
export function unifyWith(lowering: Lowering, term: Term, slot: Slot, steps: Step[]): void {
  match(lowering, term, fromSlot(slot), steps)
}
