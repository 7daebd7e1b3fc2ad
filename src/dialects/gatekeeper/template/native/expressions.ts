import type { Diagnostic } from '../../../../core/diagnostic.ts'
import type { JsonPath } from '../../../../core/json.ts'
import type { Result } from '../../../../core/result.ts'
import { err } from '../../../../core/result.ts'
import type { Span } from '../../../../core/source.ts'
import type { CelEnvironment, CelFunctions, CelNode, CelProgram, CelType } from '../../../../languages/cel/cel.ts'
import {
  admissionVariables,
  celType,
  CelError,
  compileCel,
  formatCelDiagnostics,
  formatRuntimeType,
  kubernetesFunctions,
} from '../../../../languages/cel/cel.ts'
import type { NativeSource, Validation } from './source.ts'

/** An expression of a template, or the error that stands for its value. */
export type Expression = CelProgram | CelError

/** An expression that does not compile. Upstream finds out when it is evaluated. */
export interface ExpressionProblem {
  readonly message: string
  /** Inside the source of the template. */
  readonly path: JsonPath
  readonly text: string
  readonly span: Span | undefined
}

export interface CompiledValidation {
  readonly validation: Validation
  readonly rule: Expression
  /** Undefined where there is none, or one that is not used because it does not compile. */
  readonly message: CompiledMessage | undefined
}

export interface CompiledMessage {
  readonly program: CelProgram
  /** Whether it goes over lists or maps itself. */
  readonly loops: boolean
  /** The variables of the template that it mentions. */
  readonly variables: readonly string[]
}

export interface CompiledSource {
  /** By name. The last one of a name is the one that is evaluated. */
  readonly variables: ReadonlyMap<string, Expression>
  /** Names of variables that depend on nothing but the parameters of the constraint. */
  readonly constants: ReadonlySet<string>
  readonly matchConditions: readonly { readonly expression: string; readonly rule: Expression }[]
  readonly validations: readonly CompiledValidation[]
  readonly problems: readonly ExpressionProblem[]
}

/** Compiles the expressions of a template: variables in their order, each of which may use those before it, then what uses all of them. */
export function compileSource({ variables, matchConditions, validations }: NativeSource): CompiledSource {
  const problems: ExpressionProblem[] = []
  const types = new Map<string, CelType>([
    ['anyObject', celType.dyn],
    ['params', celType.dyn],
  ])
  const compile = (text: string, path: JsonPath, role: Role): Result<CelProgram, string> => {
    const compiled = compileCel(text, environmentOf(types, role))
    if (compiled.ok) return compiled
    const message = problemText(compiled.error)
    problems.push({ message, path, text, span: compiled.error[0]?.span })
    return err(message)
  }
  const ruleOf = (text: string, path: JsonPath): Expression => {
    const rule = compile(text, path, 'bool')
    return rule.ok ? rule.value : new CelError(`compilation error: ${rule.error}`)
  }
  const compiledVariables = new Map<string, Expression>()
  for (const [index, { name, expression }] of variables.entries()) {
    const compiled = compile(expression, ['variables', index, 'expression'], 'variable')
    const failing = compiled.ok ? '' : `composited variable ${JSON.stringify(name)} fails to compile: ${compiled.error}`
    compiledVariables.set(name, compiled.ok ? compiled.value : new CelError(failing))
    types.set(name, compiled.ok ? compiled.value.type : celType.dyn)
  }
  const validationOf = (validation: Validation, index: number): CompiledValidation => {
    const rule = ruleOf(validation.expression, ['validations', index, 'expression'])
    const { messageExpression } = validation
    if (messageExpression === '') return { validation, rule, message: undefined }
    const message = compile(messageExpression, ['validations', index, 'messageExpression'], 'string')
    return { validation, rule, message: message.ok ? messageOf(message.value) : undefined }
  }
  return {
    variables: compiledVariables,
    constants: constantsOf(compiledVariables),
    matchConditions: matchConditions.map(({ expression }, index) => ({
      expression,
      rule: ruleOf(expression, ['matchCondition', index, 'expression']),
    })),
    validations: validations.map(validationOf),
    problems,
  }
}

/** What an expression must come to. Variables may be anything. */
type Wanted = 'bool' | 'string'
type Role = Wanted | 'variable'

let functions: CelFunctions | undefined

/** What expressions of templates may use: as in a policy of Kubernetes, but nobody to ask for permissions, and `params` for variables alone. */
function environmentOf(types: ReadonlyMap<string, CelType>, role: Role): CelEnvironment {
  const isVariable = role === 'variable'
  functions ??= kubernetesFunctions()
  return {
    variables: admissionVariables({ params: isVariable, namespace: true, authorizer: false, composed: Object.fromEntries(types) }),
    functions,
    ...(isVariable ? {} : { refuses: (type: CelType) => refusal(type, role) }),
  }
}

/** Like Kubernetes: not even what may turn out to be one (`dyn`) is. */
const refusal = (type: CelType, wanted: Wanted): string | undefined =>
  type.kind === wanted ? undefined : `must evaluate to ${wanted} but got ${formatRuntimeType(type)}`

function problemText(problems: readonly Diagnostic[]): string {
  const [first] = problems
  if (first?.code === 'cel-result') return first.message
  return first?.code === 'cel-program'
    ? `program instantiation failed: ${first.message}`
    : `compilation failed: ${formatCelDiagnostics(problems)}`
}

function messageOf(program: CelProgram): CompiledMessage {
  const variables = new Set<string>()
  return { program, loops: visit(program.ast, variables), variables: [...variables] }
}

/** The variables of the template that an expression mentions. */
export function mentionedVariables({ ast }: CelProgram): readonly string[] {
  const variables = new Set<string>()
  visit(ast, variables)
  return [...variables]
}

/** Gathers the variables that a part of an expression mentions, and tells whether it loops. The parser bounds how deep expressions nest. */
function visit(part: unknown, variables: Set<string>): boolean {
  if (typeof part !== 'object' || part === null) return false
  const { kind, operand, field } = part as { readonly kind?: unknown; readonly operand?: CelNode; readonly field?: unknown }
  if ((kind === 'select' || kind === 'has') && operand?.kind === 'identifier' && operand.name === 'variables') variables.add(String(field))
  let loops = kind === 'comprehension'
  for (const inner of Object.values(part)) loops = visit(inner, variables) || loops
  return loops
}

/** A variable is constant where it mentions nothing but parameters and constants. Those of one name that is given twice are not looked at. */
function constantsOf(variables: ReadonlyMap<string, Expression>): ReadonlySet<string> {
  const constants = new Set<string>()
  for (const [name, expression] of variables) {
    if (expression instanceof CelError || expression.variables.some((mentioned) => mentioned !== 'variables')) continue
    const names = new Set<string>()
    visit(expression.ast, names)
    if ([...names].every((mentioned) => mentioned === 'params' || constants.has(mentioned))) constants.add(name)
  }
  return constants
}
