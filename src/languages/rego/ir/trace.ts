import type { Source, Span } from '../../../core/source.ts'
import type { Expression, Slot } from './ir.ts'

/** A part of a program that a trace tells of: a rule (or a branch of its `else` chain), or one expression of a body. */
export interface TraceNode {
  readonly kind: 'rule' | 'literal'
  readonly source: Source
  readonly span: Span
  /** The rule it is or is part of: `data.a.p`; '' in a query. */
  readonly rule: string
  /** A rule that only holds where nothing else does. */
  readonly isDefault: boolean
  /** The variables that have values when it begins. */
  readonly locals: readonly TraceLocal[]
  /** The variables that get their values by it. */
  readonly binds: readonly TraceLocal[]
  /** Of a rule: the value, or the element of a set, that it gives. */
  readonly value: Expression | undefined
  /** What the expression is about: looked at where it fails. */
  readonly probes: readonly Probe[]
}

export interface TraceLocal {
  /** As the user wrote it. */
  readonly name: string
  readonly slot: Slot
}

/** A part of an expression, after the parts it is below of: `input`, `input.spec`, `input.spec.name`. */
export interface Probe {
  readonly steps: readonly { readonly text: string; readonly of: Expression }[]
}
