import type { Node } from './ast.ts'
import type { Compilation } from './compile.ts'
import type { Evaluate, Frame } from './frame.ts'
import { charge, CostExhausted, perCallLimit } from './frame.ts'
import type { CelFunction, CelImplementation } from './function.ts'
import { isConstant } from './constants.ts'
import { celEqual, comparisonCost } from './operators.ts'
import { typedEquality, typedSum } from './list-types.ts'
import type { CelType } from './types.ts'
import type { CelOutcome, CelValue, ValueKind } from './values.ts'
import { CelError, CelOpaque, CelOptional, isCelList, kindOf, typeNameOf } from './values.ts'

/** What a call comes to. The overload is chosen by the values, of those that the types allow. */
export type CallPlan =
  | { readonly kind: 'equality'; readonly left: Node; readonly right: Node; readonly equal: Equal; readonly expected: boolean }
  | { readonly kind: 'otherwise'; readonly first: Node; readonly second: Node; readonly keeps: boolean }
  | { readonly kind: 'not'; readonly operand: Node }
  | { readonly kind: 'unknown'; readonly name: string }
  | CallOfOverloads

export interface CallOfOverloads {
  readonly kind: 'overloads'
  readonly name: string
  readonly args: readonly Node[]
  readonly candidates: readonly Prepared[]
  /** Whether it has the same value every time. */
  readonly isConstant: boolean
}

export type Equal = (a: CelValue, b: CelValue) => boolean

export function planCall(node: Node & { readonly kind: 'call' }, { checked, functions }: Compilation): CallPlan {
  const call = checked.calls.get(node)
  const args = call?.args ?? [...(node.target === undefined ? [] : [node.target]), ...node.args]
  const [left, right] = args
  if ((node.name === '_==_' || node.name === '_!=_') && left !== undefined && right !== undefined) {
    const equal = node.args.map((arg) => typedEquality(checked.typeOf(arg))).find((found) => found !== undefined) ?? celEqual
    return { kind: 'equality', left, right, equal, expected: node.name === '_==_' }
  }
  const chooses = (node.name === 'or' || node.name === 'orValue') && node.target !== undefined && args.length === 2
  if (chooses && left !== undefined && right !== undefined) {
    return { kind: 'otherwise', first: left, second: right, keeps: node.name === 'or' }
  }
  const overloads = call?.overloads ?? functions.overloads.get(node.name) ?? []
  const [first] = overloads
  if (first === undefined) return { kind: 'unknown', name: node.name }
  if (node.name === '!_' && left !== undefined && args.length === 1) return { kind: 'not', operand: left }
  const sum = node.name === '_+_' && call?.args[0] !== undefined ? typedSum(checked.typeOf(call.args[0])) : undefined
  // Operators have one implementation for all types, which finds out for itself.
  const shared = overloads.every(({ evaluate, cost }) => evaluate === first.evaluate && cost === first.cost) && isOperator(first.name)
  return {
    kind: 'overloads',
    name: first.name,
    args,
    candidates: shared ? [{ guards: [], parameters: [], evaluate: sum ?? first.evaluate, cost: first.cost }] : overloads.map(prepared),
    isConstant: (call?.args ?? node.args).every(isConstant),
  }
}

export function compileCall(node: Node & { readonly kind: 'call' }, compilation: Compilation): Evaluate {
  const { compile } = compilation
  const plan = planCall(node, compilation)
  switch (plan.kind) {
    case 'equality':
      return compileEquality(compile(plan.left), compile(plan.right), plan.equal, plan.expected)
    case 'otherwise':
      return compileOtherwise(compile(plan.first), compile(plan.second), plan.keeps)
    case 'not':
      return compileNot(compile(plan.operand))
    case 'unknown': {
      const error = new CelError(`no such overload: ${plan.name}`)
      return () => error
    }
    case 'overloads': {
      const run = compileArguments(plan.candidates, plan.args.map(compile), plan.name)
      return plan.isConstant ? once(run) : run
    }
  }
}

/** What has the same value every time is worked out once; it costs the same every time. */
function once(run: Evaluate): Evaluate {
  let known: Constant | 'dear' | undefined
  return (frame) => {
    known ??= constantOf(run) ?? 'dear'
    if (known === 'dear') return run(frame)
    charge(frame, known.cost)
    return known.value
  }
}

export interface Constant {
  readonly value: CelOutcome
  readonly cost: number
}

/** The value of what mentions no variables; undefined where it costs more than an evaluation may. */
export function constantOf(run: Evaluate): Constant | undefined {
  const frame: Frame = { slots: [], bindings: {}, cost: 0, limit: perCallLimit }
  try {
    return { value: run(frame), cost: frame.cost }
  } catch (failure) {
    if (failure instanceof CostExhausted) return undefined
    throw failure
  }
}

const isOperator = (name: string): boolean => /[_@]/.test(name.charAt(0)) || name === '!_' || name === '-_'

const noSuchOverload = new CelError('no such overload')

/** `a.or(b)` and `a.orValue(b)`: what is not needed is not evaluated. */
function compileOtherwise(first: Evaluate, second: Evaluate, keeps: boolean): Evaluate {
  return (frame) => {
    const value = first(frame)
    if (value instanceof CelError) return value
    frame.cost += 1
    if (!(value instanceof CelOptional)) return value
    if (value.value === undefined) return second(frame)
    return keeps ? value : value.value
  }
}

function compileEquality(left: Evaluate, right: Evaluate, equal: Equal, expected: boolean): Evaluate {
  return (frame) => {
    const a = left(frame)
    if (a instanceof CelError) return a
    const b = right(frame)
    if (b instanceof CelError) return b
    frame.cost += comparisonCost(a, b)
    const outcome = equality(a, b, equal)
    return typeof outcome === 'boolean' ? outcome === expected : outcome
  }
}

/** Kubernetes' own types can only be compared with themselves, and with null. */
export function equality(a: CelValue, b: CelValue, equal: Equal): boolean | CelError {
  if (a instanceof CelOpaque && b !== null && !(b instanceof CelOpaque && a.type === b.type)) return noSuchOverload
  return equal(a, b)
}

function compileNot(operand: Evaluate): Evaluate {
  return (frame) => {
    const value = operand(frame)
    if (value instanceof CelError) return value
    frame.cost += 1
    return typeof value === 'boolean' ? !value : noSuchOverload
  }
}

type Guard = (value: CelValue) => boolean

/** An overload, ready to be called. One without guards takes any values. */
export interface Prepared {
  readonly guards: readonly Guard[]
  readonly parameters: readonly CelType[]
  readonly evaluate: CelImplementation
  readonly cost: CelFunction['cost']
}

const prepared = ({ parameters, evaluate, cost }: CelFunction): Prepared => ({
  guards: parameters.map(guardOf),
  parameters,
  evaluate,
  cost,
})

export const accepts = ({ guards }: Prepared, args: readonly CelValue[]): boolean =>
  guards.every((guard, index) => guard(args[index] ?? null))

const anything: Guard = () => true

/** Whether a value is of a type, as far as values know: not what is in a list or map. */
function guardOf(type: CelType): Guard {
  switch (type.kind) {
    case 'dyn':
    case 'any':
    case 'error':
    case 'parameter':
      return anything
    case 'string':
      return (value) => typeof value === 'string'
    case 'list':
      return isCelList
    case 'opaque': {
      const { name } = type
      return (value) => value instanceof CelOpaque && value.type.name === name
    }
    case 'object':
      return (value) => kindOf(value) === 'map' || kindOf(value) === 'struct'
    case 'wrapper': {
      const inner = guardOf(type.of)
      return (value) => value === null || inner(value)
    }
    default: {
      const { kind } = type
      return (value) => kindOf(value) === kind
    }
  }
}

function compileArguments(candidates: readonly Prepared[], args: readonly Evaluate[], name: string): Evaluate {
  const [first, second] = args
  const [only] = candidates
  if (candidates.length > 1 && args.length === 1 && first !== undefined) return compileChoice(candidates, first, name)
  if (candidates.length === 1 && only !== undefined) {
    if (args.length === 1 && first !== undefined) return compileUnary(only, first, name)
    if (args.length === 2 && first !== undefined && second !== undefined) return compileBinary(only, first, second, name)
  }
  return (frame) => {
    const values: CelValue[] = []
    for (const arg of args) {
      const value = arg(frame)
      if (value instanceof CelError) return value
      values.push(value)
    }
    for (const candidate of candidates) if (accepts(candidate, values)) return run(frame, candidate, values)
    return noOverload(name, values)
  }
}

function run(frame: Frame, { evaluate, cost }: Prepared, values: readonly CelValue[]): CelOutcome {
  charge(frame, cost === undefined ? 1 : cost(...values))
  return evaluate(...values)
}

/** One argument, whose kind tells the overload, but for what libraries add to the language. */
function compileChoice(candidates: readonly Prepared[], argument: Evaluate, name: string): Evaluate {
  const known = new Map<ValueKind, Prepared>()
  const find = (value: CelValue): Prepared | undefined => candidates.find(({ guards: [fits = anything] }) => fits(value))
  return (frame) => {
    const value = argument(frame)
    if (value instanceof CelError) return value
    const kind = kindOf(value)
    let chosen = known.get(kind)
    if (chosen === undefined) {
      chosen = find(value)
      if (chosen === undefined) return noOverload(name, [value])
      if (kind !== 'opaque') known.set(kind, chosen)
    }
    if (chosen.cost === undefined) frame.cost += 1
    else charge(frame, chosen.cost(value))
    return chosen.evaluate(value)
  }
}

function compileUnary({ guards: [fits = anything], evaluate, cost }: Prepared, argument: Evaluate, name: string): Evaluate {
  return (frame) => {
    const value = argument(frame)
    if (value instanceof CelError) return value
    if (!fits(value)) return noOverload(name, [value])
    if (cost === undefined) frame.cost += 1
    else charge(frame, cost(value))
    return evaluate(value)
  }
}

function compileBinary(only: Prepared, left: Evaluate, right: Evaluate, name: string): Evaluate {
  const {
    guards: [fitsLeft = anything, fitsRight = anything],
    evaluate,
    cost,
  } = only
  const isGuarded = fitsLeft !== anything || fitsRight !== anything
  return (frame) => {
    const a = left(frame)
    if (a instanceof CelError) return a
    const b = right(frame)
    if (b instanceof CelError) return b
    if (isGuarded && (!fitsLeft(a) || !fitsRight(b))) return noOverload(name, [a, b])
    if (cost === undefined) frame.cost += 1
    else charge(frame, cost(a, b))
    return evaluate(a, b)
  }
}

/** Functions that upstream hands to the value itself, which says less. */
const terse: ReadonlySet<string> = new Set(['contains', 'startsWith', 'endsWith', 'matches', 'find', 'findAll'])

export function noOverload(name: string, values: readonly CelValue[]): CelError {
  if (terse.has(name)) return noSuchOverload
  if (name === 'size' || name === 'sort') return new CelError(`no such overload: ${name}`)
  return new CelError(`no such overload: ${name}(${values.map(typeNameOf).join(', ')})`)
}
