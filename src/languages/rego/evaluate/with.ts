import type { Callee, Expression, Replacement, Step } from '../ir/ir.ts'
import type { RegoValue } from '../values/value.ts'
import type { Scope } from './linker.ts'
import { takeSlot } from './linker.ts'
import { replaceAt } from './lookup.ts'
import type { Frame, Get, Machine, Run, Surroundings } from './machine.ts'
import { Halt, Mock, newMemory } from './machine.ts'

/** Runs steps in changed surroundings, and what follows them in those that were. */
export function compileWith(scope: Scope, step: Extract<Step, { kind: 'with' }>, next: Run): Run {
  const slot = takeSlot(scope)
  const { replacements } = step
  const gets = replacements.map(({ value }) => (isCallee(value) ? always : scope.linker.expression(scope, value)))
  const inner = scope.linker.steps(scope, step.body, (machine, frame) => {
    const changed = surroundingsOf(machine)
    enter(machine, savedIn(frame, slot))
    const stop = next(machine, frame)
    enter(machine, changed)
    return stop
  })
  return (machine, frame) => {
    const values = valuesOf(gets, machine, frame)
    if (values === undefined) return false
    const outer = surroundingsOf(machine)
    frame[slot] = outer as unknown as RegoValue
    enter(machine, changedSurroundings(machine, replacements, values))
    const stop = inner(machine, frame)
    enter(machine, outer)
    return stop
  }
}

// Surroundings lie in a slot of their own, which nothing else reads; hence the cast.
const savedIn = (frame: Frame, slot: number): Surroundings => frame[slot] as unknown as Surroundings
const always: Get = () => true

export const isCallee = (value: Expression | Callee): value is Callee => value.kind === 'builtin-callee' || value.kind === 'function-callee'

/** All values are taken before any change; undefined where one is undefined. */
function valuesOf(gets: readonly Get[], machine: Machine, frame: Frame): readonly RegoValue[] | undefined {
  const values: RegoValue[] = []
  for (const get of gets) {
    const value = get(machine, frame)
    if (value === undefined) return undefined
    values.push(value)
  }
  return values
}

export function surroundingsOf({ input, base, shadows, mocks, memo, kept }: Machine): Surroundings {
  return { input, base, shadows, mocks, memo, kept }
}

export function enter(machine: Machine, { input, base, shadows, mocks, memo, kept }: Surroundings): void {
  machine.input = input
  machine.base = base
  machine.shadows = shadows
  machine.mocks = mocks
  machine.memo = memo
  machine.kept = kept
}

/** What replacements make of the surroundings, given their values in order. */
export function changedSurroundings(machine: Machine, replacements: readonly Replacement[], values: readonly RegoValue[]): Surroundings {
  const surroundings = { ...surroundingsOf(machine), memo: [], kept: newMemory() }
  for (const [at, replacement] of replacements.entries()) apply(surroundings, replacement, values[at] ?? null)
  return surroundings
}

/** Only keys of objects can be replaced. */
function checkPath(path: readonly RegoValue[]): void {
  if (path.every((part) => typeof part === 'string')) return
  throw new Halt({ code: 'eval_conflict_error', message: 'bad document path', place: undefined })
}

function apply(surroundings: Surroundings, replacement: Replacement, by: RegoValue): void {
  if (replacement.kind !== 'function') checkPath(replacement.path)
  switch (replacement.kind) {
    case 'input':
      surroundings.input = replaceAt(surroundings.input, replacement.path, by)
      return
    case 'data':
      surroundings.base = replaceAt(surroundings.base, replacement.path, by)
      surroundings.shadows = [...(surroundings.shadows ?? []), replacement.path]
      return
    case 'function': {
      const { name, value } = replacement
      surroundings.mocks = new Map(surroundings.mocks).set(name, isCallee(value) ? new Mock(value) : by)
    }
  }
}
