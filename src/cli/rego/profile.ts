import { formatDuration } from '../../kube/duration.ts'
import type { TraceEvent, TraceNode } from '../../languages/rego/rego.ts'
import { boxed } from './box.ts'
import type { Out } from './json-out.ts'
import { fields, value } from './json-out.ts'
import { locationOut, placeOf, textOf } from './trace.ts'

/** What was evaluated on one line, and how long it took. */
export interface ProfileLine {
  readonly node: TraceNode
  nanoseconds: number
  evaluations: number
  redos: number
  readonly expressions: Set<TraceNode>
}

export interface Profile {
  readonly tracer: (event: TraceEvent) => void
  /** The slowest lines first. */
  readonly lines: () => readonly ProfileLine[]
}

/** Time goes to the expression that was tried last. CLOCK answers milliseconds. */
export function newProfile(clock: () => number): Profile {
  const byPlace = new Map<string, ProfileLine>()
  let current: ProfileLine | undefined
  let since = clock()
  return {
    tracer: ({ operation, node }) => {
      const now = clock()
      if (current !== undefined) current.nanoseconds += (now - since) * 1e6
      since = now
      if (node.kind === 'rule' || (operation !== 'eval' && operation !== 'redo')) return
      const place = placeOf(node)
      const line = byPlace.get(place) ?? { node, nanoseconds: 0, evaluations: 0, redos: 0, expressions: new Set() }
      byPlace.set(place, line)
      if (operation === 'eval') line.evaluations += 1
      else line.redos += 1
      line.expressions.add(node)
      current = line
    },
    lines: () => [...byPlace.values()].sort((a, b) => b.nanoseconds - a.nanoseconds),
  }
}

export function profileOut(lines: readonly ProfileLine[]): readonly Out[] {
  return lines.map(({ node, nanoseconds, evaluations, redos, expressions }) =>
    fields({
      total_time_ns: value(Math.round(nanoseconds)),
      num_eval: value(evaluations),
      num_redo: value(redos),
      num_gen_expr: value(expressions.size),
      location: locationOut(node),
    }),
  )
}

export function printProfile(lines: readonly ProfileLine[]): string {
  return boxed(
    ['Time', 'Num Eval', 'Num Redo', 'Num Gen Expr', 'Location'],
    lines.map(({ node, nanoseconds, evaluations, redos, expressions }) => [
      formatDuration(BigInt(Math.round(nanoseconds))),
      String(evaluations),
      String(redos),
      String(expressions.size),
      node.source.name === '' ? textOf(node) : placeOf(node),
    ]),
  )
}
