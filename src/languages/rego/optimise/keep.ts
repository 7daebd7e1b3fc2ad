import type { Expression, Group } from '../ir/ir.ts'
import { freeSlots, mapClause, slotsSetBy, visitExpression } from '../ir/visit.ts'
import type { Dependences } from './dependence.ts'
import { textOfExpression } from './text.ts'

/** Puts aside what has the same value in every query with the same constants. Equal expressions are put aside once. */
export class Keeper {
  readonly #dependences: Dependences
  readonly #ids = new Map<string, number>()

  constructor(dependences: Dependences) {
    this.#dependences = dependences
  }

  keepIn(groups: readonly Group[]): void {
    const expression = (each: Expression): Expression | undefined => this.#kept(each)
    for (const group of groups) {
      group.clauses = group.clauses.map((clause) => mapClause(clause, { expression }))
      if (group.fallback !== undefined) group.fallback = mapClause(group.fallback, { expression })
    }
  }

  #kept(expression: Expression): Expression | undefined {
    if (!isWorthKeeping(expression)) return undefined
    if (this.#dependences.ofExpression(expression) === 'query' || freeSlots(expression).size > 0) return undefined
    const text = textOfExpression(expression)
    if (text === undefined) return undefined
    const id = this.#ids.get(text) ?? this.#ids.size
    this.#ids.set(text, id)
    return { kind: 'kept', id, of: expression, frame: frameOf(expression) }
  }
}

/** What takes longer than to look it up. */
function isWorthKeeping(expression: Expression): boolean {
  switch (expression.kind) {
    case 'constant':
    case 'slot':
    case 'input':
    case 'rules':
    case 'kept':
      return false
    case 'index':
      return expression.of.kind !== 'input'
    default:
      return true
  }
}

/** Slots that a frame needs for it. */
function frameOf(expression: Expression): number {
  let frame = 0
  visitExpression(expression, {
    step: (step) => {
      for (const slot of slotsSetBy(step)) frame = Math.max(frame, slot + 1)
    },
  })
  return frame
}
