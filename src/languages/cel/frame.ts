import type { Variable } from './checked.ts'
import type { CelOutcome, CelValue } from './values.ts'
import { CelError, fromRaw } from './values.ts'

/** A value of a variable, or how to get it: asked at most once, when the expression first needs it. */
export type CelBinding = CelValue | (() => CelOutcome)
export type CelBindings = Readonly<Record<string, CelBinding | undefined>>

/** What one evaluation works on. */
export interface Frame {
  readonly slots: (CelOutcome | undefined)[]
  readonly bindings: CelBindings
  cost: number
  readonly limit: number
}

/** One node, ready to run. */
export type Evaluate = (frame: Frame) => CelOutcome

/** What one evaluation may cost in Kubernetes. */
export const perCallLimit = 1_000_000

/** Ends an evaluation whose cost is too high, past everything that swallows errors. It never leaves `evaluate`. */
export class CostExhausted extends Error {}

export function charge(frame: Frame, cost: number): void {
  frame.cost += cost
  if (frame.cost > frame.limit) throw new CostExhausted()
}

export function loadVariable(frame: Frame, { name, slot }: Variable, adapt: ((value: CelValue) => CelOutcome) | undefined): CelOutcome {
  const binding = name in Object.prototype && !Object.hasOwn(frame.bindings, name) ? undefined : frame.bindings[name]
  const given = typeof binding === 'function' ? binding() : binding
  const value =
    given === undefined
      ? new CelError(`no such attribute(s): ${name}`)
      : given instanceof CelError
        ? given
        : adapt === undefined
          ? fromRaw(given)
          : adapt(given)
  frame.slots[slot] = value
  return value
}
