import { replacesFunctions } from '../ir/clauses.ts'
import type { Call, Clause, Expression, Group, Slot, Step } from '../ir/ir.ts'
import { freeSlots, mapClause, mapExpression, visitClause } from '../ir/visit.ts'
import { equalValues } from '../values/value.ts'
import type { Dependences } from './dependence.ts'
import { textOfExpression } from './text.ts'

type FunctionCall = Extract<Call, { kind: 'function' }>

/** Copies of functions in one program. */
const mostCopies = 200

/**
 * Gives calls with constant arguments a copy of the function that has them in its body: `is_allowed(image, input.parameters.images)` becomes a
 * function of the image. Answers all groups, the copies included. Nothing changes where `with` puts other functions in the place of some.
 */
export function specialiseFunctions(groups: readonly Group[], dependences: Dependences): readonly Group[] {
  if (groups.some(replacesFunctions)) return groups
  const all = [...groups]
  const copies = new Map<string, Group>()
  const copyFor = (call: FunctionCall): FunctionCall | undefined => {
    const isConstant = call.args.map((arg) => dependences.ofExpression(arg) !== 'query' && freeSlots(arg).size === 0)
    const texts = call.args.map((arg, at) => (isConstant[at] === true ? textOfExpression(arg) : '-'))
    if (texts.every((text) => text === '-') || texts.includes(undefined)) return undefined
    const key = `${call.group.id} ${texts.join(' ')}`
    const known = copies.get(key)
    const args = call.args.filter((_, at) => isConstant[at] !== true)
    if (known !== undefined) return { ...call, group: known, args }
    if (copies.size >= mostCopies) return undefined
    const copy = copyOf(
      call.group,
      call.args.map((arg, at) => (isConstant[at] === true ? arg : undefined)),
      2 * all.length,
    )
    copies.set(key, copy)
    all.push(copy)
    return { ...call, group: copy, args }
  }
  // Copies may call with constants what their originals called with arguments: the list grows while it is walked.
  for (let at = 0; at < all.length; at += 1) {
    const group = all[at]
    if (group !== undefined) specialiseCalls(group, copyFor)
  }
  return all
}

function specialiseCalls(group: Group, copyFor: (call: FunctionCall) => FunctionCall | undefined): void {
  const expression = (each: Expression): Expression | undefined => {
    if (each.kind !== 'function') return undefined
    const copy = copyFor(each)
    // The arguments that are left may have calls in them.
    return copy === undefined ? undefined : { ...copy, args: copy.args.map((arg) => mapExpression(arg, { expression })) }
  }
  group.clauses = group.clauses.map((clause) => mapClause(clause, { expression }))
  if (group.fallback !== undefined) group.fallback = mapClause(group.fallback, { expression })
}

/** A function of the arguments for which nothing is given. */
function copyOf(group: Group, given: readonly (Expression | undefined)[], id: number): Group {
  const open = given.flatMap((value, at) => (value === undefined ? [at] : []))
  const shut = given.flatMap((value, at) => (value === undefined ? [] : [at]))
  const order = [...open, ...shut]
  const slot = (old: Slot): Slot => (old < group.arity ? order.indexOf(old) : old)
  const expression = (each: Expression): Expression | undefined => (each.kind === 'slot' ? given[each.slot] : undefined)
  const values: readonly Step[] = shut.map((old) => ({ kind: 'assign', slot: slot(old), of: given[old] ?? { kind: 'slot', slot: old } }))
  // A call has no value where an argument has none, even one that the function does not look at.
  const undefinable = values.filter((_, at) => given[shut[at] ?? 0]?.kind !== 'constant')
  const copy = (clause: Clause): Clause | undefined => {
    const mapped = mapClause(clause, { expression, slot })
    // Steps that look at a slot itself find its value there.
    return folded(withFirst(mapped, looksAtSlots(mapped) ? values : undefinable))
  }
  return {
    ...group,
    id,
    arity: open.length,
    clauses: group.clauses.flatMap((clause) => copy(clause) ?? []),
    fallback: group.fallback === undefined ? undefined : copy(group.fallback),
  }
}

function looksAtSlots(clause: Clause): boolean {
  let found = false
  const step = ({ kind }: Step): void => {
    if (kind === 'is-array' || kind === 'is-object') found = true
  }
  visitClause(clause, { step })
  return found
}

function withFirst(clause: Clause, steps: readonly Step[]): Clause {
  const { body, otherwise } = clause
  return { ...clause, body: [...steps, ...body], otherwise: otherwise === undefined ? undefined : withFirst(otherwise, steps) }
}

/** A clause without the comparisons of constants that hold; where one does not, its `else`. */
function folded(clause: Clause): Clause | undefined {
  const otherwise = clause.otherwise === undefined ? undefined : folded(clause.otherwise)
  const told = clause.body.map(isKnown)
  if (told.includes(false)) return otherwise
  return { ...clause, body: clause.body.filter((_, at) => told[at] !== true), otherwise }
}

/** Whether a step always or never holds; undefined where that depends. */
function isKnown(step: Step): boolean | undefined {
  if (step.kind === 'test') return step.of.kind === 'constant' ? step.of.value !== false : undefined
  if (step.kind !== 'equal' || step.left.kind !== 'constant' || step.right.kind !== 'constant') return undefined
  return equalValues(step.left.value, step.right.value)
}
