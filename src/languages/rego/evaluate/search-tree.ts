import type { TraceNode } from '../ir/trace.ts'
import type { RegoValue } from '../values/value.ts'
import type { SearchListener, TracedFailure, TracedLocals, TracedValue } from './trace-event.ts'

/** A rule or an expression that was tried. */
export interface SearchAttempt {
  readonly node: TraceNode
  /** Of a rule: the values of its arguments. */
  readonly known: TracedLocals
  /** Those that were kept: of many, the first and those that led to the end. */
  readonly solutions: readonly SearchSolution[]
  /** Solutions that were not kept. */
  readonly left: number
  /** Some solution led to the end of the body. */
  readonly reaches: boolean
  readonly failure: TracedFailure | undefined
  /** What was tried for it behind the last solution, or at all where there is none. */
  readonly inner: readonly SearchAttempt[]
}

/** A way in which an expression was true, and what came of it. */
export interface SearchSolution {
  /** Which one it is, from 1 on: not all are kept. */
  readonly number: number
  readonly binds: TracedLocals
  readonly values: readonly TracedValue[]
  /** Of a rule: its value, or the element of a set. */
  readonly value: RegoValue | undefined
  /** What was tried to find it. */
  readonly inner: readonly SearchAttempt[]
  /** The expression behind it; undefined at the end of the body. */
  readonly next: SearchAttempt | undefined
  /** All that comes behind it has held. */
  readonly reaches: boolean
}

export interface SearchTree {
  readonly listener: SearchListener
  readonly roots: readonly SearchAttempt[]
  /** Whether something was left out because there was too much. */
  readonly isCut: () => boolean
}

interface GrowingAttempt extends SearchAttempt {
  readonly solutions: GrowingSolution[]
  left: number
  reaches: boolean
  failure: TracedFailure | undefined
  inner: GrowingAttempt[]
}

interface GrowingSolution extends SearchSolution {
  next: GrowingAttempt | undefined
  reaches: boolean
}

/** What calls are inside of: an attempt, or (`solution`) what comes behind a solution of it. */
interface Level {
  readonly attempt: GrowingAttempt
  readonly solution: GrowingSolution | undefined
  /** Attempts that were kept when it began. */
  readonly count: number
}

/** Of one expression. */
const mostSolutions = 64

/** Collects a search as a tree. What leads nowhere is dropped first where there is much. */
export function newSearchTree(mostAttempts = 20_000): SearchTree {
  const roots: GrowingAttempt[] = []
  const levels: Level[] = []
  let count = 0
  let isCut = false

  const attach = (attempt: GrowingAttempt): void => {
    if (count >= mostAttempts) {
      isCut = true
      return
    }
    count += 1
    const above = levels[levelFor(attempt.node)]
    if (above?.solution !== undefined) above.solution.next = attempt
    else (above?.attempt.inner ?? roots).push(attempt)
  }
  /** An expression stands behind the one before it; a rule is tried for the expression that is not decided yet. */
  const levelFor = ({ kind }: TraceNode): number => {
    let at = levels.length - 1
    while (at >= 0) {
      const level = levels[at]
      if (level?.solution === undefined) return at
      if (kind === 'literal' && level.attempt.node.kind === 'literal') return at
      at = beginOf(level.attempt, at) - 1
    }
    return -1
  }
  const beginOf = (attempt: GrowingAttempt, from: number): number =>
    levels.findLastIndex((level, at) => at < from && level.attempt === attempt && level.solution === undefined)

  return {
    roots,
    isCut: () => isCut,
    listener: {
      begin: (node, known) => {
        const attempt: GrowingAttempt = { node, known, solutions: [], left: 0, reaches: false, failure: undefined, inner: [] }
        attach(attempt)
        levels.push({ attempt, solution: undefined, count })
      },
      hold: (node, { binds, values, value }) => {
        const level = levels.findLast(({ attempt, solution }) => attempt.node === node && solution === undefined)
        if (level === undefined) return
        const { attempt } = level
        const isKept = count < mostAttempts
        const solution: GrowingSolution = {
          number: attempt.solutions.length + attempt.left + 1,
          binds,
          values: isKept ? values() : [],
          value: isKept ? value() : undefined,
          inner: attempt.inner,
          next: undefined,
          reaches: false,
        }
        attempt.inner = []
        attempt.solutions.push(solution)
        levels.push({ attempt, solution, count })
      },
      back: () => {
        const level = levels.pop()
        if (level?.solution === undefined) return
        const { attempt, solution } = level
        solution.reaches = solution.next === undefined || solution.next.reaches
        attempt.reaches ||= solution.reaches
        if (attempt.solutions.length <= mostSolutions || (solution.reaches && attempt.solutions.length <= 2 * mostSolutions)) return
        attempt.solutions.pop()
        attempt.left += 1
        ;({ count } = level)
      },
      end: (failure) => {
        const level = levels.pop()
        if (level !== undefined) level.attempt.failure = failure
      },
    },
  }
}
