import type { BuiltinContext, BuiltinError } from '../builtins/contract.ts'
import type { Callee, Place } from '../ir/ir.ts'
import type { RegoValue, ValueMap } from '../values/value.ts'
import type { SearchListener, TraceEvent } from './trace-event.ts'

export type EvaluationErrorCode =
  | 'eval_conflict_error'
  | 'eval_builtin_error'
  | 'eval_type_error'
  | 'eval_cancel_error'
  | 'eval_internal_error'

/** Why a query has no result. `message` is without place and code. */
export interface RegoError {
  readonly code: EvaluationErrorCode
  readonly message: string
  readonly place: Place | undefined
}

/** Ends a query. Never leaves the face of the language. */
export class Halt extends Error {
  readonly reason: RegoError

  constructor(reason: RegoError) {
    super(reason.message)
    this.reason = reason
  }
}

export function halt(code: EvaluationErrorCode, message: string, place?: Place): never {
  throw new Halt({ code, message, place })
}

/** What `with` changes. */
export interface Surroundings {
  input: RegoValue | undefined
  /** The base documents: what `data` is without rules. */
  base: RegoValue | undefined
  /** Paths of `data` that `with` has replaced: rules at and below them are not seen. */
  shadows: readonly (readonly RegoValue[])[] | undefined
  /** Functions that `with` has replaced, by name. */
  mocks: ReadonlyMap<string, RegoValue | Mock> | undefined
  /** Values of rules by the id of their group. */
  memo: unknown[]
  kept: RegoMemory
}

/**
 * What queries of one program have found that depends on nothing but constants: every query that is given the memory has the same values in
 * the constant parts of its input (`RegoOptions.constants`).
 */
export interface RegoMemory {
  /** Values of expressions that are put aside, by their id. */
  readonly values: unknown[]
  /** Values of rules by the id of their group. */
  readonly rules: unknown[]
  /** Values of functions for their arguments, by the id of their group. */
  readonly calls: (CallMemory | undefined)[]
  /** Solutions of joins for what they go through, by the id of the join. */
  readonly joins: (WeakMap<object, JoinIndex> | undefined)[]
}

/** Values of slots, for each solution, by the value that is looked for. Undefined where it cannot be made. */
export type JoinIndex = { readonly rows: ValueMap<RegoValue[][]> | undefined }

/** What a function gave: by its argument, or by the first of two and then the second. */
export interface CallMemory {
  readonly values: Map<Scalar, unknown>
  readonly rows: Map<Scalar, Map<Scalar, unknown>>
  /** Calls in it. */
  size: number
}
type Scalar = string | number | boolean | null

export const newMemory = (): RegoMemory => ({ values: [], rules: [], calls: [], joins: [] })

export class Mock {
  readonly callee: Callee

  constructor(callee: Callee) {
    this.callee = callee
  }
}

/** Two rules that give different values at one path. It is an error only for those who look there. */
export interface Conflict {
  readonly path: readonly RegoValue[]
  readonly message: string
  readonly place: Place
}

/** How far the evaluation is, for those who listen to it. */
export interface MachineTrace {
  readonly tell: ((event: TraceEvent) => void) | undefined
  readonly search: SearchListener | undefined
  /** Rules and bodies that the evaluation is inside of. */
  depth: number
  /** Values are only looked at: nothing is told. */
  silent: boolean
  /** Why the last call of a built-in had no value, until it is told. */
  error: string | undefined
}

/** One run of a query. */
export interface Machine extends Surroundings {
  readonly context: BuiltinContext
  /** Steps until the next look at the bounds. */
  patience: number
  /** Steps that are left after those. */
  steps: number
  /** Whether the first error of a built-in ends the query. */
  readonly strict: boolean
  readonly errors: RegoError[]
  /** Conflicts in the object that is being made. */
  pending: Conflict[] | undefined
  /** Conflicts in objects that rules have made. */
  conflicts: Map<RegoValue, readonly Conflict[]> | undefined
  /** Where the evaluation is told; absent where nobody listens. */
  readonly trace: MachineTrace | undefined
}

export function noteConflict(machine: Machine, conflict: Conflict): void {
  machine.pending ??= []
  machine.pending.push(conflict)
}

/** Values of the variables of a rule, by slot; further slots hold what its comprehensions collect. */
export type Frame = (RegoValue | undefined)[]

/** A frame with nothing in it. */
export function newFrame(size: number): Frame {
  const frame: Frame = []
  for (let at = 0; at < size; at += 1) frame.push(undefined)
  return frame
}

/** Undefined: the term is undefined. */
export type Get = (machine: Machine, frame: Frame) => RegoValue | undefined
/** Whether the search is over. */
export type Run = (machine: Machine, frame: Frame) => boolean

/** In the memo: the rules have been evaluated and are undefined. */
export const undefinedMark: unique symbol = Symbol('undefined')

const stride = 4096

/** Looks at the bounds; called when patience is at its end. */
export function checkBounds(machine: Machine): void {
  machine.steps -= stride
  if (machine.steps < 0) halt('eval_cancel_error', 'the evaluation takes too many steps')
  if (!machine.context.mayGoOn()) halt('eval_cancel_error', 'caller cancelled query execution')
  machine.patience = stride
}

export function newMachine(
  surroundings: Pick<Surroundings, 'input' | 'base'>,
  options: Pick<Machine, 'context' | 'steps' | 'strict' | 'trace' | 'kept'>,
): Machine {
  return {
    input: surroundings.input,
    base: surroundings.base,
    shadows: undefined,
    mocks: undefined,
    memo: [],
    kept: options.kept,
    context: options.context,
    patience: Math.min(stride, options.steps),
    steps: options.steps,
    strict: options.strict,
    errors: [],
    pending: undefined,
    conflicts: undefined,
    trace: options.trace,
  }
}

/** A call has no value because of an error: undefined, and noted where errors are strict. */
export function fail(machine: Machine, error: BuiltinError, place: Place): undefined {
  if (error.halts) halt(error.code, error.message, place)
  if (machine.trace !== undefined && !machine.trace.silent) machine.trace.error = error.message
  if (machine.strict) machine.errors.push({ code: error.code, message: error.message, place })
  return undefined
}
