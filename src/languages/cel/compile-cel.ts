import type { Diagnostic } from '../../core/diagnostic.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { CelProblem, Node } from './ast.ts'
import type { Checked } from './checked.ts'
import { check } from './checker.ts'
import { compilationOf } from './compile.ts'
import type { CelBindings, Evaluate, Frame } from './frame.ts'
import { CostExhausted, perCallLimit } from './frame.ts'
import type { CelFunctions } from './function.ts'
import { generate } from './generate/generate.ts'
import { instantiationProblem } from './instantiation.ts'
import { parse } from './parser.ts'
import { validate } from './validators.ts'
import type { CelType } from './types.ts'
import type { CelOutcome } from './values.ts'
import { CelError } from './values.ts'

/** What an expression may use. Plain data: make one and compile many expressions with it. */
export interface CelEnvironment {
  readonly variables: Readonly<Record<string, CelType>>
  readonly functions: CelFunctions
  /** Whether the items of list and map literals must be of one type, as Kubernetes wants; true where absent. */
  readonly homogeneousLiterals?: boolean
  /** `none` compiles what does not type-check, too: it may still run. `strict` where absent. */
  readonly checking?: 'strict' | 'none'
  /** How expressions are run: `adaptive` where absent. */
  readonly backEnd?: CelBackEnd
  /** What is said of an expression whose result is of a type that is not wanted; undefined for one that is. */
  readonly refuses?: (type: CelType) => string | undefined
}

/**
 * As closures, as generated JavaScript, or as closures that become JavaScript when an expression is evaluated often. Where code must not be generated (a
 * browser's content security policy, a hardened Node), all are closures.
 */
export type CelBackEnd = 'closures' | 'javascript' | 'adaptive'

/** Evaluations after which generating code pays. */
const often = 1000

/** Each has a moment of its own: the expressions of a server are evaluated equally often, and one request must not wait for the code of all. */
const turnOf = (source: string): number => often + ((source.length * 127) % often)

/** What evaluations may cost and have cost, in Kubernetes' units. One budget may serve several evaluations. */
export interface CelBudget {
  /** Of one evaluation: 1,000,000 in Kubernetes. */
  readonly perCall: number
  /** The sum of all evaluations so far. */
  spent: number
}

export const celBudget = (perCall: number = perCallLimit): CelBudget => ({ perCall, spent: 0 })

/** The error of an evaluation that costs too much. */
export const costLimitExceeded = 'operation cancelled: actual cost limit exceeded'

/** An expression ready to run. Evaluating never throws. */
export interface CelProgram {
  readonly source: string
  readonly ast: Node
  /** The type of what it evaluates to. */
  readonly type: CelType
  /** The declared variables that it mentions. */
  readonly variables: readonly string[]
  readonly evaluate: (bindings: CelBindings, budget?: CelBudget) => CelOutcome
}

/**
 * Parses, checks and compiles an expression. Print the problems with `formatCelDiagnostics`, but for two that have no place in the text and come alone:
 * `cel-result`, a result of another type than is wanted, and `cel-program`, which kube-apiserver calls a failed instantiation of the program.
 */
export function compileCel(source: string, environment: CelEnvironment): Result<CelProgram, readonly Diagnostic[]> {
  const { variables, functions, homogeneousLiterals = true, checking = 'strict', refuses } = environment
  const parsed = parse(source, functions.macros)
  if (!parsed.ok) return err(diagnosticsOf(source, parsed.error))
  const checked = check(parsed.value, { variables, functions })
  if (checking === 'strict') {
    const problems = checked.problems.length > 0 ? checked.problems : validate(parsed.value, checked, { homogeneousLiterals })
    if (problems.length > 0) return err(diagnosticsOf(source, problems))
  }
  const refusal = refuses?.(checked.type)
  if (refusal !== undefined) return err(diagnosticsOf(source, [{ code: 'result', message: refusal, at: 0 }]))
  const problem = instantiationProblem(parsed.value, checked, functions)
  if (problem !== undefined) return err(diagnosticsOf(source, [{ code: 'program', message: problem, at: 0 }]))
  return ok(programOf(source, parsed.value, checked, environment))
}

function diagnosticsOf(text: string, problems: readonly CelProblem[]): readonly Diagnostic[] {
  const source = { name: '<input>', text }
  return problems.map(({ code, message, at }) => ({
    code: `cel-${code}`,
    severity: 'error',
    message,
    source,
    span: { start: at, end: Math.min(at + 1, text.length) },
  }))
}

function programOf(source: string, ast: Node, checked: Checked, environment: CelEnvironment): CelProgram {
  return {
    source,
    ast,
    type: checked.type,
    variables: checked.variables.map(({ name }) => name),
    evaluate: evaluatorOf({ source, ast, slots: checked.slots }, compilationOf(checked, environment.functions).compile(ast), environment),
  }
}

/** Of what has been found out about the expression nothing is kept: few expressions are evaluated often, and those are checked once more. */
function evaluatorOf(
  { source, ast, slots: count }: { readonly source: string; readonly ast: Node; readonly slots: number },
  closures: Evaluate,
  environment: CelEnvironment,
): CelProgram['evaluate'] {
  const { variables, functions, backEnd = 'adaptive' } = environment
  const slots = Array.from({ length: count }, () => undefined)
  let generated: Evaluate | undefined
  let left = backEnd === 'javascript' ? 1 : backEnd === 'adaptive' ? turnOf(source) : Infinity
  return (bindings, budget) => {
    const limit = budget?.perCall ?? perCallLimit
    // Generated code has places of its own for nearly everything.
    if (generated !== undefined) return evaluate(generated, { slots: [], bindings, cost: 0, limit }, budget)
    const frame: Frame = { slots: slots.slice(), bindings, cost: 0, limit }
    left -= 1
    if (left === 0) generated = generate(ast, compilationOf(check(ast, { variables, functions }), functions), frame)
    return evaluate(generated ?? closures, frame, budget)
  }
}

function evaluate(run: Evaluate, frame: Frame, budget: CelBudget | undefined): CelOutcome {
  let outcome: CelOutcome
  try {
    outcome = run(frame)
  } catch (failure) {
    outcome = failureFor(failure)
  }
  if (budget !== undefined) budget.spent += frame.cost
  return frame.cost > frame.limit ? new CelError(costLimitExceeded) : outcome
}

function failureFor(failure: unknown): CelError {
  if (failure instanceof CostExhausted) return new CelError(costLimitExceeded)
  // Data nested so deep that walking it fills the stack.
  if (failure instanceof RangeError) return new CelError('expression evaluation needs too much memory')
  throw failure
}
