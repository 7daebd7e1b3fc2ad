import { haveOneConstant, isRepeated } from '../ir/clauses.ts'
import type { Clause, Expression, Group, Step } from '../ir/ir.ts'
import { clausesOf, visitClause, visitExpression, visitSteps } from '../ir/visit.ts'
import type { Visitor } from '../ir/visit.ts'

/** Finds what may end a query with a conflict, so that it matters whether and when it is evaluated. */
export class Conflicts {
  readonly #groups = new Map<Group, boolean>()

  mayArise(steps: readonly Step[], expressions: readonly Expression[]): boolean {
    return this.#isSeen((visitor) => {
      visitSteps(steps, visitor)
      for (const each of expressions) visitExpression(each, visitor)
    })
  }

  #isSeen(visit: (visitor: Visitor) => void): boolean {
    let seen = false
    visit({
      expression: (each) => {
        if (each.kind === 'comprehension') seen ||= each.makes === 'object'
        if (each.kind === 'document') seen = true
        if (each.kind === 'rules' || each.kind === 'entry' || each.kind === 'function') seen ||= this.#mayConflict(each.group)
      },
    })
    return seen
  }

  #mayConflict(group: Group): boolean {
    const known = this.#groups.get(group)
    if (known !== undefined) return known
    // Rules do not depend on themselves: nothing asks for this before it is known.
    this.#groups.set(group, true)
    const found =
      hasSeveralValues(group) ||
      this.#isSeen((visitor) => {
        for (const clause of clausesOf(group)) visitClause(clause, visitor)
      })
    this.#groups.set(group, found)
    return found
  }
}

function hasSeveralValues({ kind, clauses }: Group): boolean {
  if (kind === 'set') return false
  return kind === 'object' || (!haveOneConstant(clauses) && (clauses.length > 1 || clauses.some(hasSeveralSolutions)))
}

const hasSeveralSolutions = ({ body, value, otherwise }: Clause): boolean =>
  (value.kind !== 'constant' && body.some(isRepeated)) || (otherwise !== undefined && hasSeveralSolutions(otherwise))
