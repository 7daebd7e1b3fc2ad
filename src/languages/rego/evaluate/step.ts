import { unreachable } from '../../../core/unreachable.ts'
import { BuiltinError } from '../builtins/contract.ts'
import type { Step } from '../ir/ir.ts'
import { sortedKeys } from '../values/record.ts'
import type { RegoRecord, RegoValue } from '../values/value.ts'
import { equalValues, isArray, isObject, objectSize, RegoObject, RegoSet } from '../values/value.ts'
import { RegoNumber } from '../values/number.ts'
import { callMock } from './call.ts'
import { documentKeys } from './documents.ts'
import { compileExpression } from './expression.ts'
import { compileJoin } from './join.ts'
import type { Scope } from './linker.ts'
import { compileAll, withOrder } from './linker.ts'
import { lookUp } from './lookup.ts'
import type { Run } from './machine.ts'
import { checkBounds, fail } from './machine.ts'
import { compileTraced } from './trace.ts'
import { compileWith } from './with.ts'

/** A closure that runs the steps, and NEXT for each solution until it answers true. */
export function compileSteps(scope: Scope, steps: readonly Step[], next: Run): Run {
  return steps.reduceRight((rest, step) => compileStep(scope, step, rest), next)
}

function compileStep(scope: Scope, step: Step, next: Run): Run {
  switch (step.kind) {
    case 'test': {
      const get = compileExpression(scope, step.of)
      return (machine, frame) => {
        const value = get(machine, frame)
        return value !== undefined && value !== false && next(machine, frame)
      }
    }
    case 'assign': {
      const get = compileExpression(scope, step.of)
      const { slot } = step
      return (machine, frame) => {
        const value = get(machine, frame)
        if (value === undefined) return false
        frame[slot] = value
        return next(machine, frame)
      }
    }
    case 'equal':
      return compileEqual(scope, step, next)
    case 'is-array': {
      const { of, length } = step
      return (machine, frame) => {
        const value = frame[of]
        return value !== undefined && isArray(value) && value.length === length && next(machine, frame)
      }
    }
    case 'is-object':
      return compileIsObject(scope, step, next)
    case 'scan':
      return compileScan(scope, step, next)
    case 'scan-document':
      return compileScanDocument(scope, step, next)
    case 'relation':
      return compileRelation(scope, step, next)
    case 'not': {
      const run = withOrder(scope, false, () => compileSteps(scope, step.body, found))
      return (machine, frame) => !run(machine, frame) && next(machine, frame)
    }
    case 'every':
      return compileEvery(scope, step, next)
    case 'join':
      return compileJoin(scope, step, next)
    case 'with':
      return compileWith(scope, step, next)
    case 'traced':
      return compileTraced(scope, step, next)
    default:
      return unreachable(step)
  }
}

const found: Run = () => true

function compileEqual(scope: Scope, step: Extract<Step, { kind: 'equal' }>, next: Run): Run {
  const left = compileExpression(scope, step.left)
  const right = compileExpression(scope, step.right)
  return (machine, frame) => {
    const a = left(machine, frame)
    if (a === undefined) return false
    const b = right(machine, frame)
    return b !== undefined && equalValues(a, b) && next(machine, frame)
  }
}

function compileIsObject(scope: Scope, step: Extract<Step, { kind: 'is-object' }>, next: Run): Run {
  const { of } = step
  const getKeys = compileAll(scope, step.keys)
  return (machine, frame) => {
    const value = frame[of]
    if (value === undefined || !isObject(value) || objectSize(value) !== step.keys.length) return false
    const keys = getKeys(machine, frame)
    return keys !== undefined && keys.every((key) => lookUp(value, key) !== undefined) && next(machine, frame)
  }
}

/** What happens with each element: true ends the scan. */
type Visit = (key: RegoValue, value: RegoValue) => boolean

/** Calls VISIT for each element of a collection until it answers true. */
export function visitElements(of: RegoValue, ordered: boolean, visit: Visit): boolean {
  if (typeof of !== 'object' || of === null) return false
  if (isArray(of)) {
    for (let at = 0; at < of.length; at += 1) if (visit(at, of[at] ?? null)) return true
    return false
  }
  if (of instanceof RegoNumber) return false
  if (of instanceof RegoSet) return (ordered ? of.sorted : of.values()).some((item) => visit(item, item))
  if (of instanceof RegoObject) return of.entries.some(([key, value]) => visit(key, value))
  return visitRecord(of, ordered, visit)
}

function visitRecord(of: RegoRecord, ordered: boolean, visit: Visit): boolean {
  for (const key of ordered ? sortedKeys(of) : Object.keys(of)) if (visit(key, of[key] ?? null)) return true
  return false
}

function compileScan(scope: Scope, step: Extract<Step, { kind: 'scan' }>, next: Run): Run {
  const get = compileExpression(scope, step.of)
  const { key, value } = step
  const { ordered } = scope
  return (machine, frame) => {
    const of = get(machine, frame)
    if (of === undefined) return false
    if (isArray(of)) {
      for (let at = 0; at < of.length; at += 1) {
        machine.patience -= 1
        if (machine.patience < 0) checkBounds(machine)
        if (key !== undefined) frame[key] = at
        if (value !== undefined) frame[value] = of[at]
        if (next(machine, frame)) return true
      }
      return false
    }
    return visitElements(of, ordered, (at, item) => {
      machine.patience -= 1
      if (machine.patience < 0) checkBounds(machine)
      if (key !== undefined) frame[key] = at
      if (value !== undefined) frame[value] = item
      return next(machine, frame)
    })
  }
}

function compileScanDocument(scope: Scope, step: Extract<Step, { kind: 'scan-document' }>, next: Run): Run {
  const { linker } = scope
  const { key } = step
  const getPath = compileAll(scope, step.path)
  return (machine, frame) => {
    const path = getPath(machine, frame)
    if (path === undefined) return false
    return documentKeys(linker, machine, path).some((each) => {
      machine.patience -= 1
      if (machine.patience < 0) checkBounds(machine)
      frame[key] = each
      return next(machine, frame)
    })
  }
}

function compileRelation(scope: Scope, step: Extract<Step, { kind: 'relation' }>, next: Run): Run {
  const { builtin, value, place } = step
  const { name } = builtin
  const getArgs = compileAll(scope, step.args)
  return (machine, frame) => {
    const operands = getArgs(machine, frame)
    if (operands === undefined || builtin.relation !== true) return false
    const mock = machine.mocks?.get(name)
    if (mock !== undefined) {
      const result = callMock(scope.linker, machine, { name, mock, operands, place })
      if (result === undefined) return false
      frame[value] = result
      return next(machine, frame)
    }
    let stopped = false
    const error = builtin.visit(operands, machine.context, (each) => {
      machine.patience -= 1
      if (machine.patience < 0) checkBounds(machine)
      frame[value] = each
      stopped = next(machine, frame)
      return !stopped
    })
    if (error instanceof BuiltinError) fail(machine, error, place)
    return stopped
  }
}

function compileEvery(scope: Scope, step: Extract<Step, { kind: 'every' }>, next: Run): Run {
  const get = compileExpression(scope, step.of)
  const { key, value } = step
  const { ordered } = scope.linker
  const holds = withOrder(scope, false, () => compileSteps(scope, step.body, found))
  return (machine, frame) => {
    const of = get(machine, frame)
    if (of === undefined || !(isArray(of) || of instanceof RegoSet || isObject(of))) return false
    const failed = visitElements(of, ordered, (at, item) => {
      machine.patience -= 1
      if (machine.patience < 0) checkBounds(machine)
      if (key !== undefined) frame[key] = at
      frame[value] = item
      return !holds(machine, frame)
    })
    return !failed && next(machine, frame)
  }
}
