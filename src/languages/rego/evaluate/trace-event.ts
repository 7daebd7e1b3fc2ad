import type { TraceNode } from '../ir/trace.ts'
import type { RegoValue } from '../values/value.ts'

/**
 * - `enter`: a rule is tried.
 * - `exit`: it has a value.
 * - `eval`: an expression is tried.
 * - `fail`: it is undefined or false.
 * - `redo`: a rule or expression is asked for another solution.
 */
export type TraceOperation = 'enter' | 'exit' | 'eval' | 'fail' | 'redo'

export interface TraceEvent {
  readonly operation: TraceOperation
  readonly node: TraceNode
  /** Rules and bodies around it; 1 in the body of the query. */
  readonly depth: number
  /** Of what fails: the error of a built-in that made it undefined. */
  readonly error: string | undefined
  /** Values of the variables in scope. Only while the event is told. */
  readonly locals: () => readonly (readonly [name: string, value: RegoValue])[]
  /** The values of what the expression is about. Only while the event is told. */
  readonly values: () => readonly TracedValue[]
}

/** A part of an expression and its value. */
export interface TracedValue {
  /** As written: `input.spec`. */
  readonly text: string
  /** Undefined: the first part of a path that is not there. */
  readonly value: RegoValue | undefined
  /** What `text` was looked up in, where it is not there. */
  readonly in?: { readonly text: string; readonly value: RegoValue }
}

export type TracedLocals = readonly (readonly [name: string, value: RegoValue])[]

/**
 * Takes a search as it goes. Calls nest: between `begin` and `end` of a rule or expression come those of what is tried for it, and between `hold`
 * and `back` those of what is tried with a solution of it, first of all the expression behind it. An evaluation that ends with an error leaves
 * everything open.
 */
export interface SearchListener {
  /** `known`: of a rule, the values of its arguments. */
  readonly begin: (node: TraceNode, known: TracedLocals) => void
  readonly hold: (node: TraceNode, solution: TracedSolution) => void
  readonly back: () => void
  /** Undefined: there were solutions, or it is a rule. */
  readonly end: (failure: TracedFailure | undefined) => void
}

/** Functions are for the time of the call. */
export interface TracedSolution {
  /** The variables that have got their values by it. */
  readonly binds: TracedLocals
  /** What an expression is about. */
  readonly values: () => readonly TracedValue[]
  /** Of a rule: its value, or the element of a set. */
  readonly value: () => RegoValue | undefined
}

export interface TracedFailure {
  readonly values: readonly TracedValue[]
  readonly error: string | undefined
}
