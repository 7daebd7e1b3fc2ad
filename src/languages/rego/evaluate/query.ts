import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { LoweredQuery } from '../compile/lower.ts'
import type { DocumentNode, Group } from '../ir/ir.ts'
import type { RegoValue } from '../values/value.ts'
import { setKey } from '../values/record.ts'
import { defaultSteps, newContext } from './context.ts'
import type { RegoEnvironment } from './context.ts'
import { documentAt } from './documents.ts'
import type { Linker, Scope } from './linker.ts'
import type { Frame, Machine, MachineTrace, RegoError, Run } from './machine.ts'
import { Halt, newFrame, newMachine, newMemory } from './machine.ts'
import { compileSteps } from './step.ts'

/** Values of the variables of a query. */
export type Bindings = { readonly [variable: string]: RegoValue }

export interface RegoQuery {
  /** One entry per solution. Input that is undefined is no input. */
  readonly evaluate: (input: RegoValue | undefined, environment?: RegoEnvironment) => Result<readonly Bindings[], RegoError>
}

export interface RegoRule {
  /** Undefined where the rule is. */
  readonly evaluate: (input: RegoValue | undefined, environment?: RegoEnvironment) => Result<RegoValue | undefined, RegoError>
}

/** `file:row: code: message`, as OPA prints it. */
export function errorText({ code, message, place }: RegoError): string {
  const where = place === undefined || place.file === '' ? '' : `${place.file}:${place.row}: `
  return `${where}${code}: ${message}`
}

export function prepareRule(linker: Linker, path: readonly string[]): RegoRule {
  const group = groupAt(linker, path)
  const linked = group === undefined || group.kind === 'function' ? undefined : linker.linked(group)
  const value = linked === undefined ? (machine: Machine) => documentAt(linker, machine, path) : (machine: Machine) => linked.value(machine)
  return { evaluate: (input, environment = {}) => guarded(input, environment, value) }
}

/** The group of exactly the rules at a path. */
function groupAt(linker: Linker, path: readonly string[]): Group | undefined {
  let node: DocumentNode | undefined = linker.root
  for (const [at, key] of path.entries()) {
    node = node.children.get(key)
    if (node === undefined) return undefined
    if (node.group !== undefined) return at === path.length - 1 ? node.group : undefined
  }
  return undefined
}

export function prepareQuery(linker: Linker, { steps, frame, variables }: LoweredQuery): RegoQuery {
  const scope: Scope = { linker, frame, ordered: true }
  let take: Run = () => false
  const run = compileSteps(scope, steps, (machine, values) => take(machine, values))
  return {
    evaluate: (input, environment = {}) =>
      guarded(input, environment, (machine) => {
        const solutions: Bindings[] = []
        take = (_, values) => {
          solutions.push(bindingsOf(variables, values))
          return false
        }
        run(machine, newFrame(scope.frame))
        return solutions
      }),
  }
}

function bindingsOf(variables: LoweredQuery['variables'], values: Frame): Bindings {
  const bindings: { [variable: string]: RegoValue } = {}
  for (const { name, slot } of variables) {
    const value = values[slot]
    if (value !== undefined) setKey(bindings, name, value)
  }
  return bindings
}

function traceOf({ tracer, search }: RegoEnvironment): MachineTrace | undefined {
  return tracer === undefined && search === undefined ? undefined : { tell: tracer, search, depth: 1, silent: false, error: undefined }
}

function guarded<T>(input: RegoValue | undefined, environment: RegoEnvironment, evaluate: (machine: Machine) => T): Result<T, RegoError> {
  const machine = newMachine(
    { input, base: environment.data ?? {} },
    {
      context: newContext(environment),
      steps: environment.steps ?? defaultSteps,
      strict: environment.strictErrors ?? false,
      // Errors that are remembered would not be told again.
      kept: environment.strictErrors === true ? newMemory() : (environment.memory ?? newMemory()),
      trace: traceOf(environment),
    },
  )
  try {
    const value = evaluate(machine)
    const error = machine.errors[0]
    return error === undefined ? ok(value) : err(error)
  } catch (error) {
    if (error instanceof Halt) return err(machine.errors[0] ?? error.reason)
    if (error instanceof RangeError)
      return err({ code: 'eval_internal_error', message: 'the evaluation is nested too deeply', place: undefined })
    throw error
  }
}
