import type { Clause, Expression, Group, Step } from '../ir/ir.ts'

const mostItems = 8
const mostClauses = 32

/**
 * Gives a set a clause for each element of a short list that is written in the rule: `field := ["runAsUser", "fsGroup"][_]`. What is said of each
 * element then depends on constants.
 */
export function unrollLists(groups: readonly Group[]): void {
  for (const group of groups) {
    if (group.kind !== 'set') continue
    const clauses: Clause[] = []
    for (const clause of group.clauses) clauses.push(...unrolled(clause))
    if (clauses.length <= mostClauses) group.clauses = clauses
  }
}

function unrolled(clause: Clause): readonly Clause[] {
  const { body } = clause
  const at = body.findIndex((step) => step.kind === 'scan' && itemsOf(step.of) !== undefined)
  const step = body[at]
  const items = step?.kind === 'scan' ? itemsOf(step.of) : undefined
  if (step?.kind !== 'scan' || items === undefined) return [clause]
  return items.flatMap((item, index) => {
    const steps: Step[] = body.slice(0, at)
    if (step.key !== undefined) steps.push({ kind: 'assign', slot: step.key, of: { kind: 'constant', value: index } })
    if (step.value !== undefined) steps.push({ kind: 'assign', slot: step.value, of: item })
    return unrolled({ ...clause, body: [...steps, ...body.slice(at + 1)] })
  })
}

/** The constants of a short list. */
function itemsOf(of: Expression): readonly Expression[] | undefined {
  const list = of.kind === 'kept' ? of.of : of
  if (list.kind === 'constant' && Array.isArray(list.value) && list.value.length <= mostItems) {
    return list.value.map((value): Expression => ({ kind: 'constant', value }))
  }
  if (list.kind !== 'array' || list.items.length > mostItems) return undefined
  return list.items.every(({ kind }) => kind === 'constant') ? list.items : undefined
}
