import type { Clause, Expression, Group, Slot, Step } from '../ir/ir.ts'
import { freeSlots, innerSteps, mapExpression, mapSteps, slotsSetBy, visitExpression } from '../ir/visit.ts'
import type { Change } from '../ir/visit.ts'
import type { Dependences } from './dependence.ts'
import { textOfExpression } from './text.ts'

type Kept = Extract<Expression, { kind: 'kept' }>
/** Slots whose values are constant. */
type Known = Map<Slot, Expression>

/** Puts aside what has the same value in every query with the same constants. Equal expressions are put aside once. */
export class Keeper {
  readonly #dependences: Dependences
  readonly #ids = new Map<string, number>()

  constructor(dependences: Dependences) {
    this.#dependences = dependences
  }

  keepIn(groups: readonly Group[]): void {
    for (const group of groups) {
      group.clauses = group.clauses.map((clause) => this.#clause(clause))
      if (group.fallback !== undefined) group.fallback = this.#clause(group.fallback)
    }
  }

  #clause(clause: Clause): Clause {
    const known: Known = new Map()
    const body = this.#steps(clause.body, known)
    const { path, value, otherwise } = clause
    return {
      ...clause,
      body,
      // What a conflict is called depends on whether a path is written.
      path: path.map((part) => this.#expression(part, new Map())),
      value: this.#expression(value, known),
      otherwise: otherwise === undefined ? undefined : this.#clause(otherwise),
    }
  }

  /** Adds the slots that get kept values to KNOWN: what they are part of may be kept too. */
  #steps(steps: readonly Step[], known: Known): readonly Step[] {
    return steps.map((step) => {
      const changed = this.#step(step, known)
      if (changed.kind === 'assign' && this.#isConstant(changed.of)) known.set(changed.slot, changed.of)
      return changed
    })
  }

  #step(step: Step, known: Known): Step {
    const inside = innerSteps(step)
    const [own = step] = mapSteps(['body' in step ? { ...step, body: [] } : step], this.#change(known))
    // Under `with`, what is kept is something else.
    if (own.kind === 'with') return { ...own, body: this.#steps(inside, new Map()) }
    return own.kind === 'not' || own.kind === 'every' || own.kind === 'traced' || own.kind === 'join'
      ? { ...own, body: this.#steps(inside, new Map(known)) }
      : own
  }

  #expression(expression: Expression, known: Known): Expression {
    return mapExpression(expression, this.#change(known))
  }

  #change(known: Known): Change {
    const slots: Change = { expression: (each) => (each.kind === 'slot' ? known.get(each.slot) : undefined) }
    return {
      expression: (each) => {
        const kept = this.#kept(mapExpression(each, slots))
        if (kept !== undefined || each.kind !== 'comprehension') return kept ?? slots.expression(each)
        const inner: Known = new Map(known)
        const body = this.#steps(each.body, inner)
        const key = each.key === undefined ? undefined : this.#expression(each.key, inner)
        return { ...each, body, key, value: this.#expression(each.value, inner) }
      },
    }
  }

  #isConstant(expression: Expression): boolean {
    return this.#dependences.ofExpression(expression) !== 'query' && freeSlots(expression).size === 0
  }

  #kept(expression: Expression): Kept | undefined {
    if (!isWorthKeeping(expression)) return undefined
    if (!this.#isConstant(expression)) return undefined
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
