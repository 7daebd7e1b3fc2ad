import type { Json, JsonObject } from '../../core/json.ts'
import { ownValue } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import { admissionVariables } from './admission-variables.ts'
import type { CelEnvironment, CelProgram } from './compile-cel.ts'
import { celBudget, compileCel } from './compile-cel.ts'
import { formatCelDiagnostics } from './error-text.ts'
import type { CelBindings } from './frame.ts'
import type { CelFunctions } from './function.ts'
import type { AccessQuery, Authorize } from './libraries/authorizer.ts'
import { authorizerValue, requestResourceValue } from './libraries/authorizer.ts'
import { CelError } from './values.ts'

export interface MatchCondition {
  readonly name: string
  readonly expression: string
}

export interface ConditionInput {
  /** The AdmissionRequest, with its objects. */
  readonly request: JsonObject
  /** Of a policy with a paramKind. */
  readonly params?: Json
  /** The namespace of the request's object; null where it has none. */
  readonly namespaceObject?: Json
  /** Absent where nobody can be asked: the conditions were compiled without an `authorizer`. */
  readonly authorize?: Authorize
}

/** Whether all conditions hold. The error is what kube-apiserver says after `is forbidden: `. */
export type CompiledConditions = (input: ConditionInput) => Result<boolean, string>

export interface MatchConditionOptions {
  /** Whether the conditions are those of a policy with a paramKind. */
  readonly params?: boolean
  /** Whether there is an `authorizer` to ask (default true). */
  readonly authorizer?: boolean
}

/** What all conditions of a request may cost together. */
const conditionsBudget = 2_500_000
const outOfBudget = 'validation failed due to running out of cost budget, no further validation rules will be run'

/** Compiles the `matchConditions` of a webhook or policy. A condition that does not compile fails when it is asked. */
export function compileMatchConditions(
  conditions: readonly MatchCondition[],
  functions: CelFunctions,
  { params = false, authorizer = true }: MatchConditionOptions = {},
): CompiledConditions {
  const environment = { variables: admissionVariables({ namespace: true, params, authorizer }), functions }
  const compiled = conditions.map(({ expression }) => ({ expression, program: compileCondition(expression, environment) }))
  return (input) => {
    const bindings = bindingsOf(input)
    const budget = celBudget()
    const errors: string[] = []
    for (const { expression, program } of compiled) {
      const outcome = program.ok ? program.value.evaluate(bindings, budget) : new CelError(program.error)
      // One that does not hold decides, whatever the others say.
      if (outcome === false) return ok(false)
      if (outcome instanceof CelError) errors.push(`expression '${expression}' resulted in error: ${outcome.message}`)
      if (budget.spent > conditionsBudget) return err(outOfBudget)
    }
    const [first] = errors
    return first === undefined ? ok(true) : err(errors.length === 1 ? first : `[${errors.join(', ')}]`)
  }
}

/** Like Kubernetes: not even what may turn out to be a boolean (`dyn`) is one. */
function compileCondition(expression: string, environment: CelEnvironment): Result<CelProgram, string> {
  const program = compileCel(expression, environment)
  if (!program.ok) return err(`compilation failed: ${formatCelDiagnostics(program.error)}`)
  return program.value.type.kind === 'bool' ? ok(program.value) : err('must evaluate to bool')
}

function bindingsOf({ request, params = null, namespaceObject = null, authorize }: ConditionInput): CelBindings {
  return {
    object: ownValue(request, 'object') ?? null,
    oldObject: ownValue(request, 'oldObject') ?? null,
    request,
    params,
    namespaceObject,
    ...(authorize === undefined
      ? {}
      : {
          authorizer: () => authorizerValue(authorize),
          'authorizer.requestResource': () => requestResourceValue(authorize, resourceOf(request)),
        }),
  }
}

/** What a request is about, as a question to the authorizer. */
function resourceOf(request: JsonObject): Partial<AccessQuery> {
  const text = (holder: JsonObject, key: string): string => {
    const value = ownValue(holder, key)
    return typeof value === 'string' ? value : ''
  }
  const resource = ownValue(request, 'resource')
  const held = typeof resource === 'object' && resource !== null ? (resource as JsonObject) : {}
  return {
    group: text(held, 'group'),
    resource: text(held, 'resource'),
    subresource: text(request, 'subResource'),
    namespace: text(request, 'namespace'),
    name: text(request, 'name'),
  }
}
