import type { TraceNode } from '../ir/trace.ts'
import type { TracedValue, TraceEvent } from './trace-event.ts'

/** A rule or expression that was tried, with what was tried for it. An expression that was tried again for another solution stands again. */
export interface TraceBranch {
  readonly node: TraceNode
  /** A rule holds where it had a value, an expression where it did not fail. */
  readonly holds: boolean
  /** What an expression that failed is about. */
  readonly values: readonly TracedValue[]
  /** The error of a built-in that made it fail. */
  readonly error: string | undefined
  readonly children: readonly TraceBranch[]
}

export interface TraceTree {
  readonly tracer: (event: TraceEvent) => void
  readonly branches: readonly TraceBranch[]
  /** Branches that were left out because there were too many. */
  readonly left: () => number
}

interface Growing {
  readonly node: TraceNode
  holds: boolean
  values: readonly TracedValue[]
  error: string | undefined
  readonly children: Growing[]
}

/** Collects a trace as the tree of what was tried for what. */
export function newTraceTree(mostBranches = 10_000): TraceTree {
  const branches: Growing[] = []
  /** The branch that was begun last, by depth. */
  const open: (Growing | undefined)[] = []
  let count = 0
  let left = 0
  const begin = ({ node, depth }: TraceEvent): void => {
    open.length = depth
    if (count >= mostBranches) {
      left += 1
      open[depth] = undefined
      return
    }
    count += 1
    const branch: Growing = { node, holds: node.kind === 'literal', values: [], error: undefined, children: [] }
    const outer = open.findLast((each, at) => at < depth && each !== undefined)
    ;(outer?.children ?? branches).push(branch)
    open[depth] = branch
  }
  const tracer = (event: TraceEvent): void => {
    const { operation, node, depth } = event
    if (operation === 'enter' || operation === 'eval') return begin(event)
    // A rule tells that it has a value from inside.
    const branch = open[operation === 'exit' ? depth - 1 : depth]
    if (branch?.node !== node) return
    if (operation === 'exit') branch.holds = true
    if (operation === 'fail') {
      branch.holds = false
      branch.values = event.values()
      branch.error = event.error
    }
  }
  return { tracer, branches, left: () => left }
}
