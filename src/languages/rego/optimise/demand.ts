import type { Clause, Expression, Group, Slot, Step } from '../ir/ir.ts'
import { freeSlots, slotsSetBy } from '../ir/visit.ts'
import { equalValues } from '../values/value.ts'
import type { RegoValue } from '../values/value.ts'

/** Copies of sets in one program. */
const mostCopies = 100

/** What is asked of an element: that it has this value at this key. */
interface Demand {
  readonly key: string
  readonly value: RegoValue
}

/**
 * Gives searches in sets of objects for those with a constant at a key, `general_violation[{"msg": msg, "field": "containers"}]`, a copy of the set
 * that has no others: what the rules do with the key is then known. Answers all groups, the copies included.
 */
export function demandElements(groups: readonly Group[]): readonly Group[] {
  const all = [...groups]
  const copies = new Map<string, Group>()
  const copyFor = (group: Group, demands: readonly Demand[]): Group => {
    const text = `${group.id} ${JSON.stringify(demands)}`
    const known = copies.get(text)
    if (known !== undefined || copies.size >= mostCopies) return known ?? group
    const copy = copyOf(group, demands, 2 * all.length)
    copies.set(text, copy)
    all.push(copy)
    return copy
  }
  // Copies search too: the list grows while it is walked.
  for (let at = 0; at < all.length; at += 1) {
    const group = all[at]
    if (group !== undefined) group.clauses = group.clauses.map((clause) => demandIn(clause, copyFor))
  }
  return all
}

type CopyFor = (group: Group, demands: readonly Demand[]) => Group

function demandIn(clause: Clause, copyFor: CopyFor): Clause {
  const otherwise = clause.otherwise === undefined ? undefined : demandIn(clause.otherwise, copyFor)
  return { ...clause, body: demandInSteps(clause.body, copyFor), otherwise }
}

function demandInSteps(steps: readonly Step[], copyFor: CopyFor): readonly Step[] {
  return steps.map((step, at) => {
    if (step.kind === 'not' || step.kind === 'every') return { ...step, body: demandInSteps(step.body, copyFor) }
    if (step.kind !== 'scan' || step.of.kind !== 'rules' || step.of.group.kind !== 'set') return step
    const element = [step.key, step.value].filter((slot) => slot !== undefined)
    const demands = steps.slice(at + 1).flatMap((later) => demandOf(later, element) ?? [])
    return demands.length === 0 ? step : { ...step, of: { kind: 'rules', group: copyFor(step.of.group, demands) } }
  })
}

/** What a comparison asks of an element. */
function demandOf(step: Step, element: readonly Slot[]): Demand | undefined {
  if (step.kind !== 'equal') return undefined
  const { left, right } = step
  const [constant, part] = left.kind === 'constant' ? [left, right] : [right, left]
  if (constant.kind !== 'constant' || typeof constant.value !== 'string' || part.kind !== 'index') return undefined
  const { of, key } = part
  if (of.kind !== 'slot' || !element.includes(of.slot) || key.kind !== 'constant' || typeof key.value !== 'string') return undefined
  return { key: key.value, value: constant.value }
}

function copyOf(group: Group, demands: readonly Demand[], id: number): Group {
  const copy = { ...group, id }
  copy.clauses = group.clauses.flatMap((clause) => {
    let current: Clause | undefined = clause
    for (const demand of demands) current = current === undefined ? undefined : meeting(current, demand, copy)
    return current ?? []
  })
  return copy
}

/** A clause without the elements that do not meet a demand; undefined where it has no others. */
function meeting(clause: Clause, { key, value }: Demand, group: Group): Clause | undefined {
  if (clause.value.kind !== 'object' || clause.otherwise !== undefined) return clause
  const [, found] = clause.value.entries.find(([name]) => name.kind === 'constant' && name.value === key) ?? []
  const isClosed = clause.value.entries.every(([name]) => name.kind === 'constant')
  if (found === undefined) return isClosed ? undefined : clause
  if (found.kind === 'constant') return equalValues(found.value, value) ? clause : undefined
  return { ...clause, body: comparedEarly(clause.body, found, { kind: 'constant', value }, group) }
}

type Constant = Extract<Expression, { kind: 'constant' }>

/** Steps with a comparison as soon as it can be made. */
function comparedEarly(body: readonly Step[], found: Expression, constant: Constant, group: Group): readonly Step[] {
  const free = freeSlots(found)
  const last = body.findLastIndex((step) => slotsSetBy(step).some((slot) => free.has(slot)))
  const step = body[last]
  if (found.kind === 'slot' && step?.kind === 'scan' && step.key === found.slot && isOfInput(step.of)) {
    const value = step.value ?? group.frame++
    const lookUp: readonly Step[] = [
      { kind: 'assign', slot: value, of: { kind: 'index', of: step.of, key: constant } },
      { kind: 'assign', slot: found.slot, of: constant },
    ]
    return [...body.slice(0, last), ...lookUp, ...body.slice(last + 1)]
  }
  return [...body.slice(0, last + 1), { kind: 'equal', left: found, right: constant }, ...body.slice(last + 1)]
}

/** What is scanned and what is looked up in it are the same there. */
function isOfInput(of: Expression): boolean {
  return of.kind === 'input' || of.kind === 'slot' || of.kind === 'kept' || (of.kind === 'index' && isOfInput(of.of))
}
