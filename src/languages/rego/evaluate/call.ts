import type { Builtin, BuiltinContext } from '../builtins/contract.ts'
import { BuiltinError } from '../builtins/contract.ts'
import type { Call, Group, Place } from '../ir/ir.ts'
import type { RegoValue } from '../values/value.ts'
import { fastBuiltins } from './fast-builtins.ts'
import type { Linked, Linker, Scope } from './linker.ts'
import { compileAll } from './linker.ts'
import type { Frame, Get, Machine } from './machine.ts'
import { checkBounds, fail, Mock, newFrame, newMemory } from './machine.ts'

export function compileCall(scope: Scope, call: Call): Get {
  return call.kind === 'builtin' ? compileBuiltinCall(scope, call) : compileFunctionCall(scope, call)
}

function compileBuiltinCall(scope: Scope, call: Extract<Call, { kind: 'builtin' }>): Get {
  const plain = compilePlainCall(scope, call)
  const { name } = call.builtin
  const values = compileAll(scope, call.args)
  return (machine, frame) => {
    const mock = machine.mocks?.get(name)
    if (mock === undefined) return plain(machine, frame)
    const operands = values(machine, frame)
    return operands === undefined ? undefined : callMock(scope.linker, machine, { name, mock, operands, place: call.place })
  }
}

/** A call without regard to `with`. */
function compilePlainCall(scope: Scope, { builtin, args, place }: Extract<Call, { kind: 'builtin' }>): Get {
  const evaluate = evaluatorOf(builtin)
  const [first, second] = args.map((arg) => scope.linker.expression(scope, arg))
  const fast = fastBuiltins.get(builtin.name)
  if (first !== undefined && args.length === 1) {
    return (machine, frame) => {
      const operand = first(machine, frame)
      if (operand === undefined) return undefined
      const quick = fast?.(operand, null, null)
      if (quick !== undefined) return quick
      const result = evaluate([operand], machine.context)
      return result instanceof BuiltinError ? fail(machine, result, place) : result
    }
  }
  if (first !== undefined && second !== undefined && args.length === 2) {
    return (machine, frame) => {
      const left = first(machine, frame)
      if (left === undefined) return undefined
      const right = second(machine, frame)
      if (right === undefined) return undefined
      const quick = fast?.(left, right, null)
      if (quick !== undefined) return quick
      const result = evaluate([left, right], machine.context)
      return result instanceof BuiltinError ? fail(machine, result, place) : result
    }
  }
  const values = compileAll(scope, args)
  return (machine, frame) => {
    const operands = values(machine, frame)
    if (operands === undefined) return undefined
    const quick =
      fast === undefined || operands.length !== 3 ? undefined : fast(operands[0] ?? null, operands[1] ?? null, operands[2] ?? null)
    return quick === undefined ? callBuiltin(machine, builtin, operands, place) : quick
  }
}

type Evaluate = (operands: readonly RegoValue[], context: BuiltinContext) => RegoValue | BuiltinError | undefined

function evaluatorOf(builtin: Builtin): Evaluate {
  if (builtin.relation !== true) return builtin.evaluate
  // Relations are steps; one that stands in for a function has no single value.
  return () => undefined
}

function callBuiltin(machine: Machine, builtin: Builtin, operands: readonly RegoValue[], place: Place): RegoValue | undefined {
  const result = evaluatorOf(builtin)(operands, machine.context)
  return result instanceof BuiltinError ? fail(machine, result, place) : result
}

function compileFunctionCall(scope: Scope, { group, args, place }: Extract<Call, { kind: 'function' }>): Get {
  const linked = scope.linker.linked(group)
  const { name } = group
  const gets = args.map((arg) => scope.linker.expression(scope, arg))
  const values = compileAll(scope, args)
  return (machine, frame) => {
    if (machine.mocks !== undefined) {
      const mock = machine.mocks.get(name)
      if (mock !== undefined) {
        const operands = values(machine, frame)
        return operands === undefined ? undefined : callMock(scope.linker, machine, { name, mock, operands, place })
      }
    }
    const inner: Frame = []
    for (const get of gets) {
      const value = get(machine, frame)
      if (value === undefined) return undefined
      inner.push(value)
    }
    machine.patience -= 1
    if (machine.patience < 0) checkBounds(machine)
    return linked.call(machine, inner)
  }
}

function callGroup(linked: Linked, machine: Machine, operands: readonly RegoValue[]): RegoValue | undefined {
  const frame = newFrame(linked.frame)
  for (const [at, operand] of operands.entries()) frame[at] = operand
  return linked.call(machine, frame)
}

interface MockCall {
  readonly name: string
  readonly mock: RegoValue | Mock
  readonly operands: readonly RegoValue[]
  readonly place: Place
}

/** Calls what stands in for a function. Inside, the function is itself again. */
export function callMock(linker: Linker, machine: Machine, { name, mock, operands, place }: MockCall): RegoValue | undefined {
  if (!(mock instanceof Mock)) return mock
  const { callee } = mock
  if (callee.kind === 'builtin-callee') return callBuiltin(machine, callee.builtin, operands, place)
  return withoutMock(machine, name, () => callStandIn(linker, machine, callee.group, operands))
}

function callStandIn(linker: Linker, machine: Machine, group: Group, operands: readonly RegoValue[]): RegoValue | undefined {
  const linked = linker.linked(group)
  return group.kind === 'function' ? callGroup(linked, machine, operands) : linked.value(machine)
}

function withoutMock<T>(machine: Machine, name: string, run: () => T): T {
  const { mocks, memo, kept } = machine
  const fewer = new Map(mocks)
  fewer.delete(name)
  machine.mocks = fewer
  machine.memo = []
  machine.kept = newMemory()
  const result = run()
  machine.mocks = mocks
  machine.memo = memo
  machine.kept = kept
  return result
}
