import { lineAndColumn } from '../../../core/source.ts'
import type { Source, Span } from '../../../core/source.ts'
import type { Builtin } from '../builtins/contract.ts'
import type { DocumentNode, Expression, Group, Place, Slot, Step } from '../ir/ir.ts'
import type { TraceNode } from '../ir/trace.ts'
import type { Body, Term, VarTerm } from './core.ts'

/** What bodies refer to. */
export interface Documents {
  readonly root: DocumentNode
  readonly groups: ReadonlyMap<string, Group>
  readonly builtins: ReadonlyMap<string, Builtin>
  /** Whether `print` prints. */
  readonly prints: boolean
  /** What a trace can tell of, collected while lowering; absent where no trace is wanted. */
  readonly traced: TraceNode[] | undefined
}

/** How the parts that terms have inside of them are lowered. */
export interface Lowerings {
  readonly body: (lowering: Lowering, body: Body) => readonly Step[]
  /** Steps that match a term with what is in a slot. */
  readonly match: (lowering: Lowering, term: Term, slot: Slot, steps: Step[]) => void
}

/** The state of lowering one rule: where its variables are and which have values by now. */
export interface Lowering {
  readonly documents: Documents
  readonly source: Source
  readonly lower: Lowerings
  readonly slots: Map<string, Slot>
  /** Slots taken, named or not. */
  size: number
  bound: Set<string>
  /** The rule, for traces. */
  rule: string
}

export function newLowering(documents: Documents, source: Source, lower: Lowerings): Lowering {
  return { documents, source, lower, slots: new Map(), size: 0, bound: new Set(), rule: '' }
}

export function freshSlot(lowering: Lowering): Slot {
  lowering.size += 1
  return lowering.size - 1
}

export function slotOf(lowering: Lowering, { name }: VarTerm): Slot {
  const known = lowering.slots.get(name)
  if (known !== undefined) return known
  const slot = freshSlot(lowering)
  lowering.slots.set(name, slot)
  return slot
}

/** The slot of a variable that gets its value here. */
export function bind(lowering: Lowering, variable: VarTerm): Slot {
  lowering.bound.add(variable.name)
  return slotOf(lowering, variable)
}

export const fromSlot = (slot: Slot): Expression => ({ kind: 'slot', slot })

/** Lowers something whose variables are its own. */
export function within<T>(lowering: Lowering, lower: () => T): T {
  const outer = lowering.bound
  lowering.bound = new Set(outer)
  const result = lower()
  lowering.bound = outer
  return result
}

export function placeOf(lowering: Pick<Lowering, 'source'>, span: Span): Place {
  const { line, column } = lineAndColumn(lowering.source, span.start)
  return { file: lowering.source.name, row: line, column }
}
