import type { Replacement, Step } from '../ir/ir.ts'
import type { RegoValue } from '../values/value.ts'
import type { Scope } from './linker.ts'
import { takeSlot } from './linker.ts'
import { replaceAt } from './lookup.ts'
import type { Frame, Get, Machine, Run, Surroundings } from './machine.ts'
import { Mock } from './machine.ts'

/** Runs steps in changed surroundings, and what follows them in those that were. */
export function compileWith(scope: Scope, step: Extract<Step, { kind: 'with' }>, next: Run): Run {
  const slot = takeSlot(scope)
  const changes = step.replacements.map((replacement) => compileReplacement(scope, replacement))
  const inner = scope.linker.steps(scope, step.body, (machine, frame) => {
    const changed = surroundingsOf(machine)
    enter(machine, savedIn(frame, slot))
    const stop = next(machine, frame)
    enter(machine, changed)
    return stop
  })
  return (machine, frame) => {
    const outer = surroundingsOf(machine)
    const changed = changedBy(changes, machine, frame)
    if (changed === undefined) return false
    frame[slot] = outer as unknown as RegoValue
    enter(machine, changed)
    const stop = inner(machine, frame)
    enter(machine, outer)
    return stop
  }
}

// Surroundings lie in a slot of their own, which nothing else reads; hence the cast.
const savedIn = (frame: Frame, slot: number): Surroundings => frame[slot] as unknown as Surroundings

function surroundingsOf({ input, base, shadows, mocks, memo }: Machine): Surroundings {
  return { input, base, shadows, mocks, memo }
}

function enter(machine: Machine, { input, base, shadows, mocks, memo }: Surroundings): void {
  machine.input = input
  machine.base = base
  machine.shadows = shadows
  machine.mocks = mocks
  machine.memo = memo
}

interface Change {
  readonly value: Get
  readonly apply: (surroundings: Surroundings, value: RegoValue) => void
}

function compileReplacement(scope: Scope, replacement: Replacement): Change {
  if (replacement.kind === 'function') return compileMock(scope, replacement)
  const { kind, path } = replacement
  const value = scope.linker.expression(scope, replacement.value)
  if (kind === 'input') return { value, apply: (surroundings, by) => void (surroundings.input = replaceAt(surroundings.input, path, by)) }
  return {
    value,
    apply: (surroundings, by) => {
      surroundings.base = replaceAt(surroundings.base, path, by)
      surroundings.shadows = [...(surroundings.shadows ?? []), path]
    },
  }
}

function compileMock(scope: Scope, { name, value }: Extract<Replacement, { kind: 'function' }>): Change {
  if (value.kind === 'builtin-callee' || value.kind === 'function-callee') {
    const mock = new Mock(value)
    return { value: () => true, apply: (surroundings) => void (surroundings.mocks = new Map(surroundings.mocks).set(name, mock)) }
  }
  return {
    value: scope.linker.expression(scope, value),
    apply: (surroundings, by) => void (surroundings.mocks = new Map(surroundings.mocks).set(name, by)),
  }
}

/** All values are taken before any change; undefined where one is undefined. */
function changedBy(changes: readonly Change[], machine: Machine, frame: Frame): Surroundings | undefined {
  const values: RegoValue[] = []
  for (const { value } of changes) {
    const by = value(machine, frame)
    if (by === undefined) return undefined
    values.push(by)
  }
  const surroundings = { ...surroundingsOf(machine), memo: [] }
  for (const [at, { apply }] of changes.entries()) apply(surroundings, values[at] ?? null)
  return surroundings
}
