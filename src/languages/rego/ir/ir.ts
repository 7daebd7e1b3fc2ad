import type { Builtin } from '../builtins/contract.ts'
import type { RegoValue } from '../values/value.ts'
import type { TraceNode } from './trace.ts'

/** What is called: a built-in, or the function of a rule by its path from `data`. */
export type Operator =
  | { readonly kind: 'builtin'; readonly name: string }
  | { readonly kind: 'function'; readonly path: readonly string[] }
  /** A name that stands for nothing: an error of the compiler. */
  | { readonly kind: 'unknown'; readonly name: string }

/** A variable's place in the frame of its rule. */
export type Slot = number

/** A place in the source for messages. */
export interface Place {
  readonly file: string
  readonly row: number
  /** One-based. */
  readonly column: number
}

/** A term whose variables all have values. It may be undefined. */
export type Expression =
  | { readonly kind: 'constant'; readonly value: RegoValue }
  | { readonly kind: 'slot'; readonly slot: Slot }
  | { readonly kind: 'input' }
  /** What lies at a path in the base documents. */
  | { readonly kind: 'base'; readonly path: readonly RegoValue[] }
  /** The value of the rules at a path. */
  | { readonly kind: 'rules'; readonly group: Group }
  /** What rules with paths give at keys: what they say elsewhere does not matter. */
  | { readonly kind: 'entry'; readonly group: Group; readonly keys: readonly Expression[] }
  /** Base and virtual documents together, at a path that is known only now or ends above the rules. */
  | { readonly kind: 'document'; readonly path: readonly Expression[] }
  | { readonly kind: 'index'; readonly of: Expression; readonly key: Expression }
  | { readonly kind: 'array'; readonly items: readonly Expression[] }
  | { readonly kind: 'set'; readonly items: readonly Expression[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [key: Expression, value: Expression])[] }
  | Comprehension
  | Call
  /** Evaluated once for as long as what it depends on stays: it has no variables of its rule in it. */
  | { readonly kind: 'kept'; readonly id: number; readonly of: Expression; readonly frame: number }

export interface Comprehension {
  readonly kind: 'comprehension'
  readonly makes: 'array' | 'set' | 'object'
  readonly body: readonly Step[]
  readonly key: Expression | undefined
  readonly value: Expression
  readonly place: Place
}

export type Call =
  | { readonly kind: 'builtin'; readonly builtin: Builtin; readonly args: readonly Expression[]; readonly place: Place }
  | { readonly kind: 'function'; readonly group: Group; readonly args: readonly Expression[]; readonly place: Place }

/** One step of a body: it fails, or goes on once, or several times. Steps fail where an expression of theirs is undefined. */
export type Step =
  /** Goes on unless the value is false. */
  | { readonly kind: 'test'; readonly of: Expression }
  | { readonly kind: 'assign'; readonly slot: Slot; readonly of: Expression }
  | { readonly kind: 'equal'; readonly left: Expression; readonly right: Expression }
  /** The value is an array of this length. */
  | { readonly kind: 'is-array'; readonly of: Slot; readonly length: number }
  /** The value is an object with these keys and no others. */
  | { readonly kind: 'is-object'; readonly of: Slot; readonly keys: readonly Expression[] }
  /** Once per element of an array, set or object. */
  | { readonly kind: 'scan'; readonly of: Expression; readonly key: Slot | undefined; readonly value: Slot | undefined }
  /** Once per key of the document at a path above or beside rules. */
  | { readonly kind: 'scan-document'; readonly path: readonly Expression[]; readonly key: Slot }
  /** Once per value of a relation. */
  | {
      readonly kind: 'relation'
      readonly builtin: Builtin
      readonly args: readonly Expression[]
      readonly value: Slot
      readonly place: Place
    }
  | { readonly kind: 'not'; readonly body: readonly Step[] }
  | {
      readonly kind: 'every'
      readonly of: Expression
      readonly key: Slot | undefined
      readonly value: Slot
      readonly body: readonly Step[]
    }
  | Join
  | { readonly kind: 'with'; readonly replacements: readonly Replacement[]; readonly body: readonly Step[] }
  /** Tells a trace how the steps go. Made only where a trace is wanted. */
  | { readonly kind: 'traced'; readonly node: TraceNode; readonly body: readonly Step[] }

/**
 * Once per solution of the body for which `by` is equal to `probe`. The body sees nothing but what is in the slot `source`, where the value of
 * `of` is put, so that its solutions are found once for each such value, and looked up by `by`.
 */
export interface Join {
  readonly kind: 'join'
  readonly id: number
  readonly of: Expression
  /** Elements from which on it pays to find the solutions for all values at once. */
  readonly atLeast: number
  readonly source: Slot
  readonly body: readonly Step[]
  readonly by: Expression
  /** Slots that the body gives values to. */
  readonly gives: readonly Slot[]
  readonly probe: Expression
}

export type Replacement =
  | { readonly kind: 'input' | 'data'; readonly path: readonly RegoValue[]; readonly value: Expression }
  | { readonly kind: 'function'; readonly name: string; readonly value: Expression | Callee }

/** A function that stands in for another. */
export type Callee =
  | { readonly kind: 'builtin-callee'; readonly builtin: Builtin }
  | { readonly kind: 'function-callee'; readonly group: Group }

/** One rule (or branch of an else chain). */
export interface Clause {
  /** Matches the arguments, which are in the first slots, then tests. */
  readonly body: readonly Step[]
  /** Parts of the path below the group's. */
  readonly path: readonly Expression[]
  /** A value, an element of a set, or a value where no other clause gives one. */
  readonly kind: 'value' | 'set' | 'default'
  readonly value: Expression
  readonly otherwise: Clause | undefined
  readonly place: Place
}

/**
 * What a value depends on, besides the arguments of a function:
 * - `nothing`;
 * - `constants`: parts of the input that stay the same from query to query (`RegoOptions.constants`);
 * - `query`: the input, data, the clock, and whatever else may differ.
 */
export type Dependence = 'nothing' | 'constants' | 'query'

/** Clauses of a set by the steps with which they begin: what several begin with is done once. */
export interface Fused {
  readonly body: readonly Step[]
  /** Elements for each solution of the body. */
  readonly values: readonly Expression[]
  readonly branches: readonly Fused[]
}

/** All the rules that make one value. Filled in after all are known by name. */
export interface Group {
  /** Even: the odd number after it is the group's too. */
  readonly id: number
  readonly path: readonly string[]
  readonly name: string
  /**
   * - `complete`: one value.
   * - `function`: one value per arguments.
   * - `set`: elements.
   * - `object`: a tree of entries and sets, with paths.
   */
  readonly kind: 'complete' | 'function' | 'set' | 'object'
  readonly arity: number
  /** Slots that a frame of its clauses needs. */
  frame: number
  clauses: readonly Clause[]
  /** Tried where no other clause has a value. */
  fallback: Clause | undefined
  depends: Dependence
  /** Of functions: whether what they give for scalars is remembered. */
  memoised: boolean
  /** Of sets: all clauses at once. Absent where each is tried by itself. */
  fused: Fused | undefined
}

/** A place in the tree of virtual documents. */
export interface DocumentNode {
  readonly path: readonly string[]
  readonly children: ReadonlyMap<string, DocumentNode>
  readonly group: Group | undefined
}
