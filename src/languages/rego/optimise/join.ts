import type { Clause, Expression, Group, Join, Slot, Step } from '../ir/ir.ts'
import { isRepeated } from '../ir/clauses.ts'
import { freeSlots, freeSlotsOfSteps, mapExpression, mapSteps, slotsSetBy } from '../ir/visit.ts'
import { Conflicts } from './conflicts.ts'
import type { Dependences } from './dependence.ts'

/**
 * Looks up what rules search for, such as the objects of `data.inventory` with the host of this one, instead of going through all of it each time. A
 * search is a row of steps that begins with a scan and sees nothing but what that finds, up to the first comparison with something else. What
 * stands between and needs more than that is done after it. Searches are those in data, and those of comprehensions for what is known outside of them.
 * A search that may end with a conflict is left as it is: the conflict is none where nothing gets there.
 */
export function joinSearches(groups: readonly Group[], dependences: Dependences): void {
  let count = 0
  const conflicts = new Conflicts()
  for (const group of groups) {
    const context: Context = {
      dependences,
      isInComprehension: false,
      conflicts,
      newId: () => count++,
      newSlot: () => group.frame++,
    }
    group.clauses = group.clauses.map((clause) => joinClause(clause, context))
  }
}

interface Context {
  readonly dependences: Dependences
  readonly isInComprehension: boolean
  readonly conflicts: Conflicts
  readonly newId: () => number
  readonly newSlot: () => Slot
}

function joinClause(clause: Clause, context: Context): Clause {
  return {
    ...clause,
    body: joinSteps(clause.body, context),
    value: mapExpression(clause.value, { expression: (each) => joinComprehension(each, context) }),
    otherwise: clause.otherwise === undefined ? undefined : joinClause(clause.otherwise, context),
  }
}

/** Searches in comprehensions; what is kept has a frame of its own. */
function joinComprehension(expression: Expression, context: Context): Expression | undefined {
  if (expression.kind === 'kept') {
    let { frame } = expression
    const inside: Context = { ...context, newSlot: () => frame++ }
    const of = mapExpression(expression.of, { expression: (each) => joinComprehension(each, inside) })
    return { ...expression, of, frame }
  }
  if (expression.kind !== 'comprehension') return undefined
  return { ...expression, body: joinSteps(expression.body, { ...context, isInComprehension: true }) }
}

function joinSteps(steps: readonly Step[], context: Context): readonly Step[] {
  for (const [at, step] of steps.entries()) {
    if (step.kind !== 'scan' || !isSearch(step.of, context)) continue
    const found = findJoin(steps.slice(at), context)
    if (found !== undefined)
      return [...steps.slice(0, at).map((each) => joinInside(each, context)), found.join, ...joinSteps(found.rest, context)]
  }
  return steps.map((each) => joinInside(each, context))
}

/** Searches inside of a step, and in comprehensions in it. */
function joinInside(step: Step, context: Context): Step {
  if (step.kind === 'not' || step.kind === 'every') return { ...step, body: joinSteps(step.body, context) }
  const [own = step] = mapSteps([step], { expression: (each) => joinComprehension(each, context) })
  return own
}

function isSearch(of: Expression, { isInComprehension }: Context): boolean {
  return isOfData(of) || (isInComprehension && isSameEachTime(of))
}

function isOfData(of: Expression): boolean {
  return of.kind === 'base' || (of.kind === 'index' && isOfData(of.of))
}

/** Whether it is one value for as long as a query, not an equal one each time. */
function isSameEachTime(of: Expression): boolean {
  if (of.kind === 'index') return of.key.kind === 'constant' && isSameEachTime(of.of)
  return of.kind === 'input' || of.kind === 'base' || of.kind === 'rules' || of.kind === 'kept'
}

/** Data is a tree that is small only at its top, and stays; a list of the input is gone with the query. */
const worthAnIndex = 16

/** The join that steps begin with, and what is left of them. */
function findJoin(
  steps: readonly Step[],
  { dependences, conflicts, newId, newSlot }: Context,
): { readonly join: Join; readonly rest: readonly Step[] } | undefined {
  const [scan, ...others] = steps
  if (scan?.kind !== 'scan') return undefined
  const search: Search = { body: [], gives: new Set(slotsSetBy(scan)), laterGives: new Set() }
  const later: Step[] = []
  for (const [at, step] of others.entries()) {
    const compared = step.kind === 'equal' ? comparedIn(step, search, dependences) : undefined
    if (compared !== undefined) {
      if (conflicts.mayArise(search.body, [compared.by])) return undefined
      const source = newSlot()
      const body: readonly Step[] = [{ ...scan, of: { kind: 'slot', slot: source } }, ...search.body]
      const join: Join = {
        kind: 'join',
        id: newId(),
        of: scan.of,
        atLeast: isOfData(scan.of) ? 0 : worthAnIndex,
        source,
        body,
        gives: [...search.gives],
        ...compared,
      }
      return { join, rest: [...later, ...others.slice(at + 1)] }
    }
    if (step.kind === 'with' || step.kind === 'traced' || step.kind === 'scan-document' || step.kind === 'join') return undefined
    if (isInside(search, freeSlotsOfSteps([step])) && dependences.ofSteps([step]) !== 'query') {
      search.body.push(step)
      for (const slot of slotsSetBy(step)) search.gives.add(slot)
      continue
    }
    // To go through more than one collection in another order is to find solutions in another order.
    if (isRepeated(step)) return undefined
    later.push(step)
    for (const slot of slotsSetBy(step)) search.laterGives.add(slot)
  }
  return undefined
}

interface Search {
  /** Steps that see nothing but what the search finds. */
  readonly body: Step[]
  readonly gives: Set<Slot>
  /** Slots that get their values from what comes after the search. */
  readonly laterGives: Set<Slot>
}

const isInside = ({ gives }: Search, slots: ReadonlySet<Slot>): boolean => [...slots].every((slot) => gives.has(slot))

/** Which side of a comparison the search finds, where the other side is known before it and is not the same in every query. */
function comparedIn(
  { left, right }: Extract<Step, { kind: 'equal' }>,
  search: Search,
  dependences: Dependences,
): Pick<Join, 'by' | 'probe'> | undefined {
  const isFound = (expression: Expression): boolean => {
    const free = freeSlots(expression)
    return free.size > 0 && isInside(search, free) && dependences.ofExpression(expression) !== 'query'
  }
  const isKnown = (expression: Expression): boolean => {
    const free = freeSlots(expression)
    const isBefore = [...free].every((slot) => !search.gives.has(slot) && !search.laterGives.has(slot))
    return isBefore && (free.size > 0 || dependences.ofExpression(expression) === 'query')
  }
  if (isFound(left) && isKnown(right)) return { by: left, probe: right }
  return isFound(right) && isKnown(left) ? { by: right, probe: left } : undefined
}
