import { isIndexed } from '../evaluate/clause-index.ts'
import type { Expression, Fused, Group, Step } from '../ir/ir.ts'
import { textOfStep } from './text.ts'

/**
 * Puts the clauses of sets together by the steps with which they begin. The variables of a rule get their slots in the order of its steps, so
 * that equal beginnings are written equally.
 */
export function fuseSets(groups: readonly Group[]): void {
  for (const group of groups) {
    if (group.kind !== 'set' || group.clauses.length < 2 || isIndexed(group)) continue
    const root = newBranch()
    for (const { body, value } of group.clauses) insert(root, body, value)
    group.fused = compact(root)
  }
}

interface Branch {
  readonly step: Step | undefined
  readonly text: string | undefined
  readonly branches: Branch[]
  readonly values: Expression[]
}

const newBranch = (step?: Step, text?: string): Branch => ({ step, text, branches: [], values: [] })

function insert(root: Branch, body: readonly Step[], value: Expression): void {
  let at = root
  for (const step of body) {
    const text = textOfStep(step)
    let next: Branch | undefined = text === undefined ? undefined : at.branches.find((branch) => branch.text === text)
    if (next === undefined) {
      next = newBranch(step, text)
      at.branches.push(next)
    }
    at = next
  }
  at.values.push(value)
}

/** A row of steps without branches is one body. */
function compact(branch: Branch): Fused {
  const body: Step[] = []
  let at = branch
  for (;;) {
    if (at.step !== undefined) body.push(at.step)
    const [only] = at.branches
    if (only === undefined || at.branches.length > 1 || at.values.length > 0) break
    at = only
  }
  return { body, values: at.values, branches: at.branches.map(compact) }
}
