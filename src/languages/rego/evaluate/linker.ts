import type { DocumentNode, Expression, Group, Step } from '../ir/ir.ts'
import type { RegoArray, RegoValue } from '../values/value.ts'
import type { Frame, Get, Machine, Run } from './machine.ts'

/** The compiled form of a group of rules. Exists before it is filled in, so that rules can refer to each other. */
export interface Linked {
  /** The value of the rules, remembered for the query. Never called for functions. */
  value: (machine: Machine) => RegoValue | undefined
  /** What is at keys of the value. */
  entry: (machine: Machine, keys: readonly RegoValue[]) => RegoValue | undefined
  /** The value for the arguments in the first slots of a frame. */
  call: (machine: Machine, frame: Frame) => RegoValue | undefined
  /** The value for arguments one by one. */
  direct: (machine: Machine, ...args: (RegoValue | undefined)[]) => RegoValue | undefined
  /** The elements of a set, in no order and perhaps more than once. */
  items: (machine: Machine) => RegoArray
  /** Slots of a frame. */
  frame: number
}

/** What closures refer to. */
export interface Linker {
  readonly root: DocumentNode
  readonly linked: (group: Group) => Linked
  /** Whether the order in which objects and sets are visited can be seen everywhere: something prints. */
  readonly ordered: boolean
  /** Whether `with` may put functions in the place of others. */
  readonly mocks: boolean
  /** A closure that gives the value of an expression. */
  readonly expression: (scope: Scope, expression: Expression) => Get
  /** A closure that runs the steps, and NEXT for each solution until it answers true. */
  readonly steps: (scope: Scope, steps: readonly Step[], next: Run) => Run
}

/** The state of compiling one group into closures. */
export interface Scope {
  readonly linker: Linker
  /** Slots taken. */
  frame: number
  /** Whether the order of solutions matters here. */
  ordered: boolean
}

/** A slot for what a comprehension or modifier keeps while it runs. */
export function takeSlot(scope: Scope): number {
  scope.frame += 1
  return scope.frame - 1
}

/** Compiles something whose solutions are seen in order, or not. */
export function withOrder<T>(scope: Scope, ordered: boolean, compile: () => T): T {
  const outer = scope.ordered
  scope.ordered = ordered || scope.linker.ordered
  const result = compile()
  scope.ordered = outer
  return result
}

/** Values of expressions, or undefined where one is undefined. */
export function compileAll(scope: Scope, expressions: readonly Expression[]): (...of: Parameters<Get>) => RegoValue[] | undefined {
  const gets = expressions.map((expression) => scope.linker.expression(scope, expression))
  return (machine, frame) => {
    const values: RegoValue[] = []
    for (const get of gets) {
      const value = get(machine, frame)
      if (value === undefined) return undefined
      values.push(value)
    }
    return values
  }
}
