import type { Builtin, FunctionBuiltin } from '../builtins/contract.ts'
import { BuiltinError } from '../builtins/contract.ts'
import type { Call, Group, Place } from '../ir/ir.ts'
import type { RegoValue } from '../values/value.ts'
import type { Linked, Scope } from './linker.ts'
import { compileAll } from './linker.ts'
import type { Get, Machine } from './machine.ts'
import { fail, Mock } from './machine.ts'

export function compileCall(scope: Scope, call: Call): Get {
  return call.kind === 'builtin' ? compileBuiltinCall(scope, call) : compileFunctionCall(scope, call)
}

function compileBuiltinCall(scope: Scope, { builtin, args, place }: Extract<Call, { kind: 'builtin' }>): Get {
  const { name } = builtin
  const values = compileAll(scope, args)
  return (machine, frame) => {
    const operands = values(machine, frame)
    if (operands === undefined) return undefined
    if (machine.mocks !== undefined) {
      const mock = machine.mocks.get(name)
      if (mock !== undefined) return callMock(scope, machine, { name, mock, operands, place })
    }
    return callBuiltin(machine, builtin, operands, place)
  }
}

function callBuiltin(machine: Machine, builtin: Builtin, operands: readonly RegoValue[], place: Place): RegoValue | undefined {
  const result = (builtin as FunctionBuiltin).evaluate(operands, machine.context)
  return result instanceof BuiltinError ? fail(machine, result, place) : result
}

function compileFunctionCall(scope: Scope, { group, args, place }: Extract<Call, { kind: 'function' }>): Get {
  const linked = scope.linker.linked(group)
  const { name } = group
  const values = compileAll(scope, args)
  return (machine, frame) => {
    const operands = values(machine, frame)
    if (operands === undefined) return undefined
    if (machine.mocks !== undefined) {
      const mock = machine.mocks.get(name)
      if (mock !== undefined) return callMock(scope, machine, { name, mock, operands, place })
    }
    return callGroup(linked, machine, operands)
  }
}

function callGroup(linked: Linked, machine: Machine, operands: readonly RegoValue[]): RegoValue | undefined {
  const frame: (RegoValue | undefined)[] = Array.from({ length: linked.frame })
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
export function callMock(scope: Scope, machine: Machine, { name, mock, operands, place }: MockCall): RegoValue | undefined {
  if (!(mock instanceof Mock)) return mock
  const { callee } = mock
  if (callee.kind === 'builtin-callee') return callBuiltin(machine, callee.builtin, operands, place)
  return withoutMock(machine, name, () => callStandIn(scope, machine, callee.group, operands))
}

function callStandIn(scope: Scope, machine: Machine, group: Group, operands: readonly RegoValue[]): RegoValue | undefined {
  const linked = scope.linker.linked(group)
  return group.kind === 'function' ? callGroup(linked, machine, operands) : linked.value(machine)
}

function withoutMock<T>(machine: Machine, name: string, run: () => T): T {
  const { mocks, memo } = machine
  const fewer = new Map(mocks)
  fewer.delete(name)
  machine.mocks = fewer
  machine.memo = []
  const result = run()
  machine.mocks = mocks
  machine.memo = memo
  return result
}
